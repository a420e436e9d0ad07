"""Which ABC class is in force for an item, its copies on the stock levels, and how often each class is counted.

A pin (the set-up says so) beats the stock file, which beats what a classification computed. When a pin or the file's
word is taken back, the item stays in its class until the next classification: nobody's turn changes because of it.

Each stock level carries a copy, because an index cannot reach into another table (`models.stock.StockLevel`). Whoever
changes classes of items that are there already holds `Work.IMPORT` until the end of the transaction, and has the
copies made with `copy_to_levels`; whoever creates a level gives it its item's class.
"""

import json
from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session

from models.rules.levelling import DEFAULT_FREQUENCIES
from models.tables import METADATA

_AT_ONCE = 2000  # levels locked by one statement; SQLite allows 32,766 parameters, PostgreSQL 65,535

ITEM, LEVEL, FREQUENCY, DECLARATION = (
    METADATA.tables[name] for name in ("item", "stocklevel", "classfrequency", "declaration")
)
PIN = "pin"
"""What the set-up's declarations call a pin (`models.services.setup_things.Kind`)."""


def in_force(pinned: str | None, from_file: str | None, computed: str | None) -> str | None:
    """The class that counts, of the three that an item may have."""
    return pinned or from_file or computed


def class_for_new_level(session: Session, item_id: int) -> str:
    """The class a level of the item is to be created with; it does not change before the transaction ends."""
    found: str = session.execute(select(_class()).where(ITEM.c.id == item_id).with_for_update(read=True)).scalar_one()
    return found


def classes_of(session: Session, item_ids: Collection[int]) -> dict[int, str]:
    """The class of each of a few thousand items at most, "" for none."""
    return dict(session.execute(select(ITEM.c.id, _class()).where(ITEM.c.id.in_(item_ids))).all())


def copy_to_levels(session: Session, *, also_lock: Collection[int] = ()) -> None:
    """Give every level the class of its item. Those that have it are not touched, but all are looked at: once a change.

    Everybody who locks several levels does it in the order of their ids. So whoever is going to lock others in the same
    transaction names their ids here. Who counts waits for all of them until it ends: it is the last thing to do.
    """
    copy = select(_class()).where(ITEM.c.id == LEVEL.c.item_id).scalar_subquery()
    stale = select(LEVEL.c.id).where(LEVEL.c.abc_class != copy)
    if also_lock:
        level_ids = sorted({*session.execute(stale).scalars(), *also_lock})
        for start in range(0, len(level_ids), _AT_ONCE):
            chunk = LEVEL.c.id.in_(level_ids[start : start + _AT_ONCE])
            session.execute(select(LEVEL.c.id).where(chunk).order_by(LEVEL.c.id).with_for_update())
    in_order = stale.order_by(LEVEL.c.id).with_for_update(of=LEVEL)
    session.execute(update(LEVEL).where(LEVEL.c.id.in_(in_order)).values(abc_class=copy))


def declared_pins(session: Session) -> dict[str, str]:
    """What the set-up file last said: classes by SKU, also of items that are not there yet."""
    rows = session.execute(select(DECLARATION.c.key, DECLARATION.c.declared).where(DECLARATION.c.kind == PIN))
    return {json.loads(key)[0]: json.loads(declared)["class"] for key, declared in rows}


def frequencies(session: Session) -> dict[str, int]:
    """How many times a year each class is counted. Other classes, and items of none, go with the least frequent."""
    found = dict(session.execute(select(FREQUENCY.c.abc_class, FREQUENCY.c.counts_per_year)).all())
    return dict(sorted(found.items())) or {usual.abc_class: int(usual.counts_per_year) for usual in DEFAULT_FREQUENCIES}


def _class() -> ColumnElement[str]:
    return func.coalesce(ITEM.c.abc_class, "")
