"""The command line, as a process on a real database: what it prints, where, and with which exit code."""

import subprocess
import sys
from decimal import Decimal

import pytest
from sqlmodel import col, select

from bot.cli import running
from bot.cli.parser import build_parser
from models.catalog import Item
from models.database import Database
from models.plans import CountPlan
from models.stock import EntryKind, StockEntry, StockLevel
from tests.bot.shell import CHECKOUT, Shell
from tests.databases import opened

STOCK = "sku,name,category,unit,unit_cost,location,on_hand\nBOLT-10,Bolt,,pcs,0.35,A-01,120\n"
SETUP = """
timezone = "Europe/Berlin"
controllers = ["U05KIM"]
[[team]]
name = "Parts"
channel = "C01PARTS"
review_channel = "C01REVIEW"
locations = ["A-"]
counters = ["U01ANA"]
[[plan]]
name = "Daily"
team = "Parts"
schedule = "daily 07:00"
"""


def test_from_nothing_to_a_set_up_warehouse(shell: Shell) -> None:
    shell.write("stock.csv", STOCK)
    shell.write("setup.toml", SETUP)
    shell.write(
        "moves.csv", "sku,location,kind,quantity,occurred_at,reference\nBOLT-10,A-01,ISSUE,20,2026-01-05T10:00,W\n"
    )
    for arguments, said in [
        (["migrate"], "The database has schema"),
        (["import", "stock.csv"], "stock: 1 opened, 0 corrected, 0 unchanged"),
        (["import", "stock.csv"], "stock: 0 opened, 0 corrected, 1 unchanged\nNext: python -m bot apply setup.toml\n"),
        (["apply", "setup.toml"], 'plan "Daily" added'),
        (["apply", "setup.toml"], "setup.toml: nothing to change\nNext: python -m bot schedule\n"),
        (["import", "--movements", "moves.csv"], "movements: 1 posted, 0 known already"),
        (
            ["import", "--movements", "moves.csv"],
            "movements: 0 posted, 1 known already\nNext: python -m bot schedule\n",
        ),
        (["check"], "All is well"),
    ]:
        done = shell(*arguments)
        assert (done.returncode, done.stderr) == (0, ""), done
        assert said in done.stdout
    with opened(shell.url) as database, database.read() as session:
        assert session.exec(select(col(StockLevel.on_hand))).one() == 100
        assert session.exec(select(CountPlan.name)).one() == "Daily"


def test_a_bad_file_is_a_line_a_problem_and_exit_1(sqlite_shell: Shell) -> None:
    sqlite_shell.write("stock.csv", STOCK + 'NUT-1,Nut,,pcs,1,A-01,"1,5"\n,x,,pcs,1,A-01,1\n')
    done = sqlite_shell("import", "stock.csv")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        'stock.csv line 3: "1,5" is not a number; decimal mark is "." (change it with --decimal-mark ,)',
        "stock.csv line 4: sku is missing",
    ]
    with opened(sqlite_shell.url) as database, database.read() as session:
        assert session.exec(select(Item)).all() == []


def test_a_very_bad_file_does_not_fill_the_terminal(sqlite_shell: Shell) -> None:
    sqlite_shell.write("stock.csv", STOCK + "X,x,,pcs,1,A-01,x\n" * 1000)
    lines = sqlite_shell("import", "stock.csv").stderr.splitlines()
    assert len(lines) == running.MOST_PROBLEMS + 1
    assert lines[-1] == "… and 800 more"


