"""Importing files in a test: written in a line, loaded in one transaction, looked at by SKU and bin."""

from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from models.catalog import Item, Location
from models.services import imports, movement_imports
from models.services.imports import StockImport
from models.services.movement_imports import MovementImport
from models.stock import EntryKind, StockEntry, StockLevel
from tests.builders import Stock
from tests.world import World

HEADER = "sku,name,category,unit,unit_cost,location,on_hand"
BERLIN = ZoneInfo("Europe/Berlin")


def stock_file(*rows: str, header: str = HEADER) -> StringIO:
    return StringIO("\n".join([header, *rows, ""]), newline="")


def bolts(on_hand: object) -> StringIO:
    return stock_file(f"BOLT-10,Bolt M10x40,Fasteners,pcs,1,A-01,{on_hand}")


def load(world: World, file: StringIO, **options: object) -> StockImport:
    with world.step() as session:
        return imports.import_stock(session, file, now=world.now, **options)  # type: ignore[arg-type]  # forwarded as they are


def move(world: World, *rows: str) -> MovementImport:
    file = StringIO("\n".join(["sku,location,kind,quantity,occurred_at,reference", *rows, ""]), newline="")
    with world.step() as session:
        return movement_imports.import_movements(session, file, now=world.now, timezone=BERLIN)


def found(world: World, sku: str = "BOLT-10", code: str = "A-01") -> Stock:
    with world.database.read() as session:
        level_id, item_id, location_id = session.exec(
            select(col(StockLevel.id), StockLevel.item_id, StockLevel.location_id)
            .join(Item, col(Item.id) == col(StockLevel.item_id))
            .join(Location, col(Location.id) == col(StockLevel.location_id))
            .where(Item.sku == sku, Location.code == code)
        ).one()
        assert level_id is not None
        return Stock(item_id, location_id, level_id, sku)


def ledger_rows(world: World) -> list[tuple[EntryKind, Decimal]]:
    with world.database.read() as session:
        return [
            (kind, quantity)
            for kind, quantity in session.exec(
                select(col(StockEntry.kind), col(StockEntry.quantity)).order_by(col(StockEntry.id))
            )
        ]
