"""`python -m bot classify`: what would change, what changed, and what changed last."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from models.catalog import Item
from models.classes import ClassRun
from models.database import Database
from tests.bot.shell import Shell

HEADER = "sku,name,category,unit,unit_cost,location,on_hand,abc_class\n"
STOCK = HEADER + "BOLT-10,Bolt,,pcs,0.35,A-01,120,\nENGINE,ENGINE,,pcs,3596,A-02,2,\nSEAL-1,Seal,,pcs,,A-03,2,B\n"


NOTHING = (
    "No issue in the last 365 days, so there is nothing to rank. Import movements, or rank by on-hand value or unit "
    "cost.\n"
)


def use_an_engine(shop: Shell) -> None:
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M}"
    shop.write("moves.csv", f"sku,location,kind,quantity,occurred_at\nENGINE,A-02,ISSUE,1,{yesterday}\n")
    shop("import", "--movements", "moves.csv")


@pytest.fixture
def shop(sqlite_shell: Shell) -> Shell:
    sqlite_shell.write("stock.csv", STOCK)
    sqlite_shell("import", "stock.csv")
    return sqlite_shell


def test_a_look_then_the_deed_then_the_last_report(shop: Shell, sqlite_database: Database) -> None:
    for arguments in (["classify", "--dry-run"], ["classify"]):
        early = shop(*arguments)
        assert (early.returncode, early.stdout, early.stderr) == (1, "", NOTHING)
    use_an_engine(shop)
    look = shop("classify", "--dry-run")
    assert (look.returncode, look.stderr) == (0, "")
    assert look.stdout.splitlines() == [
        "by usage value of the last 365 days, shared 80/15/5",
        "3 items: A 0 -> 1, B 1 -> 1, C 0 -> 1, no class 2 -> 0",
        "keep their class: 1 by the stock file, 1 for want of a unit cost",
        "2 items would change class:",
        "  ENGINE: new -> A: rank 1, 3,596.00 EUR a year, together 100 % of the value",
        "  BOLT-10 Bolt: new -> C: 0.00 EUR a year",
        "Next: python -m bot classify",
    ]
    with sqlite_database.read() as session:
        assert session.exec(select(ClassRun)).all() == []
    done = shop("classify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[3:] == [
        "2 items changed class:",
        *look.stdout.splitlines()[4:6],
        "The teams they lie with are told in their review channels.",
        "Next: python -m bot apply setup.toml",
    ]
    with sqlite_database.read() as session:
        assert session.exec(select(ClassRun.actor)).all() == ["command line"]
        assert {item.sku: item.abc_class for item in session.exec(select(Item))} == {
            "BOLT-10": "C", "ENGINE": "A", "SEAL-1": "B",
        }  # fmt: skip
    again = "Next: python -m bot classify --dry-run"
    last = shop("classify", "--last").stdout.splitlines()
    assert last[0].endswith(", by usage value of the last 365 days, shared 80/15/5")
    assert last[1:] == ["2 of 3 items changed class:", *look.stdout.splitlines()[4:6], again]
    assert shop("classify").stdout.splitlines()[-2:] == [
        "No item changed its class.",
        "Next: python -m bot apply setup.toml",
    ]
    assert shop("classify", "--last").stdout.splitlines()[1:] == ["No item of 3 changed its class.", again]


def test_a_stock_file_that_says_every_class_leaves_nothing_to_compute(sqlite_shell: Shell) -> None:
    sqlite_shell.write("stock.csv", HEADER + "BOLT-10,Bolt,,pcs,0.35,A-01,120,A\n")
    sqlite_shell("import", "stock.csv")
    assert sqlite_shell("classify", "--dry-run").stdout.splitlines()[2:] == [
        "keep their class: 1 by the stock file",
        "No item would change its class.",
        "Next: leave abc_class blank in the stock file where classes are to be computed, and import it again.",
    ]


def test_without_items_and_without_a_report_the_next_step_is_said(sqlite_shell: Shell) -> None:
    assert sqlite_shell("classify").stdout.splitlines() == [
        "There are no items yet.",
        "Next: python -m bot import stock.csv",
    ]
    assert sqlite_shell("classify", "--last").stdout.splitlines()[-1] == "Next: python -m bot classify --dry-run"


def test_looking_and_looking_back_do_not_go_together(sqlite_shell: Shell) -> None:
    done = sqlite_shell("classify", "--dry-run", "--last")
    assert (done.returncode, "not allowed with" in done.stderr) == (2, True)
