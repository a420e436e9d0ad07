"""Delivery on its bad days: lost answers, outages, limits, deleted messages, archived channels, dead workers."""

import threading
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from sqlmodel import Session

from bot import outbox
from bot.delivery import run_delivery
from models.journal import Intent, OutboxState
from models.services import journal
from tests.bot.outbound import PARTS, SECOND, Outbound, new_sheet


def test_a_message_whose_answer_was_lost_is_found_and_not_posted_again(either: Outbound) -> None:
    new_sheet(either)
    lost = either.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    either.once()
    assert (lost.hits, either.sent()) == (1, {})
    either.settle()
    (message,) = either.messages()
    assert either.sent()[Intent.SHEET, "1"].ts == message.ts
    assert either.calls("chat.postMessage") == 1


def test_a_thread_post_whose_answer_was_lost_is_found_in_its_thread(slack: Outbound) -> None:
    slack.refuse_direct_messages()
    line = new_sheet(slack)
    slack.settle()
    slack.world.count(line, "ana", 108)
    slack.ws.faults.on(
        method="chat.postMessage",
        phase="after_store",
        action="disconnect",
        when=lambda call: "thread_ts" in call.params,
    )
    slack.settle()
    (ask,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert slack.sent()[Intent.RECOUNT_ASK, f"{line}.1"].ts == ask.ts


def test_a_lost_message_among_many_others_is_found_pages_back(slack: Outbound) -> None:
    new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    slack.once()
    for number in range(230):
        slack.ws.person("U01ANA").say(PARTS, f"chatter {number}")
    slack.settle()
    assert slack.calls("conversations.history") == 2
    assert slack.calls("chat.postMessage") == 1


def test_a_message_that_was_never_stored_is_posted_by_the_second_try(slack: Outbound) -> None:
    new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", action="500")
    slack.once()
    row = slack.only_row(Intent.SHEET)
    assert (row.state, row.attempts, row.not_before) == (OutboxState.PENDING, 1, slack.now() + 2 * SECOND)
    assert not slack.once(), "it is not due yet"
    slack.settle()
    assert len(slack.messages()) == 1
    assert slack.only_row(Intent.SHEET).last_error is None


def test_a_worker_that_died_after_sending_leaves_a_row_that_is_taken_over(either: Outbound) -> None:
    new_sheet(either)

    class Died(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Died

    working = outbox.mark_sent
    outbox.mark_sent = die  # the crash between sending and marking, without a process
    try:
        with pytest.raises(Died):
            either.once()
    finally:
        outbox.mark_sent = working
    other = either.worker("worker 2")
    assert not either.once(other), "the lease still holds"
    either.wait(outbox.LEASE)
    assert either.once(other)
    assert len(either.messages()) == 1
    assert either.sent()[Intent.SHEET, "1"].ts == either.messages()[0].ts
    assert either.only_row(Intent.SHEET).claimed_by == "worker 2"


def test_of_two_workers_that_see_a_row_at_once_one_gets_it(either: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    new_sheet(either)
    now, write, rivals = either.now(), either.database.write, []

    def after_a_rival() -> AbstractContextManager[Session]:
        monkeypatch.setattr(either.database, "write", write)
        rivals.append(outbox.claim_next(either.database, by="rival", now=now, busy=[]))
        return write()

    monkeypatch.setattr(either.database, "write", after_a_rival)
    assert outbox.claim_next(either.database, by="worker", now=now, busy=[]) is None
    assert rivals[0] is not None
    assert either.only_row(Intent.SHEET).claimed_by == "rival"


def test_a_worker_that_lost_its_lease_sends_nothing(slack: Outbound) -> None:
    new_sheet(slack)
    slack.now()
    claim = outbox.claim_next(slack.database, by="slow", now=slack.now(), busy=[])
    assert claim is not None
    slack.wait(outbox.LEASE)
    with slack.database.write() as session:
        assert not outbox.attempt(session, claim, slack.now()), "its time is over, though nobody took the row yet"
    assert slack.once()
    with slack.database.write() as session:
        outbox.mark_sent(session, claim, slack.now(), channel=PARTS, ts="1.0")
    assert slack.only_row(Intent.SHEET).claimed_by == "worker 1"


def test_what_was_asked_again_while_a_try_failed_keeps_the_knowledge_of_that_try(either: Outbound) -> None:
    new_sheet(either)

    def meanwhile(_call: object) -> None:
        with either.database.write() as session:
            journal.notify(session, Intent.SHEET, 1, channel=PARTS, now=either.ws.clock.now())

    either.ws.faults.on(method="chat.postMessage", action=meanwhile)
    either.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    either.once()
    (heir,) = either.rows()
    assert (heir.state, heir.attempts) == (OutboxState.PENDING, 1)
    assert heir.attempted_at is not None
    either.settle()
    assert len(either.messages()) == 1


def test_what_was_given_up_but_went_out_is_found_by_the_next_change(slack: Outbound) -> None:
    line = new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    slack.once()
    with slack.database.write() as session:
        row = slack.only_row(Intent.SHEET)
        row.state = OutboxState.FAILED
        session.add(row)
    slack.world.count(line, "ana", 108)
    slack.settle()
    assert len(slack.messages()) == 1
    assert "recount asked" in slack.text(slack.messages()[0])


def test_a_row_that_cannot_be_rendered_is_logged_and_the_next_one_goes_out(
    slack: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    slack.notify(Intent.SHEET, "no such session", PARTS)
    new_sheet(slack)
    while slack.once():
        pass
    broken = next(row for row in slack.rows() if row.subject == "no such session")
    assert (broken.state, broken.attempts) == (OutboxState.PENDING, 1)
    assert broken.last_error is not None
    assert broken.last_error.startswith("reference ")
    assert broken.last_error[10:14] in caplog.text
    assert len(slack.messages()) == 1


def test_the_loop_goes_on_when_the_database_was_away(slack: Outbound, caplog: pytest.LogCaptureFixture) -> None:
    new_sheet(slack)
    slack.now()
    real, failures = slack.delivery.deliver_one, iter([True])

    def away_at_first(now: datetime) -> bool:
        if next(failures, False):
            raise OSError("the database is away")
        return real(now)

    slack.delivery.deliver_one = away_at_first  # type: ignore[method-assign]  # an outage that ends
    stop, wake = threading.Event(), threading.Event()
    thread = threading.Thread(target=run_delivery, args=(slack.delivery, stop, wake))
    thread.start()
    try:
        slack.ws.wait_for(lambda: len(slack.messages()) == 1)
    finally:
        stop.set()
        wake.set()
        thread.join()
    assert "delivery itself failed" in caplog.text
