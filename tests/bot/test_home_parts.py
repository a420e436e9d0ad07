"""What waits, what was counted and how the bot does: for whom it stands on Home, and what its buttons open."""

from datetime import timedelta

import pytest

from bot import ids
from bot.views.home_past import past_value
from models.people import Role
from models.services.past_sessions import ROWS_A_PAGE, PastQuery, Standing
from tests.bot.test_home import click, home, opened, published
from tests.bot.workplace import Workplace

DAY = timedelta(days=1)


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """Bolts that are short, fuses whose value nobody knows; both wait for a decision."""
    for sku, cost in (("BOLT-1", 2), ("FUSE-1", None)):
        stock = place.world.stock(sku, f"A-{sku}", 100, unit_cost=cost)
        line = place.world.line(stock)
        for who in ("ana", "dan"):
            place.world.count(line, who, 90)
    place.settle()
    return place


def test_an_approver_sees_what_waits_by_value(place: Workplace) -> None:
    text = opened(place, "ben")
    assert text.split("\n")[:4] == [
        "2 wait for you, 20.00 EUR, 1 of unknown value, the oldest since 07:00",
        "[ Review ]",
        "A-FUSE-1  Fuse-1 · FUSE-1  -10 pcs, unknown value",
        "A-BOLT-1  Bolt-1 · BOLT-1  -10 pcs, -20.00 EUR",
    ]


@pytest.mark.parametrize("who", ["ana", "dan", "zoe"])
def test_who_decides_nothing_sees_none_of_it(place: Workplace, who: str) -> None:
    text = opened(place, who)
    for told in ("Review", "-10", "EUR", "Cycle counts so far", "The bot is well"):
        assert told not in text
    assert ("Counted by you since Monday: 2 lines in 2 cycle counts." in text) is (who != "zoe")


def test_who_may_still_count_it_sees_no_number(place: Workplace) -> None:
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.APPROVER, "fay")
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben")
    place.world.ask_recount(1, "eva")
    assert "BOLT-1" not in opened(place, "ben")
    assert "BOLT-1" not in opened(place, "fay")


def test_the_list_goes_on_to_approving_several(place: Workplace) -> None:
    opened(place, "ben")
    click(place, "ben", ids.HOME_REVIEW)
    view = place.ben.view
    assert view is not None
    shown = place.ben.reads(view)
    assert "A-FUSE-1  Fuse-1 · FUSE-1  -10 pcs, unknown value · since 07:00" in shown
    answer = place.ben.submit()
    assert not answer.closed
    assert place.ben.view is not None
    assert place.ben.view["callback_id"] == ids.BULK_FORM


def test_a_list_that_is_empty_by_now_says_so(place: Workplace) -> None:
    opened(place, "ben")
    place.world.approve(1, "eva")
    place.world.approve(2, "kim")
    click(place, "ben", ids.HOME_REVIEW)
    assert place.ben.view is not None
    assert "Nothing waits for you any more." in place.ben.reads(place.ben.view)
    assert place.ben.view.get("submit") is None


def test_a_role_that_is_gone_opens_no_form(place: Workplace) -> None:
    opened(place, "ben")
    click(place, "ben", ids.HOME_REVIEW)
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben")
    place.world.remove_role("ben", role=Role.APPROVER)
    place.ben.submit()
    view = place.ben.view
    assert view is None or view["callback_id"] != ids.BULK_FORM


def test_cycle_counts_so_far_are_turned_and_filtered(place: Workplace) -> None:
    for number in range(ROWS_A_PAGE):
        place.world.stock(f"S-{number}", f"A-S{number}", 5)
        place.world.now += DAY
        place.world.start()
    place.settle()
    text = opened(place, "kim")
    assert "Cycle counts so far\n" in text
    assert text.split("Cycle counts so far")[1].count("0 of 1 counted") == ROWS_A_PAGE
    assert "[ Older ]" in text
    assert "[ Newer ]" not in text
    click(place, "kim", f"{ids.HOME_PAST}.older")
    text = home(place, "kim")
    assert "1 of 1 counted" in text
    assert "[ Newer ]" in text
    place.kim.choose_in_view(
        published(place, "kim")["id"], past_value(PastQuery(standing=Standing.CLOSED)),
        action_id=f"{ids.HOME_PAST}.standing",
    )  # fmt: skip
    place.ws.wait_until_quiet()
    assert "None of these." in home(place, "kim")
    assert "0 of 1 counted" in opened(place, "kim"), "opened again, it begins with the newest"


def test_what_is_chosen_stays_while_things_change(place: Workplace) -> None:
    opened(place, "kim")
    place.kim.choose_in_view(
        published(place, "kim")["id"], past_value(PastQuery(standing=Standing.CLOSED)),
        action_id=f"{ids.HOME_PAST}.standing",
    )  # fmt: skip
    place.ws.wait_until_quiet()
    place.world.approve(1, "ben")
    place.settle()
    text = home(place, "kim")
    assert "1 waits for you" in text
    assert "None of these." not in text
    listed = text.split("Cycle counts so far")[1]
    assert (" open" in listed, "1 counted · closed" in listed) == (False, True)


@pytest.mark.parametrize(
    "value", ["", "x", "[]", '{"s":"no"}', '{"s":"all","t":"1"}', '{"t":999,"s":"all"}', "9" * 500]
)
def test_forged_choices_show_what_is_the_readers(place: Workplace, value: str) -> None:
    opened(place, "ben")
    view = place.ws.views.homes[place.ben.id]
    button = {"type": "button", "action_id": f"{ids.HOME_PAST}.older", "text": {"type": "plain_text", "text": "Do"}}
    view.payload["blocks"] = [{"type": "actions", "block_id": "forged", "elements": [{**button, "value": value}]}]
    assert place.ben.click_in_view(view.id, f"{ids.HOME_PAST}.older").ok
    place.ws.wait_until_quiet()
    assert "Cycle counts so far" in home(place, "ben")


def test_stock_control_is_told_how_the_bot_does(place: Workplace) -> None:
    assert "The bot is well: nothing is behind." in opened(place, "kim")
    place.world.stock("LATE", "A-LATE", 5)
    place.wait(2 * DAY)
    text = opened(place, "kim")
    assert "See that the clock runs (" in text
    assert "Late: 1 run of a plan." in text
    assert "bot is well" not in opened(place, "ben")
