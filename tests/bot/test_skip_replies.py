"""Saying in the thread that a line cannot be counted, and the list of it that the approvers get at close."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot import ids
from models.journal import Intent, OutboxMessage
from models.rules.lines import LineState
from models.services import reminders, silence
from tests.bot.packing import IN_THREAD, boxed
from tests.bot.test_skipping import reasons, three
from tests.bot.workplace import PARTS, REVIEW, Workplace
from tests.builders import Stock


@pytest.fixture
def stocks(place: Workplace) -> list[Stock]:
    """A sheet of three lines, A-01 to A-03."""
    return three(place)


def states(place: Workplace, stocks: list[Stock]) -> list[LineState]:
    return [place.world.state(place.line(stock)) for stock in stocks]


def lists(place: Workplace) -> list[str]:
    """What the review channel reads about skips."""
    return [text for one in place.ws.messages(REVIEW) if "not be counted" in (text := place.read(one))]


def test_a_reply_skips_a_line_with_its_reason(place: Workplace, stocks: list[Stock]) -> None:
    ts = place.reply("ana", "PART-1 blocked by a pallet\nA-02 20")
    assert states(place, stocks) == [LineState.SKIPPED, LineState.RECONCILED, LineState.TO_COUNT]
    assert reasons(place) == ["blocked: by a pallet"]
    assert place.told("ana").split("\n") == [
        "Saved: PART-2 in A-02: 20 pcs",
        "Noted: PART-1 (A-01) can't be counted now (blocked: by a pallet).",
    ]
    place.settle()
    assert "white_check_mark" in place.ws.message(PARTS, ts).reactions
    assert place.woken == 1


def test_what_is_not_certain_is_asked_back_in_private_and_skips_nothing(place: Workplace, stocks: list[Stock]) -> None:
    place.reply("ana", "A-01 blocked?")
    assert place.told("ana") == "Can't PART-1 (A-01) be counted? Send “A-01 PART-1 blocked” if so."
    assert reasons(place) == []
    place.reply("ana", "A-01 PART-1 blocked")
    assert reasons(place) == ["blocked"]


def test_an_edit_and_the_same_event_again_skip_once(place: Workplace, stocks: list[Stock]) -> None:
    ts = place.reply("ana", "A-01 blocked")
    place.ws.redeliver_last_event(times=2)
    place.edit("ana", ts, "A-01 blocked\nA-02 in use")
    assert reasons(place) == ["blocked", "in use"]
    assert place.told("ana") == "Noted: PART-2 (A-02) can't be counted now (in use)."


@pytest.mark.parametrize("name", ["ben", "kim", "zoe"])
def test_who_does_not_count_here_is_only_talking(place: Workplace, stocks: list[Stock], name: str) -> None:
    place.reply(name, "A-01 blocked")
    assert place.everything_told(name) == []
    assert reasons(place) == []


def test_a_line_that_moved_on_is_not_skipped(place: Workplace, stocks: list[Stock]) -> None:
    place.world.count(place.line(stocks[0]), "dan", 10)
    place.reply("ana", "A-01 blocked")
    assert place.told("ana") == "PART-1 (A-01): Dan counted this at 07:00."


def test_the_approvers_get_one_list_of_what_was_skipped_when_the_session_closes(
    place: Workplace, stocks: list[Stock]
) -> None:
    place.reply("ana", "A-01 blocked by a pallet")
    place.click_sheet("dan", ids.CANNOT_COUNT)
    place.dan.submit({"lines": [str(place.line(stocks[1]))], "reason": "other", "note": "wasps <!channel>"})
    place.settle()
    assert lists(place) == []
    place.reply("ana", "A-03 30")
    place.settle()
    assert lists(place) == [
        (
            "Daily parts: 2 lines could not be counted and come back with a later count.\n"
            "A-01  Part-1 · PART-1 — blocked: by a pallet (Ana)\n"
            "A-02  Part-2 · PART-2 — wasps <!channel> (Dan)"
        )
    ]
    assert "<!channel>" not in str(place.ws.messages(REVIEW)[-1].blocks)


def close_without(place: Workplace) -> None:
    """Eva ends the session without what was not counted by the due time."""
    place.wait(timedelta(hours=4))
    with place.database.write() as session:
        assert reminders.remind(session, 1, place.now())
    place.settle()
    asked = place.sent()[(Intent.OVERDUE, "1")]
    assert place.eva.click(REVIEW, asked.ts, action_id=ids.CLOSE_WITHOUT).ok
    place.settle()


def test_what_an_approver_closed_without_is_named_behind_what_was_skipped(
    place: Workplace, stocks: list[Stock]
) -> None:
    place.reply("ana", "A-01 in use")
    close_without(place)
    assert [place.world.state(place.line(stock)) for stock in stocks] == [LineState.SKIPPED] * 3
    assert lists(place) == [
        (
            "Daily parts: 1 line could not be counted and comes back with a later count.\n"
            "A-01  Part-1 · PART-1 — in use (Ana)\n"
            "Closed without a count by Eva: A-02 and A-03."
        )
    ]


def test_what_an_approver_closed_without_is_no_list_by_itself(place: Workplace, stocks: list[Stock]) -> None:
    place.reply("ana", "A-01 10\nA-02 20")
    close_without(place)
    assert states(place, stocks)[2] is LineState.SKIPPED
    assert lists(place) == []
    assert (Intent.SKIPS, "1") not in place.sent()


def test_who_did_not_answer_has_skipped_nothing(place: Workplace, stocks: list[Stock]) -> None:
    line = place.line(stocks[0])
    place.reply("ana", "A-01 1\nA-02 20\nA-03 in use")
    place.wait(timedelta(minutes=31))
    with place.database.write() as session:
        assert silence.pass_on(session, line, place.now())
    place.settle()
    place.reply("fay", "A-01 1")
    place.settle()
    place.world.now = place.now()
    place.world.approve(line, "ben")
    place.settle()
    assert reasons(place) == ["in use", "did not answer"]
    (told,) = lists(place)
    assert "did not answer" not in told
    assert "A-01" not in told


def test_a_line_that_is_being_added_up_is_not_skipped(place: Workplace, stocks: list[Stock]) -> None:
    place.reply("ana", "A-01 +4")
    place.reply("dan", "A-01 blocked\nA-02 blocked")
    assert place.told("dan").split("\n") == [
        "Noted: PART-2 (A-02) can't be counted now (blocked).",
        (
            "PART-1 (A-01): Parts of it are counted (Ana). If the rest cannot be, leave it: the approvers get what "
            "there is at the due time."
        ),
    ]
    assert states(place, stocks)[:2] == [LineState.TO_COUNT, LineState.SKIPPED]


def test_a_number_that_is_asked_about_and_a_skip_in_one_message(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 600)
    nuts = place.world.stock("NUT-10", "A-01-04", 5)
    place.start()
    place.reply("ana", "BOLT-10 12\nNUT-10 blocked")
    assert place.told("ana").split("\n") == ["Noted: NUT-10 (A-01-04) can't be counted now (blocked).", IN_THREAD]
    place.reply("ana", "12 boxes")
    assert [place.world.state(place.line(stock)) for stock in (bolts, nuts)] == [
        LineState.RECONCILED,
        LineState.SKIPPED,
    ]


def test_nothing_skipped_is_nothing_told(place: Workplace, stocks: list[Stock]) -> None:
    place.reply("ana", "A-01 10\nA-02 20")
    place.wait(timedelta(hours=5))
    place.world.expire()  # nobody said why: that is no skip
    place.settle()
    assert states(place, stocks)[2] is LineState.SKIPPED
    assert place.ws.messages(REVIEW) == []
    with place.database.read() as session:
        assert session.exec(select(OutboxMessage).where(OutboxMessage.intent == Intent.SKIPS)).all() == []


def test_what_nobody_got_to_stands_at_the_end_of_the_list(place: Workplace, stocks: list[Stock]) -> None:
    place.reply("ana", "A-01 unsafe")
    place.wait(timedelta(hours=5))
    place.world.now = place.now()
    place.world.expire()
    place.settle()
    assert lists(place) == [
        (
            "Daily parts: 1 line could not be counted and comes back with a later count.\n"
            "A-01  Part-1 · PART-1 — unsafe to reach (Ana)\n"
            "Not counted by the due time: A-02 and A-03."
        )
    ]


def test_a_skipped_recount_is_no_line_of_the_list(place: Workplace, stocks: list[Stock]) -> None:
    place.world.remove_role("fay")
    place.reply("ana", "A-01 1\nA-02 20\nA-03 30")
    place.reply("dan", "A-01 blocked")
    assert place.told("dan") == "Noted: PART-1 (A-01) can't be counted now (blocked)."
    place.settle()
    assert states(place, stocks)[0] is LineState.IN_REVIEW
    place.world.approve(place.line(stocks[0]), "ben")
    place.settle()
    assert lists(place) == []
