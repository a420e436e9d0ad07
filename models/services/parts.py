"""What stands of a count in parts: which are open, who gave them, and what moved while they were added up.

The parts of an attempt are open until an entry of that attempt settles something (`models.parts`). Services above
this one decide what may be added and when it closes.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.counts import CountEntry
from models.errors import WrongState
from models.parts import Closing, CountPart, PartsClosing
from models.people import Member
from models.services import people
from models.stock import StockEntry


def is_open() -> ColumnElement[bool]:
    """Whether a `CountPart` waits for the others: nothing has closed its attempt, and no correction replaced it."""
    newer = aliased(CountPart)
    return ~_is_closed() & ~select(newer.id).where(col(newer.replaces_id) == col(CountPart.id)).exists()


def _is_closed() -> ColumnElement[bool]:
    return (
        select(CountEntry.id)
        .where(
            col(CountEntry.line_id) == col(CountPart.line_id),
            col(CountEntry.attempt) == col(CountPart.attempt),
            col(CountEntry.settles),
        )
        .exists()
    )


def open_parts(session: Session, line_id: int) -> list[CountPart]:
    """The open parts of a line, oldest first; none when nobody is adding it up."""
    return list(
        session.exec(select(CountPart).where(CountPart.line_id == line_id, is_open()).order_by(col(CountPart.id))).all()
    )


def adding_up(session: Session, line_ids: Collection[int]) -> dict[int, tuple[Member, ...]]:
    """Who gave open parts, for those of the lines that have any; in the order in which they began."""
    found: dict[int, dict[int, Member]] = {}
    rows = session.exec(
        select(CountPart, Member)
        .join(Member, col(Member.id) == col(CountPart.member_id))
        .where(col(CountPart.line_id).in_(line_ids), is_open())
        .order_by(col(CountPart.id))
    )
    for part, member in rows:
        found.setdefault(part.line_id, {}).setdefault(part.member_id, member)
    return {line_id: tuple(members.values()) for line_id, members in found.items()}


def require_none(session: Session, line_id: int) -> None:
    """Raise WrongState for a line that is being added up: what was counted of it is not thrown away."""
    if found := names(adding_up(session, [line_id]).get(line_id, ())):
        left = "If the rest cannot be, leave it: the approvers get what there is at the due time."
        raise WrongState(f"Parts of it are counted ({found}). {left}")


def names(members: Sequence[Member]) -> str:
    """Who it is, in a sentence."""
    return ", ".join(people.display_name(member) for member in members)


def given_by(session: Session, line_id: int, *, closed: bool) -> set[int]:
    """Ids of the members who gave a part of a line; `closed`: only of an attempt that is over."""
    statement = select(CountPart.member_id).where(CountPart.line_id == line_id)
    return set(session.exec(statement.where(_is_closed()) if closed else statement).all())


def givers(session: Session, line_id: int) -> dict[int, Member]:
    """Everybody who gave a part of a line, by id, in the order in which they began."""
    statement = select(Member).join(CountPart, col(CountPart.member_id) == col(Member.id))
    found = session.exec(statement.where(CountPart.line_id == line_id).order_by(col(CountPart.id)))
    return {member.id: member for member in found if member.id is not None}


def given_before(session: Session, member_id: int, line_ids: Collection[int]) -> set[int]:
    """Those of the lines of which a member gave a part in an attempt that is over."""
    found = select(CountPart.line_id).where(col(CountPart.line_id).in_(line_ids), CountPart.member_id == member_id)
    return set(session.exec(found.where(_is_closed())).all())


def of_attempt(session: Session, line_id: int, attempt: int) -> list[CountPart]:
    """The parts of an attempt, oldest first, without those that were corrected."""
    found = session.exec(
        select(CountPart).where(CountPart.line_id == line_id, CountPart.attempt == attempt).order_by(col(CountPart.id))
    ).all()
    replaced = {part.replaces_id for part in found}
    return [part for part in found if part.id not in replaced]


def of_message(session: Session, message_ts: str, prefix: str) -> list[CountPart]:
    """The parts whose source keys begin with `prefix`, of one message, oldest first."""
    return list(
        session.exec(
            select(CountPart)
            .where(CountPart.message_ts == message_ts, col(CountPart.source_key).startswith(prefix, autoescape=True))
            .order_by(col(CountPart.id))
        ).all()
    )


def total(found: Sequence[CountPart]) -> Decimal:
    """What parts come to, in base units."""
    return sum((part.quantity for part in found), Decimal(0))


def how_closed(session: Session, entry: CountEntry) -> Closing | None:
    """How an entry closed the parts of its attempt; None when there were none."""
    closing = session.get(PartsClosing, entry.id)
    return None if closing is None else closing.how


def closings_of(session: Session, entry_ids: Collection[int | None]) -> dict[int | None, Closing]:
    """How entries closed the parts of their attempts, for those that did."""
    rows = session.exec(select(PartsClosing).where(col(PartsClosing.entry_id).in_(entry_ids)))
    return {row.entry_id: row.how for row in rows}


def moved_meanwhile(session: Session, item_id: int, location_id: int, entry: CountEntry) -> list[StockEntry]:
    """Ledger rows between the first part of a sum and its count instant, by when they occurred; oldest first.

    A sum is judged at the instant it was done. What moved before that and after the first part may be in the part of
    who counted that corner already, or not: nobody can know, and so nobody but an approver may accept the sum.
    """
    if how_closed(session, entry) not in (Closing.DONE, Closing.LEFT_OPEN):
        return []
    first = min(part.counted_at for part in of_attempt(session, entry.line_id, entry.attempt))
    return list(
        session.exec(
            select(StockEntry)
            .where(
                StockEntry.item_id == item_id,
                StockEntry.location_id == location_id,
                col(StockEntry.line_id).is_distinct_from(entry.line_id),
                StockEntry.occurred_at > first,
                StockEntry.occurred_at <= entry.counted_at,
            )
            .order_by(col(StockEntry.occurred_at), col(StockEntry.id))
        ).all()
    )


def is_full_count() -> ColumnElement[bool]:
    """Whether a `CountEntry` is no sum of parts that were left open: what is half counted says nothing of accuracy."""
    left = select(PartsClosing.entry_id).where(PartsClosing.how == Closing.LEFT_OPEN)
    return col(CountEntry.id).not_in(left)
