"""How much stock is overdue, by class: counted by the index, and never further than a bound.

Stock whose last count was rejected is due at once, and so it is overdue until it is counted again. What an open line
has on its sheet already is overdue too, as long as nobody has counted it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, or_, select

from models.catalog import Location
from models.people import TeamLocation
from models.rules.levelling import class_order, interval_of
from models.rules.overdue import overdue_since
from models.services.due_stock import Pace, pace_of
from models.services.reach import begins_with, classes_in_stock
from models.stock import StockLevel

MOST_COUNTED = 1000
"""Overdue lines of a class that are counted; of more it is said that they are so many or more."""

MOST_OF_TEAM = 5000
"""Overdue lines of a class, of whatever team, among which those of one team are looked for."""


@dataclass(frozen=True)
class Overdue:
    """So many lines are overdue; `or_more`: the count stopped there."""

    lines: int = 0
    or_more: bool = False

    def __add__(self, other: "Overdue") -> "Overdue":
        return Overdue(self.lines + other.lines, self.or_more or other.or_more)


def overdue_by_class(session: Session, now: datetime) -> dict[str, Overdue]:
    """Of each class in stock ("" for none) what is overdue, by the company's calendar, in the order of classes."""
    pace = pace_of(session, None, now)
    found = {}
    for letter in sorted(classes_in_stock(session), key=class_order):
        late = select(StockLevel.id).where(StockLevel.abc_class == letter, StockLevel.due_from < _before(pace, letter))
        lines = session.exec(select(func.count()).select_from(late.limit(MOST_COUNTED).subquery())).one()
        found[letter] = Overdue(lines, or_more=lines == MOST_COUNTED)
    return found


def overdue_of_team(session: Session, team_id: int, now: datetime) -> Overdue:
    """What is overdue in a team's bins, by the team's calendar."""
    prefixes = session.exec(select(TeamLocation.prefix).where(TeamLocation.team_id == team_id)).all()
    if not prefixes:
        return Overdue()
    pace = pace_of(session, team_id, now)
    return sum((_of_class(session, letter, pace, prefixes) for letter in classes_in_stock(session)), Overdue())


def _of_class(session: Session, letter: str, pace: Pace, prefixes: Sequence[str]) -> Overdue:
    late = (
        core_select(col(StockLevel.location_id))
        .where(col(StockLevel.abc_class) == letter, col(StockLevel.due_from) < _before(pace, letter))
        .order_by(col(StockLevel.due_from), col(StockLevel.id))
        .limit(MOST_OF_TEAM)
        .subquery()
    )
    is_ours = or_(*map(begins_with, prefixes))
    read, ours = session.execute(
        core_select(func.count(), func.count().filter(is_ours))
        .select_from(late)
        .join(Location, col(Location.id) == late.c.location_id)
    ).one()
    return Overdue(ours, or_more=read == MOST_OF_TEAM)


def _before(pace: Pace, letter: str) -> datetime:
    """The instant before which the waiting of an overdue line began."""
    today = pace.now.astimezone(pace.zone).date()
    last = overdue_since(pace.calendar, interval_of(letter, pace.intervals), today)
    return datetime.combine(last + timedelta(days=1), time(), pace.zone)
