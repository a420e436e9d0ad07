"""Taking over what the system of record says: on-hand by SKU and bin.

The difficulty is the way back. Counts adjust our ledger; the other system hears of it later, if at all. Importing its
file must not undo a count, and importing the same file twice must change nothing. So each stock remembers what the
file last said of it (`StockLevel.imported_on_hand`), and a row only means something when that changed:

- new here: an OPENING row in the ledger;
- the same as last time: nothing, whatever the ledger says by now;
- changed: an IMPORT row of (file - ledger as of the file's time);
- changed, but a count adjusted that stock since: the file may not know of it. If it says what the ledger says, it
  does. Otherwise it is a *conflict*, listed and left alone until the file agrees or somebody says `overwrite`.

First imports are large, so stock that is new goes in by bulk inserts. Nothing can be counted there yet.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, TextIO

from sqlalchemy import insert, literal
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from models.errors import BadInput
from models.services import item_classes, ledger, movements, supply
from models.services.catalogue import ITEM, Stored, chunks, store_bins, store_items
from models.services.locks import Work, one_at_a_time
from models.services.stock_files import StockFile, StockRow, read_stock
from models.services.upserts import insert_for
from models.stock import EntryKind, StockEntry, StockLevel
from models.tables import METADATA

LEVEL, LEDGER = METADATA.tables["stocklevel"], METADATA.tables["stockentry"]
LONGEST_REFERENCE = 200


class Conflict(NamedTuple):
    """A row left alone: the file changed and a count adjusted the stock, all since the last import. Base units."""

    line: int
    sku: str
    location: str
    file: Decimal
    last_imported: Decimal | None
    ledger: Decimal


@dataclass
class StockImport:
    """What an import of stock did: how many of each, and what somebody should look at."""

    items_new: int = 0
    items_changed: int = 0
    bins_new: int = 0
    bins_changed: int = 0
    opened: int = 0
    corrected: int = 0
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    unit_changes: list[str] = field(default_factory=list)


class _Known(NamedTuple):
    level_id: int
    imported: Decimal | None


def import_stock(
    session: Session,
    source: Path | TextIO | StockFile,
    *,
    now: datetime,
    as_of: datetime | None = None,
    decimal_mark: str = ".",
    overwrite: bool = False,
) -> StockImport:
    """Import a stock file, all of it or nothing. `as_of` is when the file was true (default `now`).

    Reading a large file takes a while: read it first (`read_stock`) and pass the result, so that the database is
    locked only for the writing.

    Raises:
        BadFile: the file has errors; every one is listed.
        BadInput: `as_of` is in the future, or the file cannot be opened.
    """
    as_of = as_of or now
    if as_of > now:
        raise BadInput("The time the file was true (--as-of) is in the future.")
    file = source if isinstance(source, StockFile) else read_stock(source, decimal_mark=decimal_mark)
    one_at_a_time(session, Work.IMPORT)
    facts = {row.item.sku: row.item for row in file.rows}.values()
    items = store_items(session, facts, file.columns, now)
    supply.store_supplies(session, facts, items.ids, file.columns, as_of)
    bins = store_bins(session, {row.bin.code: row.bin for row in file.rows}.values(), file.columns)
    done = StockImport(
        items_new=items.new,
        items_changed=items.changed,
        bins_new=bins.new,
        bins_changed=bins.changed,
        unit_changes=items.unit_changes,
    )
    changed: list[tuple[int, StockRow]] = []
    for chunk in chunks(file.rows):
        known = _known_levels(session, [(items.ids[row.item.sku], bins.ids[row.bin.code]) for row in chunk])
        new = []
        for row in chunk:
            level = known.get((items.ids[row.item.sku], bins.ids[row.bin.code]))
            if level is None:
                new.append(row)
            elif level.imported == row.on_hand:
                done.unchanged += 1
            else:
                changed.append((level.level_id, row))
        appeared = _open(session, new, items, bins, as_of=as_of, now=now, reference=file.name)
        done.opened += len(new) - len(appeared)
        changed += appeared
    if items.is_reclassified:
        item_classes.copy_to_levels(session, also_lock={level_id for level_id, _ in changed})
    # Everybody who locks several levels does it in the order of their ids.
    for _, row in sorted(changed, key=lambda pair: pair[0]):
        _correct(
            session,
            row,
            (items.ids[row.item.sku], bins.ids[row.bin.code]),
            done,
            as_of=as_of,
            now=now,
            reference=file.name,
            overwrite=overwrite,
        )
    session.flush()
    return done


def _known_levels(session: Session, pairs: list[tuple[int, int]]) -> dict[tuple[int, int], _Known]:
    """Levels by item and location id. Asked by item: a pair list is slow on SQLite, which has no index for it."""
    wanted = set(pairs)
    found = session.exec(
        select(col(StockLevel.id), StockLevel.item_id, StockLevel.location_id, col(StockLevel.imported_on_hand)).where(
            col(StockLevel.item_id).in_({item_id for item_id, _ in pairs})
        )
    )
    return {
        (item_id, location_id): _Known(level_id, imported)
        for level_id, item_id, location_id, imported in found
        if level_id is not None and (item_id, location_id) in wanted
    }


def _open(
    session: Session,
    rows: list[StockRow],
    items: Stored,
    bins: Stored,
    *,
    as_of: datetime,
    now: datetime,
    reference: str,
) -> list[tuple[int, StockRow]]:
    """Create levels and OPENING rows in bulk; return rows whose level somebody else created meanwhile."""
    if not rows:
        return []
    by_pair = {(items.ids[row.item.sku], bins.ids[row.bin.code]): row for row in rows}
    session.execute(
        insert_for(session, StockLevel).on_conflict_do_nothing(),
        [
            {
                "item_id": item_id,
                "location_id": location_id,
                "on_hand": row.on_hand,
                "abc_class": items.classes[row.item.sku],
                "created_at": now,
                "due_from": now,
                "imported_on_hand": row.on_hand,
                "imported_at": now,
            }
            for (item_id, location_id), row in by_pair.items()
        ],
    )
    # Only imports write down what was imported, and there is one at a time: a level without is somebody else's.
    levels = _known_levels(session, list(by_pair))
    made = [level.level_id for level in levels.values() if level.imported is not None]
    opening = (
        core_select(
            LEVEL.c.item_id,
            LEVEL.c.location_id,
            literal(EntryKind.OPENING, LEDGER.c.kind.type),
            LEVEL.c.on_hand,
            ITEM.c.unit_cost,
            literal(as_of, LEDGER.c.occurred_at.type),
            literal(now, LEDGER.c.recorded_at.type),
            literal(reference[:LONGEST_REFERENCE]),
        )
        .join(ITEM, ITEM.c.id == LEVEL.c.item_id)
        .where(LEVEL.c.id.in_(made), LEVEL.c.on_hand != 0)
    )
    columns = ["item_id", "location_id", "kind", "quantity", "unit_cost", "occurred_at", "recorded_at", "reference"]
    session.execute(insert(LEDGER).from_select(columns, opening))
    return [(level.level_id, by_pair[pair]) for pair, level in levels.items() if level.imported is None]


def _correct(
    session: Session,
    row: StockRow,
    pair: tuple[int, int],
    done: StockImport,
    *,
    as_of: datetime,
    now: datetime,
    reference: str,
    overwrite: bool,
) -> None:
    """Post what a changed row means, or list it as a conflict."""
    item_id, location_id = pair
    level = ledger.level_of(session, item_id, location_id, now)
    if level.imported_on_hand == row.on_hand:  # another import was faster
        done.unchanged += 1
        return
    book = ledger.on_hand_at(session, item_id, location_id, as_of)
    difference = row.on_hand - book
    if difference and not overwrite and _adjusted_since_import(session, level):
        done.conflicts.append(Conflict(row.line, row.item.sku, row.bin.code, row.on_hand, level.imported_on_hand, book))
        return
    first = level.imported_on_hand is None and not _has_entries(session, level)
    if difference:
        movements.record(
            session,
            item_id=item_id,
            location_id=location_id,
            kind=EntryKind.OPENING if first else EntryKind.IMPORT,
            quantity=difference,
            occurred_at=as_of,
            now=now,
            reference=reference[:LONGEST_REFERENCE],
        )
    level.imported_on_hand = row.on_hand
    level.imported_at = now
    session.add(level)
    if first:
        done.opened += 1
    elif difference:
        done.corrected += 1
    else:
        done.unchanged += 1


def _adjusted_since_import(session: Session, level: StockLevel) -> bool:
    statement = select(StockEntry.id).where(
        StockEntry.item_id == level.item_id,
        StockEntry.location_id == level.location_id,
        ledger.is_by_count(),
    )
    if level.imported_at is not None:
        statement = statement.where(StockEntry.recorded_at >= level.imported_at)
    return session.exec(statement.limit(1)).first() is not None


def _has_entries(session: Session, level: StockLevel) -> bool:
    statement = select(StockEntry.id).where(
        StockEntry.item_id == level.item_id, StockEntry.location_id == level.location_id
    )
    return session.exec(statement.limit(1)).first() is not None
