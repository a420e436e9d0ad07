"""Reading stock.csv: what is stored, where, and how much of it there is according to the system of record.

One row is one item in one bin. The catalogue cells (name, unit, cost, ...) repeat on every row of an item and must
agree, or nobody could say which is meant. Blank means unknown, except for `on_hand`: a blank is not zero.
"""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, TextIO

from models.errors import BadInput
from models.services import csv_files
from models.services.csv_files import Cells, Columns, Problems, Row

COLUMNS = Columns(
    required=("sku", "name", "category", "unit", "unit_cost", "location", "on_hand"),
    optional=(
        "abc_class",
        "pack_sizes",
        "barcode",
        "lead_time_days",
        "reorder_point",
        "walk_order",
        "on_order",
        "reserved",
        "order_multiple",
    ),
)
_LONGEST_LEAD_TIME = 3650  # days
_LONGEST_PACK_NAME = 20
_LARGEST_WALK_ORDER = 2**31 - 1


class ItemFacts(NamedTuple):
    """The catalogue cells of an item, in the units of the item table. `pack_sizes` are (name, base units) pairs."""

    sku: str
    name: str
    category: str
    unit: str
    unit_cost: Decimal | None
    abc_class: str | None = None
    barcode: str | None = None
    lead_time_days: int | None = None
    reorder_point: Decimal | None = None
    pack_sizes: tuple[tuple[str, Decimal], ...] = ()
    on_order: Decimal | None = None
    reserved: Decimal | None = None
    order_multiple: Decimal | None = None


class BinFacts(NamedTuple):
    """The cells of a bin."""

    code: str
    walk_order: int | None


class StockRow(NamedTuple):
    """One row: how much of an item the system of record has in a bin. `item` and `bin` are shared between rows."""

    line: int
    item: ItemFacts
    bin: BinFacts
    on_hand: Decimal


class StockFile(NamedTuple):
    """A file without errors. `columns` are those it has: what it does not mention, an import leaves alone."""

    name: str
    columns: frozenset[str]
    rows: list[StockRow]


def read_stock(source: Path | TextIO, *, decimal_mark: str = ".") -> StockFile:
    """Read and check the whole file.

    Raises:
        BadFile: with every problem in it.
        BadInput: it cannot be opened, or the decimal mark is none.
    """
    csv_files.check_decimal_mark(decimal_mark)
    problems = Problems(csv_files.name_of(source))
    reader = _Reader(problems, decimal_mark)
    columns: frozenset[str] = frozenset()
    for row in csv_files.rows_of(source, COLUMNS, problems):
        columns = columns or frozenset(row)
        reader.take(row)
    problems.raise_if_any()
    return StockFile(problems.file, columns, reader.rows)


class _Reader:
    """Turns rows into facts, and remembers what earlier rows said of the same item, bin and pair."""

    def __init__(self, problems: Problems, decimal_mark: str) -> None:
        self.rows: list[StockRow] = []
        self._problems = problems
        self._mark = decimal_mark
        self._items: dict[str, tuple[int, ItemFacts]] = {}
        self._bins: dict[str, tuple[int, BinFacts]] = {}
        self._pairs: dict[tuple[str, str], int] = {}

    def take(self, row: Row) -> None:
        """Check one row and keep it; every problem of it is noted, not only the first."""
        cells = Cells(row, self._problems)
        item, place = self._item_of(cells), self._bin_of(cells)
        on_hand = cells.read("on_hand", lambda text: csv_files.number(text, decimals=3, decimal_mark=self._mark))
        if not row["on_hand"]:
            cells.note("on_hand is missing; write 0 when there is none")
        if not cells.are_right or on_hand is None:
            return
        first = self._pairs.setdefault((item.sku, place.code), row.line)
        if first != row.line:
            cells.note(f"{item.sku} in {place.code} is there already, on line {first}")
        item_line, same_item = self._items.setdefault(item.sku, (row.line, item))
        if same_item != item:
            column = next(name for name in ItemFacts._fields if getattr(item, name) != getattr(same_item, name))
            cells.note(f"{item.sku} has another {column} than on line {item_line}")
        bin_line, same_bin = self._bins.setdefault(place.code, (row.line, place))
        if same_bin != place:
            cells.note(f"{place.code} has another walk_order than on line {bin_line}")
        self.rows.append(StockRow(row.line, same_item, same_bin, on_hand))

    def _item_of(self, cells: Cells) -> ItemFacts:
        sku = cells.text("sku", longest=80, required=True)
        return ItemFacts(
            sku=sku,
            name=cells.text("name", longest=200) or sku,
            category=cells.text("category", longest=80),
            unit=cells.text("unit", longest=20) or "pcs",
            unit_cost=cells.read("unit_cost", self._cost),
            abc_class=cells.read("abc_class", _abc_class),
            barcode=cells.text("barcode", longest=80) or None,
            lead_time_days=cells.read("lead_time_days", _lead_time),
            reorder_point=cells.read("reorder_point", self._at_least_nothing("reorder_point", "there is none")),
            pack_sizes=cells.read("pack_sizes", self._packs) or (),
            on_order=cells.read("on_order", self._at_least_nothing("on_order", "it is not known")),
            reserved=cells.read("reserved", self._at_least_nothing("reserved", "it is not known")),
            order_multiple=cells.read("order_multiple", self._order_multiple),
        )

    def _bin_of(self, cells: Cells) -> BinFacts:
        return BinFacts(cells.text("location", longest=80, required=True), cells.read("walk_order", _walk_order))

    def _cost(self, text: str) -> Decimal:
        cost = csv_files.number(text, decimals=4, decimal_mark=self._mark)
        if cost < 0:
            raise BadInput(f'unit_cost "{text}" is negative; leave it blank when it is not known')
        return cost

    def _at_least_nothing(self, column: str, blank: str) -> Callable[[str], Decimal]:
        def read(text: str) -> Decimal:
            quantity = csv_files.number(text, decimals=3, decimal_mark=self._mark)
            if quantity < 0:
                raise BadInput(f'{column} "{text}" is negative; leave it blank when {blank}')
            return quantity

        return read

    def _order_multiple(self, text: str) -> Decimal:
        quantity = csv_files.number(text, decimals=3, decimal_mark=self._mark)
        if quantity <= 0:
            raise BadInput(f'order_multiple "{text}" is no quantity to order; leave it blank when it is not known')
        return quantity

    def _packs(self, text: str) -> tuple[tuple[str, Decimal], ...]:
        packs: dict[str, Decimal] = {}
        for part in filter(str.strip, text.split(";")):
            name, equals, factor = (piece.strip() for piece in part.partition("="))
            if not (name and equals and factor) or len(name) > _LONGEST_PACK_NAME or name in packs:
                raise BadInput(f'pack_sizes "{text[:80]}" is not understood; write it like box=50; case=600')
            packs[name] = csv_files.number(factor, decimals=3, decimal_mark=self._mark)
            if packs[name] <= 0:
                raise BadInput(f"a pack of {factor} holds nothing; write pack_sizes like box=50; case=600")
        return tuple(sorted(packs.items()))


def _abc_class(text: str) -> str:
    if len(text) != 1 or not (text.isascii() and text.isalpha()):
        raise BadInput(f'abc_class "{text[:20]}" is not one letter, such as A, B or C')
    return text.upper()


def _lead_time(text: str) -> int:
    return csv_files.whole_number(text, largest=_LONGEST_LEAD_TIME)


def _walk_order(text: str) -> int:
    return csv_files.whole_number(text, largest=_LARGEST_WALK_ORDER)
