"""The report of changed classes: as people read it, and on its way to the review channels."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.gateway import check_message
from bot.views.class_report import class_report_message
from models.journal import Intent
from models.services.class_reports import MOST_CHANGES, Change, Move, RunReport, last_report
from tests.bot.outbound import PARTS, REVIEW, Outbound, shown
from tests.services.classifying import classify, used

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
BOLT = Change("BOLT-10", "Bolt M10x40", "C", "A", "C -> A: rank 12, 1,240.00 EUR a year, together 78.2 % of the value")
REPORT = RunReport(
    run_id=3,
    at=NOW,
    zone=ZoneInfo("Europe/Berlin"),
    basis="usage value of the last 365 days, shared 80/15/5",
    items=10_240,
    team="Fleet Parts",
    moves=(Move("", "C", 2), Move("A", "B", 7), Move("C", "A", 1)),
    changes=(BOLT,),
)


def text(report: RunReport) -> str:
    message = class_report_message(report)
    check_message(message)
    return shown(message, NOW)


def test_totals_come_first_then_why() -> None:
    assert text(REPORT).splitlines() == [
        "10 items of Fleet Parts changed their ABC class · 1 up, 7 down, 2 new",
        "new → C 2, A → B 7, C → A 1",
        "Computed today at 07:00 by usage value of the last 365 days, shared 80/15/5",
        "Bolt M10x40 · BOLT-10   C -> A: rank 12, 1,240.00 EUR a year, together 78.2 % of the value",
        "… 9 more; python -m bot classify --last lists all of them",
    ]
    assert class_report_message(REPORT).text == "10 items of Fleet Parts changed their ABC class"


def test_a_single_change_and_none() -> None:
    one = replace(REPORT, moves=(Move("C", "A", 1),))
    assert text(one).startswith("1 item of Fleet Parts changed its ABC class · 1 up\n")
    assert "more" not in text(one)
    none = replace(REPORT, moves=(), changes=(), team=None)
    assert text(none).splitlines()[0] == "No item of 10,240 changed its ABC class"


def test_before_the_first_one() -> None:
    assert "were never computed" in class_report_message(None).text


def test_names_from_files_ring_nobody_and_long_ones_fit() -> None:
    loud = BOLT._replace(sku="<!channel>", name="*" * 200)
    many = replace(REPORT, moves=(Move("C", "A", 500),), changes=(loud,) * MOST_CHANGES, team="<!here>")
    message = class_report_message(many)
    check_message(message)
    assert "<!channel>" not in str(message.blocks)
    assert "<!here>" not in str(message.blocks) + message.text


def test_the_report_is_posted_where_decisions_are_made_and_nowhere_else(either: Outbound) -> None:
    used(either.world, "MUCH", 80)
    used(either.world, "FEW", 5)
    classify(either.world)
    either.settle()
    assert either.messages(PARTS) == []
    (posted,) = either.messages(REVIEW)
    lines = either.text(posted).splitlines()
    assert lines[0] == "2 items of Fleet Parts changed their ABC class · 2 new"
    assert lines[3] == "Much · MUCH   new -> A: rank 1, 80.00 EUR a year, together 94.1 % of the value"
    assert either.only_row(Intent.CLASS_REPORT).channel == REVIEW


def test_what_is_being_counted_shows_no_number(either: Outbound) -> None:
    world = either.world
    counted = used(world, "COUNTED", 80)
    world.line(counted)
    used(world, "OTHER", 5)
    classify(world)
    either.settle()
    (posted,) = either.messages(REVIEW)
    lines = either.text(posted).splitlines()
    assert lines[3:] == [
        "Counted · COUNTED   new -> A: being counted",
        "Other · OTHER   new -> B: rank 2, 5.00 EUR a year, together 100 % of the value",
    ]
    with world.database.read() as session:
        seen = {who: last_report(session, reader=world.person(who)) for who in ("ana", "ben", "kim")}
        everything = last_report(session)
    reasons = {who: report.changes[0].reason for who, report in seen.items() if report is not None}
    assert everything is not None
    full = everything.changes[0].reason
    assert "80.00 EUR" in full
    assert reasons == {"ana": "new -> A: being counted", "ben": full, "kim": full}


def test_nothing_is_posted_when_nothing_changed(slack: Outbound) -> None:
    used(slack.world, "MUCH", 80)
    classify(slack.world)
    slack.settle()
    classify(slack.world)
    slack.settle()
    assert len(slack.messages(REVIEW)) == 1


def test_a_team_reads_of_its_own_bins(slack: Outbound) -> None:
    slack.world.add_team("Tools", "T-")
    used(slack.world, "X", 80, code="T-01")
    used(slack.world, "Y", 5, code="A-01")
    classify(slack.world)
    rows = [row.channel for row in slack.rows() if row.intent is Intent.CLASS_REPORT]
    assert rows == [REVIEW, "CTOOLSR"]
    slack.delivery.deliver_one(slack.now())
    (posted,) = slack.messages(REVIEW)
    assert "1 item of Fleet Parts" in slack.text(posted)
    assert "Y" in slack.text(posted)
    assert "T-01" not in slack.text(posted)
