"""Keeping items and bins as a stock file describes them, many at a time, touching only what is new or different.

A column the file does not have is left as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Column, Table, insert
from sqlmodel import Session, col, select

from models.catalog import Item, Location, PackSize
from models.services import item_classes
from models.services.stock_files import BinFacts, ItemFacts
from models.tables import METADATA

# One statement names up to this many keys; SQLite allows 32,766 parameters, PostgreSQL 65,535.
CHUNK = 2000

# Without the mapper in between, many rows go in twice as fast.
ITEM, LOCATION, PACK_SIZE = (METADATA.tables[name] for name in ("item", "location", "packsize"))

# What the cells are called in the file, and where they stand. A class in the file is only one of an item's classes.
_COLUMNS = {
    "name": "name",
    "category": "category",
    "unit": "unit",
    "unit_cost": "unit_cost",
    "abc_class": "file_class",
    "barcode": "barcode",
    "lead_time_days": "lead_time_days",
    "reorder_point": "reorder_point",
}
Value = TypeVar("Value")


@dataclass
class Stored:
    """Ids by SKU or bin code, how many were new or changed, and changes of unit, which deserve a look.

    `classes` are the ABC classes in force, by SKU, "" for none. If known items changed theirs, their levels do not say
    so yet (`item_classes.copy_to_levels`).
    """

    ids: dict[str, int] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    is_reclassified: bool = False
    new: int = 0
    changed: int = 0
    unit_changes: list[str] = field(default_factory=list)


def chunks(values: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """Yield the values in lists of at most `size`."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def store_items(session: Session, items: Iterable[ItemFacts], columns: frozenset[str], now: datetime) -> Stored:
    """Create and update items and their packs; `columns` are those of the file."""
    stored = Stored()
    pins = item_classes.declared_pins(session)
    for chunk in chunks(items):
        skus = [facts.sku for facts in chunk]
        known = {item.sku: item for item in session.exec(select(Item).where(col(Item.sku).in_(skus)))}
        stored.ids.update((sku, item.id) for sku, item in known.items() if item.id is not None)
        new = [facts for facts in chunk if facts.sku not in known]
        if new:
            rows = [_new_row(facts, pins.get(facts.sku), now) for facts in new]
            stored.classes.update((facts.sku, pins.get(facts.sku) or facts.abc_class or "") for facts in new)
            stored.ids.update(_inserted(session, ITEM, ITEM.c.sku, rows))
            _add_packs(session, new, stored.ids)
        repacked = _change_packs(session, chunk, known) if "pack_sizes" in columns else set()
        for facts in chunk:
            item = known.get(facts.sku)
            if item is None:
                continue
            if item.unit != facts.unit:
                stored.unit_changes.append(f"{item.sku} is now counted in {facts.unit}, it was {item.unit}")
            before = item.abc_class
            stored.changed += _update(session, item, facts, columns) or facts.sku in repacked
            stored.classes[item.sku] = item.abc_class or ""
            stored.is_reclassified |= item.abc_class != before
        stored.new += len(new)
    session.flush()
    return stored


def store_bins(session: Session, bins: Iterable[BinFacts], columns: frozenset[str]) -> Stored:
    """Create bins and update their turn on the walk; `columns` are those of the file."""
    stored = Stored()
    for chunk in chunks(bins):
        codes = [facts.code for facts in chunk]
        known = {place.code: place for place in session.exec(select(Location).where(col(Location.code).in_(codes)))}
        stored.ids.update((code, place.id) for code, place in known.items() if place.id is not None)
        new = [{"code": facts.code, "walk_order": facts.walk_order} for facts in chunk if facts.code not in known]
        if new:
            stored.ids.update(_inserted(session, LOCATION, LOCATION.c.code, new))
        for facts in chunk:
            place = known.get(facts.code)
            if place is not None and "walk_order" in columns and place.walk_order != facts.walk_order:
                place.walk_order = facts.walk_order
                session.add(place)
                stored.changed += 1
        stored.new += len(new)
    session.flush()
    return stored


def _inserted(
    session: Session, table: Table, name: Column[str], rows: Sequence[Mapping[str, object]]
) -> dict[str, int]:
    """Insert rows and return their ids by name.

    The ids are asked for afterwards. With RETURNING, a chunk would be one statement of thousands of parameters, over
    which PostgreSQL's driver takes several times as long as over one small statement that it sends many times.
    """
    session.execute(insert(table), rows)
    names = [row[name.name] for row in rows]
    return dict(session.execute(select(name, table.c.id).where(name.in_(names))).all())


def _new_row(facts: ItemFacts, pin: str | None, now: datetime) -> dict[str, object]:
    cells = {place: getattr(facts, name) for name, place in _COLUMNS.items()}
    abc_class = item_classes.in_force(pin, facts.abc_class, None)
    return cells | {"sku": facts.sku, "pinned_class": pin, "abc_class": abc_class, "created_at": now}


def _update(session: Session, item: Item, facts: ItemFacts, columns: frozenset[str]) -> bool:
    """Write the cells that differ; False when none does."""
    different = [
        name for name, place in _COLUMNS.items() if name in columns and getattr(item, place) != getattr(facts, name)
    ]
    for name in different:
        setattr(item, _COLUMNS[name], getattr(facts, name))
    if "abc_class" in different:
        item.abc_class = item_classes.in_force(item.pinned_class, item.file_class, item.abc_class)
    if different:
        session.add(item)
    return bool(different)


def _add_packs(session: Session, items: list[ItemFacts], ids: dict[str, int]) -> None:
    rows = [
        {"item_id": ids[facts.sku], "name": name, "factor": factor}
        for facts in items
        for name, factor in facts.pack_sizes
    ]
    if rows:
        session.execute(insert(PACK_SIZE), rows)


def _change_packs(session: Session, chunk: list[ItemFacts], known: dict[str, Item]) -> set[str]:
    """Make the packs of known items those of the file; return the SKUs where that changed something."""
    ids = {item.id: sku for sku, item in known.items()}
    packs: dict[str, dict[str, PackSize]] = {}
    for pack in session.exec(select(PackSize).where(col(PackSize.item_id).in_(ids))):
        packs.setdefault(ids[pack.item_id], {})[pack.name] = pack
    changed = set()
    for facts in chunk:
        item = known.get(facts.sku)
        if item is None or item.id is None:
            continue
        there, wanted = packs.get(facts.sku, {}), dict(facts.pack_sizes)
        if {name: pack.factor for name, pack in there.items()} == wanted:
            continue
        changed.add(facts.sku)
        for name in there.keys() - wanted.keys():
            session.delete(there[name])
        for name, factor in wanted.items():
            pack = there.get(name) or PackSize(item_id=item.id, name=name, factor=factor)
            pack.factor = factor
            session.add(pack)
    return changed
