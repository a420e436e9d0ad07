"""`lock` and `unlock`: on the command line and in Slack, for who may and who may not."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from bot import ids
from models.journal import AuditEvent
from models.periods import PeriodLock
from tests.bot.shell import Shell
from tests.bot.test_cli import SETUP, STOCK
from tests.bot.workplace import REVIEW, Workplace

OCTOBER = datetime(2026, 10, 30, 9, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_the_command_line_locks_lists_and_opens(shell: Shell) -> None:
    shell.write("stock.csv", STOCK)
    shell.write("setup.toml", SETUP)
    shell("migrate")
    assert shell("lock", "2026-01").stderr.startswith("The company's zone is not known yet.")
    for arguments in (["apply", "setup.toml"], ["import", "stock.csv"]):
        assert shell(*arguments).returncode == 0
    assert shell("lock").stdout == "No period is locked.\n"
    done = shell("lock", "2026-01")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "January 2026 is locked. What is decided about counts in it is dated 1 Feb 2026.",
            "Next: to open it again, python -m bot unlock 2026-01 REASON",
        ],
    )
    assert shell("lock").stdout.startswith("2026-01 locked by the command line, ")
    header = "sku,location,kind,quantity,occurred_at,reference,moved_by\n"
    shell.write("moves.csv", f"{header}BOLT-10,A-01,ISSUE,20,2026-01-05T10:00,W,Ana\n")
    refused = shell("import", "--movements", "moves.csv")
    assert (refused.returncode, refused.stderr) == (
        1,
        "moves.csv line 2: January 2026 is locked; date it 2026-02-01 or later, or ask stock control to unlock it\n",
    )
    shell.write("stock.csv", STOCK.replace(",120", ",121"))
    refused = shell("import", "stock.csv", "--as-of", "2026-01-31T23:59")
    assert refused.stderr.startswith("stock.csv line 2: January 2026 is locked; give it --as-of 2026-02-01 or later")
    assert shell("unlock", "2026-01").returncode == 2, "the reason is missing"
    assert shell("unlock", "2026-01", "a", "late", "invoice").stdout.startswith("January 2026 is open again.")
    assert "by the command line" in shell("lock").stdout
    assert shell("lock").stdout.rstrip().endswith("“a late invoice”")
    assert shell("import", "--movements", "moves.csv").returncode == 0
    assert shell("lock", "2026-1").stderr == "“2026-1” is not a month; write it like 2026-10.\n"
    assert shell("check").returncode == 0


def test_stock_control_locks_in_slack_and_the_card_says_how_it_is_dated(place: Workplace) -> None:
    place.world.now = OCTOBER
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    place.world.count(line, "ana", 90)
    place.world.count(line, "dan", 90)
    place.settle()
    assert "dated" not in place.read(place.card(line))
    place.world.now = NOVEMBER
    assert place.count("kim", "lock") == "No period is locked."
    assert place.count("kim", "lock 2026-10") == (
        "October 2026 is locked. 1 line counted in it still waits, 1 of them for a decision. "
        "What is decided about counts in it is dated 1 Nov 2026."
    )
    place.settle()
    assert "Approved, it is dated 1 Nov: October is locked (counted 30 Oct)." in place.read(place.card(line))
    place.click_card("ben", line, ids.ADJUST)
    assert place.ben.view is not None
    facts = place.ben.view["blocks"][0]["text"]["text"]
    assert facts.endswith("On-hand becomes what you enter, dated 1 Nov: October is locked (counted 30 Oct).")
    place.ben.close_view(whole_stack=True)
    assert "| 30 Oct | dated 1 Nov: October is locked (counted 30 Oct)" in place.count("ben", "review")
    place.click_card("ben", line, ids.APPROVE)
    assert place.told("ben", REVIEW).endswith("Dated 1 Nov: October is locked (counted 30 Oct).")
    place.settle()
    card = place.read(place.card(line))
    assert "-10 posted, on-hand 90 · dated 1 Nov: October was locked (counted 30 Oct)" in card
    assert "-10 adjustment · A-01-03 · Daily parts · dated Sun 1 Nov" in place.count("kim", "item BOLT-10")
    assert place.count("kim", "unlock 2026-10 <!channel> & more").startswith("October 2026 is open again.")
    assert "“<!channel> & more”" in place.count("kim", "lock")


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("ana", "Only stock control locks periods. Ask Kim."),
        ("ben", "Only stock control locks periods. Ask Kim."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_others_lock_nothing_and_are_in_the_trail(place: Workplace, who: str, told: str) -> None:
    place.world.now = NOVEMBER
    assert place.count(who, "lock 2026-10") == told
    assert place.count(who, "lock") == told
    assert place.count(who, "unlock 2026-10 please").startswith(told[:10])
    with place.database.read() as session:
        assert session.exec(select(PeriodLock)).all() == []
        trail = session.exec(select(AuditEvent.actor, AuditEvent.action).order_by(col(AuditEvent.id))).all()
    assert trail[-3:] == [(f"U01{who.upper()}", f"refused: {word}") for word in ("lock", "lock", "unlock")]


def test_what_is_wrong_is_a_sentence(place: Workplace) -> None:
    place.world.now = NOVEMBER
    assert place.count("kim", "lock October") == "“October” is not a month; write it like 2026-10."
    assert place.count("kim", "lock 2026-11").startswith("November 2026 is not over: it can be locked from 2026-12-01")
    assert place.count("kim", "unlock 2026-10").startswith("Say why: unlock 2026-10 and the reason.")
