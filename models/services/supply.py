"""Keeping what the stock file says of orders: on order, reserved, order multiple. Blank is unknown, which is not 0.

A column that the file does not have is left as it is. What is said again is said anew: how old a figure is matters.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session

from models.services.catalogue import chunks
from models.services.stock_files import ItemFacts
from models.services.upserts import insert_for
from models.supply import ItemSupply

COLUMNS = frozenset({"on_order", "reserved", "order_multiple"})
AGING = {"on_order": "on_order_at", "reserved": "reserved_at"}
"""Figures that are true for a while only, and where their time stands."""


def store_supplies(
    session: Session, items: Iterable[ItemFacts], ids: Mapping[str, int], columns: frozenset[str], as_of: datetime
) -> None:
    """Keep what a file with these `columns`, true as of `as_of`, says of items; `ids` are theirs by SKU."""
    said = columns & COLUMNS
    if not said:
        return
    statement = insert_for(session, ItemSupply)
    kept = sorted(said | {AGING[name] for name in said & AGING.keys()})
    statement = statement.on_conflict_do_update(
        index_elements=["item_id"], set_={name: statement.excluded[name] for name in kept}
    )
    for chunk in chunks(items):
        session.execute(statement, [{"item_id": ids[facts.sku], **_row(facts, said, as_of)} for facts in chunk])


def _row(facts: ItemFacts, said: frozenset[str], as_of: datetime) -> dict[str, object]:
    row: dict[str, object] = {}
    for name in said:
        value = row[name] = getattr(facts, name)
        if name in AGING:
            row[AGING[name]] = None if value is None else as_of
    return row
