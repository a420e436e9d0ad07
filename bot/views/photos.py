"""The pictures of a line, for those who decide: who posted them, when, and a link. Never for who may still count."""

from collections.abc import Sequence
from datetime import tzinfo

from bot.views import blocks
from bot.views.blocks import When
from models.services.photos import PhotoFacts

MOST_PHOTOS = 10


def photo_lines(photos: Sequence[PhotoFacts], zone: tzinfo) -> list[str]:
    """“Photos: Ana 09:12 · Dan 09:40”, each time a link; nothing when there are none. A deleted one is said to be."""
    shown = [_photo(photo, zone) for photo in photos[:MOST_PHOTOS]]
    if len(photos) > MOST_PHOTOS:
        shown.append(f"{len(photos) - MOST_PHOTOS} more")
    return [f"Photos: {' · '.join(shown)}"] if shown else []


def _photo(photo: PhotoFacts, zone: tzinfo) -> str:
    who = blocks.escape(photo.who)
    if photo.is_deleted:
        return f"{who} {blocks.date(photo.at, When.TIME, zone)} (photo deleted)"
    return f"{who} {blocks.date(photo.at, When.TIME, zone, link=photo.permalink)}"
