"""Choosing what to count: stock of a team that no open line holds, read from the due-date index."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from models.catalog import Location
from models.counts import OPEN_STATES, CountLine
from models.people import TeamLocation
from models.rules.selection import walk_key
from models.stock import StockLevel


def longest_uncounted(session: Session, team_id: int, limit: int) -> list[tuple[StockLevel, Location]]:
    """Up to `limit` stocks of the team's bins, the longest uncounted chosen, in walk order; their levels are locked.

    Stock that another open line holds is passed over: one open line per item and location in the whole system.
    """
    prefixes = session.exec(select(TeamLocation.prefix).where(TeamLocation.team_id == team_id)).all()
    if not prefixes:
        return []
    is_open = (
        select(CountLine.id)
        .where(
            CountLine.item_id == StockLevel.item_id,
            CountLine.location_id == StockLevel.location_id,
            col(CountLine.state).in_(OPEN_STATES),
        )
        .exists()
    )
    chosen = session.exec(
        select(StockLevel.id)
        .join(Location, col(Location.id) == col(StockLevel.location_id))
        .where(or_(*(_begins_with(prefix) for prefix in prefixes)), ~is_open)
        .order_by(col(StockLevel.due_from), col(StockLevel.id))
        .limit(limit)
    ).all()
    rows = session.exec(
        select(StockLevel, Location)
        .join(Location, col(Location.id) == col(StockLevel.location_id))
        .where(col(StockLevel.id).in_(chosen))
        .order_by(col(StockLevel.id))  # locks are taken in one order by everybody
        .with_for_update(of=StockLevel)
    ).all()
    return sorted(rows, key=lambda row: walk_key(row[1].code, row[1].walk_order))


def _begins_with(prefix: str) -> ColumnElement[bool]:
    """Whether a bin's code begins so, letter by letter (SQLite's LIKE takes a- for A-)."""
    return func.substr(Location.code, 1, len(prefix)) == prefix
