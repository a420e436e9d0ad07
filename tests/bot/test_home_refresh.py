"""Home follows what changes, for who looks at it, within what Slack takes."""

from datetime import timedelta

import pytest

from bot.home_delivery import PACE
from bot.sandbox.faults import ratelimited, slack_error
from models.journal import Intent, OutboxState
from models.services.journal import HOME_LOOKED_AT, HOME_PAUSE, PACED
from tests.bot.outbound import PARTS, REVIEW, SECOND
from tests.bot.workplace import EVERYBODY, Workplace

PUBLISH = "views.publish"


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """Bolts and fuses, being counted."""
    place.world.stock("BOLT-1", "A-01", 100)
    place.world.stock("FUSE-1", "A-02", 50)
    place.start()
    return place


def home(place: Workplace, who: str) -> str:
    view = place.ws.home(place.who(who).id)
    assert view is not None
    return place.who(who).reads(view)


def opened(place: Workplace, *names: str) -> None:
    for name in names:
        place.now()
        place.who(name).open_home()
    place.ws.wait_until_quiet()
    place.settle()


def counted(place: Workplace, line_id: int = 1, who: str = "dan", quantity: int = 100) -> None:
    place.world.count(line_id, who, quantity)


def test_a_home_that_is_looked_at_follows(place: Workplace) -> None:
    opened(place, "ana", "kim")
    assert "2 lines for you" in home(place, "ana")
    counted(place)
    place.settle()
    assert "1 line for you" in home(place, "ana")
    assert "1 of 2 counted" in home(place, "kim")


def test_what_happens_within_seconds_is_one_change(place: Workplace) -> None:
    opened(place, "ana")
    before = place.calls(PUBLISH)
    counted(place)
    counted(place, 2, quantity=50)
    while place.once():
        pass
    assert place.calls(PUBLISH) == before  # the pause is not over
    place.wait(HOME_PAUSE)
    place.settle()
    assert place.calls(PUBLISH) == before + 1
    assert "Nothing is being counted right now." in home(place, "ana")


def test_a_home_that_shows_the_same_is_not_published(place: Workplace) -> None:
    opened(place, "ana")
    counted(place)
    place.settle()
    published = place.calls(PUBLISH)
    place.notify(Intent.HOMES, PARTS, PACED)
    place.settle()
    assert place.calls(PUBLISH) == published


def test_a_decision_is_told_to_the_approvers_too(place: Workplace) -> None:
    opened(place, "ben")
    counted(place, quantity=90)
    counted(place, who="ana", quantity=90)
    place.settle()
    assert "1 waits for a decision" in home(place, "ben")
    place.world.approve(1, "eva")
    place.settle()
    assert "waits for a decision" not in home(place, "ben")


def test_nobody_looks_so_nothing_is_asked_for(place: Workplace) -> None:
    opened(place, "ana")
    place.wait(HOME_LOOKED_AT + SECOND)
    before = place.calls(PUBLISH)
    counted(place)
    place.settle()
    assert not [row for row in place.rows() if row.intent is Intent.HOMES]
    assert place.calls(PUBLISH) == before


def test_others_teams_and_strangers_are_left_alone(place: Workplace) -> None:
    place.world.add_team("Tyres", "T-", counters=("zoe",))
    opened(place, "zoe", "ana")
    before = {row.id for row in place.rows()}
    counted(place)
    place.settle()
    asked = {row.subject for row in place.rows() if row.intent is Intent.HOME and row.id not in before}
    assert asked == {"U01ANA"}


def test_the_allowance_is_kept_and_fills_up_again(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    looking = [name for name in EVERYBODY if name not in {"zoe", "fay"}]
    opened(place, *looking)
    place.wait(timedelta(minutes=1))
    monkeypatch.setattr("bot.home_delivery.ALLOWANCE", 2)
    counted(place)
    place.wait(HOME_PAUSE)
    before = place.calls(PUBLISH)
    for published in (2, 3, 4):
        while place.once():
            pass
        assert place.calls(PUBLISH) == before + published
        place.wait(PACE)
    place.settle()
    assert place.calls(PUBLISH) == before + len(looking)


def test_a_home_that_is_opened_again_is_published_only_when_it_changed(place: Workplace) -> None:
    opened(place, "ana")
    opened(place, "ana")
    assert place.calls(PUBLISH) == 1
    counted(place)
    opened(place, "ana")
    assert place.calls(PUBLISH) == 2


def test_a_home_that_slack_has_lost_is_published_again(place: Workplace) -> None:
    opened(place, "ana")
    del place.ws.views.homes[place.ana.id]
    opened(place, "ana")
    assert "2 lines for you" in home(place, "ana")


def test_when_slack_says_wait_the_others_wait_too(place: Workplace) -> None:
    opened(place, "ana", "ben")
    counted(place)
    place.wait(HOME_PAUSE)
    place.ws.faults.on(method=PUBLISH, action=ratelimited(30), times=1)
    while place.once():
        pass
    place.wait(timedelta(seconds=20))
    before = place.calls(PUBLISH)
    while place.once():
        pass
    assert place.calls(PUBLISH) == before
    place.settle(40)
    assert "1 line for you" in home(place, "ana")


def test_a_home_that_slack_refuses_is_given_up_until_it_changes(place: Workplace) -> None:
    opened(place, "ana")
    place.ws.faults.on(method=PUBLISH, action=slack_error("user_not_found"), times=1)
    counted(place)
    place.settle()
    assert "2 lines for you" in home(place, "ana")
    assert not place.rows(OutboxState.FAILED)
    counted(place, 2, quantity=50)
    place.settle()
    assert "Nothing is being counted right now." in home(place, "ana")


def test_messages_come_before_homes(place: Workplace) -> None:
    """A card that is asked for while Homes wait does not wait for them."""
    opened(place, *[name for name in EVERYBODY if name not in {"zoe", "fay"}])
    counted(place, 2, quantity=50)
    place.wait(HOME_PAUSE)
    place.once()
    place.once()
    counted(place, quantity=90)
    counted(place, who="ana", quantity=90)
    place.once()
    place.once()
    place.once()
    assert any("BOLT-1" in place.text(message) for message in place.messages(REVIEW))
