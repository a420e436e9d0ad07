"""*Transfer* on the cards of a misplaced part, clicked by everybody who may and who may not."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlmodel import select

from bot import ids
from bot.views.review import review_card
from models.counts import DecisionKind
from models.journal import AuditEvent
from models.rules.lines import LineState
from models.rules.offsets import Likeness, Offset, Variance
from tests.bot.card_examples import FACTS, elements, read
from tests.bot.test_decisions import forged
from tests.bot.workplace import REVIEW, Workplace
from tests.builders import Stock


def misplaced(place: Workplace) -> tuple[Stock, Stock, int, int]:
    """Twelve short in A-01-03 and twelve over in A-02-01, with their cards posted one after the other."""
    here, there = place.world.stock("BOLT-10", "A-01-03", 120), place.world.stock("BOLT-10", "A-02-01", 30)
    place.start()
    short, over = place.line(here), place.line(there)
    for line, number in ((short, 108), (over, 42)):
        for who in ("ana", "dan"):
            place.world.count(line, who, number)
        place.settle()
    return here, there, short, over


def test_the_journey_of_a_misplaced_part(place: Workplace) -> None:
    here, there, short, over = misplaced(place)
    card = place.read(place.card(short))
    assert "12 over in A-02-01: looks misplaced." in card, "drawn again when the other line came"
    assert "[ Transfer 12 to A-02-01 ]" in card
    assert "[ Transfer 12 from A-01-03 ]" in place.read(place.card(over))
    place.click_card("ben", short, ids.TRANSFER)
    assert place.told("ben", REVIEW) == "BOLT-10: 12 pcs moved from A-01-03 to A-02-01 in the record."
    place.settle()
    assert (place.world.on_hand(here), place.world.on_hand(there)) == (108, 42)
    assert "Transferred to A-02-01 by Ben, " in place.read(place.card(short))
    assert "misplaced · +12 posted, on-hand 42" in place.read(place.card(over))
    assert place.world.problems() == []
    place.click_card("ben", over, ids.REVERSE)
    assert place.ben.view is not None
    assert "the side in A-01-03 is taken back with it" in place.ben.view["blocks"][0]["text"]["text"]
    assert place.ben.submit({"note": "another box"}).closed
    place.settle()
    assert (place.world.on_hand(here), place.world.on_hand(there)) == (120, 30)
    assert "[ Transfer 12 to A-02-01 ]" in place.read(place.card(short))
    item = place.count("ben", "item BOLT-10")
    assert "+12 transfer out taken back · A-01-03" in item
    assert "-12 transfer in taken back · A-02-01" in item
    assert "-12 transfer out · A-01-03" in item
    assert place.world.problems() == []


def test_what_was_a_transfer_does_not_tell_whoever_recounts_the_other_side(place: Workplace) -> None:
    """Both cards are in the channel that an approver who is asked for a recount reads."""
    _, _, short, over = misplaced(place)
    place.click_card("ben", short, ids.TRANSFER)
    place.settle()
    place.click_card("ben", short, ids.REVERSE)
    assert place.ben.submit({"note": "another box"}).closed
    place.settle()
    place.click_card("ben", short, ids.RECOUNT)
    place.settle()
    card = place.read(place.card(over))
    assert "A-01-03 (being counted)" in card
    assert "ransfer" not in card
    assert "another box" not in card
    assert "misplaced" not in card
    place.click_card("ben", over, ids.APPROVE)
    place.settle()
    assert "Transferred" not in place.read(place.card(over))
    place.world.count(short, "fay", 108)
    place.settle()
    assert "Transferred from A-01-03 by Ben, " in place.read(place.card(over))
    assert place.world.problems() == []


def test_the_other_card_loses_its_button_when_one_is_decided(place: Workplace) -> None:
    _, _, short, over = misplaced(place)
    old = place.card(short)
    place.click_card("eva", over, ids.REJECT)
    assert place.eva.submit({"reason": "count error"}).closed
    place.click_card("ben", short, ids.TRANSFER, old)
    assert place.told("ben", REVIEW) == "The other bin, A-02-01: Eva rejected this at 07:00. Nothing was changed."
    place.settle()
    assert "Transfer" not in place.read(place.card(short))


def test_who_may_transfer(place: Workplace) -> None:
    here, there, short, _ = misplaced(place)
    for name in ("fay", "dan", "zoe"):
        place.click_card(name, short, ids.TRANSFER)
    assert place.told("fay", REVIEW) == "Only approvers of Fleet Parts decide this. Ben or Eva can."
    assert place.told("zoe", REVIEW) == "You are in no counting team yet. Ask Kim to add you."
    with place.database.read() as session:
        kept = session.exec(
            select(AuditEvent.actor, AuditEvent.subject).where(AuditEvent.action == "refused: transfer")
        )
        assert kept.all() == [(place.who(name).id, f"line {short}") for name in ("fay", "dan", "zoe")]
    assert (place.world.on_hand(here), place.world.on_hand(there)) == (120, 30)


def test_the_same_click_again_changes_nothing(place: Workplace) -> None:
    here, there, short, _ = misplaced(place)
    card = place.card(short)
    place.click_card("ben", short, ids.TRANSFER, card)
    place.click_card("ben", short, ids.TRANSFER, card)
    assert place.told("ben", REVIEW) == "Ben made this a transfer at 07:00 (-12). Nothing was changed."
    assert (place.world.on_hand(here), place.world.on_hand(there)) == (108, 42)
    assert [one.kind for one in place.world.decided(short)] == [DecisionKind.TRANSFER]


@pytest.mark.parametrize("value", ["", "1.1", "1.1.1", "1.1.1.1.1", "x.1.2.1", "999.1.998.1", "1.1.1.1"])
def test_values_that_we_never_drew_change_nothing(place: Workplace, value: str) -> None:
    here, there, short, over = misplaced(place)
    place.click_card("ben", short, ids.TRANSFER, forged(place.card(short), value))
    assert {place.world.state(short), place.world.state(over)} == {LineState.IN_REVIEW}
    assert (place.world.on_hand(here), place.world.on_hand(there)) == (120, 30)


def test_a_line_is_no_pair_with_itself(place: Workplace) -> None:
    here, _, short, _ = misplaced(place)
    ref = ids.LineRef(short, place.world.version(short))
    place.click_card("ben", short, ids.TRANSFER, forged(place.card(short), ids.pair_value(ref, ref)))
    assert place.told("ben", REVIEW) == (
        "These two do not cancel out any more. Look at the cards again; nothing was changed."
    )
    assert place.world.on_hand(here) == 120


def test_how_a_card_tells_what_offsets_it() -> None:
    def offset(likeness: Likeness, amount: int, sku: str = "BOLT-10") -> Offset:
        return Offset(Variance(35, 2, 7, sku, "A-02-01", Decimal(amount)), likeness)

    facts = replace(
        FACTS,
        offsets=(
            offset(Likeness.MISPLACED, 12),
            offset(Likeness.PARTLY, 10),
            offset(Likeness.LOOK_ALIKE, 12, "BOLT-12"),
        ),
    )
    text = read(review_card(facts))
    assert "12 over in A-02-01: looks misplaced.\n" in text
    assert "10 over in A-02-01: perhaps a part is misplaced.\n" in text
    assert "12 of BOLT-12 over in A-02-01: taken for each other?\n" in text
    (button,) = [one for one in elements(review_card(facts)) if one["action_id"] == ids.TRANSFER]
    assert button["value"] == "34.3.35.2"
