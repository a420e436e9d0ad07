"""The message that a team's working day begins with: what it shows, how it is kept true, and its buttons."""

from datetime import timedelta
from typing import Any

from bot import ids
from bot.sandbox.state import Message
from bot.sandbox.workspace import Limits
from models.database import Database
from models.journal import Intent, OutboxState
from models.people import Role
from models.rules.lines import LineState
from scheduler.jobs import tick
from tests.bot.test_bulk import counted, page
from tests.bot.workplace import REVIEW, Workplace, workplace
from tests.conftest import NOW

HEAD = "Item | Bin | Variance | EUR | Since | Why"


def morning(place: Workplace, days: int = 0) -> None:
    """08:00 (it is 07:00 and some seconds), after so many days."""
    place.wait(timedelta(days=days, hours=1))
    tick(place.database, place.now())
    place.settle()


def posted(place: Workplace) -> list[Message]:
    """The digests in Slack."""
    return [one for one in place.messages(REVIEW) if _intent(one) == Intent.DIGEST]


def _intent(message: Message) -> Any:
    return (message.metadata or {}).get("event_payload", {}).get("intent")


def text(place: Workplace) -> str:
    (message,) = posted(place)
    return place.read(message)


def test_what_it_shows(place: Workplace) -> None:
    counted(place, "BOLT-10", "A-01", 93)
    counted(place, "PUMP-1", "A-03", 95, unit_cost=100)
    counted(place, "BELT-1", "A-04", 99, unit_cost=None)
    _, last = counted(place, "FUSE-15", "A-05", 10)  # ten times less
    assert posted(place) == []
    morning(place)
    assert text(place).split("\n") == [
        "Fleet Parts: 4 wait for a decision, 597.00 EUR and 1 of unknown value, the oldest since 07:00",
        HEAD,
        "BELT-1 | A-04 | -1 pcs | unknown | 07:00 | ",
        "PUMP-1 | A-03 | -5 pcs | -500.00 | 07:00 | ",
        "FUSE-15 | A-05 | -90 pcs | -90.00 | 07:00 | perhaps a slip",
        "BOLT-10 | A-01 | -7 pcs | -7.00 | 07:00 | ",
        "[ Review ] [ Approve several… ]",
    ]
    (message,) = posted(place)
    assert message.text.startswith("Fleet Parts: 4 wait for a decision, 597.00 EUR and 1 of unknown value, <!date^")
    link = message.blocks[1]["rows"][3][0]["elements"][0]["elements"][0]
    card = place.card(last)
    address = f"{place.ws.response_urls.base}archives/{REVIEW}/p{card.ts.replace('.', '')}"
    assert link == {"type": "link", "url": address, "text": "FUSE-15"}
    morning(place)
    assert len(posted(place)) == 1


def test_twenty_rows_and_how_many_more(place: Workplace) -> None:
    for number in range(22):
        counted(place, f"BOLT-{number:02}", f"A-{number:02}", 93)
    morning(place)
    shown = text(place)
    assert "22 wait for a decision, 154.00 EUR" in shown
    assert shown.count(" | -7 pcs | ") == 20
    assert "\n… 2 more\n" in shown


def test_it_is_as_true_as_when_it_is_sent(place: Workplace) -> None:
    """What waits is read when Slack is there again, and then nothing waits any more."""
    _, line = counted(place, "BOLT-10", "A-01", 93)
    place.wait(timedelta(hours=1))
    tick(place.database, place.now())
    place.world.approve(line, "ben")
    place.settle()
    assert posted(place) == []
    assert place.world.state(line) is LineState.RECONCILED


def test_decisions_are_taken_off_it(place: Workplace) -> None:
    _, first = counted(place, "BOLT-10", "A-01", 93)
    _, second = counted(place, "NUT-10", "A-02", 104)
    morning(place)
    place.click_card("ben", first, ids.APPROVE)
    place.settle()
    assert "BOLT-10" not in text(place)
    assert text(place).startswith("Fleet Parts: 1 waits for a decision, 4.00 EUR")
    place.click_card("ben", second, ids.APPROVE)
    place.settle()
    assert text(place) == "Fleet Parts: nothing waits for a decision any more."


def test_whoever_recounts_reads_nothing_of_it_there(place: Workplace) -> None:
    """The channel is also read by an approver who may be asked for the recount, as with the card."""
    _, line = counted(place, "BOLT-10", "A-01", 93)
    morning(place)
    place.click_card("ben", line, ids.RECOUNT)
    place.settle()
    (message,) = posted(place)
    everything = f"{message.text} {message.blocks}"
    assert not any(told in everything for told in ("BOLT-10", "-7", "7.00", "93", "100"))
    place.world.count(line, "fay", 93)
    place.settle()
    assert "BOLT-10 | A-01 | -7 pcs" in text(place)


