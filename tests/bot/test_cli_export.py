"""`python -m bot export`: which file, which rows, and a file that is whole or not there."""

import csv
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cli.exports import said_time
from models.database import Database
from models.services import journal
from tests.bot.shell import Shell
from tests.conftest import NOW
from tests.services.test_exports import counted
from tests.services.workbooks import read_workbook
from tests.world import World


@pytest.fixture
def world(sqlite_database: Database) -> World:
    """Ana and Dan count the bolts, Ben approves -10; Fay counts the nuts right, a day later."""
    world = World(sqlite_database, NOW)
    counted(world)
    world.now += timedelta(days=1)
    world.count(world.line(world.stock("NUT-1", "A-02", 5)), "fay", 5)
    return world


def skus(shell: Shell, *arguments: str) -> list[str]:
    done = shell("export", "history", *arguments)
    assert done.returncode == 0, done
    return [line.split(",")[5] for line in done.stdout.splitlines()[1:]]


def left(shell: Shell) -> set[str]:
    return {path.name for path in shell.folder.iterdir() if not path.name.startswith("test.db")}


def test_advice_is_forecast_anew_and_comes_as_a_sheet(world: World, sqlite_shell: Shell) -> None:
    for arguments in (["export", "reorder", "--out", "a.xlsx"], ["reorder", "--out", "b.xlsx"]):
        assert sqlite_shell(*arguments).returncode == 0
        book = read_workbook(sqlite_shell.folder / arguments[-1])
        assert sorted(str(record["sku"]) for record in book["reorder"].records()) == ["BOLT-10", "NUT-1"]
    one = sqlite_shell("export", "reorder", "--sku", "NUT-1", "--team", "Fleet Parts").stdout
    assert [row["sku"] for row in csv.DictReader(one.splitlines())] == ["NUT-1"]


@pytest.mark.parametrize("what", ["history", "adjustments", "audit"])
def test_an_export_to_a_file_and_to_a_pipe(sqlite_shell: Shell, what: str) -> None:
    to_file = sqlite_shell("export", what, "--since", "2026-01-01", "--out", "out.csv")
    assert (to_file.returncode, to_file.stdout, to_file.stderr) == (0, "", "out.csv: 0 rows, times in UTC\n")
    to_pipe = sqlite_shell.process("export", what)
    assert to_pipe.stdout == (sqlite_shell.folder / "out.csv").read_bytes().decode()
    assert to_pipe.stdout.count("\r\n") == 1
    assert not list(sqlite_shell.folder.glob("*.part"))


def test_an_export_that_cannot_be_written(sqlite_shell: Shell) -> None:
    done = sqlite_shell("export", "history", "--out", "nowhere/out.csv")
    assert done.returncode == 1
    assert done.stderr == "nowhere/out.csv: cannot be written (no such file or directory).\n"


def test_the_ending_of_its_name_says_what_a_file_is(world: World, sqlite_shell: Shell) -> None:
    assert sqlite_shell("export", "history", "--out", "out.XLSX").stderr == "out.XLSX: 3 rows, times in UTC\n"
    book = read_workbook(sqlite_shell.folder / "out.XLSX")
    assert [record["sku"] for record in book["history"].records()] == ["BOLT-10", "BOLT-10", "NUT-1"]
    assert sqlite_shell("export", "history", "--out", "plain", "--format", "xlsx").returncode == 0
    assert read_workbook(sqlite_shell.folder / "plain").keys() == book.keys()
    assert left(sqlite_shell) == {"out.XLSX", "plain"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["history", "--format", "xlsx"], "An XLSX file needs a name: --out FILE.xlsx\n"),
        (["history", "--out", "a.xlsx", "--format", "csv"], "a.xlsx: that name is for XLSX; call it a.csv.\n"),
        (["history", "--out", "a.csv", "--format", "xlsx"], "a.csv: that name is for CSV; call it a.xlsx.\n"),
        (["history", "--out", "folder"], "folder: is not a file; name one that can be written.\n"),
        (["history", "--sku", "BOLT-1"], "There is no SKU “BOLT-1”. Did you mean BOLT-10?\n"),
        (["history", "--bin", "A-001"], "There is no bin “A-001”. Did you mean A-01?\n"),
        (["history", "--team", "Flee Parts"], "There is no team “Flee Parts”. Did you mean Fleet Parts?\n"),
        (["history", "--plan", "Daly parts"], "There is no plan “Daly parts”. Did you mean Daily parts?\n"),
        (["history", "--person", "Anna"], "There is no person “Anna”. Did you mean Ana?\n"),
        (
            ["history", "--until", "soon"],
            "--until: “soon” is not a time; write it like 2026-11-22, 2026",
        ),
        (["history", "--since", "2026-02-30"], "--since: “2026-02-30” is not a time; write it like "),
        (["history", "--since", "2999"], "--since: “2999” is still to come. "),
        (
            ["audit", "--sku", "BOLT-10"],
            "audit cannot be filtered by SKU; that is for history, adjust",
        ),
        (["adjustments", "--only", "adjusted"], "adjustments cannot be filtered by only; that is for history.\n"),
    ],
)
def test_what_cannot_be_exported_is_a_sentence(
    world: World, sqlite_shell: Shell, arguments: list[str], said: str
) -> None:
    (sqlite_shell.folder / "folder").mkdir()
    done = sqlite_shell("export", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert left(sqlite_shell) == {"folder"}


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--sku", "bolt-10"], ["BOLT-10", "BOLT-10"]),
        (["--bin", "A-02"], ["NUT-1"]),
        (["--team", "fleet parts", "--plan", "daily parts"], ["BOLT-10", "BOLT-10", "NUT-1"]),
        (["--person", "dan"], ["BOLT-10"]),
        (["--person", "U01FAY"], ["NUT-1"]),
        (["--person", "Ben"], []),
        (["--only", "variances"], ["BOLT-10", "BOLT-10"]),
        (["--only", "adjusted", "--person", "ana"], ["BOLT-10"]),
        (["--since", "2026-11-24"], ["NUT-1"]),
        (["--until", "2026-11-23"], ["BOLT-10", "BOLT-10"]),
        (["--until", "2026-11-24"], ["BOLT-10", "BOLT-10", "NUT-1"]),
        (["--until", "2026-11-24T00:00"], ["BOLT-10", "BOLT-10"]),
    ],
)
def test_history_is_filtered(world: World, sqlite_shell: Shell, arguments: list[str], found: list[str]) -> None:
    assert skus(sqlite_shell, *arguments) == found


