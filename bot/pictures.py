"""Reading what Slack tells of files: which of them are pictures, and which are gone.

That a file is a picture is what Slack says of it. Its content is only ever linked, by us, or read for labels, and what
is read is checked where it is opened (`bot.labels`).
"""

import re
from collections.abc import Iterator

from bot.payloads import Form, JsonObject, text_at
from bot.views.photos import MOST_PHOTOS, PHOTOS
from models.services.photos import Picture

_ADDRESS = re.compile(r"https?://[^\s<>|^]{1,480}")
_LONGEST_ID = 32


def pictures_in(files: object) -> tuple[Picture, ...]:
    """The pictures of a list of files, in its order."""
    found = []
    for file in _objects(files):
        file_id, permalink, url = (text_at(file, key) or "" for key in ("id", "permalink", "url_private"))
        is_picture = (text_at(file, "mimetype") or "").startswith("image/")
        if is_picture and 0 < len(file_id) <= _LONGEST_ID and _ADDRESS.fullmatch(permalink):
            found.append(Picture(file_id, permalink, url if _ADDRESS.fullmatch(url) else ""))
    return tuple(found)


def pictures_of(form: Form) -> tuple[Picture, ...]:
    """The pictures of a form that takes photos."""
    return pictures_in(form.files(PHOTOS))[:MOST_PHOTOS]


def files_gone(files: object) -> tuple[str, ...]:
    """The ids of files that were deleted: a message keeps a stone in their place."""
    gone = (text_at(file, "id") for file in _objects(files) if text_at(file, "mode") == "tombstone")
    return tuple(file_id for file_id in gone if file_id is not None)


def _objects(files: object) -> Iterator[JsonObject]:
    yield from (one for one in files if isinstance(one, dict)) if isinstance(files, list) else ()
