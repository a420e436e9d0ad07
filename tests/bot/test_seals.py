"""The head of the newest seal is shown in Slack when a session closes, and a receipt remembers where."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from models.database import Database
from models.seals import SealReceipt
from models.services import seal_receipts
from tests.bot.outbound import PARTS, REVIEW, Outbound, outbound
from tests.services.tampering import tamper, told


@pytest.fixture
def slack(sqlite_database: Database, now: datetime) -> Iterator[Outbound]:
    with outbound(sqlite_database, now) as slack:
        yield slack


def closing(slack: Outbound, *, sealed: bool = True) -> None:
    """A session of one line, counted right, and all there is to tell of it; its stock was sealed before."""
    stock = slack.world.stock("BOLT-10", "A-01-03", 120)
    if sealed:
        slack.world.seal()
    slack.world.count(slack.world.line(stock), "ana", 120)
    slack.settle()


def newest(slack: Outbound) -> seal_receipts.Head:
    with slack.database.read() as session:
        head = seal_receipts.newest_head(session)
    assert head is not None
    return head


def receipts(slack: Outbound) -> list[SealReceipt]:
    with slack.database.read() as session:
        return list(session.exec(select(SealReceipt).order_by(col(SealReceipt.id))))


def test_a_summary_shows_the_newest_head_and_a_receipt_says_where(slack: Outbound) -> None:
    closing(slack)
    head = newest(slack)
    (summary,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert slack.text(summary).endswith(f"\nSealed up to {head.shown}")
    (receipt,) = receipts(slack)
    assert (receipt.seal_id, receipt.head, receipt.channel, receipt.ts) == (
        head.seal_id,
        head.digits,
        PARTS,
        summary.ts,
    )
    assert slack.world.problems() == []


def test_a_summary_that_is_shown_again_shows_what_is_newest_then(slack: Outbound) -> None:
    bolts = slack.world.stock("BOLT-10", "A-01-03", 120)
    slack.world.seal()
    first = newest(slack)
    slack.world.count(line := slack.world.line(bolts), "ana", 120)
    slack.settle()
    slack.world.issue(bolts, 5, occurred_at=slack.world.now - timedelta(minutes=5))
    slack.settle()
    (summary,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert "Sealed" not in slack.text(summary), "it is open again"
    slack.world.seal()
    slack.world.approve(line, "ben")
    slack.settle()
    (summary,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert f"Sealed up to {newest(slack).shown}" in slack.text(summary)
    assert [receipt.head for receipt in receipts(slack)] == [first.digits, newest(slack).digits]
    assert {receipt.ts for receipt in receipts(slack)} == {summary.ts}


def test_as_long_as_nothing_is_sealed_no_head_is_shown(slack: Outbound) -> None:
    closing(slack, sealed=False)
    (summary,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert "Sealed" not in slack.text(summary)
    assert receipts(slack) == []


def test_where_nothing_was_counted_no_head_is_shown(slack: Outbound) -> None:
    """It follows from what the ledger says, and what was left is still to be counted blind."""
    slack.world.skip(slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120)), "ana")
    slack.world.seal()
    slack.settle()
    (summary,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert "nothing counted" in slack.text(summary)
    assert "Sealed" not in slack.text(summary)


def test_no_other_message_shows_a_head(slack: Outbound) -> None:
    closing(slack)
    everything = [str(message.blocks) for channel in (PARTS, REVIEW) for message in slack.messages(channel)]
    assert everything
    assert not any(newest(slack).shown in blocks for blocks in everything)


def test_what_is_sent_again_after_a_crash_has_its_receipt(slack: Outbound) -> None:
    closing(slack)
    sent = receipts(slack)
    # As if the process had died after Slack took the message: neither is the row marked nor the receipt written.
    tamper(
        slack.database,
        "DELETE FROM sealreceipt",
        "UPDATE outboxmessage SET state = 'pending', sent_at = NULL WHERE intent = 'summary'",
        "DELETE FROM sentmessage WHERE intent = 'summary'",
    )
    slack.settle()
    assert len(slack.ws.thread(PARTS, slack.messages()[0].ts)) == 1
    assert [(receipt.head, receipt.ts) for receipt in receipts(slack)] == [(one.head, one.ts) for one in sent]


def test_a_chain_made_anew_is_found_by_what_slack_shows(slack: Outbound) -> None:
    closing(slack)
    tamper(slack.database, "UPDATE stockentry SET quantity = quantity + 1 WHERE id = 1", "DELETE FROM seal")
    slack.world.seal()
    (problem,) = told(slack.database)
    assert problem.startswith("receipt 1: the head ")
    tamper(slack.database, "DELETE FROM sealreceipt")
    assert told(slack.database) == []
    (summary,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    copied = slack.text(summary).rsplit(" ", 1)[1]
    with slack.database.read() as session:
        assert seal_receipts.find(session, copied) is None