@pytest.mark.parametrize(
    ("text", "option", "found"),
    [
        ("monday", "since", "2026-11-23T00:00+01:00"),
        ("last quarter", "since", "2026-07-01T00:00+02:00"),
        ("last quarter", "until", "2026-10-01T00:00+02:00"),
        ("2026-09", "until", "2026-10-01T00:00+02:00"),
        ("yesterday", "until", "2026-11-25T00:00+01:00"),
        ("2026-10-25", "until", "2026-10-26T00:00+01:00"),
        ("9999-12-31", "until", "9999-12-31T00:00+01:00"),
        ("2026-11-22T14:05", "until", "2026-11-22T14:05+01:00"),
        ("2026-11-22T14:05Z", "since", "2026-11-22T14:05Z"),
    ],
)
def test_times_are_taken_as_history_takes_them(text: str, option: str, found: str) -> None:
    at = datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert said_time(text, ZoneInfo("Europe/Berlin"), at, option=option) == datetime.fromisoformat(found)


def test_adjustments_and_audit_are_filtered(world: World, sqlite_shell: Shell) -> None:
    def rows(*arguments: str) -> int:
        return len(sqlite_shell("export", *arguments).stdout.splitlines()) - 1

    assert rows("adjustments", "--sku", "BOLT-10", "--bin", "A-01") == 1
    assert rows("adjustments", "--sku", "NUT-1") == 0
    assert rows("adjustments", "--until", "2026-11-22") == 0
    everything = rows("audit")
    assert 0 < rows("audit", "--until", "2026-11-23") < everything
    assert rows("audit", "--since", "2026-11-24") == everything - rows("audit", "--until", "2026-11-23")


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_when_the_disk_is_full_what_was_there_stays(world: World, sqlite_shell: Shell, name: str) -> None:
    resource = pytest.importorskip("resource", reason="Windows sets no limit to the size of a file")
    with world.step() as session:
        for number in range(300):
            detail = {"text": f"{number}" * 400}
            journal.audit(session, actor="U01KIM", action="test", subject="x", now=world.now, detail=detail)
    sqlite_shell.write(name, "before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        done = sqlite_shell("export", "audit", "--out", name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (done.returncode, done.stderr) == (1, f"{name}: cannot be written (file too large).\n")
    assert (sqlite_shell.folder / name).read_text() == "before"
    assert left(sqlite_shell) == {name}


def test_a_link_stays_a_link(world: World, sqlite_shell: Shell) -> None:
    sqlite_shell.write("real.csv", "before")
    (sqlite_shell.folder / "link.csv").symlink_to("real.csv")
    assert sqlite_shell("export", "history", "--out", "link.csv").returncode == 0
    assert (sqlite_shell.folder / "link.csv").is_symlink()
    assert len((sqlite_shell.folder / "real.csv").read_text().splitlines()) == 4


def test_every_time_in_a_csv_file_has_its_offset(world: World, sqlite_shell: Shell) -> None:
    for what, times in (
        ("history", ("counted_at", "decided_at")),
        ("adjustments", ("recorded_at", "occurred_at")),
        ("audit", ("at",)),
    ):
        for record in csv.DictReader(sqlite_shell("export", what).stdout.splitlines()):
            assert all(datetime.fromisoformat(record[time]).tzinfo is not None for time in times)
