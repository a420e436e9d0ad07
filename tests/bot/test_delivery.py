"""Delivery on its good days: posted once, updated in place, in threads, at Slack's pace, as things are when sent."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.sandbox.faults import slack_error
from models.journal import Intent, OutboxState
from models.services import sheets
from tests.bot.outbound import PARTS, REVIEW, SECOND, Outbound


def in_review(slack: Outbound) -> int:
    """A line of 120 that Ana and Dan counted as 108."""
    bolts = slack.world.stock("BOLT-10", "A-01-03", 120, unit_cost="0.35")
    line = slack.world.line(bolts)
    slack.world.count(line, "ana", 108)
    slack.world.count(line, "dan", 108)
    return line


def test_a_sheet_is_posted_once_and_then_updated_in_place(either: Outbound) -> None:
    line = either.world.line(either.world.stock("BOLT-10", "A-01-03", 120))
    either.settle()
    (posted,) = either.messages()
    assert "0 of 1" in either.text(posted)
    assert posted.metadata == {
        "event_type": "cycle_count",
        "event_payload": {"intent": "sheet", "subject": str(either.world.see(line).session_id)},
    }
    either.world.count(line, "ana", 108)
    either.settle()
    (updated,) = either.messages()
    assert updated.ts == posted.ts
    assert "recount asked of Dan" in either.text(updated)
    assert either.world.problems() == []


def test_ten_changes_before_a_delivery_are_one_update(either: Outbound) -> None:
    stocks = [either.world.stock(f"BOLT-{n}", f"A-01-{n:02}", 5) for n in range(10)]
    lines = [either.world.line(stock) for stock in stocks]
    either.settle()
    for line in lines[:9]:
        either.world.count(line, "ana", 5)
    assert len(either.rows(OutboxState.PENDING)) == 1
    either.settle()
    assert either.calls("chat.update") == 1
    assert "9 of 10 · Ana 9" in either.text(either.messages()[0])


def test_the_loop_as_the_channels_show_it(slack: Outbound) -> None:
    line = in_review(slack)
    slack.settle()
    sheet, (card,) = slack.messages()[0], slack.messages(REVIEW)
    assert "with the approvers" in slack.text(sheet)
    assert "12 pcs short, -4.20 EUR (-10 %)" in slack.text(card)
    slack.world.approve(line, "ben")
    slack.settle()
    assert "Approved by Ben" in slack.text(slack.messages(REVIEW)[0])
    assert "0 of 1 right at the first count" in slack.text(slack.messages()[0])
    (summary,) = slack.ws.thread(PARTS, sheet.ts)
    assert "net -4.20 EUR · gross 4.20 EUR" in slack.text(summary)
    assert slack.world.problems() == []


def test_a_recount_is_asked_by_direct_message_and_says_when_it_is_done(either: Outbound) -> None:
    line = either.world.line(either.world.stock("BOLT-10", "A-01-03", 120))
    either.world.count(line, "ana", 108)
    either.settle()
    (ask,) = either.inbox("dan")
    assert either.text(ask).startswith("@Dan, please count A-01-03 Bolt-10 (BOLT-10) again")
    assert "108" not in str(ask.blocks) + ask.text
    assert either.ws.thread(PARTS, either.messages()[0].ts) == []
    assert "recount asked of Dan" in either.text(either.messages()[0])
    either.world.count(line, "dan", 120)
    either.settle()
    (done,) = either.inbox("dan")
    assert either.text(done) == "Dan counted A-01-03 Bolt-10 (BOLT-10) again. Thank you."


def test_direct_messages_are_opened_once_for_each_person(slack: Outbound) -> None:
    stocks = [slack.world.stock(f"BOLT-{n}", f"A-01-{n:02}", 5) for n in range(3)]
    lines = [slack.world.line(stock) for stock in stocks]
    slack.world.remove_role("fay")
    for line in lines:
        slack.world.count(line, "ana", 9)
        slack.settle()
    assert len(slack.inbox("dan")) == 3
    assert slack.calls("conversations.open") == 1


def test_a_direct_message_whose_answer_was_lost_is_found_there(slack: Outbound) -> None:
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    slack.settle()
    slack.world.count(line, "ana", 108)
    slack.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    slack.settle()
    assert len(slack.inbox("dan")) == 1
    assert slack.ws.thread(PARTS, slack.messages()[0].ts) == []


def test_a_recount_is_asked_in_the_thread_when_slack_opens_no_direct_message(slack: Outbound) -> None:
    slack.refuse_direct_messages()
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    slack.world.count(line, "ana", 108)
    slack.settle()
    (ask,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert slack.text(ask).startswith("@Dan, please count A-01-03 Bolt-10 (BOLT-10) again")
    slack.world.count(line, "dan", 120)
    slack.settle()
    (done,) = slack.ws.thread(PARTS, slack.messages()[0].ts)[:1]
    assert slack.text(done) == "Dan counted A-01-03 Bolt-10 (BOLT-10) again. Thank you."


@pytest.mark.parametrize("code", ["messages_tab_disabled", "channel_not_found"])
def test_a_recount_is_asked_in_the_thread_when_slack_takes_no_direct_message(slack: Outbound, code: str) -> None:
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    slack.settle()
    slack.world.count(line, "ana", 108)
    slack.ws.faults.on(
        method="chat.postMessage",
        action=slack_error(code),
        when=lambda call: str(call.params["channel"]).startswith("D"),
    )
    slack.settle()
    (ask,) = slack.ws.thread(PARTS, slack.messages()[0].ts)
    assert slack.text(ask).startswith("@Dan, please count A-01-03 Bolt-10 (BOLT-10) again")
    assert slack.inbox("dan") == []
    slack.world.count(line, "dan", 108)
    slack.world.ask_recount(line, "ben")
    slack.wait(timedelta(minutes=11))
    slack.world.count(line, "fay", 120)
    slack.settle()
    bolts = slack.world.stock("BOLT-11", "A-01-04", 5)
    slack.world.remove_role("fay")
    slack.world.count(slack.world.line(bolts), "ana", 6)
    slack.settle()
    assert len(slack.inbox("dan")) == 1
    opened = [call for call in slack.ws.calls if call.method == "conversations.open"]
    assert [call.params["users"] for call in opened].count("U01DAN") == 2, "opened anew after a while"


def test_a_direct_message_of_unknown_outcome_says_that_the_recount_was_made(slack: Outbound) -> None:
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    slack.settle()
    slack.world.count(line, "ana", 108)
    slack.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    while slack.calls("chat.postMessage") < 2:
        slack.once()
        slack.wait(SECOND)
    slack.world.count(line, "dan", 120)
    slack.settle()
    (done,) = slack.inbox("dan")
    assert slack.text(done) == "Dan counted A-01-03 Bolt-10 (BOLT-10) again. Thank you."


def test_a_recount_that_was_made_before_it_was_asked_aloud_is_not_asked(slack: Outbound) -> None:
    in_review(slack)
    slack.settle()
    assert slack.ws.thread(PARTS, slack.messages()[0].ts) == []
    assert slack.inbox("dan") == []
    ask = slack.only_row(Intent.RECOUNT_ASK)
    assert (ask.state, ask.attempts) == (OutboxState.SENT, 0)


def test_a_card_sent_back_hides_its_numbers_until_the_recount_is_made(slack: Outbound) -> None:
    line = in_review(slack)
    slack.world.ask_recount(line, "ben")
    slack.settle()
    (card,) = slack.messages(REVIEW)
    assert "recount asked of Fay" in slack.text(card)
    assert "108" not in str(card.blocks) + card.text
    slack.world.count(line, "fay", 120)  # matches: the line settles by itself
    slack.settle()
    assert "Within tolerance" in slack.text(slack.messages(REVIEW)[0])


def test_a_closed_sheet_that_opens_again_hides_its_result(slack: Outbound) -> None:
    bolts = slack.world.stock("BOLT-10", "A-01-03", 120)
    slack.world.count(slack.world.line(bolts), "ana", 120)
    slack.settle()
    (sheet,) = slack.messages()
    assert "1 of 1 right" in slack.text(sheet)
    slack.world.issue(bolts, 5, occurred_at=slack.world.now - timedelta(minutes=5))
    slack.settle()
    (summary,) = slack.ws.thread(PARTS, sheet.ts)
    assert "open again" in slack.text(summary)
    assert "with the approvers" in slack.text(slack.messages()[0])


def test_a_decision_over_the_limit_calls_who_may_make_it_in_the_cards_thread(slack: Outbound) -> None:
    engines = slack.world.stock("ENGINE", "A-09", 2, unit_cost=3596)
    line = slack.world.line(engines)
    slack.world.count(line, "ana", 1)
    slack.world.count(line, "dan", 1)
    slack.world.approve(line, "ben")
    slack.settle()
    (call,) = slack.ws.thread(REVIEW, slack.messages(REVIEW)[0].ts)
    assert slack.text(call) == ("@Eva, please decide ENGINE in A-09: -3,596.00 EUR is over Ben's limit of 500.00 EUR.")


def test_a_reply_that_was_understood_gets_a_tick(slack: Outbound) -> None:
    ts = slack.ws.person("U01ANA").say(PARTS, "BOLT-10 42")
    slack.notify(Intent.TICK, f"{PARTS}.{ts}", PARTS)
    slack.notify(Intent.TICK, f"{PARTS}.{ts}", PARTS)
    slack.settle()
    assert slack.ws.message(PARTS, ts).reactions == {"white_check_mark": [slack.ws.bot_user_id]}


def test_a_thread_waits_for_its_parent_without_counting_an_attempt(slack: Outbound) -> None:
    slack.refuse_direct_messages()
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))
    slack.world.count(line, "ana", 108)
    with slack.database.write() as session:  # the sheet comes later than the recount that belongs under it
        sheet = slack.only_row(Intent.SHEET)
        sheet.not_before = slack.now() + 5 * SECOND
        session.add(sheet)
    assert slack.once()
    ask = slack.only_row(Intent.RECOUNT_ASK)
    assert (ask.state, ask.attempts) == (OutboxState.PENDING, 0)
    assert ask.not_before == slack.now() + SECOND
    slack.settle()
    assert len(slack.ws.thread(PARTS, slack.messages()[0].ts)) == 1


def test_a_picture_never_mixes_what_was_before_a_count_with_what_came_after(
    either: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = either.world.line(either.world.stock("BOLT-10", "A-01-03", 120))
    reading = sheets.first_counts

    def after_a_count(session: Session, session_id: int) -> dict[int, sheets.FirstEntry]:
        monkeypatch.setattr(sheets, "first_counts", reading)
        either.world.count(line, "ana", 108)
        return reading(session, session_id)

    monkeypatch.setattr(sheets, "first_counts", after_a_count)
    either.once()
    text = either.text(either.messages()[0])
    assert "0 of 1" in text, "the count came after the picture was begun; the next update has it"
    either.settle()
    assert "1 of 1 · Ana 1" in either.text(either.messages()[0])
