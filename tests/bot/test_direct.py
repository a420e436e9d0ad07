"""Counting by direct message: asked one by one, answered by a number, taken back while the answer is held."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.context import Context
from bot.gateway import Gateway, web_client
from bot.listeners.direct import NOTHING_LEFT, POST_IT_THERE, heard
from bot.messages import Direct
from bot.sandbox.faults import slack_error
from models import milestones
from models.counts import EntrySource
from models.journal import AuditEvent
from models.milestones import Milestone
from models.rules.lines import LineState
from models.services.direct_counts import ASKED_LATER, NOTHING_ASKED, SAVED_ALREADY, WHY
from tests.bot.direct import clock, edit, inbox, last, messages, write
from tests.bot.direct import heard as heard_all
from tests.bot.workplace import Workplace
from tests.builders import Stock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def three(place: Workplace) -> list[Stock]:
    """Three bins that Ana and others count."""
    stocks = [place.world.stock(f"BOLT-{n}", f"A-01-0{n}", 10 * n) for n in (1, 2, 3)]
    place.start()
    return stocks


def quantities(place: Workplace, stock: Stock) -> list[int]:
    return [int(entry.quantity) for entry in place.world.entries(place.line(stock))]


def test_lines_are_asked_one_by_one_in_walk_order(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    (first,) = inbox(place, "ana")
    assert first.split("\n") == [
        "A-01-01 · Bolt-1 (BOLT-1). How many pcs? (1 of 3)",
        "Answer with a number. Or write: skip and why · later · undo · stop",
    ]
    write(place, "ana", "7")
    assert inbox(place, "ana")[1].split("\n") == [
        "A-01-02 · Bolt-2 (BOLT-2). How many pcs? (2 of 3)",
        "A-01-01 BOLT-1: 7 pcs. For two minutes, “undo” takes it back.",
    ]
    write(place, "ana", "20 pcs")
    assert last(place, "ana") == "A-01-03 · Bolt-3 (BOLT-3). How many pcs? (3 of 3)"
    written = write(place, "ana", "30")
    assert last(place, "ana") == "That was the last one. Thank you."
    assert [quantities(place, stock) for stock in three] == [[7], [20], []]
    place.wait(2 * MINUTE)
    assert len(clock(place).stored) == 1
    (entry,) = place.world.entries(place.line(three[2]))
    assert (int(entry.quantity), entry.source, entry.message_ts) == (30, EntrySource.DIRECT, written)
    assert f"{entry.counted_at.timestamp():.6f}" == written
    assert len(inbox(place, "ana")) == 4
    write(place, "ana", "count")
    assert place.told("ana") == NOTHING_LEFT
    assert place.world.problems() == []


@pytest.mark.parametrize("text", ["7", "blocked", ""])
def test_a_picture_is_not_kept_and_its_writer_is_told_where_it_would_be(
    place: Workplace, three: list[Stock], text: str
) -> None:
    write(place, "ana", "count")
    place.now()
    for name in ("ana", "zoe"):
        picture = place.who(name).upload("shelf.png", b"a shelf", "image/png")
        place.who(name).say(place.ws.dm_channel(place.who(name).id), text, files=[picture])
        heard_all(place)
    assert place.told("ana").endswith(POST_IT_THERE)
    assert POST_IT_THERE not in place.told("zoe")
    assert len(inbox(place, "ana")) == (2 if text else 1), "the words are an answer as ever"


def test_an_answer_is_stored_after_two_minutes_and_not_before(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "start")
    write(place, "ana", "7")
    place.wait(MINUTE)
    assert clock(place).stored == ()
    assert quantities(place, three[0]) == []
    place.wait(MINUTE)
    assert len(clock(place).stored) == 1
    assert clock(place).stored == ()
    assert quantities(place, three[0]) == [7]


def test_undo_drops_the_held_answer_and_asks_again(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    write(place, "ana", "7")
    write(place, "ana", "undo")
    assert last(place, "ana") == "A-01-01 · Bolt-1 (BOLT-1). How many pcs? (1 of 3)"
    assert len(inbox(place, "ana")[-1].split("\n")) == 1
    write(place, "ana", "10")
    write(place, "ana", "20")
    assert quantities(place, three[0]) == [10]


@pytest.mark.parametrize("counted", ["10", "7"], ids=["as the record says", "out of tolerance"])
def test_undo_of_what_is_stored_is_refused_in_one_sentence(place: Workplace, three: list[Stock], counted: str) -> None:
    write(place, "ana", "count")
    write(place, "ana", counted)
    place.wait(2 * MINUTE)
    write(place, "ana", "undo")
    assert place.told("ana") == SAVED_ALREADY
    clock(place)
    write(place, "ana", "undo")
    assert place.everything_told("ana") == [SAVED_ALREADY, SAVED_ALREADY]
    assert quantities(place, three[0]) == [int(counted)]


def test_a_line_that_cannot_be_counted_is_skipped_with_the_reason(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    write(place, "ana", "skip")
    assert place.told("ana") == WHY
    write(place, "ana", "skip unsafe")
    assert inbox(place, "ana")[-1].endswith(
        "A-01-01 BOLT-1: can't be counted, unsafe to reach. For two minutes, “undo” takes it back."
    )
    assert place.world.state(place.line(three[0])) is LineState.TO_COUNT
    write(place, "ana", "undo")
    write(place, "ana", "skip other")
    assert place.told("ana") == WHY
    write(place, "ana", "Skip behind a pallet")
    write(place, "ana", "stop")
    assert place.told("ana") == "Stopped, your answers are saved. 2 lines are left: “count” goes on."
    assert place.world.state(place.line(three[0])) is LineState.SKIPPED
    place.settle()
    assert "behind a pallet" in place.read(place.sheet())


def test_later_puts_a_line_at_the_end(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    write(place, "ana", "later")
    assert inbox(place, "ana")[-1].split("\n") == [
        "A-01-02 · Bolt-2 (BOLT-2). How many pcs? (1 of 3)",
        "A-01-01 BOLT-1 comes at the end.",
    ]
    write(place, "ana", "20")
    write(place, "ana", "30")
    assert last(place, "ana") == "A-01-01 · Bolt-1 (BOLT-1). How many pcs? (3 of 3)"
    write(place, "ana", "later")
    assert last(place, "ana") == "A-01-01 · Bolt-1 (BOLT-1). How many pcs? (3 of 3)"
    write(place, "ana", "10")
    write(place, "ana", "done")
    assert place.told("ana") == NOTHING_LEFT
    assert [quantities(place, stock) for stock in three] == [[10], [20], [30]]


def test_what_is_no_quantity_is_refused_and_nothing_is_asked_anew(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    write(place, "ana", "2.5")
    assert place.told("ana") == "2.5 pcs? This is counted in whole pieces. Write a whole number of pcs, like 42."
    write(place, "ana", "about forty")
    assert "is not clear to me" in place.told("ana")
    assert len(inbox(place, "ana")) == 1


def test_a_second_number_before_the_next_question_is_not_taken_for_its_answer(
    place: Workplace, three: list[Stock]
) -> None:
    write(place, "ana", "count")
    dm = place.ws.dm_channel(place.ana.id)
    for number in ("42", "43"):
        place.ana.say(dm, number)
        place.ws.wait_until_quiet()
    place.settle()
    assert place.told("ana") == ASKED_LATER
    (again,) = inbox(place, "ana")[1:]
    assert again.split("\n") == [
        "A-01-02 · Bolt-2 (BOLT-2). How many pcs? (2 of 3)",
        "A-01-01 BOLT-1: 42 pcs. For two minutes, “undo” takes it back.",
    ]
    write(place, "ana", "20")
    assert [quantities(place, stock) for stock in three] == [[42], [], []]


def test_an_event_told_again_does_nothing_twice(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    write(place, "ana", "7")
    place.ws.redeliver_last_event()
    place.settle()
    assert len(inbox(place, "ana")) == 2
    write(place, "ana", "stop")
    assert quantities(place, three[0]) == [7]
    assert quantities(place, three[1]) == []


def test_a_number_that_nobody_asked_for(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "42")
    assert place.told("ana") == NOTHING_ASKED
    write(place, "zoe", "count")
    assert "You are in no counting team yet" in place.told("zoe")


def test_an_edit_changes_the_held_answer(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    ts = write(place, "ana", "7")
    edit(place, "ana", ts, "8")
    assert "A-01-01 BOLT-1: 8 pcs." in inbox(place, "ana")[-1]
    edit(place, "ana", ts, "8.5")
    assert "whole pieces" in place.told("ana")
    write(place, "ana", "stop")
    assert quantities(place, three[0]) == [8]


def test_an_edit_of_what_is_stored_is_a_correction(place: Workplace, three: list[Stock]) -> None:
    place.world.remove_role("dan", "fay")
    write(place, "ana", "count")
    ts = write(place, "ana", "7")
    write(place, "ana", "stop")
    edit(place, "ana", ts, "8")
    assert place.told("ana") == "Saved: BOLT-1 in A-01-01: 8 pcs"
    first, second = place.world.entries(place.line(three[0]))
    assert (second.replaces_id, int(second.quantity)) == (first.id, 8)
    edit(place, "ana", ts, "8 ")
    assert len(place.world.entries(place.line(three[0]))) == 2


def test_an_edit_that_is_told_before_the_message_itself_stays(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    gateway = Gateway(web_client(place.ws.bot_token, place.api_url))
    context = Context(place.database, gateway, read_clock=place.now)
    ts, edited_ts = place.ws.conversations.next_ts(), place.ws.conversations.next_ts()
    now_says = Direct("Ev-2", place.ws.dm_channel(place.ana.id), ts, place.ana.id, "8", edited_ts)
    heard(context, now_says)
    heard(context, replace(now_says, event_id="Ev-1", text="7", edited_ts=None))
    place.settle()
    assert place.everything_told("ana") == []
    write(place, "ana", "stop")
    assert quantities(place, three[0]) == [8]
    assert quantities(place, three[1]) == []


def test_a_message_that_became_an_answer_by_an_edit(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    ts = write(place, "ana", "7,5")
    edit(place, "ana", ts, "7")
    assert last(place, "ana") == "A-01-02 · Bolt-2 (BOLT-2). How many pcs? (2 of 3)"


def test_a_deleted_message_takes_back_what_is_held_and_nothing_that_is_stored(
    place: Workplace, three: list[Stock]
) -> None:
    write(place, "ana", "count")
    dm = place.ws.dm_channel(place.ana.id)
    place.ana.delete(dm, write(place, "ana", "7"))
    place.ws.wait_until_quiet()
    place.settle()
    assert last(place, "ana") == "A-01-01 · Bolt-1 (BOLT-1). How many pcs? (1 of 3)"
    ts = write(place, "ana", "8")
    write(place, "ana", "stop")
    place.ana.delete(dm, ts)
    place.ws.wait_until_quiet()
    assert quantities(place, three[0]) == [8]
    with place.database.read() as session:
        noted = session.exec(select(AuditEvent).where(AuditEvent.action == "reply deleted")).one()
    assert (noted.subject, noted.detail) == (f"line {place.line(three[0])}", f'{{"ts": "{ts}"}}')


def test_a_defect_is_told_in_the_direct_messages_and_nothing_is_lost(
    place: Workplace, three: list[Stock], monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(milestone: Milestone) -> None:
        raise RuntimeError("secret detail of the code")

    write(place, "ana", "count")
    write(place, "ana", "7")
    with monkeypatch.context() as broken:
        broken.setattr(milestones, "_observers", [boom])
        place.ana.say(place.ws.dm_channel(place.ana.id), "stop")
        place.ws.wait_until_quiet()
    assert "That broke on my side (reference " in place.told("ana")
    assert quantities(place, three[0]) == []
    write(place, "ana", "stop")
    assert quantities(place, three[0]) == [7]


def test_what_somebody_else_settled_meanwhile_is_told(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    write(place, "ana", "7")
    place.now()
    place.world.count(place.line(three[0]), "dan", 10)
    write(place, "ana", "stop")
    assert "A-01-01 · Bolt-1 (BOLT-1): your “7” was not saved. Dan counted this at 07:00." in inbox(place, "ana")


def test_a_line_that_does_not_wait_any_more_is_passed_over(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    place.now()
    place.world.count(place.line(three[0]), "dan", 10)
    write(place, "ana", "7")
    assert last(place, "ana") == "A-01-02 · Bolt-2 (BOLT-2). How many pcs? (1 of 2)"


def test_what_was_counted_in_time_does_not_expire_while_it_is_held(place: Workplace, three: list[Stock]) -> None:
    write(place, "ana", "count")
    place.wait(place.world.see(place.line(three[0])).due_at - place.now() - timedelta(seconds=30))
    write(place, "ana", "10")
    place.wait(MINUTE)
    clock(place)
    assert place.world.state(place.line(three[0])) is LineState.RECONCILED
    assert place.world.state(place.line(three[1])) is LineState.SKIPPED


def test_the_command_opens_the_direct_messages(place: Workplace, three: list[Stock]) -> None:
    assert place.count("ana", "dm") == "I ask you in our direct messages, one line after the other."
    place.settle()
    assert last(place, "ana").startswith("A-01-01")
    assert len(messages(place, "ana")) == 1
    assert place.count("ben", "dm") == NOTHING_LEFT
    place.ws.faults.on(method="conversations.open", action=slack_error("user_disabled"))
    assert "Slack did not open our direct messages" in place.count("dan", "dm")
