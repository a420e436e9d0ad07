"""The review card as an approver reads it, before and after the decision."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from bot import ids
from bot.sandbox.state import Message
from bot.views.review import approve_label, review_card
from models.counts import DecisionKind, ReviewCause
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services.card_attempts import AttemptKind
from models.services.card_parts import LastCount, MovementFacts, Movements, OtherBin
from models.services.cards import CardFacts, Deciders, DecisionFacts
from models.stock import EntryKind
from tests.bot.card_examples import APPROVED, FACTS, at, attempt, elements, moved, read


def test_a_card_to_decide() -> None:
    assert read(review_card(FACTS)) == (
        "BOLT-10 Bolt M10x40 in A-01-03: 12 pcs short, -4.20 EUR (-10 %)\n"
        "On-hand 120 when counted → 108 (Ana 09:12), 108 (Dan 09:40)\n"
        "Since then: +20 received 10:05 (PO-881). Approved, on-hand becomes 128.\n"
        "Last count 14 Aug: matched. Last moves: -40 WO-551 20 Nov · +100 PO-874 18 Nov\n"
        "Allowed: 2 % (plan Daily parts)\n"
        "For Ben or Eva\n"
        "[ Cause not known ]\n"
        "[ Approve -12, Dan's recount ] [ Adjust… ] [ Recount ] [ Reject… ]"
    )


def test_the_buttons_carry_line_and_version_and_the_reason_has_its_own_block() -> None:
    message = review_card(FACTS)
    buttons = [element for element in elements(message) if element["type"] == "button"]
    assert [(button["action_id"], button["value"]) for button in buttons] == [
        (ids.APPROVE, "34.3"), (ids.ADJUST, "34.3"), (ids.RECOUNT, "34.3"), (ids.REJECT, "34.3"),
    ]  # fmt: skip
    (select,) = [element for element in elements(message) if element["type"] == "static_select"]
    assert select["action_id"] == ids.CAUSE
    assert select["initial_option"] == {
        "text": {"type": "plain_text", "text": "Cause not known"},
        "value": Reason.UNKNOWN.value,
    }
    assert ids.CAUSE_BLOCK + ".34" in [block["block_id"] for block in message.blocks]


def test_the_fallback_is_the_first_line() -> None:
    assert review_card(FACTS).text == "BOLT-10 Bolt M10x40 in A-01-03: 12 pcs short, -4.20 EUR (-10 %)"


def test_a_decided_card_keeps_the_facts_and_can_only_be_taken_back() -> None:
    message = review_card(APPROVED)
    assert read(message) == (
        "BOLT-10 Bolt M10x40 in A-01-03: 12 pcs short, -4.20 EUR (-10 %)\n"
        "On-hand 120 when counted → 108 (Ana 09:12), 108 (Dan 09:40)\n"
        "Since then: +20 received 10:05 (PO-881).\n"
        "Last count 14 Aug: matched. Last moves: -40 WO-551 20 Nov · +100 PO-874 18 Nov\n"
        "Allowed: 2 % (plan Daily parts)\n"
        "Approved by Ben, 10:51 · unrecorded issue · -12 posted, on-hand 128\n"
        "[ Take back… ]"
    )
    (button,) = elements(message)
    assert (button["action_id"], button["value"]) == (ids.REVERSE, ids.line_value(APPROVED.line_id, APPROVED.version))


def test_a_rejected_card_has_no_buttons() -> None:
    assert elements(review_card(replace(APPROVED, state=LineState.REJECTED))) == []


def decided(
    who: str | None,
    kind: DecisionKind,
    posted: int,
    on_hand: int,
    reason: str,
    note: str = "",
    when: datetime | None = None,
) -> DecisionFacts:
    return DecisionFacts(who, kind, when or at("10:51"), reason, note, Decimal(posted), Decimal(on_hand))


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (
            decided("Eva", DecisionKind.ADJUST, -5, 115, "damaged", "two were bent"),
            "Adjusted by Eva, 10:51 · damaged · -5 posted, on-hand 115 · “two were bent”",
        ),
        (
            decided("Eva", DecisionKind.REJECT, 0, 140, "count error"),
            "Rejected by Eva, 10:51 · count error · nothing posted, to be counted anew",
        ),
        (
            decided(None, DecisionKind.WITHIN_TOLERANCE, -1, 139, "within tolerance", "2 % (plan Daily parts)"),
            "Within tolerance, 10:51 · 2 % (plan Daily parts) · -1 posted, on-hand 139",
        ),
        (
            decided("Eva", DecisionKind.REVERSE, 12, 140, "damaged", "wrong bin"),
            "Taken back by Eva, 10:51 · +12 posted, on-hand 140 · “wrong bin”",
        ),
        (
            decided("Ben", DecisionKind.APPROVE, 0, 120, "cause not known", when=at("08:10", 23)),
            "Approved by Ben, tomorrow at 08:10 · cause not known · nothing to post, on-hand 120",
        ),
    ],
)
def test_every_decision_says_who_what_when_and_why(decision: DecisionFacts, said: str) -> None:
    assert read(review_card(replace(APPROVED, decisions=(decision,)))).splitlines()[-2] == said


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        (FACTS, "Approve -12, Dan's recount"),
        (replace(FACTS, attempts=FACTS.attempts[:1]), "Approve -12, Ana's count"),
        (replace(FACTS, proposed=Decimal(0)), "Approve, nothing to post"),
        (replace(FACTS, proposed=Decimal(10), posted_before=Decimal(-12)), "Approve +10, compensating"),
    ],
)
def test_the_approve_button_says_what_it_posts(facts: CardFacts, label: str) -> None:
    assert approve_label(facts) == label


def test_more_than_the_record_is_over_and_an_unknown_cost_is_said() -> None:
    over = replace(FACTS, variance=Decimal("2.5"), value=None, percent=None, unit="m")
    assert read(review_card(over)).startswith(
        "BOLT-10 Bolt M10x40 in A-01-03: 2.5 m over, value unknown, no unit cost\n"
    )


def test_attempts_against_different_on_hand_are_told_apart() -> None:
    second = attempt(2, "Dan", "09:40", 88, expected=Decimal(100), expected_first=Decimal(100))
    assert "On-hand when counted → counted: 120 → 108 (Ana 09:12), 100 → 88 (Dan 09:40)" in read(
        review_card(replace(FACTS, attempts=(FACTS.attempts[0], second)))
    )


def test_corrected_and_late_numbers_are_listed_apart() -> None:
    wrong = attempt(1, "Ana", "09:10", 1080, kind=AttemptKind.REPLACED)
    late = attempt(1, "Ana", "10:30", 120, kind=AttemptKind.NOTE)
    text = read(review_card(replace(FACTS, attempts=(wrong, *FACTS.attempts, late))))
    assert "→ 108 (Ana 09:12), 108 (Dan 09:40)\n" in text
    assert "Also entered: 1,080 (Ana 09:10, corrected by the same counter), 120 (Ana 10:30, came too late)" in text


def test_a_count_by_who_asked_for_it_is_marked() -> None:
    first, second = FACTS.attempts
    asked_first = replace(FACTS, attempts=(replace(first, by_asker=True), second))
    assert "(Dan 09:40) · counted by who asked for it\n" in read(review_card(asked_first))
    asked_again = replace(FACTS, attempts=(first, replace(second, by_asker=True)))
    assert "(Dan 09:40) · counted again by who asked for it\n" in read(review_card(asked_again))


def test_a_find_is_flagged_with_the_bins_where_the_record_has_such_items() -> None:
    flag = "\nFound here, not on the sheet. The record has such items in "
    found = replace(FACTS, found=True)
    assert f"{flag}no other bin.\n" in read(review_card(found))
    two = (OtherBin("B-02", Decimal(40)), OtherBin("C-03", None))
    assert f"{flag}B-02 (40) and C-03 (being counted).\n" in read(review_card(replace(found, elsewhere=two)))
    many = tuple(OtherBin(f"B-{number}", Decimal(1)) for number in range(1, 9))
    said = f"{flag}B-1 (1), B-2 (1), B-3 (1), B-4 (1), B-5 (1) and 3 more.\n"
    assert said in read(review_card(replace(found, elsewhere=many)))
    assert "Found here" not in read(review_card(FACTS))


def test_what_is_in_other_bins_is_told() -> None:
    two = (OtherBin("A-01-04", Decimal(40)), OtherBin("C-03", None))
    assert "\nAlso in A-01-04 (40) and C-03 (being counted)\n" in read(review_card(replace(FACTS, elsewhere=two)))


def test_earlier_counts_are_told_in_one_line() -> None:
    (last,) = FACTS.last_counts
    more = (last, LastCount(at("09:00", 2, 7), Decimal(-3), rejected=True))
    assert "\nLast counts 14 Aug: matched · 2 Jul: -3, rejected. Last moves: " in read(
        review_card(replace(FACTS, last_counts=more))
    )


def test_a_recount_made_in_sight_of_the_first_count_is_marked() -> None:
    assert "(Dan 09:40) · first count visible in thread" in read(review_card(replace(FACTS, first_count_visible=True)))


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (ReviewCause.NO_OTHER_COUNTER, "Not recounted: there is no other counter to ask."),
        (ReviewCause.NO_RECOUNT_MADE, "A recount was asked for, and none was made."),
    ],
)
def test_the_card_says_why_there_is_no_recount(cause: ReviewCause, said: str) -> None:
    assert said in read(review_card(replace(FACTS, cause=cause)))


def test_a_late_movement_shows_both_expecteds_and_the_compensating_entry() -> None:
    attempts = tuple(replace(made, expected=Decimal(110)) for made in FACTS.attempts)
    late = MovementFacts(EntryKind.ISSUE, Decimal(-10), at("08:51"), at("18:00"), "WO-5", None)
    facts = replace(
        FACTS, attempts=attempts, variance=Decimal(-2), value=Decimal("-0.70"), percent=Decimal("-1.8"),
        proposed=Decimal(10), proposed_value=Decimal("3.50"), posted_before=Decimal(-12), on_hand=Decimal(118),
        cause=ReviewCause.LATE_MOVEMENT, late=Movements((late,)), decisions=APPROVED.decisions,
    )  # fmt: skip
    text = read(review_card(facts))
    assert "On-hand 110 when counted → 108" in text
    assert (
        "Movement recorded later: -10 issued 08:51, recorded 18:00 (WO-5). "
        "Before that, on-hand when counted was 120.\n"
        "Settled before with -12 posted: +10 (3.50 EUR) makes it right.\n"
    ) in text
    assert "on-hand becomes 128" in text
    assert "Approved by Ben, 10:51" in text


def test_after_a_correction_only_a_recount_or_a_rejection_is_offered() -> None:
    corrected = replace(FACTS, correction=moved(EntryKind.IMPORT, 5, at("10:20")))
    message = review_card(corrected)
    assert [element["action_id"] for element in elements(message)] == [ids.RECOUNT, ids.REJECT]
    text = read(message)
    assert "The record was corrected since this count (+5 imported 10:20): ask for a recount." in text
    assert "on-hand becomes" not in text
    alone = review_card(replace(corrected, can_recount=False))
    assert "reject it, so that it is counted anew" in read(alone)


def test_nobody_left_to_recount_means_no_such_button() -> None:
    actions = [element["action_id"] for element in elements(review_card(replace(FACTS, can_recount=False)))]
    assert ids.RECOUNT not in actions


@pytest.mark.parametrize(
    ("deciders", "said"),
    [
        (
            Deciders(("Kim",), controllers_only=True),
            "For Kim of stock control: no approver of Fleet Parts may decide it.",
        ),
        (Deciders((), controllers_only=False), "Nobody may decide this"),
    ],
)
def test_the_card_says_who_may_decide(deciders: Deciders, said: str) -> None:
    assert said in read(review_card(replace(FACTS, deciders=deciders)))


def test_while_a_recount_is_open_the_card_holds_no_number() -> None:
    sent_back = DecisionFacts("Ben", DecisionKind.RECOUNT, at("10:20"), None, "", Decimal(0), Decimal(140))
    asked = replace(FACTS, state=LineState.RECOUNT, asked="Fay", decisions=(*APPROVED.decisions, sent_back))
    message = review_card(asked)
    assert read(message) == (
        "BOLT-10 Bolt M10x40 in A-01-03: recount asked of Fay. The numbers come back with the count.\n"
        "Recount asked by Ben, 10:20"
    )
    for number in ("108", "120", "-12", "128"):
        assert number not in str(message.blocks) + message.text


def test_many_movements_are_counted_not_listed() -> None:
    busy = Movements(tuple(moved(EntryKind.ISSUE, -n, at(f"10:0{n}")) for n in (3, 2, 1)), more=4)
    assert "Since then: 4 earlier, -1 issued 10:01, -2 issued 10:02, -3 issued 10:03." in read(
        review_card(replace(FACTS, since=busy))
    )


def test_hostile_text_everywhere_rings_nobody_and_breaks_no_limit() -> None:
    hostile = "<!channel> *x* " * 13
    facts = replace(
        APPROVED,
        sku="<!channel>" * 8, name=hostile, unit="<!here>", location="<!channel>" * 8, team=hostile,
        attempts=tuple(replace(made, who=hostile, limit_applied=hostile) for made in FACTS.attempts * 5),
        since=Movements((moved(EntryKind.RECEIPT, 20, at("10:05"), hostile),) * 3),
        before=Movements((moved(EntryKind.RECEIPT, 20, at("10:05"), hostile),) * 3),
        decisions=(replace(APPROVED.decisions[0], who=hostile, reason=hostile, note=hostile * 2),) * 4,
    )  # fmt: skip
    for state in LineState.IN_REVIEW, LineState.RECONCILED, LineState.RECOUNT:
        message = review_card(replace(facts, state=state))
        read(message)
        posted = Message(ts="1", channel="C", user="U", text=message.text, blocks=message.blocks)
        assert not posted.rings_everybody


def test_movements_name_who_moved_the_stock_without_ringing_anybody() -> None:
    since, before = (
        replace(found, shown=(replace(found.shown[0], moved_by=who), *found.shown[1:]))
        for found, who in ((FACTS.since, "<!channel>"), (FACTS.before, "Ana"))
    )
    card = review_card(replace(FACTS, since=since, before=before))
    assert "+20 received 10:05 (PO-881, <!channel>)." in read(card)
    assert "-40 WO-551 20 Nov, Ana · +100 PO-874 18 Nov" in read(card)
    assert "<!channel>" not in str(card.blocks)