def test_stock_and_movements_are_imported_together_or_not_at_all(sqlite_shell: Shell) -> None:
    sqlite_shell.write("stock.csv", STOCK)
    sqlite_shell.write("moves.csv", "sku,location,kind,quantity,occurred_at\nNONE,A-01,ISSUE,20,2026-01-05T10:00\n")
    done = sqlite_shell("import", "stock.csv", "--movements", "moves.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'moves.csv line 2: there is no item "NONE"; import a stock.csv with it first\n'
    with opened(sqlite_shell.url) as database, database.read() as session:
        assert session.exec(select(Item)).all() == []


def test_a_decimal_comma_and_a_time_for_the_file(sqlite_shell: Shell) -> None:
    sqlite_shell.write("stock.csv", STOCK.replace("0.35", '"0,35"'))
    done = sqlite_shell("import", "stock.csv", "--decimal-mark", ",", "--as-of", "2026-01-05T10:00")
    assert done.returncode == 0, done
    with opened(sqlite_shell.url) as database, database.read() as session:
        assert session.exec(select(StockEntry.occurred_at)).one().isoformat() == "2026-01-05T10:00:00+00:00"
    done = sqlite_shell("import", "stock.csv", "--as-of", "yesterday")
    assert done.returncode == 1
    assert done.stderr == "--as-of: “yesterday” is not a time; write it like 2026-11-22 or 2026-11-22T14:05.\n"


def test_conflicts_are_listed_with_the_way_out(sqlite_shell: Shell, sqlite_database: Database) -> None:
    sqlite_shell.write("stock.csv", STOCK)
    sqlite_shell("import", "stock.csv")
    with sqlite_database.write() as session:
        opening = session.exec(select(StockEntry)).one()
        level = session.exec(select(StockLevel)).one()
        session.add(
            StockEntry(
                item_id=opening.item_id, location_id=opening.location_id,
                kind=EntryKind.ADJUSTMENT, quantity=Decimal(-20), occurred_at=opening.occurred_at,
                recorded_at=opening.recorded_at, reason="lost",
            )
        )  # fmt: skip
        level.on_hand -= 20
    sqlite_shell.write("stock.csv", STOCK.replace("120", "150"))
    done = sqlite_shell("import", "stock.csv")
    assert done.returncode == 0
    assert "  line 2: BOLT-10 in A-01: the file says 150 (last time 120), the ledger 100" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == (
        "again, or take the file's word (python -m bot import --overwrite stock.csv)."
    )
    assert done.stdout.count("Next: ") == 1
    assert "1 corrected" in sqlite_shell("import", "stock.csv", "--overwrite").stdout


def test_what_was_edited_is_kept_unless_forced(sqlite_shell: Shell, sqlite_database: Database) -> None:
    sqlite_shell.write("setup.toml", SETUP)
    first = sqlite_shell("apply", "setup.toml").stdout
    assert first.splitlines()[-1] == "Next: python -m bot import stock.csv"
    with sqlite_database.write() as session:
        session.exec(select(CountPlan)).one().lines = 30
    assert "kept 30, --force sets 12" in sqlite_shell("apply", "setup.toml").stdout
    assert sqlite_shell("apply", "setup.toml", "--force").stdout.splitlines()[0] == 'plan "Daily": lines 30 -> 12'


def test_a_bad_set_up_is_a_line_a_problem(sqlite_shell: Shell) -> None:
    sqlite_shell.write("setup.toml", SETUP.replace("C01PARTS", "#parts").replace("daily 07:00", "daily"))
    done = sqlite_shell("apply", "setup.toml")
    assert done.returncode == 1
    assert [line.split(":")[:2] for line in done.stderr.splitlines()] == [
        ["setup.toml line 6", ' team "Parts"'],
        ["setup.toml line 13", ' plan "Daily"'],
    ]


def test_a_process_has_the_same_exit_codes_and_streams(sqlite_shell: Shell) -> None:
    sqlite_shell.write("stock.csv", STOCK + "X,x,,pcs,1,A-01,x\n")
    bad = sqlite_shell.process("import", "stock.csv")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.splitlines() == ['stock.csv line 3: "x" is not a number; decimal mark is "."']
    assert sqlite_shell.process("check", LOG_LEVEL="loud").returncode == 2
    well = sqlite_shell.process("check")
    assert (well.returncode, well.stderr) == (0, "")


def test_a_broken_invariant_is_a_line_and_exit_1(sqlite_shell: Shell, sqlite_database: Database) -> None:
    sqlite_shell.write("stock.csv", STOCK)
    sqlite_shell("import", "stock.csv")
    with sqlite_database.write() as session:
        session.exec(select(StockLevel)).one().on_hand += 1
    done = sqlite_shell("check")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "121" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "said"),
    [
        (["check"], {"PORT": "x"}, 2, "PORT is malformed: set it to a port number from 1 to 65535."),
        (["migrate"], {"DATABASE_URL": "mysql://x/y"}, 2, "DATABASE_URL is malformed: set it to a database URL"),
        (["check"], {"DATABASE_URL": "sqlite:///new.db"}, 1, "The database is empty. Run “python -m bot migrate”"),
        (["check"], {"DATABASE_URL": "sqlite:///no/folder.db"}, 1, "The database cannot be used just now"),
        (["import"], {}, 1, "Name a file: python -m bot import stock.csv"),
        (["import", "none.csv"], {}, 1, "none.csv: cannot be read (no such file or directory)."),
        (["apply", "none.toml"], {}, 1, "none.toml: cannot be read (no such file or directory)."),
        (["export", "history", "--since", "soon"], {}, 1, "--since: “soon” is not a time"),
        (["recount"], {}, 2, "invalid choice: 'recount'"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(
    sqlite_shell: Shell, arguments: list[str], environment: dict[str, str], code: int, said: str
) -> None:
    done = sqlite_shell(*arguments, **environment)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_defect_is_a_reference_and_its_traceback_is_for_those_who_ask(
    sqlite_shell: Shell, sqlite_database: Database
) -> None:
    with sqlite_database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE stockentry RENAME COLUMN quantity TO amount")
        connection.exec_driver_sql("DROP TABLE declaration")
        connection.exec_driver_sql("CREATE TABLE declaration (id INTEGER, kind, key, declared)")
        connection.exec_driver_sql("INSERT INTO declaration VALUES (1, 'no such kind', '[]', '{}')")
    sqlite_shell.write("setup.toml", SETUP)
    done = sqlite_shell("apply", "setup.toml")
    assert done.returncode == 1
    assert "That broke on my side. Reference " in done.stderr
    assert "Traceback" not in done.stderr
    reference = done.stderr.split("Reference ")[1][:6]
    assert f"reference {reference}: ValueError" in done.stderr
    assert "Traceback" in sqlite_shell("apply", "setup.toml", LOG_LEVEL="DEBUG").stderr


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    for command in ("demo", "migrate", "apply", "import", "classify", "run", "serve", "export", "check"):
        assert f"\n    {command} " in done.stdout
    loaded = {line.rsplit("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert not loaded & {"sqlalchemy", "slack_sdk", "slack_bolt", "pydantic", "alembic", "models"}


@pytest.mark.parametrize("command", ["run", "serve"])
def test_the_tokens_a_process_needs_are_asked_for(sqlite_shell: Shell, command: str) -> None:
    done = sqlite_shell(command)
    assert done.returncode == 2
    other = {"run": "SLACK_APP_TOKEN", "serve": "SLACK_SIGNING_SECRET"}[command]
    lines = done.stderr.splitlines()
    assert [line.split(" is missing: ")[0] for line in lines] == ["SLACK_BOT_TOKEN", other]


@pytest.mark.parametrize("text", ["-1", "65536", "http", "٣"])
def test_a_port_that_is_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["serve", f"--port={text}"])
    assert "is not a port" in capsys.readouterr().err
