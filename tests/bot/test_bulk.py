"""`/count review` and *Approve several…*: by everybody who may and who may not."""

import pytest

from bot import ids
from bot.sandbox.state import Message
from models.people import Role
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from tests.bot.workplace import REVIEW, Workplace
from tests.builders import Number, Stock


def counted(
    place: Workplace, sku: str, code: str, number: Number, *, unit_cost: Number | None = 1
) -> tuple[Stock, int]:
    """A line of which there were 100, counted alike by Ana and Dan."""
    stock = place.world.stock(sku, code, 100, unit_cost=unit_cost)
    line = place.world.line(stock)
    for who in ("ana", "dan"):
        place.world.count(line, who, number)
    place.settle()
    return stock, line


def review(place: Workplace, name: str, where: str = REVIEW) -> Message:
    result = place.who(name).slash(where, "/count review")
    assert result.ok, (result.problem, result.delivery)
    return place.who(name).ephemerals(where)[-1]


def open_form(place: Workplace, name: str) -> None:
    message = review(place, name)
    result = place.who(name).click_ephemeral(message.ts, action_id=ids.APPROVE_SEVERAL)
    assert result.ok, result.problem


def page(place: Workplace, name: str) -> str:
    view = place.who(name).view
    assert view is not None
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


def test_a_few_clicks_approve_what_is_trivial(place: Workplace) -> None:
    bolts, _ = counted(place, "BOLT-10", "A-01", 93)
    nuts, _ = counted(place, "NUT-10", "A-02", 104)
    dear, line = counted(place, "PUMP-1", "A-03", 96, unit_cost=100)
    text = place.read(review(place, "ben"))
    assert "3 wait for you, 411.00 EUR" in text
    assert text.index("PUMP-1 | A-03 | -4 pcs | -400.00 | 07:00") < text.index(
        "BOLT-10 | A-01 | -7 pcs | -7.00 | 07:00"
    )
    open_form(place, "ben")
    assert place.ben.submit({"at_most": "50"}).problem is None
    shown = page(place, "ben")
    assert "*2 lines*, net -3.00 EUR, gross 11.00 EUR · cause not known" in shown
    assert "PUMP-1 in A-03: -4 pcs, -400.00 EUR: over 50.00 EUR" in shown
    assert place.world.on_hand(bolts) == 100, "nothing is approved before the second page"
    assert place.ben.submit({}).problem is None
    assert page(place, "ben").startswith("*2 lines approved.*")
    assert (place.world.on_hand(bolts), place.world.on_hand(nuts), place.world.on_hand(dear)) == (93, 104, 100)
    assert place.world.state(line) is LineState.IN_REVIEW
    assert place.world.problems() == []


def test_the_cause_is_that_of_the_form(place: Workplace) -> None:
    bolts, _ = counted(place, "BOLT-10", "A-01", 93)
    open_form(place, "ben")
    place.ben.submit({"at_most": "50", "cause": Reason.DAMAGED.value})
    place.ben.submit({})
    assert [row.reason for row in place.world.adjustments(bolts)] == [Reason.DAMAGED]


def test_how_far_outside_its_tolerance(place: Workplace) -> None:
    bolts, _ = counted(place, "BOLT-10", "A-01", 93)
    open_form(place, "ben")
    place.ben.submit({"at_most": "50", "times": "2"})
    assert "no tolerance is set that could be stretched" in page(place, "ben")
    assert place.ben.view is not None
    assert place.ben.view.get("submit") is None
    assert place.world.on_hand(bolts) == 100


def test_all_within_twice_their_tolerance_under_an_amount(place: Workplace) -> None:
    place.world.tolerate(Measure.QUANTITY, 4)
    near, _ = counted(place, "BOLT-10", "A-01", 93)
    far, _ = counted(place, "NUT-10", "A-02", 109)
    dear, _ = counted(place, "PUMP-1", "A-03", 95, unit_cost=100)
    open_form(place, "ben")
    place.ben.submit({"at_most": "50", "times": "2"})
    assert page(place, "ben").split("\n") == [
        "*1 line*, net -7.00 EUR, gross 7.00 EUR · cause not known",
        "BOLT-10 in A-01: -7 pcs, -7.00 EUR",
        "*Not among them*",
        "PUMP-1 in A-03: -5 pcs, -500.00 EUR: over 50.00 EUR",
        "NUT-10 in A-02: +9 pcs, 9.00 EUR: over 2 times its tolerance",
    ]
    place.ben.submit({})
    assert [place.world.on_hand(stock) for stock in (near, far, dear)] == [93, 100, 100]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("-1", "Write an amount of 0 or more."), ("1e99", "Write an amount of 0 or more."),
     ("NaN", "Write an amount of 0 or more."), ("much", "“much” is not an amount. Write it like 50 or 12.50.")],
)  # fmt: skip
def test_an_amount_that_is_none(place: Workplace, typed: str, sentence: str) -> None:
    counted(place, "BOLT-10", "A-01", 93)
    open_form(place, "ben")
    assert place.ben.submit({"at_most": typed}, force=True).errors == {"at_most": sentence}


def test_nothing_waits(place: Workplace) -> None:
    assert place.read(review(place, "ben")) == "Nothing waits for you."


def test_who_decides_nothing_is_told_so(place: Workplace) -> None:
    counted(place, "BOLT-10", "A-01", 93)
    for name, sentence in (
        ("ana", "Only approvers and stock control decide what was counted."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ):
        assert place.read(review(place, name)) == sentence


def test_a_member_removed_between_the_pages_approves_nothing(place: Workplace) -> None:
    bolts, _ = counted(place, "BOLT-10", "A-01", 93)
    open_form(place, "ben")
    place.ben.submit({"at_most": "50"})
    place.world.remove_role("ben", role=Role.APPROVER)
    place.ben.submit({})
    assert place.world.on_hand(bolts) == 100


def test_the_second_page_again_changes_nothing(place: Workplace) -> None:
    bolts, line = counted(place, "BOLT-10", "A-01", 93)
    open_form(place, "ben")
    place.ben.submit({"at_most": "50"})
    first = place.ben.submit({})
    assert first.delivery is not None
    again = place.ws.deliver_again(place.ws.deliveries.index(first.delivery))
    assert again.answer == first.delivery.attempts[0].answer
    assert len(place.world.decided(line)) == 1
    assert place.world.on_hand(bolts) == 93


def test_the_list_sends_nobody_to_numbers_they_must_not_see(place: Workplace) -> None:
    counted(place, "BOLT-10", "A-01", 93)
    with place.world.step() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben")
    place.world.line(place.world.stock("BOLT-10", "A-99", 5))
    assert place.read(review(place, "ben")) == (
        "1 line of what you may still have to count; listed here once that is counted."
    )


def test_a_preview_of_nothing_is_not_said_to_be_about_size(place: Workplace) -> None:
    counted(place, "BOLT-10", "A-01", 10)  # ten times less: perhaps a slip
    open_form(place, "eva")
    place.eva.submit({"at_most": "500"})
    assert page(place, "eva").startswith("None of these can be approved together. Nothing was approved.")
    assert "perhaps a slip; see its card" in page(place, "eva")


def test_who_may_not_any_more_is_told_so_in_place_of_the_preview(place: Workplace) -> None:
    bolts, _ = counted(place, "BOLT-10", "A-01", 93)
    open_form(place, "ben")
    place.ben.submit({"at_most": "50"})
    place.world.remove_role("ben", role=Role.APPROVER)
    assert place.ben.submit({}).problem is None
    assert page(place, "ben") == "You are in no counting team yet. Ask Kim to add you."
    assert place.world.on_hand(bolts) == 100
