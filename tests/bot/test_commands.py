"""`/count`: what it answers to whom."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot import ids
from bot.views.help import COMMANDS
from models.counts import CountSession
from models.people import Role
from models.plans import CountPlan
from models.rules.causes import Reason
from models.rules.periods import FORMS
from models.rules.tolerance import Measure, Scope, Side
from models.services import decisions, lookup
from tests.bot.outbound import SECOND
from tests.bot.workplace import Workplace
from tests.builders import Stock


def counted(place: Workplace) -> Stock:
    """Bolts that were counted three times: right, within tolerance, and short with Ben's approval."""
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.world.tolerate(Measure.PERCENT, 2)
    place.world.count(place.world.line(bolts), "ana", 100)
    place.world.count(place.world.line(bolts), "ana", 99)
    line = place.world.line(bolts)
    place.world.count(line, "ana", 90)
    place.world.count(line, "dan", 90)
    with place.world.step() as session:
        decisions.approve(
            session,
            person=place.world.person("ben"),
            line_id=line,
            version=place.world.version(line),
            reason=Reason.UNRECORDED_ISSUE,
            now=place.world.now,
        )
    return bolts


EVERYBODY = [
    "status",
    "now",
    "release",
    "dm",
    "practice",
    "schedule",
    "calendar",
    "plans",
    "item",
    "history",
    "accuracy",
]
DECIDERS = ["review", "export", "start", "reorder", "classes"]
STOCK_CONTROL = ["new", "edit", "pause", "resume", "end"]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ana", [*EVERYBODY, "help"]),
        ("ben", [*EVERYBODY, *DECIDERS, "help"]),
        ("kim", [*EVERYBODY, *DECIDERS, *STOCK_CONTROL, "help"]),
    ],
)
def test_help_lists_what_somebody_may_use(place: Workplace, who: str, words: list[str]) -> None:
    for line in ("", "help", "HELP"):
        text = place.count(who, line)
        rows = text.split("\n")
        assert [row.split()[1] for row in rows if row.startswith("/count")] == words
        assert ("BOLT-10 +12 for a part of it" in rows[-1]) == (who == "ana")
        assert place.told(who) == f"/count {', '.join(words)}"
    assert "/count history [SKU, bin, team, plan or @person] [last quarter] [only variances] what was counted" in text


def test_help_knows_every_command() -> None:
    assert {*EVERYBODY, *DECIDERS, *STOCK_CONTROL, "help"} == set(COMMANDS)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("statsu", "I do not know “statsu”. Did you mean “/count status”?"),
        ("xqzw", "I do not know “xqzw”. “/count help” lists what I know."),
        ("item", "Which one? Write “/count item” and the SKU."),
        ("item BOLT-01", "There is no SKU “BOLT-01”. Did you mean BOLT-10?"),
        ("history Fleet Part", "There is no SKU, bin, team or plan “Fleet Part”. Did you mean Fleet Parts?"),
        ("history since tomorrow", f"“since tomorrow” is no time that I know. {FORMS}"),
        ("history BOLT-10 since 2026-02-30", f"There is no “2026-02-30”. {FORMS}"),
        ("history since", f"“since” is no time that I know. {FORMS}"),
        ("history since 2027", f"“2027” is still to come. {FORMS}"),
        ("history class A", "History has no classes; “/count accuracy class A” has. Name a SKU or a bin."),
        ("history @anna", "Nobody here is called “@anna”. Did you mean @Ana?"),
        ("start", "Which plan? “/count plans” lists them; then write “/count start” and its name."),
        ("start Dayly parts", "There is no plan “Dayly parts”. Did you mean Daily parts?"),
        ("item <!channel>", "There is no SKU “<!channel>”."),
    ],
)
def test_what_is_not_understood_is_answered_with_what_was_meant(place: Workplace, typed: str, told: str) -> None:
    counted(place)
    assert place.count("kim", typed) == told
    assert "<!channel>" not in place.kim.ephemerals()[-1].text


