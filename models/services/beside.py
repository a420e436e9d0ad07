"""The lines beside one in its session that may explain its variance: they wait for a decision too, and are like it."""

from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountLine, Decision
from models.rules.lines import LineState
from models.rules.offsets import are_alike


def lines_beside(session: Session, line: CountLine) -> list[int]:
    """Ids of the other lines of the session under review, of the same item or of one with nearly the same SKU."""
    own = session.get_one(Item, line.item_id).sku
    found = session.exec(
        select(CountLine.id, Item.sku)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .where(
            CountLine.session_id == line.session_id,
            CountLine.state == LineState.IN_REVIEW,
            CountLine.id != line.id,
        )
        .order_by(col(CountLine.id))
    ).all()
    return [line_id for line_id, sku in found if line_id is not None and are_alike(own, sku)]


def cards_beside(session: Session, line: CountLine) -> list[int]:
    """The other lines whose cards tell of this one's variance: those beside it, and those it was a transfer with."""
    transfers = select(Decision.other_line_id).where(
        Decision.line_id == line.id, col(Decision.other_line_id).is_not(None)
    )
    sides = {line_id for line_id in session.exec(transfers) if line_id is not None}
    return sorted(sides.union(lines_beside(session, line)))
