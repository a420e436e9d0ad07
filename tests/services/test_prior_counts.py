"""Counts that were made before: they begin history, accuracy and due dates, and never touch the stock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import col, select

from models.errors import BadFile
from models.records import CountRecord, RecordChange, RecordSource
from models.services import export_tables, prior_counts
from models.services.export_tables import Wanted
from models.services.history_queries import Only
from models.services.prior_count_export import whole_history_rows
from models.services.prior_count_files import read_prior_counts
from models.services.prior_counts import PriorImport, names_of, store
from models.stock import DUE_AT_ONCE, StockEntry
from tests.builders import Stock
from tests.services.importing import BERLIN, bolts, load, stock_file
from tests.world import World

HEADER = "sku,location,counted,expected,counted_at,counter,blind"


@pytest.fixture
def bolt(world: World) -> Stock:
    """A hundred bolts of class B, 2 EUR each."""
    stock = world.stock("BOLT-10", "A-01", 100, unit_cost=2, abc_class="B")
    world.stock("NUT-1", "A-02", 5)
    return stock


def brought_in(world: World, folder: Path, *rows: str, header: str = HEADER) -> PriorImport:
    path = folder / "prior.csv"
    path.write_text("\n".join([header, *rows, ""]), "utf-8")
    file = read_prior_counts(path, now=world.now, timezone=BERLIN)
    with world.step() as session:
        return store(session, file.counts(), names_of(session, file), zone=BERLIN)


def refused(world: World, folder: Path, *rows: str, header: str = HEADER) -> list[str]:
    with pytest.raises(BadFile) as error:
        brought_in(world, folder, *rows, header=header)
    return str(error.value).splitlines()


def imported(world: World) -> list[CountRecord]:
    with world.database.read() as session:
        return list(
            session.exec(
                select(CountRecord).where(CountRecord.source == RecordSource.IMPORT).order_by(col(CountRecord.id))
            )
        )


def test_a_count_of_before_is_a_record_and_moves_no_stock(world: World, tmp_path: Path, bolt: Stock) -> None:
    done = brought_in(world, tmp_path, "BOLT-10,A-01,97.5,100,2026-03-02T23:30,Old Ben,yes")
    assert done == PriorImport(imported=1, rated=1)
    (record,) = imported(world)
    assert (record.item_id, record.location_id, record.team_id) == (bolt.item_id, bolt.location_id, world.team_id)
    assert record.counted_at == record.last_at == datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert (record.day, record.counter, record.abc_class) == (date(2026, 3, 2), "Old Ben", "B")
    assert (record.first_expected, record.expected) == (100, 100)
    assert (record.first_counted, record.counted, record.variance) == (
        Decimal("97.5"),
        Decimal("97.5"),
        Decimal("-2.5"),
    )
    assert (record.variance_value, record.net_value, record.book_value) == (-5, -5, 200)
    assert (record.is_rated, record.hit, record.exact, record.has_variance) == (True, False, False, True)
    assert (record.is_adjusted, record.posted, record.decision, record.line_id) == (False, 0, None, None)
    assert world.on_hand(bolt) == 100
    with world.database.read() as session:
        assert len(session.exec(select(StockEntry)).all()) == 2
        assert [change.day for change in session.exec(select(RecordChange))] == [date(2026, 3, 2)]


@pytest.mark.parametrize(
    ("counted", "expected", "hit", "exact"),
    [("100", "100", 1, 1), ("99", "100", 1, 0), ("98", "100", 0, 0), ("0", "0", 1, 1)],
)
def test_it_is_a_hit_by_the_class_that_the_item_has(
    world: World, tmp_path: Path, bolt: Stock, counted: str, expected: str, hit: int, exact: int
) -> None:
    brought_in(world, tmp_path, f"BOLT-10,A-01,{counted},{expected},2026-03-02,x,1")
    (record,) = imported(world)
    assert (record.hit, record.exact) == (hit, exact)


@pytest.mark.parametrize(
    ("row", "header", "is_rated"),
    [
        ("BOLT-10,A-01,97,100,2026-03-02,x,yes", HEADER, 1),
        ("BOLT-10,A-01,97,100,2026-03-02,x,no", HEADER, 0),
        ("BOLT-10,A-01,97,100,2026-03-02,x,", HEADER, 0),
        ("BOLT-10,A-01,97,,2026-03-02,x,yes", HEADER, 0),
        ("BOLT-10,A-01,97,100,2026-03-02,x", HEADER.removesuffix(",blind"), 0),
    ],
)
def test_it_says_something_about_accuracy_only_when_blind_and_expected(
    world: World, tmp_path: Path, bolt: Stock, row: str, header: str, is_rated: int
) -> None:
    done = brought_in(world, tmp_path, row, header=header)
    assert (done.rated, [record.is_rated for record in imported(world)]) == (is_rated, [is_rated])


def test_what_nobody_expected_is_not_taken_for_zero(world: World, tmp_path: Path, bolt: Stock) -> None:
    done = brought_in(world, tmp_path, "BOLT-10,A-01,97,,2026-03-02,,yes", "BOLT-10,A-01,97,0,2026-03-03,,yes")
    assert (done.imported, done.rated, done.unexpected) == (2, 1, 1)
    unknown, zero = imported(world)
    assert (unknown.expected, unknown.variance, unknown.net_value, unknown.has_variance) == (None, None, None, False)
    assert (zero.expected, zero.variance, zero.has_variance) == (0, 97, True)


def test_the_same_file_twice_changes_nothing(world: World, tmp_path: Path, bolt: Stock) -> None:
    rows = ["BOLT-10,A-01,97,100,2026-03-02T08:00,Ana,yes"] * 2 + ["BOLT-10,A-01,97,100,2026-03-02T08:00,Dan,yes"]
    assert brought_in(world, tmp_path, *rows) == PriorImport(imported=3, rated=3)
    before = imported(world)
    assert brought_in(world, tmp_path, *rows) == PriorImport(known=3)
    written_otherwise = [row.replace(",97,", ",97.000,").replace("T08", " 08").replace("yes", "TRUE") for row in rows]
    assert brought_in(world, tmp_path, *written_otherwise) == PriorImport(known=3)
    assert imported(world) == before
    # A third equal row is one more count.
    assert brought_in(world, tmp_path, *rows, rows[0]) == PriorImport(imported=1, known=3, rated=1)


def test_whether_it_was_blind_can_be_mended(world: World, tmp_path: Path, bolt: Stock) -> None:
    row = "BOLT-10,A-01,97,100,2026-03-02T08:00,Ana"
    brought_in(world, tmp_path, row, header=HEADER.removesuffix(",blind"))
    assert brought_in(world, tmp_path, f"{row},yes") == PriorImport(known=1, rated_anew=1)
    assert [record.is_rated for record in imported(world)] == [True]
    assert brought_in(world, tmp_path, f"{row},no") == PriorImport(known=1, rated_anew=1)
    assert [record.is_rated for record in imported(world)] == [False]


def test_it_is_due_from_the_last_count_that_is_known(world: World, tmp_path: Path, bolt: Stock) -> None:
    brought_in(world, tmp_path, "BOLT-10,A-01,97,,2026-03-02T00:00Z,x,", "BOLT-10,A-01,99,,2026-05-02T00:00Z,x,")
    last = datetime(2026, 5, 2, tzinfo=UTC)
    assert (world.level(bolt).last_counted_at, world.level(bolt).due_from) == (last, last)
    brought_in(world, tmp_path, "BOLT-10,A-01,97,,2026-04-02T00:00Z,x,")
    assert world.level(bolt).last_counted_at == last, "the later one stays"
    world.count(world.line(bolt), "ana", 100)
    counted_at = world.level(bolt).last_counted_at
    assert counted_at is not None
    assert counted_at > last
    brought_in(world, tmp_path, "BOLT-10,A-01,97,,2026-06-02T00:00Z,x,")
    assert (world.level(bolt).last_counted_at, world.level(bolt).due_from) == (counted_at, counted_at)


def test_a_rejected_count_stays_due_and_one_taken_back_leaves_what_was_imported(
    world: World, tmp_path: Path, bolt: Stock
) -> None:
    line = world.line(bolt)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.reject(line, "ben")
    brought_in(world, tmp_path, "BOLT-10,A-01,97,,2026-03-02T00:00Z,x,")
    imported_at = datetime(2026, 3, 2, tzinfo=UTC)
    assert (world.level(bolt).last_counted_at, world.level(bolt).due_from) == (imported_at, DUE_AT_ONCE)
    line = world.line(bolt)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    assert world.level(bolt).last_counted_at != imported_at
    world.take_back(line, "ben")
    assert world.level(bolt).last_counted_at == imported_at


def test_stock_that_comes_later_knows_of_its_counts(world: World, tmp_path: Path, bolt: Stock) -> None:
    brought_in(world, tmp_path, "NUT-1,A-01,7,,2026-03-02T00:00Z,x,")
    load(world, stock_file("NUT-1,Nut,,pcs,1,A-01,8"))
    assert world.problems() == []
    with world.step() as session:
        prior_counts.mark_new_stock(session)
    nuts = world.stock("NUT-1", "A-01")
    assert world.level(nuts).last_counted_at == datetime(2026, 3, 2, tzinfo=UTC)


def test_every_error_is_told_in_one_round_and_nothing_is_stored(world: World, tmp_path: Path, bolt: Stock) -> None:
    tomorrow = f"{world.now + timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert refused(
        world,
        tmp_path,
        "BOLT-10,A-01,97,100,2026-03-02T08:00,good,yes",
        "BOLT-01,A-01,97,100,2026-03-02T08:00,,",
        "BOLT-10,A-1,97,100,2026-03-02T08:00,,",
        ",A-01,-1,1e5,,,perhaps",
        f"BOLT-10,A-01,,100,{tomorrow},,",
        "BOLT-10,A-01,97,100,2026-03-29T02:30,,",
        "BOLT-10,A-01,97,100,last spring,,",
        "BOLT-01,A-01,98,100,2026-03-02T08:00,,",
    ) == [
        'prior.csv line 3: there is no item "BOLT-01" (2 rows); did you mean BOLT-10?',
        'prior.csv line 4: there is no bin "A-1"; did you mean A-01?',
        "prior.csv line 5: sku is missing",
        'prior.csv line 5: "-1" is less than nothing; nobody counts that',
        'prior.csv line 5: "1e5" is not a number; decimal mark is "."',
        'prior.csv line 5: blind is "perhaps"; write yes where the counter did not see what was expected, else no',
        "prior.csv line 5: counted_at is missing",
        "prior.csv line 6: counted is missing; write 0 when there was none",
        f'prior.csv line 6: "{tomorrow.replace("T", " ")}:00" is in the future',
        'prior.csv line 7: "2026-03-29 02:30:00" does not exist in Europe/Berlin: the clocks went forward',
        'prior.csv line 8: "last spring" is not a time; write it like 2026-11-22T14:05 or 2026-11-22T14:05+01:00',
    ]
    assert imported(world) == []


def test_a_bin_of_nobody_has_no_team_and_the_nearer_prefix_says_whose(world: World, tmp_path: Path) -> None:
    near = world.add_team("Near", "A-9")
    for code in ("A-9-1", "Z-1"):
        world.stock("BOLT-10", code, 1)
    brought_in(world, tmp_path, "BOLT-10,A-9-1,1,1,2026-03-02,,", "BOLT-10,Z-1,1,1,2026-03-02,,")
    assert [record.team_id for record in imported(world)] == [near, None]


def test_a_file_that_names_nothing_known_is_no_slower_to_refuse(world: World, tmp_path: Path) -> None:
    load(world, bolts(1))
    found = refused(world, tmp_path, *(f"BOLT-{number},A-01,1,1,2026-03-02,," for number in range(100, 160)))
    assert len(found) == 60
    assert found[-1].endswith("import a stock.csv with it first")


def test_they_stand_in_the_export_of_history_in_their_place(
    world: World, tmp_path: Path, bolt: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_tables, "PAGE", 1)
    world.count(world.line(bolt), "ana", 100)
    row = "BOLT-10,A-01,97,100,2026-03-02T08:00Z"
    brought_in(world, tmp_path, f"{row},Old Ben,yes", f"{row},Eve,no", "NUT-1,A-02,5,,2026-03-03,,")

    def found(**wanted: object) -> list[tuple[str, str, Decimal | None, str, str]]:
        with world.database.snapshot() as session:
            asked = Wanted(**wanted)  # type: ignore[arg-type]  # forwarded as they are
            rows = list(whole_history_rows(session, wanted=asked))
        return [(one.sku, one.counter, one.variance, one.source, one.blind) for one in rows]

    ben, eve = ("BOLT-10", "Old Ben", Decimal(-3), "import", "yes"), ("BOLT-10", "Eve", Decimal(-3), "import", "")
    nuts, ana = ("NUT-1", "", None, "import", ""), ("BOLT-10", "Ana", Decimal(0), "modal", "yes")
    assert found() == [ben, eve, nuts, ana]
    assert found(item_id=bolt.item_id, team_id=world.team_id) == [ben, eve, ana]
    assert found(only=Only.VARIANCES) == [ben, eve]
    assert found(hidden=frozenset({bolt.item_id})) == [nuts]
    assert found(plan_id=world.plan_id) == [ana]
    assert found(until=datetime(2026, 3, 2, 23, tzinfo=UTC)) == [ben, eve]
    assert found(only=Only.ADJUSTED) == found(until=datetime(2026, 3, 1, tzinfo=UTC)) == []