def test_what_somebody_may_not_use_is_not_meant(place: Workplace) -> None:
    assert place.count("kim", "resum") == "I do not know “resum”. Did you mean “/count resume”?"
    for who in ("ana", "ben"):
        assert place.count(who, "resum") == "I do not know “resum”. “/count help” lists what I know."


def test_strangers_get_a_polite_refusal_for_every_command(place: Workplace) -> None:
    counted(place)
    for line in ("", "help", "status", "plans", "item BOLT-10", "history", "start Daily parts"):
        assert place.count("zoe", line) == "You are in no counting team yet. Ask Kim to add you."
    with place.database.read() as session:
        assert len(session.exec(select(CountSession)).all()) == 3


def test_start_is_for_approvers_and_stock_control(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    assert place.count("ana", "start Daily parts") == "Only approvers of Fleet Parts and stock control start its plans."
    told = place.count("ben", "start  daily PARTS ")
    assert told.startswith("“Daily parts” is started: 1 line, due ")
    assert told.endswith("Its sheet comes in #parts.")
    assert place.woken == 1
    place.settle()
    assert place.enter_counts("ana", {bolts: "100"}).closed
    place.wait(SECOND)
    assert "1 line" in place.count("kim", "start Daily parts")
    place.wait(SECOND)
    nothing = place.count("kim", "start Daily parts")
    assert nothing == (
        "Daily parts has nothing to count just now: what it chooses is not there, or is being counted already."
    )


def test_the_same_start_delivered_again_starts_nothing(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01-03", 100)
    place.world.stock("FUSE-15", "A-01-04", 100)
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().lines = 1
    place.count("ben", "start Daily parts")
    place.wait(SECOND)
    place.ws.deliver_again()
    with place.database.read() as session:
        assert len(session.exec(select(CountSession)).all()) == 1


def test_status_says_what_waits_for_whom(place: Workplace) -> None:
    assert place.count("ana", "status") == "Nothing is being counted right now. “/count plans” says what comes next."
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.world.stock("FUSE-15", "A-01-04", 100)
    place.start()
    place.world.count(place.line(bolts), "ana", 90)
    place.world.count(place.line(bolts), "dan", 90)
    assert "1 line for you · 1 of 2 counted · due" in place.count("ana", "status")
    assert "decision" not in place.count("fay", "status")
    assert "1 waits for a decision · 1 of 2 counted" in place.count("ben", "status")
    place.count("ana", "status")
    assert place.ana.click_ephemeral(action_id=ids.ENTER_COUNTS).ok
    assert place.ana.view is not None


def test_status_tells_two_runs_of_one_plan_apart(place: Workplace) -> None:
    for number in (1, 2):
        place.world.stock(f"BOLT-{number}", f"A-0{number}", 100)
        with place.world.step() as session:
            session.exec(select(CountPlan)).one().lines = 1
        place.start()
        place.wait(timedelta(hours=1))
    lines = place.count("ana", "status").split("\n")
    heads = [line for line in lines if line.startswith("Daily parts · Fleet Parts · started ")]
    assert len(set(heads)) == 2


def test_plans_are_those_of_ones_teams(place: Workplace) -> None:
    other = place.world.add_team("Tyres", "T-", counters=("fay",))
    with place.database.write() as session:
        place.world.plan(session, "Tyre check", other)
    assert "Tyre check" not in place.count("ana", "plans")
    assert "Daily parts · next Mon 23 Nov 07:00\nFleet Parts · every day at 07:00 · up to 12 lines" in place.count(
        "ana", "plans"
    )
    for name in ("fay", "kim"):
        assert "Tyre check · next Mon 23 Nov 07:00\nTyres · every day at 07:00" in place.count(name, "plans")
    assert "/count start" not in place.count("ana", "plans")
    assert "/count start" in place.count("ben", "plans")


def test_item_shows_on_hand_counts_and_movements(place: Workplace) -> None:
    bolts = counted(place)
    place.world.receive(bolts, 20)
    lines = place.count("ana", "item bolt-10").split("\n")
    assert lines[0] == "Bolt-10 · BOLT-10 · 110 pcs on hand"
    assert "A-01-03  110 pcs · counted" in lines[1]
    assert lines[2] == "Last counts"
    assert "99 → 90 pcs · -9 · -9.00 EUR · Ana, Dan · approved, Ben · unrecorded issue" in lines[3]
    assert "100 → 99 pcs · -1 · -1.00 EUR · Ana · within tolerance" in lines[4]
    assert lines[5].endswith("A-01-03 · 100 → 100 pcs · 0 · Ana")
    assert lines[6] == "Last movements"
    assert "+20 receipt · A-01-03" in lines[7]
    assert "-9 adjustment" in lines[8]


def test_who_decides_reads_which_variance_needs_nobody_and_who_counts_does_not(place: Workplace) -> None:
    counted(place)
    own = "; a plan's own limits come before the company's"
    assert f"Allowed: exact{own}" in place.count("ben", "item BOLT-10").split("\n")
    place.world.tolerate(Measure.PERCENT, 2, scope=Scope.COMPANY)
    place.world.tolerate(Measure.QUANTITY, 3, scope=Scope.ITEM, key="BOLT-10", sides=(Side.MINUS,))
    for name in ("ben", "kim"):
        told = f"Allowed: over: 2 % (company); short: 3 (item BOLT-10), 2 % (company){own}"
        assert told in place.count(name, "item BOLT-10").split("\n")
    assert "Allowed" not in place.count("ana", "item BOLT-10")


def test_an_item_that_one_may_still_count_shows_no_number(place: Workplace) -> None:
    bolts = counted(place)
    place.world.start()
    for name, sees in {"ana": False, "fay": False, "ben": True, "eva": True, "kim": True}.items():
        item, history, whole = (place.count(name, line) for line in ("item BOLT-10", "history BOLT-10", "history"))
        assert ("90 pcs" in item) is sees
        assert ("→" in history) is sees
        assert ("→" in whole) is sees
        if not sees:
            assert item == "Bolt-10 · BOLT-10 is being counted, so you see its numbers when that is done."
            assert "Left out while being counted: BOLT-10." in whole
            assert "right at the first count" not in history
    line = place.line(bolts)
    place.world.count(line, "ana", 80)
    place.world.count(line, "dan", 80)
    assert "being counted" in place.count("ana", "item BOLT-10")  # it may come back to the counters
    place.world.ask_recount(line, "kim")
    assert place.world.asked(line) == "fay"


def test_who_counts_and_decides_is_blind_until_the_line_waits_for_a_decision(place: Workplace) -> None:
    bolts = counted(place)
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben", "kim")
    line = place.world.line(bolts)
    for name in ("ben", "kim"):
        assert "being counted" in place.count(name, "item BOLT-10")
    place.world.count(line, "ana", 70)
    for name in ("ben", "kim"):
        assert "being counted" in place.count(name, "item BOLT-10")
    place.world.count(line, "dan", 70)
    for name in ("ben", "kim"):
        assert "90 pcs" in place.count(name, "item BOLT-10")


def test_an_approver_who_is_asked_to_recount_is_blind_too(place: Workplace) -> None:
    bolts = counted(place)
    line = place.world.line(bolts)
    place.world.count(line, "ana", 70)
    place.world.count(line, "dan", 70)
    place.world.remove_role("fay")
    place.world.ask_recount(line, "kim")
    assert place.world.asked(line) == "ben"
    assert "being counted" in place.count("ben", "item BOLT-10")
    assert "being counted" not in place.count("eva", "item BOLT-10")


def test_two_skus_that_differ_in_capitals_only_are_told_apart(place: Workplace) -> None:
    place.world.stock("bolt", "A-01", 1)
    place.world.stock("BOLT", "A-02", 2)
    with place.database.read() as session:
        assert lookup.find_item(session, "BOLT").sku == "BOLT"
        assert lookup.find_item(session, "bolt").sku == "bolt"


def test_names_from_files_ring_nobody(place: Workplace) -> None:
    place.world.stock("<!channel>", "A-<01>", 3)
    text = place.count("kim", "item <!channel>")
    assert "<!channel>" in text
    raw = str(place.kim.ephemerals()[-1].blocks)
    assert "<!channel>" not in raw
    assert "&lt;!channel&gt;" in raw