def test_that_of_yesterday_says_that_it_is_over(place: Workplace) -> None:
    _, line = counted(place, "BOLT-10", "A-01", 93)
    morning(place)
    morning(place, days=1)
    before, today = posted(place)
    assert place.read(before) == "Fleet Parts: this list is over. “/count review” shows what waits now."
    assert "BOLT-10 | A-01 | -7 pcs | -7.00 | 23 Nov | " in place.read(today)
    place.click_card("ben", line, ids.APPROVE)
    place.settle()
    assert place.read(posted(place)[1]) == "Fleet Parts: nothing waits for a decision any more."


def test_a_late_clock_and_a_second_one_post_nothing_twice(place: Workplace) -> None:
    counted(place, "BOLT-10", "A-01", 93)
    place.wait(timedelta(hours=9))
    for _ in range(3):
        tick(place.database, place.now())
        place.settle()
    assert len(posted(place)) == 1


def click(place: Workplace, name: str, action_id: str) -> None:
    (message,) = posted(place)
    result = place.who(name).click(REVIEW, message.ts, action_id=action_id)
    assert result.ok, result.problem


def test_its_buttons_know_who_clicks(place: Workplace) -> None:
    bolts, _ = counted(place, "BOLT-10", "A-01", 93)
    counted(place, "PUMP-1", "A-03", 90, unit_cost=100)
    morning(place)
    click(place, "ben", ids.REVIEW_WAITING)
    own = place.read(place.ben.ephemerals(REVIEW)[-1])
    assert own.startswith("2 wait for you, 1,007.00 EUR")
    assert "PUMP-1 | A-03 | -10 pcs | -1,000.00 | 07:00 | over your limit of 500.00 EUR" in own
    click(place, "ben", ids.APPROVE_SEVERAL)
    place.ben.submit({"at_most": "50"})
    assert page(place, "ben").startswith("*1 line*, net -7.00 EUR")
    place.ben.submit({})
    assert place.world.on_hand(bolts) == 93
    place.settle()
    assert "BOLT-10" not in text(place)


def test_who_may_not_decide_is_told_so(place: Workplace) -> None:
    counted(place, "BOLT-10", "A-01", 93)
    morning(place)
    for action in (ids.REVIEW_WAITING, ids.APPROVE_SEVERAL):
        click(place, "ana", action)
        assert place.told("ana", REVIEW) == "Only approvers and stock control decide what was counted."
        assert place.ana.view is None
    place.world.remove_role("ben", role=Role.APPROVER)
    click(place, "ben", ids.REVIEW_WAITING)
    assert place.told("ben", REVIEW) == "You are in no counting team yet. Ask Kim to add you."


def test_a_workspace_without_tables_is_told_in_sections_once(sqlite_database: Database) -> None:
    with workplace(sqlite_database, NOW, limits=Limits(refused_blocks=frozenset({"table"})).without_rates()) as place:
        _, line = counted(place, "BOLT-10", "A-01", 93)
        counted(place, "NUT-10", "A-02", 104)
        morning(place)
        assert "BOLT-10 · A-01 · -7 pcs · -7.00 · 07:00" in text(place)
        assert "[ Review ] [ Approve several… ]" in text(place)
        place.click_card("ben", line, ids.APPROVE)
        place.settle()
        assert "NUT-10 · A-02 · +4 pcs" in text(place)
        assert "BOLT-10" not in text(place)
        assert [call.error for call in place.ws.calls].count("invalid_blocks") == 1
        assert place.rows(OutboxState.FAILED) == []


def test_the_command_answers_without_tables_too(sqlite_database: Database) -> None:
    with workplace(sqlite_database, NOW, limits=Limits(refused_blocks=frozenset({"table"})).without_rates()) as place:
        counted(place, "BOLT-10", "A-01", 93)
        for _ in range(2):
            assert "BOLT-10 · A-01 · -7 pcs · -7.00 · 07:00" in place.count("ben", "review")
        assert [call.error for call in place.ws.calls if call.method == "response_url"] == [
            "invalid_blocks",
            None,
            None,
        ]


def test_the_command_is_answered_where_its_url_is_not_taken(place: Workplace) -> None:
    counted(place, "BOLT-10", "A-01", 93)
    place.ws.faults.on(method="response_url", action="500")
    assert "BOLT-10 · A-01 · -7 pcs · -7.00 · 07:00" in place.count("ben", "review")
