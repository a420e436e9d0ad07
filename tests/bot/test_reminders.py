"""Reminders and the question at the due time, as the channels show them: one message each, updated in place."""

from datetime import timedelta

import pytest

from bot import ids
from bot.sandbox.state import Message
from models.journal import Intent
from models.plans import CountPlan
from scheduler.jobs import tick
from tests.bot.outbound import PARTS, REVIEW
from tests.bot.workplace import Workplace
from tests.builders import Stock


@pytest.fixture
def bolts(place: Workplace) -> list[Stock]:
    """A sheet of three lines, from 07:00 to 11:00."""
    stocks = [place.world.stock(f"BOLT-{number}", f"A-0{number}", 100) for number in range(1, 4)]
    place.start()
    with place.database.write() as session:
        session.get_one(CountPlan, place.world.plan_id).next_due = place.world.now + timedelta(days=1)
    return stocks


def look(place: Workplace, time: str) -> None:
    """The clock looks at that time, and what it wants told is delivered."""
    place.world.clock(time)
    tick(place.database, place.now())
    place.settle()


def message(place: Workplace, intent: Intent) -> Message:
    found = place.sent()[(intent, "1")]
    return place.ws.message(found.channel, found.ts)


def test_one_message_reminds_in_the_thread_and_ends_when_everything_is_counted(
    place: Workplace, bolts: list[Stock]
) -> None:
    look(place, "09:00")
    first = message(place, Intent.REMINDER)
    assert place.read(first) == "@Ana, @Dan, @Fay: 3 lines are still to count, due today at 11:00.\n[ Enter counts ]"
    assert first.thread_ts == place.sheet().ts
    place.enter_counts("ana", {bolts[0]: "100"})
    look(place, "10:30")
    second = message(place, Intent.REMINDER)
    assert second.ts == first.ts
    assert place.read(second).startswith("@Ana: 2 lines are still to count, due today at 11:00.")
    assert place.ana.click(PARTS, second.ts, action_id=ids.ENTER_COUNTS).ok
    assert place.fill("ana", {bolts[1]: "100", bolts[2]: "100"}).closed
    place.settle()
    assert place.read(message(place, Intent.REMINDER)) == "Nothing is left to count. Thank you."
    look(place, "11:00")
    assert (Intent.OVERDUE, "1") not in place.sent()


def test_the_approvers_see_what_is_missing_and_put_it_off(place: Workplace, bolts: list[Stock]) -> None:
    place.enter_counts("ana", {bolts[0]: "100"})
    look(place, "11:00")
    asked = message(place, Intent.OVERDUE)
    assert asked.channel == REVIEW
    assert place.read(asked).split("\n") == [
        "Daily parts of Fleet Parts was due today at 11:00: of 3 lines 2 are not counted.",
        "• A-02 Bolt-2 (BOLT-2)",
        "• A-03 Bolt-3 (BOLT-3)",
        "[ Extend by 1 hour ] [ Close without ]",
        "Otherwise they end uncounted today at 11:30, and come again with a later count.",
    ]
    assert place.ben.click(REVIEW, asked.ts, action_id=ids.EXTEND).ok
    assert place.told("ben") == "Daily parts is due at 12:00 now."
    place.settle()
    assert place.read(message(place, Intent.OVERDUE)) == "Daily parts: Ben extended it; due today at 12:00."
    assert "due today at 12:00" in place.read(place.sheet())
    assert place.eva.click(REVIEW, asked.ts, action_id=ids.CLOSE_WITHOUT, seen=asked).ok
    assert place.told("eva").endswith("Nothing was changed.")
    look(place, "12:00")
    again = message(place, Intent.OVERDUE)
    assert again.ts == asked.ts
    assert place.eva.click(REVIEW, again.ts, action_id=ids.CLOSE_WITHOUT).ok
    assert place.told("eva") == "Daily parts is closed without 2 lines."
    place.settle()
    assert place.read(message(place, Intent.OVERDUE)) == "Daily parts: Eva closed it without what was not counted."
    assert "2 skipped" in place.read(place.sheet())


def test_one_line_that_is_missing_is_said_of_one_line(place: Workplace, bolts: list[Stock]) -> None:
    place.enter_counts("ana", dict.fromkeys(bolts[:2], "100"))
    look(place, "11:00")
    (first, *_) = place.read(message(place, Intent.OVERDUE)).split("\n")
    assert first == "Daily parts of Fleet Parts was due today at 11:00: of 3 lines 1 is not counted."


def test_without_an_answer_they_end_and_the_message_says_so(place: Workplace, bolts: list[Stock]) -> None:
    assert len(bolts) == 3
    look(place, "11:00")
    look(place, "11:31")
    assert place.read(message(place, Intent.OVERDUE)) == "Daily parts: nothing waits for a count any more."


@pytest.mark.parametrize(("who", "told"), [("ana", "Ben or Eva can."), ("zoe", "You are in no counting team yet.")])
def test_others_change_nothing(place: Workplace, bolts: list[Stock], who: str, told: str) -> None:
    assert len(bolts) == 3
    look(place, "11:00")
    asked = message(place, Intent.OVERDUE)
    for button in (ids.EXTEND, ids.CLOSE_WITHOUT):
        assert place.who(who).click(REVIEW, asked.ts, action_id=button).ok
        assert told in place.told(who)
    assert len(place.world.open_lines(1)) == 3
