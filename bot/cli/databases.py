"""What the commands share: the opened database, the company's zone, and times as people type them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from models.database import Database
from models.errors import BadInput
from models.migrate import require_current
from models.services import people
from models.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, which must have been migrated; closed at the end of the block."""
    database = Database(settings.database_url)
    try:
        require_current(database)
        yield database
    finally:
        database.close()


def company_zone(database: Database) -> ZoneInfo:
    """The zone of times without an offset."""
    with database.read() as session:
        return ZoneInfo(people.company(session).timezone)


def instant(text: str, zone: ZoneInfo, *, option: str) -> datetime:
    """A day (its first moment) or a time as somebody types it, in `zone` unless it has an offset.

    Raises:
        BadInput: naming the option.
    """
    try:
        found = datetime.combine(date.fromisoformat(text), time.min)
    except ValueError:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise BadInput(f"{option}: “{text}” is not a time; write it like 2026-11-22 or 2026-11-22T14:05.") from None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise BadInput(f"{option}: “{text}” is not in this age; check the year.") from None


def now() -> datetime:
    """The time. Commands are the edge: nothing further in reads a clock."""
    return datetime.now(UTC)


def read_text(path: Path) -> str:
    """A UTF-8 file as text; BadInput says why it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({(error.strerror or 'unknown error').lower()}).") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: the text is not UTF-8; save the file as UTF-8.") from error


def say(*lines: str) -> None:
    """Tell what was done."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
