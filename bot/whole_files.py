"""Files that are complete or not there: written beside their place, and moved into it at the end."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import BadInput


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Where to write what becomes `path` when the block ends; when it fails, nothing is left and `path` is as it was.

    Raises:
        BadInput: it cannot be written, or the disk is full.
    """
    # A link stays one, and what it leads to is replaced.
    place = path.resolve()
    if place.exists() and not place.is_file():
        raise BadInput(f"{path}: is not a file; name one that can be written.")
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())  # else a power cut may leave the name without the content
        part.replace(place)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({(error.strerror or 'unknown error').lower()}).") from error
    finally:
        part.unlink(missing_ok=True)
