"""Taking over receipts, issues and transfers from the system of record.

Every row has an identity (`models.services.movement_files`) that its ledger row keeps as `import_key`: a row that is
there already is passed over, so that files may overlap. Stock that was counted after a row's time is posted one by
one, because the count is looked at again; all other stock is posted in bulk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine
from models.rules.months import refusal
from models.services import item_classes, movements, posting_days
from models.services.catalogue import chunks
from models.services.locks import Work, one_at_a_time
from models.services.movement_files import MovementFile, MovementRow, read_movements
from models.services.upserts import insert_for
from models.stock import StockEntry, StockLevel
from models.tables import METADATA

Pair = tuple[int, int]  # item id, location id

# Without the mapper in between, many rows go in twice as fast.
LEDGER = METADATA.tables["stockentry"]


@dataclass
class MovementImport:
    """What an import of movements did: rows posted, and rows that were there already."""

    posted: int = 0
    known: int = 0


def import_movements(
    session: Session,
    source: Path | TextIO | MovementFile,
    *,
    now: datetime,
    timezone: ZoneInfo,
    decimal_mark: str = ".",
) -> MovementImport:
    """Import a file of movements, all of it or nothing. `timezone` is that of times without an offset.

    Raises:
        BadFile: the file has errors, names an item or bin that is not there, or has new rows in a locked period; every
            one is listed.
        BadInput: the file cannot be opened.
    """
    file = (
        source
        if isinstance(source, MovementFile)
        else read_movements(source, now=now, timezone=timezone, decimal_mark=decimal_mark)
    )
    one_at_a_time(session, Work.IMPORT)
    items, bins = _items(session, file), _bins(session, file)
    new = _new_rows(session, file)
    _note_locked(session, file, new)
    file.problems.raise_if_any()
    done = MovementImport(known=len(file.rows) - len(new))
    stocks: dict[Pair, list[MovementRow]] = {}
    for row in new:
        stocks.setdefault((items[row.sku][0], bins[row.location]), []).append(row)
    costs = dict(items.values())
    _create_levels(session, stocks.keys() - _level_ids(session, stocks).keys(), now)
    # Everybody who locks several levels does it in the order of their ids.
    for level_ids in chunks(sorted(_level_ids(session, stocks).values())):
        bulk: list[dict[str, object]] = []
        levels = locked_levels(session, level_ids)
        counted = _last_counts(session, {level.item_id for level in levels})
        for level in levels:
            rows = stocks[level.item_id, level.location_id]
            last_count = counted.get((level.item_id, level.location_id))
            if last_count is None or last_count < min(row.occurred_at for row in rows):
                bulk += [_entry(level, row, costs[level.item_id], now) for row in rows]
                level.on_hand += sum((row.quantity for row in rows), Decimal(0))
                session.add(level)
            else:
                _record(session, level, rows, now)
            done.posted += len(rows)
        session.flush()
        if bulk:
            session.execute(insert(LEDGER), bulk)
        for item_id, location_id in counted.keys() & stocks.keys():
            movements.show_waiting_card(session, item_id=item_id, location_id=location_id, now=now)
    return done


def _new_rows(session: Session, file: MovementFile) -> list[MovementRow]:
    """The rows that are not in the ledger yet, under their own identity or that which they had without who moved it."""
    new: list[MovementRow] = []
    for chunk in chunks(file.rows):
        keys = {key for row in chunk for key in (row.key, row.key_without_mover)}
        there = set(session.exec(select(StockEntry.import_key).where(col(StockEntry.import_key).in_(keys))))
        new += [row for row in chunk if there.isdisjoint({row.key, row.key_without_mover})]
    return new


def _note_locked(session: Session, file: MovementFile, new: list[MovementRow]) -> None:
    """Note rows in a locked period as problems. From here on no period is locked until the transaction ends."""
    locks = posting_days.hold(session)
    for row in new if locks else ():
        inside = next((lock for lock in locks if lock.holds(row.occurred_at)), None)
        if inside is not None:
            file.problems.add(row.line, refusal(inside, locks))


def _record(session: Session, level: StockLevel, rows: list[MovementRow], now: datetime) -> None:
    for row in rows:
        movements.record(
            session,
            item_id=level.item_id,
            location_id=level.location_id,
            kind=row.kind,
            quantity=row.quantity,
            occurred_at=row.occurred_at,
            now=now,
            reference=row.reference,
            import_key=row.key,
            moved_by=row.moved_by,
        )


def _entry(level: StockLevel, row: MovementRow, unit_cost: Decimal | None, now: datetime) -> dict[str, object]:
    return {
        "item_id": level.item_id,
        "location_id": level.location_id,
        "kind": row.kind,
        "quantity": row.quantity,
        "unit_cost": unit_cost,
        "occurred_at": row.occurred_at,
        "recorded_at": now,
        "reference": row.reference,
        "import_key": row.key,
        "moved_by": row.moved_by,
    }


def _level_ids(session: Session, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """Ids of the levels that are there, by item and location."""
    wanted = set(pairs)
    return {
        (item_id, location_id): level_id
        for chunk in chunks({item_id for item_id, _ in wanted})
        for level_id, item_id, location_id in session.exec(
            select(col(StockLevel.id), StockLevel.item_id, StockLevel.location_id).where(
                col(StockLevel.item_id).in_(chunk)
            )
        )
        if level_id is not None and (item_id, location_id) in wanted
    }


def _create_levels(session: Session, pairs: Iterable[Pair], now: datetime) -> None:
    for chunk in chunks(sorted(pairs)):
        classes = item_classes.classes_of(session, {item_id for item_id, _ in chunk})
        session.execute(
            insert_for(session, StockLevel).on_conflict_do_nothing(),
            [
                {
                    "item_id": item_id,
                    "location_id": location_id,
                    "on_hand": Decimal(0),
                    "abc_class": classes[item_id],
                    "created_at": now,
                    "due_from": now,
                }
                for item_id, location_id in chunk
            ],
        )


def locked_levels(session: Session, level_ids: list[int]) -> list[StockLevel]:
    """Levels by their ids, locked in the order of these."""
    return list(
        session.exec(
            select(StockLevel)
            .where(col(StockLevel.id).in_(level_ids))
            .order_by(col(StockLevel.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _last_counts(session: Session, item_ids: set[int]) -> dict[Pair, datetime]:
    """When each stock of some items was counted last, for those that ever were."""
    found = session.exec(
        select(CountLine.item_id, CountLine.location_id, func.max(CountEntry.counted_at))
        .join(CountEntry, col(CountEntry.line_id) == col(CountLine.id))
        .where(col(CountLine.item_id).in_(item_ids))
        .group_by(col(CountLine.item_id), col(CountLine.location_id))
    )
    return {(item_id, location_id): counted_at for item_id, location_id, counted_at in found}


def _items(session: Session, file: MovementFile) -> dict[str, tuple[int, Decimal | None]]:
    """Id and unit cost of the items a file names, by SKU; unknown ones are noted as problems."""
    found = {
        sku: (item_id, unit_cost)
        for chunk in chunks({row.sku for row in file.rows})
        for sku, item_id, unit_cost in session.exec(
            select(Item.sku, col(Item.id), col(Item.unit_cost)).where(col(Item.sku).in_(chunk))
        )
        if item_id is not None
    }
    for row in file.rows:
        if row.sku not in found:
            file.problems.add(row.line, f'there is no item "{row.sku}"; import a stock.csv with it first')
    return found


def _bins(session: Session, file: MovementFile) -> dict[str, int]:
    """Ids of the bins a file names, by code; unknown ones are noted as problems."""
    found = {
        code: location_id
        for chunk in chunks({row.location for row in file.rows})
        for code, location_id in session.exec(
            select(Location.code, col(Location.id)).where(col(Location.code).in_(chunk))
        )
        if location_id is not None
    }
    for row in file.rows:
        if row.location not in found:
            file.problems.add(row.line, f'there is no bin "{row.location}"; import a stock.csv with it first')
    return found
