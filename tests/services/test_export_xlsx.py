"""XLSX files: read back from their XML, cell by cell."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from models.people import Company
from models.services import export_xlsx, exports
from models.services.export_tables import Cell, Table, columns_of
from models.services.export_xlsx import About, about, write_xlsx
from tests.rules.test_spreadsheet_text import ATTACKS
from tests.services.test_exports import counted
from tests.services.workbooks import SheetRead, read_workbook
from tests.world import World

MADE = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


class Row(NamedTuple):
    number: int
    at: datetime | None
    on: date | None
    sku: str
    quantity: Decimal | None
    value: Decimal | None


def written(path: Path, *rows: tuple[Cell, ...], zone: str = "Europe/Berlin") -> dict[str, SheetRead]:
    table = Table(columns_of(Row), iter(rows))
    assert write_xlsx(path, table, About("history", ZoneInfo(zone), "EUR", MADE)) == len(rows)
    return read_workbook(path)


def texts(path: Path, *cells: str) -> list[object]:
    sheet = written(path, *(Row(0, None, None, cell, None, None) for cell in cells))["history"]
    return [record["sku"] for record in sheet.records()]


def test_numbers_are_numbers_and_times_are_times_on_the_clocks_of_the_company(tmp_path: Path) -> None:
    at = datetime(2026, 7, 1, 22, 30, 5, 999_999, tzinfo=UTC)
    row = Row(12, at, date(2026, 3, 1), "00123", Decimal("-12.500"), Decimal("4.0250000"))
    sheet = written(tmp_path / "out.xlsx", row)["history"]
    assert sheet.rows[0] == ["number", "at (Europe/Berlin)", "on", "sku", "quantity", "value (EUR)"]
    assert sheet.rows[1] == [12, datetime(2026, 7, 2, 0, 30, 5), datetime(2026, 3, 1), "00123", -12.5, 4.025]  # noqa: DTZ001 - as the sheet has it
    assert sheet.is_frozen
    assert all(12 <= width <= 80 for width in sheet.widths)


def test_what_is_not_known_is_an_empty_cell_and_not_zero(tmp_path: Path) -> None:
    sheet = written(tmp_path / "out.xlsx", Row(0, None, None, "", None, Decimal(0)))["history"]
    assert sheet.rows[1] == [0, None, None, None, None, 0]


def test_a_number_with_more_digits_than_a_sheet_keeps_is_a_text(tmp_path: Path) -> None:
    long = Decimal("123456789012.1234567")
    rows = written(tmp_path / "out.xlsx", Row(9007199254740993, None, None, "x", long, Decimal("123456789012.123")))
    assert rows["history"].rows[1] == ["9007199254740993", None, None, "x", "123456789012.1234567", 123456789012.123]


def test_a_time_before_a_sheet_can_count_is_a_text(tmp_path: Path) -> None:
    rows = written(
        tmp_path / "out.xlsx", Row(1, datetime(1899, 12, 31, 12, tzinfo=UTC), None, "x", None, None), zone="UTC"
    )
    assert rows["history"].rows[1][1] == "1899-12-31T12:00:00+00:00"


def test_every_attack_is_the_text_that_it_was(tmp_path: Path) -> None:
    attacks = [text for text, _ in ATTACKS]
    attacks += [
        "http://example.com",
        "internal:Sheet1!A1",
        "external:c:\\x.xlsx",
        "mailto:a@example.com",
        "{=1+1}",
        "1",
    ]
    assert texts(tmp_path / "out.xlsx", *attacks) == attacks


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("<r><t>forged</t></r>", " <r><t>forged</t></r>"),
        ("<r>&</r>", " <r>&</r>"),
        ("</is></c><c><f>1+1</f></c>", "</is></c><c><f>1+1</f></c>"),
        ("a\0b\x1bc", "a\0b\x1bc"),
        ("_x0041_", "_x0041_"),
        ("a\ufffeb", "a\ufffdb"),
        ("  kept  ", "  kept  "),
        ("two\nlines", "two\nlines"),
    ],
)
def test_a_text_cannot_break_the_file(tmp_path: Path, text: str, cell: str) -> None:
    assert texts(tmp_path / "out.xlsx", text) == [cell]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_xlsx, "ROWS_A_SHEET", 2)
    book = written(tmp_path / "out.xlsx", *(Row(number, None, None, "x", None, None) for number in range(5)))
    assert list(book) == ["history", "history 2", "history 3", "About"]
    numbers = [[record["number"] for record in book[name].records()] for name in list(book)[:3]]
    assert numbers == [[0, 1], [2, 3], [4]]
    assert all(book[name].is_frozen for name in list(book)[:3])
    assert ["Rows", "5"] in book["About"].rows


def test_a_sheet_has_the_rows_that_excel_has() -> None:
    assert export_xlsx.ROWS_A_SHEET + 1 == 2**20


def test_no_rows_are_a_header(tmp_path: Path) -> None:
    book = written(tmp_path / "out.xlsx")
    assert len(book["history"].rows) == 1
    assert ["Rows", "0"] in book["About"].rows


def test_when_rows_fail_half_way_nothing_is_left(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[Cell, ...]]:
        yield Row(1, None, None, "x", None, None)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_xlsx(
            tmp_path / "out.xlsx", Table(columns_of(Row), rows()), About("history", ZoneInfo("UTC"), "EUR", MADE)
        )
    assert list(tmp_path.iterdir()) == []


def test_history_as_a_sheet_and_what_it_is(world: World, tmp_path: Path) -> None:
    counted(world)
    with world.database.write() as session:
        company = session.get_one(Company, 1)
        company.timezone, company.currency = "America/New_York", "USD"
    with world.database.snapshot() as session:
        told = about(session, "history", (("since", "2026-01-01"), ("sku", "BOLT-10")), MADE)
        assert write_xlsx(tmp_path / "out.xlsx", exports.table(session, "history"), told) == 2
        first = next(iter(exports.history_rows(session)))
    book = read_workbook(tmp_path / "out.xlsx")
    record = book["history"].records()[0]
    assert (record["sku"], record["expected"], record["counted"], record["value"]) == ("BOLT-10", 100, 88.5, -4.025)
    local = first.counted_at.astimezone(ZoneInfo("America/New_York")).replace(tzinfo=None, microsecond=0)
    assert record["counted_at"] == local
    assert (record["decision"], record["decided_by"], record["blind"]) == ("approve", "Ben", "yes")
    assert book["About"].rows == [
        ["What", "history"],
        ["Since", "2026-01-01"],
        ["SKU", "BOLT-10"],
        ["Rows", "2"],
        ["Made", "2026-11-24 13:30 (America/New_York)"],
        ["Times", "America/New_York, as its clocks show them; the CSV file has each with its offset"],
        ["Currency", "USD"],
        ["Quantities", "in the item's own unit"],
    ]


@pytest.mark.parametrize("what", sorted(exports.EXPORTS.keys() - {"reorder"}))
def test_every_export_can_be_had_as_a_sheet(world: World, tmp_path: Path, what: str) -> None:
    counted(world)
    with world.database.snapshot() as session:
        rows = write_xlsx(tmp_path / "out.xlsx", exports.table(session, what), about(session, what, (), MADE))
        assert rows == len(list(exports.table(session, what).rows)) > 0
    book = read_workbook(tmp_path / "out.xlsx")
    assert len(book[what].rows) == rows + 1
    assert ["Filters", "none"] in book["About"].rows
