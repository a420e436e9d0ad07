"""What somebody counted since Monday: how much, never how well (that would tell whether a count matched)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import distinct, func
from sqlmodel import Session, col, select

from models.counts import CountEntry, CountLine
from models.services.people import Person


@dataclass(frozen=True)
class MyWeek:
    """Lines that somebody entered a number for since Monday, in how many cycle counts."""

    lines: int
    sessions: int


def my_week(session: Session, person: Person, zone: ZoneInfo, now: datetime) -> MyWeek:
    """Read it for the week of `now` in the company's zone."""
    today = now.astimezone(zone).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), zone)
    lines, sessions = session.exec(
        select(func.count(distinct(col(CountEntry.line_id))), func.count(distinct(col(CountLine.session_id))))
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .where(CountEntry.member_id == person.id, col(CountEntry.counted_at) >= monday)
    ).one()
    return MyWeek(lines, sessions)
