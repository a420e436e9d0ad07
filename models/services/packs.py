"""How items are counted: the packs they come in, for the rules that read quantities."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from models.catalog import Item, PackSize
from models.rules.quantities_units import Measure, Pack


def packs_of(session: Session, item_ids: Collection[int | None]) -> dict[int, tuple[Pack, ...]]:
    """The packs of items, the smallest first; an item without any is left out."""
    found: dict[int, tuple[Pack, ...]] = {}
    rows = session.exec(
        select(PackSize)
        .where(col(PackSize.item_id).in_(set(item_ids) - {None}))
        .order_by(col(PackSize.factor), col(PackSize.name))
    )
    for row in rows:
        found[row.item_id] = (*found.get(row.item_id, ()), Pack(row.name, row.factor))
    return found


def measure_of(session: Session, item: Item) -> Measure:
    """How one item is counted."""
    return Measure(item.unit, packs_of(session, [item.id]).get(item.id or 0, ()))
