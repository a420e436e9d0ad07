"""Stock that comes in packs, and what is told about it."""

from decimal import Decimal

from models.catalog import PackSize
from tests.bot.workplace import Workplace
from tests.builders import Number, Stock

QUESTION = "12 what? Boxes hold 50. Write “12 pcs” or “12 boxes”."
IN_THREAD = "BOLT-10 (A-01-03): 12 what? Boxes hold 50. Write “BOLT-10 12 pcs” or “BOLT-10 12 boxes”."


def boxed(place: Workplace, sku: str, code: str, on_hand: Number, **factors: int) -> Stock:
    """A stock whose item comes in packs, in boxes of 50 unless others are given."""
    stock = place.world.stock(sku, code, on_hand)
    with place.database.write() as session:
        for name, factor in (factors or {"box": 50}).items():
            session.add(PackSize(item_id=stock.item_id, name=name, factor=Decimal(factor)))
    return stock


def numbers(place: Workplace, stock: Stock) -> list[Decimal]:
    """Every number entered for the newest line of a stock."""
    return [entry.quantity for entry in place.world.entries(place.line(stock))]
