"""What Slack refuses, or takes its time with: 429, outages, archived channels, blocks, deleted messages, ticks."""

from datetime import timedelta

import pytest

from bot.delivery import ATTEMPTS, TICK_ATTEMPTS
from bot.sandbox.faults import ratelimited, slack_error
from models.journal import Intent, OutboxState
from tests.bot.outbound import PARTS, REVIEW, SECOND, Outbound, new_sheet


def test_429_waits_as_long_as_slack_says_and_is_no_failed_attempt(slack: Outbound) -> None:
    new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", action=ratelimited(7))
    slack.once()
    row = slack.only_row(Intent.SHEET)
    assert (row.attempts, row.not_before) == (0, slack.now() + 7 * SECOND)
    slack.wait(6 * SECOND)
    slack.notify(Intent.SUMMARY, 1, PARTS)
    assert not slack.once(), "the channel is left alone as well"
    slack.wait(SECOND)
    slack.settle()
    assert len(slack.messages()) == 1


def test_an_outage_is_given_up_after_twelve_tries_with_growing_waits(slack: Outbound) -> None:
    new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", action="500", times=None)
    waits = []
    while (row := slack.only_row(Intent.SHEET)).state is OutboxState.PENDING:
        waits.append(round((row.not_before - slack.now()).total_seconds()))
        slack.wait(max(timedelta(0), row.not_before - slack.now()))
        assert slack.once()
    assert waits[1:] == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert (row.state, row.attempts) == (OutboxState.FAILED, ATTEMPTS)
    assert row.last_error is not None
    assert "internal_error" in row.last_error


def test_a_deleted_message_is_posted_anew(slack: Outbound) -> None:
    slack.refuse_direct_messages()
    line = new_sheet(slack)
    slack.settle()
    slack.worker("somebody")._gateway._client.chat_delete(channel=PARTS, ts=slack.messages()[0].ts)
    slack.world.count(line, "ana", 108)
    slack.settle()
    (sheet,) = slack.messages()
    assert "recount asked of Dan" in slack.text(sheet)
    assert slack.sent()[Intent.SHEET, "1"].ts == sheet.ts
    assert len(slack.ws.thread(PARTS, sheet.ts)) == 1


def test_a_message_posted_anew_whose_answer_was_lost_is_found(slack: Outbound) -> None:
    slack.world.stock("NUT-10", "A-01-04", 50)
    line = new_sheet(slack)
    slack.settle()
    slack.worker("somebody")._gateway._client.chat_delete(channel=PARTS, ts=slack.messages()[0].ts)
    slack.world.skip(line, "ana")  # a change of the sheet alone
    slack.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    slack.settle()
    assert len(slack.messages()) == 1


def test_a_thread_whose_parent_was_deleted_gets_a_new_parent(slack: Outbound) -> None:
    slack.refuse_direct_messages()
    line = new_sheet(slack)
    slack.settle()
    first = slack.messages()[0].ts
    slack.worker("somebody")._gateway._client.chat_delete(channel=PARTS, ts=first)
    slack.world.count(line, "ana", 108)
    with slack.database.write() as session:  # the recount comes first, so nobody has seen yet that the sheet is gone
        sheet = next(row for row in slack.rows(OutboxState.PENDING) if row.intent is Intent.SHEET)
        sheet.not_before = slack.now() + 3 * SECOND
        session.add(sheet)
    slack.settle()
    (parent,) = slack.messages()
    assert parent.ts != first
    assert [slack.text(message)[:12] for message in slack.ws.thread(PARTS, parent.ts)] == ["@Dan, please"]


def test_an_archived_channel_is_waited_for_and_logged(slack: Outbound, caplog: pytest.LogCaptureFixture) -> None:
    new_sheet(slack)
    slack.ws.archive(PARTS)
    slack.once()
    row = slack.only_row(Intent.SHEET)
    assert (row.state, row.attempts, row.last_error) == (OutboxState.PENDING, 1, "is_archived")
    assert "sheet 1 for C01PARTS waits until somebody mends this: is_archived" in caplog.text


def test_a_bad_token_is_tried_again_because_an_administrator_can_mend_it(slack: Outbound) -> None:
    new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", action=slack_error("invalid_auth"))
    slack.once()
    assert slack.only_row(Intent.SHEET).state is OutboxState.PENDING
    slack.settle()
    assert len(slack.messages()) == 1


def test_refused_blocks_are_sent_plainly_once_and_from_then_on(slack: Outbound) -> None:
    line = new_sheet(slack)
    refuse = slack.ws.faults.on(method="chat.postMessage", action=slack_error("invalid_blocks"))
    slack.settle()
    (sheet,) = slack.messages()
    assert {block["type"] for block in sheet.blocks} == {"section", "actions"}
    assert "Or reply in the thread" in slack.text(sheet)
    slack.world.count(line, "ana", 108)
    slack.settle()
    assert {block["type"] for block in slack.messages()[0].blocks} == {"section", "actions"}
    assert refuse.hits == 1


def test_blocks_refused_twice_are_given_up(slack: Outbound) -> None:
    new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", action=slack_error("invalid_blocks"), times=2)
    slack.once()
    assert slack.only_row(Intent.SHEET).state is OutboxState.FAILED


def test_a_tick_is_tried_three_times_at_most(slack: Outbound) -> None:
    ts = slack.ws.person("U01ANA").say(PARTS, "BOLT-10 42")
    slack.notify(Intent.TICK, f"{PARTS}.{ts}", PARTS)
    slack.ws.faults.on(method="reactions.add", action="500", times=None)
    for _ in range(20):
        slack.once()
        slack.wait(SECOND)
    assert slack.calls("reactions.add") == TICK_ATTEMPTS
    assert slack.only_row(Intent.TICK).state is OutboxState.FAILED


def test_a_tick_for_a_reply_that_is_gone_is_no_failure(slack: Outbound) -> None:
    slack.notify(Intent.TICK, f"{PARTS}.1795000000.000100", PARTS)
    slack.once()
    assert slack.only_row(Intent.TICK).state is OutboxState.SENT


def test_a_parent_that_cannot_be_posted_is_looked_for_less_and_less_often(slack: Outbound) -> None:
    slack.refuse_direct_messages()
    line = new_sheet(slack)
    slack.world.count(line, "ana", 108)
    slack.ws.archive(PARTS)
    slack.once()
    slack.wait(timedelta(minutes=5))
    slack.once()
    ask = slack.only_row(Intent.RECOUNT_ASK)
    assert ask.not_before - slack.now() > 20 * SECOND
    assert slack.messages(REVIEW) == []
