"""The pictures of a line, for those who decide: who posted them, when, and a link. Never for who may still count."""

from collections.abc import Sequence
from datetime import tzinfo

from slackblocks import Block, FileInput

from bot.views import blocks
from bot.views.blocks import When
from models.services.photos import PhotoFacts

MOST_SHOWN = 10
PHOTOS = "photos"
MOST_PHOTOS = 3
"""That a form takes."""
PICTURE_TYPES = ["jpg", "png", "heic", "webp", "gif"]
"""What Slack's client offers to choose. Pictures are only linked, so nobody looks whether they are what they say."""


def photo_field() -> Block:
    """The field of a form that takes photos of what it is about."""
    field = FileInput(action_id=PHOTOS, filetypes=PICTURE_TYPES, max_files=MOST_PHOTOS)
    return blocks.field("Photo", field, PHOTOS, hint="The approvers see it.", optional=True)


def photo_lines(photos: Sequence[PhotoFacts], zone: tzinfo) -> list[str]:
    """“Photos: Ana 09:12 · Dan 09:40”, each time a link; nothing when there are none. A deleted one is said to be."""
    shown = [_photo(photo, zone) for photo in photos[:MOST_SHOWN]]
    if len(photos) > MOST_SHOWN:
        shown.append(f"{len(photos) - MOST_SHOWN} more")
    return [f"Photos: {' · '.join(shown)}"] if shown else []


def _photo(photo: PhotoFacts, zone: tzinfo) -> str:
    who = blocks.escape(photo.who)
    if photo.is_deleted:
        return f"{who} {blocks.date(photo.at, When.TIME, zone)} (photo deleted)"
    return f"{who} {blocks.date(photo.at, When.TIME, zone, link=photo.permalink)}"
