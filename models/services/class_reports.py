"""What a classification that was applied has changed: all of it, or what lies in the bins of a team.

The reason of a change says what the item is worth on the shelf, or how it moved. While somebody counts the item, such
numbers are kept from whoever may be the one; that it changed its class is not.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, false, func, or_, select
from sqlmodel import Session, col

from models.classes import ClassRun
from models.counts import CountLine
from models.people import Team, TeamLocation
from models.rules.lines import LineState
from models.services import people
from models.services.blindness import BEING_COUNTED, hidden_items
from models.services.people import Person
from models.services.reach import begins_with
from models.tables import METADATA

ITEM, LEVEL, LOCATION, CHANGE = (METADATA.tables[name] for name in ("item", "stocklevel", "location", "classchange"))

MOST_CHANGES = 20
"""Changes that a message shows one by one."""


class Change(NamedTuple):
    """An item that changed its class, and why; `before` is "" for one that had none."""

    sku: str
    name: str
    before: str
    after: str
    reason: str


class Move(NamedTuple):
    """How many items went from one class ("" for none) to another."""

    before: str
    after: str
    items: int


@dataclass(frozen=True)
class RunReport:
    """A classification that was applied: `items` were looked at, `changed` of them are in another class since.

    `changes` are the first of those, the highest ranked first. With a `team`, they are those in its bins. `zone` is the
    company's.
    """

    run_id: int
    at: datetime
    zone: ZoneInfo
    basis: str
    items: int
    team: str | None
    moves: tuple[Move, ...]
    changes: tuple[Change, ...]

    @property
    def changed(self) -> int:
        """How many items changed their class."""
        return sum(move.items for move in self.moves)


def last_report(session: Session, *, reader: Person | None = None, most: int | None = MOST_CHANGES) -> RunReport | None:
    """The report of the newest classification, for a person, or all there is to say; None when there was none yet."""
    run_id: int | None = session.execute(select(func.max(col(ClassRun.id)))).scalar_one()
    if run_id is None:
        return None
    return run_report(session, run_id, hidden=hidden_items(session, reader) if reader else frozenset(), most=most)


def team_report(session: Session, run_id: int, team_id: int) -> RunReport:
    """The report of a run for the review channel of a team, where anybody may read it who counts next."""
    counting = select(col(CountLine.item_id)).where(col(CountLine.state).in_([LineState.TO_COUNT, LineState.RECOUNT]))
    hidden = set(session.execute(counting).scalars())
    return run_report(session, run_id, team_id=team_id, hidden=hidden)


def run_report(
    session: Session,
    run_id: int,
    *,
    team_id: int | None = None,
    hidden: Collection[int] = frozenset(),
    most: int | None = MOST_CHANGES,
) -> RunReport:
    """The report of a run; with the first `most` changes, or all of them for None. `hidden` are ids of items."""
    run = session.get_one(ClassRun, run_id)
    team = None if team_id is None else session.get_one(Team, team_id)
    concerned = [CHANGE.c.run_id == run_id, *([] if team is None else [_lies_with(session, team)])]
    counted = session.execute(
        select(func.coalesce(CHANGE.c.before, ""), CHANGE.c.after, func.count())
        .where(*concerned)
        .group_by(CHANGE.c.before, CHANGE.c.after)
    )
    changes = session.execute(
        select(ITEM.c.id, ITEM.c.sku, ITEM.c.name, func.coalesce(CHANGE.c.before, ""), CHANGE.c.after, CHANGE.c.reason)
        .join(ITEM, ITEM.c.id == CHANGE.c.item_id)
        .where(*concerned)
        .order_by(CHANGE.c.id)  # they were written in the order of the ranking
        .limit(most)
    )
    return RunReport(
        run_id=run_id,
        at=run.at,
        zone=ZoneInfo(people.company(session).timezone),
        basis=run.basis,
        items=run.items,
        team=None if team is None else team.name,
        moves=tuple(sorted(Move(*row) for row in counted)),
        changes=tuple(_shown(Change(*row), is_hidden=item_id in hidden) for item_id, *row in changes),
    )


def _shown(change: Change, *, is_hidden: bool) -> Change:
    if not is_hidden:
        return change
    return change._replace(reason=f"{change.before or 'new'} -> {change.after}: {BEING_COUNTED}")


def teams_to_tell(session: Session, run_id: int) -> list[tuple[int, str]]:
    """Id and review channel of each active team that has an item in its bins whose class a run has changed."""
    told = []
    for team in session.execute(select(Team).where(col(Team.is_active)).order_by(col(Team.id))).scalars():
        any_change = select(CHANGE.c.id).where(CHANGE.c.run_id == run_id, _lies_with(session, team)).limit(1)
        if session.execute(any_change).first() is not None:
            assert team.id is not None  # noqa: S101 - a stored row has an id
            told.append((team.id, team.review_channel))
    return told


def _lies_with(session: Session, team: Team) -> ColumnElement[bool]:
    """Whether a changed item lies in a bin of the team."""
    prefixes = session.execute(select(col(TeamLocation.prefix)).where(col(TeamLocation.team_id) == team.id)).scalars()
    stock = select(LEVEL.c.id).join(LOCATION, LOCATION.c.id == LEVEL.c.location_id)
    return exists(stock.where(LEVEL.c.item_id == CHANGE.c.item_id, or_(false(), *map(begins_with, prefixes))))
