"""Times in files: a wall clock stays what was written until a zone says which instant it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.errors import BadInput
from models.services.csv_files import Cells

EARLIEST_YEAR, LATEST_YEAR = 1970, 9000


def written_time(text: str) -> datetime:
    """A time as it is written, with its offset if it has one; a day is its beginning.

    Raises:
        BadInput: with the rest of the sentence "line N: ...".
    """
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f'"{text[:40]}" is not a time; write it like 2026-11-22T14:05 or 2026-11-22T14:05+01:00'
        ) from None
    if not EARLIEST_YEAR <= written.year <= LATEST_YEAR:
        raise BadInput(f'"{text}" is not in this age; check the year')
    return written


def noted_instant(cells: Cells, written: datetime, timezone: ZoneInfo, now: datetime) -> datetime | None:
    """The instant of a time as written; a wall clock that the zone skips, and the future, are noted as problems."""
    instant = written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=timezone).astimezone(UTC)
    if written.tzinfo is None and instant.astimezone(timezone).replace(tzinfo=None) != written:
        cells.note(f'"{written.isoformat(sep=" ")}" does not exist in {timezone.key}: the clocks went forward')
        return None
    if instant > now:
        cells.note(f'"{written.isoformat(sep=" ")}" is in the future')
        return None
    return instant
