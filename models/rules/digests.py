"""When a team is told what waits for a decision: once on each of its working days, and never in its quiet."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from models.errors import BadInput
from models.rules.slots import is_open, wall_of
from models.rules.workdays import WorkCalendar

OFF = "off"
DEFAULT = "08:00"

_FORM = "%H:%M"


def parse_digest(text: str) -> str:
    """The time of the digest as it is kept, “08:00”, or “off”.

    Raises:
        BadInput: it is neither.
    """
    if text.strip().lower() == OFF:
        return OFF
    try:
        return datetime.strptime(text.strip(), _FORM).strftime(_FORM)  # noqa: DTZ007 - a time of any day
    except ValueError:
        raise BadInput(f"“{text[:20]}” is not a time of day. Write it like 08:00, or off.") from None


def day_due(said: str, calendar: WorkCalendar, zone: ZoneInfo, now: datetime, *, last: date | None) -> date | None:
    """The day whose digest is due at `now`; None for none. `said` is a time or “off”, `last` the day told last.

    After a quiet window it is due at its end. When the clock is put back no day is told twice, and a time that a day
    has not got (in spring) is the first one after it.
    """
    if said == OFF:
        return None
    wall = wall_of(now, zone)
    today = wall.date()
    is_told = last is not None and last >= today
    if is_told or not calendar.is_working(today) or wall.time() < time.fromisoformat(said):
        return None
    return today if is_open(calendar, zone, now) else None
