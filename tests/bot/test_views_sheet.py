"""The sheet, its result, the recount and the call for an approver, as people read them."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.gateway import check_message
from bot.sandbox.checks.messages import prepared_blocks
from bot.sandbox.workspace import Limits
from bot.views.blocks import Rendered
from bot.views.escalation import escalation
from bot.views.recount import recount_ask
from bot.views.sheet import SHOWN_LINES, sheet
from bot.views.summary import summary
from models.rules.policies import HIDDEN, Policy
from models.services.asks import AskState, EscalationFacts, RecountFacts
from models.services.sheets import LineWord, SheetFacts, SheetLine, SheetResult
from tests.bot.outbound import shown

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def line(
    number: int, word: LineWord = LineWord.TO_COUNT, *, who: str | None = None, reason: str = "", found: bool = False
) -> SheetLine:
    return SheetLine(number, f"A-01-{number:02}", f"Bolt M{number}", f"BOLT-{number}", word, who, reason, found)


FACTS = SheetFacts(
    session_id=7,
    name="Daily parts",
    team="Fleet Parts",
    channel="C01PARTS",
    due_at=datetime(2026, 11, 23, 11, 0, tzinfo=UTC),
    replies=True,
    zone=BERLIN,
    currency="EUR",
    lines=(
        line(1, LineWord.DONE, who="Ana"),
        line(2),
        line(3, LineWord.RECOUNT, who="Dan"),
        line(4, LineWord.WITH_APPROVERS),
        line(5, LineWord.SKIPPED, reason="blocked by a pallet"),
    ),
    by_person=(("Ana", 2), ("Dan", 1)),
    chosen=(),
    moved_because="",
    blind=True,
    result=None,
    unnamed=(),
)
CLOSED = replace(
    FACTS,
    lines=(line(1, LineWord.DONE, who="Ana"), line(2, LineWord.SKIPPED, reason="blocked by a pallet")),
    result=SheetResult(
        closed_at=datetime(2026, 11, 23, 10, 42, tzinfo=UTC), counted=11, rejected=0, right_at_first=10, by_asker=0,
        net_value=Decimal("-14.2"), gross_value=Decimal("61.8"), unknown_cost=0,
    ),
)  # fmt: skip


def read(message: Rendered) -> str:
    """What a person in UTC reads - after the checks that the gateway and the workspace make."""
    check_message(message)
    prepared_blocks(message.blocks, Limits())
    return shown(message, EIGHT, {"U01DAN": "Dan", "U01EVA": "Eva", "U01KIM": "Kim"})


def test_a_line_that_somebody_has_says_whose_it_is_and_when_all_are_had_none_is_to_take() -> None:
    text = read(sheet(replace(FACTS, lines=(line(1, who="Ana <3"), line(2)))))
    assert "A-01-01  Bolt M1 · BOLT-1 · Ana <3\nA-01-02  Bolt M2 · BOLT-2\n" in text
    assert "[ Take 10 ]" in text
    text = read(sheet(replace(FACTS, lines=(line(1, who="Ana"), line(2, LineWord.RECOUNT, who="Dan")))))
    assert "[ Take 10 ]" not in text
    assert "[ Enter counts ]" in text


def test_a_line_that_was_found_says_so() -> None:
    text = read(sheet(replace(FACTS, lines=(line(1, LineWord.WITH_APPROVERS, found=True), line(2)))))
    assert "A-01-01  Bolt M1 · BOLT-1 (found here) — with the approvers\n" in text


def test_an_open_sheet() -> None:
    assert read(sheet(FACTS)) == (
        "Daily parts · 5 bins · due today at 11:00\n"
        "█████████░░░  3 of 5 · Ana 2, Dan 1 · 1 skipped\n"
        "A-01-01  Bolt M1 · BOLT-1 — done, Ana\n"
        "A-01-02  Bolt M2 · BOLT-2\n"
        "A-01-03  Bolt M3 · BOLT-3 — recount asked of Dan\n"
        "A-01-04  Bolt M4 · BOLT-4 — with the approvers\n"
        "A-01-05  Bolt M5 · BOLT-5 — skipped: blocked by a pallet\n"
        "[ Enter counts ] [ Take 10 ] [ Can't count these ] [ Found here ]\n"
        "Or reply in the thread: SKU and quantity, one a line."
    )


def test_the_fallback_says_it_all_in_one_line() -> None:
    assert sheet(FACTS).text == (
        "Daily parts: 3 of 5 counted, <!date^1795431600^due {date_short_pretty} at {time}|due 23 Nov at 12:00>"
    )


def test_a_plan_without_replies_does_not_offer_them() -> None:
    assert "reply" not in read(sheet(replace(FACTS, replies=False)))


def test_a_sheet_that_waits_for_approvers_alone_has_no_buttons() -> None:
    text = read(sheet(replace(FACTS, lines=FACTS.lines[3:])))
    assert "[" not in text
    assert text.endswith("Nothing is left to count. The approvers decide the rest.")


def test_several_items_in_one_bin_are_counted_apart_from_bins() -> None:
    two = (replace(line(1), location="A-01"), replace(line(2), location="A-01"))
    assert "2 items in 1 bin" in read(sheet(replace(FACTS, lines=two)))


def test_a_long_sheet_shows_what_is_to_do_and_counts_the_rest() -> None:
    lines = tuple(line(n, LineWord.DONE if n < 60 else LineWord.TO_COUNT, who="Ana") for n in range(100))
    text = read(sheet(replace(FACTS, lines=lines)))
    assert text.count("BOLT-") == SHOWN_LINES
    assert "BOLT-60" in text
    assert "BOLT-59 " not in text
    assert "… 70 more: 10 to count, 60 done" in text


def test_a_hundred_lines_of_the_longest_names_fit() -> None:
    lines = tuple(
        replace(line(n), name="&" * 200, sku="<" * 80, location=f"{n:02}" + ">" * 78, word=LineWord.SKIPPED,
                reason="&" * 200)
        for n in range(100)
    )  # fmt: skip
    facts = replace(FACTS, lines=lines, name="&" * 80, by_person=tuple(("&" * 120, 1) for _ in range(3)))
    read(sheet(facts))
    read(summary(replace(facts, result=CLOSED.result)))


@pytest.mark.parametrize("hostile", ["<!channel>", "<@U01ANA>", "*bold*", "_slanted_", "~gone~", "`code`", "a & b"])
def test_text_from_files_and_people_means_nothing_to_slack(hostile: str) -> None:
    lines = (
        replace(line(1), name=f"Bolt {hostile}", sku=hostile, location=hostile),
        replace(line(2, LineWord.DONE), who=hostile),
        replace(line(3, LineWord.SKIPPED), reason=hostile),
    )
    message = sheet(replace(FACTS, name=hostile, lines=lines, by_person=((hostile, 1),)))
    text = read(message)
    letters = hostile.strip("<>*_~`")
    assert text.count(letters) == 7, "shown as it was written: plan, bin, item, SKU, two counters, reason"
    assert "<!channel>" not in str(message.blocks) + message.text
    assert "<@U01ANA>" not in str(message.blocks) + message.text
    assert f">{hostile}<" not in message.text
    for mark in "*_~`":
        assert f"{mark}{letters}{mark}" not in str(message.blocks).replace("**", "")


def test_a_name_of_several_lines_stays_in_its_line() -> None:
    named = replace(FACTS, lines=(replace(line(1), name="Bolt\n\n> M10"),))
    assert "Bolt > M10 · BOLT-1" in read(sheet(named))


def test_a_closed_sheet_shows_its_result() -> None:
    assert read(sheet(CLOSED)) == (
        "Daily parts · closed 10:42 · 11 counted, 1 skipped\n"
        "10 of 11 right at the first count · net -14.20 EUR · gross 61.80 EUR\n"
        "Skipped: A-01-02 (blocked by a pallet)"
    )


def test_a_closed_sheet_says_how_many_were_rejected() -> None:
    assert CLOSED.result is not None
    rejected = replace(CLOSED, result=replace(CLOSED.result, rejected=2))
    assert " · closed 10:42 · 11 counted, 2 rejected, 1 skipped\n" in read(sheet(rejected))
    assert " · 11 counted, 2 rejected, 1 skipped\n" in read(summary(rejected))


def test_a_closed_sheet_says_what_was_counted_by_who_asked_for_it() -> None:
    assert CLOSED.result is not None
    some = replace(CLOSED, result=replace(CLOSED.result, by_asker=3, right_at_first=7))
    assert "\n7 of 8 right at the first count, 3 counted by who asked for it · net" in read(sheet(some))
    every = replace(CLOSED, result=replace(CLOSED.result, by_asker=11, right_at_first=0))
    assert "\ncounted by who asked for it, so it says nothing about accuracy · net" in read(sheet(every))


def test_a_closed_sheet_says_whose_parts_were_left_open() -> None:
    assert CLOSED.result is not None
    some = replace(CLOSED, result=replace(CLOSED.result, left_open=2, right_at_first=7))
    assert "\n7 of 9 right at the first count, 2 with parts left open · net" in read(sheet(some))
    every = replace(CLOSED, result=replace(CLOSED.result, left_open=11, right_at_first=0))
    assert "\ncounted in parts that were left open, so it says nothing about accuracy" in read(sheet(every))


def test_the_summary_says_who_counted() -> None:
    assert read(summary(CLOSED)).endswith("Counted by Ana 2, Dan 1\n[ Save & reconcile ]")


def test_a_result_without_costs_gives_no_values() -> None:
    assert CLOSED.result is not None
    partly = replace(CLOSED, result=replace(CLOSED.result, unknown_cost=1))
    assert "1 without a unit cost, so it is not in the values" in read(sheet(partly))
    wholly = replace(CLOSED, result=replace(CLOSED.result, unknown_cost=11))
    assert "net" not in read(sheet(wholly))


def test_a_session_of_which_nothing_was_counted() -> None:
    assert CLOSED.result is not None
    nothing = replace(CLOSED, lines=CLOSED.lines[1:], by_person=(), result=replace(CLOSED.result, counted=0))
    assert read(summary(nothing)) == (
        "Daily parts · closed 10:42 · nothing counted, 1 skipped\nSkipped: A-01-02 (blocked by a pallet)\n"
        "[ Save & reconcile ]"
    )


ASK = RecountFacts(
    line_id=3, session_id=7, sku="BOLT-10", name="Bolt M10x40", location="A-01-03",
    due_at=datetime(2026, 11, 23, 11, 0, tzinfo=UTC), zone=BERLIN, state=AskState.WAITING, who="Dan",
    slack_id="U01DAN", unnamed=(),
)  # fmt: skip


def test_a_recount_mentions_whom_it_asks_and_has_a_button() -> None:
    message = recount_ask(ASK)
    assert read(message) == (
        "@Dan, please count A-01-03 Bolt M10x40 (BOLT-10) again, by today at 11:00.\n[ Enter count ]"
    )
    assert message.text.startswith("<@U01DAN>, please count")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (AskState.MADE, "Dan counted A-01-03 Bolt M10x40 (BOLT-10) again. Thank you."),
        (AskState.PASSED_ON, "Somebody else was asked to count A-01-03 Bolt M10x40 (BOLT-10) again."),
        (AskState.OVER, "A-01-03 Bolt M10x40 (BOLT-10) need not be counted again."),
    ],
)
def test_a_recount_that_waits_no_more(state: AskState, said: str) -> None:
    assert read(recount_ask(replace(ASK, state=state))) == said


CALL = EscalationFacts(
    line_id=3, is_current=True, sku="BOLT-10", location="A-01-03", by="Ben", value=Decimal(-3596),
    limit=Decimal(500), currency="EUR", asked=("U01EVA", "U01KIM"),
)  # fmt: skip


def test_an_escalation_names_who_may_decide_and_why() -> None:
    assert read(escalation(CALL)) == (
        "@Eva or @Kim, please decide BOLT-10 in A-01-03: -3,596.00 EUR is over Ben's limit of 500.00 EUR."
    )


def test_an_escalation_of_an_unknown_value_and_one_that_reaches_nobody() -> None:
    assert "the item has no unit cost, so its value may be over Ben's limit" in read(
        escalation(replace(CALL, value=None))
    )
    assert read(escalation(replace(CALL, asked=()))).startswith("Nobody may decide BOLT-10 in A-01-03")


def test_an_escalation_over_the_limit_of_a_session_says_what_it_comes_to() -> None:
    call = replace(CALL, value=Decimal(-100), limit=Decimal(150), of_session=True, total=Decimal(200))
    over = "over Ben's limit of 150.00 EUR a session."
    assert read(escalation(call)).endswith(f": -100.00 EUR makes 200.00 EUR in all, {over}")
    assert read(escalation(replace(call, total=None))).endswith(
        f": -100.00 EUR may, with what was posted without a unit cost, be {over}"
    )
    assert read(escalation(replace(call, value=None, total=None))).endswith(f"so its value may be {over}")


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        (replace(FACTS, moved_because="moved from 11:45: quiet until 13:00"), "Moved from 11:45: quiet until 13:00"),
        (
            replace(FACTS, chosen=(("due", 3), ("by stock control", 2))),
            "Chosen: 3 due, 2 by stock control",
        ),
        (replace(FACTS, blind=False), "Not blind: the form shows the record"),
        (
            replace(FACTS, moved_because="moved from Sun 29 Nov 07:00: <b> & co", chosen=(("random", 5),), blind=False),
            "Moved from Sun 29 Nov 07:00: <b> & co · Chosen: 5 drawn at random · Not blind: the form shows the record",
        ),
    ],
)
def test_what_is_special_about_a_run_is_its_last_line(facts: SheetFacts, note: str) -> None:
    assert read(sheet(facts)).splitlines()[-1] == note
    assert read(sheet(FACTS)).splitlines()[-1].startswith("Or reply in the thread")


def test_what_chose_the_lines_is_said_in_plain_words() -> None:
    """And what counters may not know is not asked for: `SheetFacts` has it as “by stock control”."""
    for policy in set(Policy) - HIDDEN - {Policy.DUE}:
        last = read(sheet(replace(FACTS, chosen=((policy, 2), ("due", 1))))).splitlines()[-1]
        assert last.startswith("Chosen: 2 ")
        assert last != f"Chosen: 2 {policy}, 1 due"
        assert last.endswith(", 1 due")
    said = read(sheet(replace(FACTS, chosen=((Policy.NEVER, 2), ("", 1))))).splitlines()[-1]
    assert said == "Chosen: 2 never counted before, 1 due"


def test_a_spot_count_says_nothing_twice() -> None:
    assert "Chosen" not in read(sheet(replace(FACTS, chosen=(("spot count", 3),))))


def test_the_result_of_a_count_that_was_not_blind_says_nothing_of_accuracy() -> None:
    text = read(sheet(replace(CLOSED, blind=False)))
    assert "11 counted" in text
    assert "not blind, so it says nothing about accuracy · net -14.20 EUR · gross 61.80 EUR" in text
    assert "right at the first count" not in text
    assert "10 of 11 right at the first count" in read(sheet(CLOSED))
