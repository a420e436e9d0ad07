"""The lines beside one in its session that may explain its variance: they wait for a decision too, and are like it.

Numbered SKUs are nearly all alike, so of other items only those are taken that were found just as much off, to the
other side.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountEntry, CountLine, Decision, Judgement
from models.rules.lines import LineState
from models.rules.offsets import are_alike

MOST_BESIDE = 20
"""Lines that are looked at of each sort: every one of them costs a few reads, whenever a card is drawn."""


def lines_beside(session: Session, line: CountLine) -> list[int]:
    """Ids of other lines of the session under review: of the same item, or with nearly the same SKU and as much off."""
    own = session.get_one(Item, line.item_id).sku
    found: Sequence[tuple[int | None, int, str]] = session.exec(
        select(CountLine.id, CountLine.item_id, Item.sku)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .where(
            CountLine.session_id == line.session_id,
            CountLine.state == LineState.IN_REVIEW,
            CountLine.id != line.id,
        )
        .order_by(col(CountLine.id))
    ).all()
    same: list[int] = []
    alike: list[int] = []
    for line_id, item_id, sku in found:
        if line_id is not None and are_alike(own, sku):
            (same if item_id == line.item_id else alike).append(line_id)
    return sorted([*same[:MOST_BESIDE], *_as_much_off(session, line, alike)[:MOST_BESIDE]])


def _as_much_off(session: Session, line: CountLine, others: list[int]) -> list[int]:
    """Those of the lines of which a count was as much off to one side as a count of the line to the other."""
    if not others:
        return []
    own = select(Judgement).join(CountEntry, col(CountEntry.id) == col(Judgement.entry_id))
    opposite = {-one.variance for one in session.exec(own.where(CountEntry.line_id == line.id)) if one.variance}
    off = select(CountEntry.line_id).join(Judgement, col(Judgement.entry_id) == col(CountEntry.id))
    found = session.exec(off.where(col(CountEntry.line_id).in_(others), col(Judgement.variance).in_(opposite)))
    return sorted(set(found))


def cards_beside(session: Session, line: CountLine) -> list[int]:
    """The other lines whose cards tell of this one's variance: those beside it, and those it was a transfer with."""
    transfers = select(Decision.other_line_id).where(
        Decision.line_id == line.id, col(Decision.other_line_id).is_not(None)
    )
    sides = {line_id for line_id in session.exec(transfers) if line_id is not None}
    return sorted(sides.union(lines_beside(session, line)))
