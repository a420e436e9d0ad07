"""What went wrong for a while is made good: a bot invited late, a sheet deleted at the wrong moment, messages that
overtake each other, clocks set back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot import ids, outbox
from bot.pacing import Pacing
from models.database import Database
from models.journal import OutboxState
from models.rules.lines import LineState
from tests.bot.outbound import PARTS, REVIEW, SECOND, Outbound, outbound
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW


@pytest.fixture
def place(database: Database) -> Iterator[Workplace]:
    with workplace(database, NOW) as place:
        yield place


@pytest.fixture
def slack(database: Database) -> Iterator[Outbound]:
    with outbound(database, NOW) as slack:
        yield slack


@pytest.mark.parametrize("channel", [PARTS, REVIEW])
def test_a_bot_invited_late_posts_what_it_could_not(slack: Outbound, channel: str) -> None:
    members = slack.ws.channel(channel).members
    members.remove(slack.ws.bot_user_id)
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    slack.world.count(line, "ana", 100)
    slack.world.count(line, "dan", 100)
    for _ in range(30):
        while slack.once():
            pass
        slack.wait(timedelta(minutes=10))
    assert not slack.rows(OutboxState.FAILED)
    members.append(slack.ws.bot_user_id)
    slack.wait(timedelta(minutes=10))
    slack.settle()
    assert len(slack.messages(channel)) == 1


def test_a_sheet_deleted_between_two_tries_of_a_recount_ask(slack: Outbound) -> None:
    slack.refuse_direct_messages()
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    slack.settle()
    slack.world.count(line, "ana", 100)
    slack.ws.faults.on(method="chat.postMessage", action="500")
    for _ in range(3):
        slack.once()
        slack.wait(SECOND)
    channel = slack.ws.channel(PARTS)
    channel.messages.clear()
    slack.settle(60)
    assert not slack.rows(OutboxState.FAILED)
    (sheet,) = slack.messages()
    assert "please count" in slack.text(slack.ws.thread(PARTS, sheet.ts)[0])


def test_a_send_is_not_begun_when_its_lease_is_nearly_over(slack: Outbound) -> None:
    slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    claim = outbox.claim_next(slack.database, by="worker", now=slack.now(), busy=[])
    assert claim is not None
    with slack.database.write() as session:
        assert not outbox.attempt(session, claim, claim.until - outbox.SENDING)
        assert outbox.attempt(session, claim, claim.until - outbox.SENDING - SECOND)


def test_a_clock_set_back_does_not_silence_a_channel() -> None:
    pacing = Pacing()
    pacing.posted("C1", NOW)
    assert pacing.busy(NOW) == ["C1"]
    assert pacing.busy(NOW - timedelta(hours=1)) == []


def test_the_call_for_an_approver_says_no_value_while_somebody_recounts(place: Workplace) -> None:
    line = _over_the_limit(place)
    thread = place.ws.thread(REVIEW, place.card(line).ts)
    assert any("1,000.00 EUR" in place.read(message) for message in thread)
    place.click_card("eva", line, ids.RECOUNT)
    place.settle()
    assert place.world.state(line) is LineState.RECOUNT
    for message in place.ws.thread(REVIEW, place.card(line).ts):
        assert "1,000" not in place.read(message) + message.text
        assert "this call is over" in message.text


def _over_the_limit(place: Workplace) -> int:
    bolts = place.world.stock("BOLT-10", "A-01-03", 2000)
    place.world.remove_role("fay")
    place.start()
    line = place.line(bolts)
    place.world.count(line, "ana", 1000)
    place.world.count(line, "dan", 1000)
    place.settle()
    place.click_card("ben", line, ids.APPROVE)
    place.settle()
    return line


def test_a_line_added_to_a_reply_later_was_counted_later(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")
    place.world.stock("BOLT-10", "A-01-03", 100)
    fuses = place.world.stock("FUSE-15", "A-01-04", 50)
    place.start()
    ts = place.reply("ana", "BOLT-10 100")
    place.wait(timedelta(hours=1))
    place.world.issue(fuses, 20)
    place.wait(timedelta(minutes=10))
    place.edit("ana", ts, "BOLT-10 100\nFUSE-15 30")
    assert place.world.state(place.line(fuses)) is LineState.RECONCILED
    assert place.world.on_hand(fuses) == 30


def test_an_older_edit_that_comes_late_changes_nothing(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")
    bolts = place.world.stock("BOLT-10", "A-01-03", 120)
    place.start()
    ts = place.reply("ana", "BOLT-10 90")
    place.wait(SECOND)
    place.edit("ana", ts, "BOLT-10 90 pcs")
    newest = place.ws.deliveries[-1].payload
    message = newest["event"]["message"]
    older = message | {
        "text": "BOLT-10 95",
        "edited": {"user": message["user"], "ts": f"{float(message['edited']['ts']) - 0.5:.6f}"},
    }
    late = newest | {"event_id": "Ev-late", "event": newest["event"] | {"message": older}}
    assert place.ws.courier.send_and_wait("events_api", late).problem is None
    assert place.world.proposal(place.line(bolts)).quantity == 90


def test_a_reply_to_a_sheet_that_is_not_marked_yet_is_asked_for_again(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 120)
    place.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    place.world.start()
    place.delivery.deliver_one(place.now())
    (sheet,) = place.ws.messages(PARTS)
    place.ws.person("U01ANA").say(PARTS, "BOLT-10 120", thread_ts=sheet.ts)
    place.ws.wait_until_quiet()
    assert "send it again in a minute" in place.told("ana")
    place.wait(timedelta(minutes=2))
    place.settle()
    place.ws.person("U01ANA").say(PARTS, "BOLT-10 120", thread_ts=sheet.ts)
    place.ws.wait_until_quiet()
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
