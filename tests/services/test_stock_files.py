"""Reading stock.csv: what is accepted, and that every problem of a bad file is named with its line."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from models.errors import BadFile, BadInput
from models.services.stock_files import StockFile, read_stock

HEADER = "sku,name,category,unit,unit_cost,location,on_hand"


def problems_of(content: str | bytes, folder: Path, *, decimal_mark: str = ".") -> list[str]:
    path = folder / "stock.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BadFile) as refused:
        read_stock(path, decimal_mark=decimal_mark)
    return str(refused.value).replace(str(folder / "stock.csv"), "stock.csv").splitlines()


def read(text: str, *, decimal_mark: str = ".") -> StockFile:
    return read_stock(StringIO(text, newline=""), decimal_mark=decimal_mark)


def test_a_plain_file() -> None:
    file = read(f"{HEADER}\nBOLT-10,Bolt M10x40,Fasteners,pcs,0.35,A-01-03,120\n")
    (row,) = file.rows
    assert row.line == 2
    assert row.item.sku == "BOLT-10"
    assert (row.item.name, row.item.category, row.item.unit) == ("Bolt M10x40", "Fasteners", "pcs")
    assert (row.item.unit_cost, row.on_hand) == (Decimal("0.35"), Decimal(120))
    assert row.bin.code == "A-01-03"


def test_the_optional_columns() -> None:
    file = read(
        "reorder_point,walk_order,lead_time_days,barcode,pack_sizes,abc_class,on_hand,location,unit_cost,unit,category,"
        "name,sku\n"
        "12.5,7,14,4006381333931,box=50; case=600,a,-2.5,A-1,,,,,X\n"
    )
    (row,) = file.rows
    assert row.item == (
        "X", "X", "", "pcs", None, "A", "4006381333931", 14, Decimal("12.5"),
        (("box", Decimal(50)), ("case", Decimal(600))), None, None, None,
    )  # fmt: skip
    assert row.bin == ("A-1", 7)
    assert row.on_hand == Decimal("-2.5")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["no BOM", "BOM"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_marks_and_line_ends(tmp_path: Path, delimiter: str, bom: bytes, newline: str) -> None:
    lines = [HEADER, 'K-1,"Kühler, groß; neu",Motor,pcs,1.5,A-1,3', "K-2,x,,kg,,A-1,0.125", ""]
    text = newline.join(lines)
    if delimiter != ",":
        text = text.replace('"Kühler, groß; neu"', '"Kühler* groß; neu"').replace(",", delimiter).replace("*", ",")
    (tmp_path / "stock.csv").write_bytes(bom + text.encode())
    file = read_stock(tmp_path / "stock.csv")
    assert [(row.item.name, row.on_hand) for row in file.rows] == [
        ("Kühler, groß; neu", Decimal(3)),
        ("x", Decimal("0.125")),
    ]


def test_a_decimal_comma_when_told() -> None:
    file = read(f"{HEADER.replace(',', ';')}\nX;x;;kg;0,0125;A-1;1,5\n", decimal_mark=",")
    assert (file.rows[0].item.unit_cost, file.rows[0].on_hand) == (Decimal("0.0125"), Decimal("1.5"))


def test_quoted_line_breaks_and_blank_lines_keep_the_line_numbers(tmp_path: Path) -> None:
    text = f'{HEADER}\n\nX,"two\nlines",,pcs,,A-1,1\n,,,,,,\nY,y,,pcs,,A-1,z\n'
    assert problems_of(text, tmp_path) == ['stock.csv line 6: "z" is not a number; decimal mark is "."']


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",x,,pcs,1,A-1,1", "sku is missing"),
        ("X,x,,pcs,1,,1", "location is missing"),
        ("X,x,,pcs,1,A-1,", "on_hand is missing; write 0 when there is none"),
        ("X,x,,pcs,1,A-1,12a", '"12a" is not a number; decimal mark is "."'),
        ("X,x,,pcs,1,A-1,1e3", '"1e3" is not a number; decimal mark is "."'),
        ("X,x,,pcs,1,A-1,NaN", '"NaN" is not a number; decimal mark is "."'),
        ("X,x,,pcs,1,A-1,1_000", '"1_000" is not a number; decimal mark is "."'),
        ("X,x,,pcs,1,A-1,١٢", '"١٢" is not a number; decimal mark is "."'),
        (
            'X,x,,pcs,1,A-1,"1,5"',
            '"1,5" is not a number; decimal mark is "." (change it with --decimal-mark ,)',
        ),
        ("X,x,,pcs,1,A-1,1.2345", '"1.2345" has more than 3 decimals'),
        ("X,x,,pcs,1,A-1,1000000000", '"1000000000" is too large; a billion or more is surely a mistake'),
        ("X,x,,pcs,-1,A-1,1", 'unit_cost "-1" is negative; leave it blank when it is not known'),
        ("X,x,,pcs,1.23456,A-1,1", '"1.23456" has more than 4 decimals'),
        ("X,x,,pcs,1,A-1", "there are 6 cells, the header has 7"),
        ("X,x,,pcs,1,A-1,1,1", "there are 8 cells, the header has 7"),
        (f"{'X' * 81},x,,pcs,1,A-1,1", "sku is longer than 80 characters"),
        ("X,a\x07b,,pcs,1,A-1,1", "name holds a control character"),
        ("X,a\x00b,,pcs,1,A-1,1", "there is a NUL byte; export the file again as plain CSV text"),
        ('X,"x,,pcs,1,A-1,1', "a quotation mark is opened and not closed, or stands in the wrong place"),
        ('X,"x"y,,pcs,1,A-1,1', "a quotation mark is opened and not closed, or stands in the wrong place"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, row: str, problem: str) -> None:
    assert problems_of(f"{HEADER}\nOK,ok,,pcs,1,A-1,1\n{row}\n", tmp_path) == [f"stock.csv line 3: {problem}"]


def test_trailing_zeros_are_no_decimals() -> None:
    assert read(f"{HEADER}\nX,x,,pcs,1,A-1,5.50000\n").rows[0].on_hand == Decimal("5.5")


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    content = f"{HEADER}\nX,x,,pcs,1,A-1,1\nK,Kühler,,pcs,1,A-1,1\n".encode("latin-1")
    assert problems_of(content, tmp_path) == ["stock.csv line 3: the text is not UTF-8; save the file as “CSV UTF-8”"]


def test_utf16_is_refused_with_the_way_out(tmp_path: Path) -> None:
    assert any("save the file as “CSV UTF-8”" in line for line in problems_of(HEADER.encode("utf-16"), tmp_path))


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (
            "",
            f"the header is missing; the first line names the columns: {HEADER}",
        ),
        (HEADER.replace("on_hand", "onhand"), 'unknown column "onhand"; did you mean "on_hand"?'),
        (HEADER.replace("on_hand", "on_hand,sku"), 'the column "sku" is there 2 times'),
        (HEADER.replace("sku,", ""), 'the column "sku" is missing'),
    ],
)
def test_a_bad_header(tmp_path: Path, header: str, problem: str) -> None:
    assert f"stock.csv line 1: {problem}" in problems_of(f"{header}\n1,2,3\n", tmp_path)


def test_an_unknown_column_far_from_any_lists_the_columns(tmp_path: Path) -> None:
    (line,) = problems_of(f"{HEADER},zzz\n", tmp_path)
    assert line.startswith('stock.csv line 1: unknown column "zzz"; the columns are sku, name, category')


def test_all_problems_are_collected(tmp_path: Path) -> None:
    text = f"{HEADER}\n,x,,pcs,-1,A-1,a\nX,x,,pcs,1,A-1,1\nX,x,,pcs,1,A-1,2\nY,y,,pcs,1,A-1,b\n"
    assert problems_of(text, tmp_path) == [
        "stock.csv line 2: sku is missing",
        'stock.csv line 2: unit_cost "-1" is negative; leave it blank when it is not known',
        'stock.csv line 2: "a" is not a number; decimal mark is "."',
        "stock.csv line 4: X in A-1 is there already, on line 3",
        'stock.csv line 5: "b" is not a number; decimal mark is "."',
    ]


def test_rows_of_an_item_or_bin_must_agree(tmp_path: Path) -> None:
    text = f"{HEADER},walk_order\nX,x,,pcs,1,A-1,1,1\nX,x,,kg,1,A-2,1,\nY,y,,pcs,1,A-1,1,2\n"
    assert problems_of(text, tmp_path) == [
        "stock.csv line 3: X has another unit than on line 2",
        "stock.csv line 4: A-1 has another walk_order than on line 2",
    ]


@pytest.mark.parametrize("packs", ["box", "box=", "=50", "box=50; box=60", "box=0", "box=x"])
def test_pack_sizes_that_make_no_sense(tmp_path: Path, packs: str) -> None:
    (line,) = problems_of(f"{HEADER},pack_sizes\nX,x,,pcs,1,A-1,1,{packs}\n", tmp_path)
    assert line.startswith("stock.csv line 2: ")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("abc_class", "AB"),
        ("lead_time_days", "-1"),
        ("walk_order", "1.5"),
        ("reorder_point", "-1"),
        ("reorder_point", "0.0005"),
    ],
)
def test_optional_cells_are_checked(tmp_path: Path, column: str, value: str) -> None:
    (line,) = problems_of(f"{HEADER},{column}\nX,x,,pcs,1,A-1,1,{value}\n", tmp_path)
    assert f'"{value}"' in line


def test_letters_put_together_differently_are_the_same_sku(tmp_path: Path) -> None:
    text = f"{HEADER}\nKÜ,x,,pcs,1,A-1,1\nKU\u0308,x,,pcs,1,A-1,1\n"
    assert problems_of(text, tmp_path) == ["stock.csv line 3: KÜ in A-1 is there already, on line 2"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.csv: cannot be read \(no such file or directory\)"):
        read_stock(tmp_path / "none.csv")


def test_an_unknown_decimal_mark() -> None:
    with pytest.raises(BadInput, match=r'The decimal mark is "\." or ",", not "x"'):
        read_stock(StringIO(HEADER), decimal_mark="x")
