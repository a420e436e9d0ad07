"""*Ask* on a review card: those who moved the part are asked without a number, and their answers stay with the line."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from bot import ids
from bot.sandbox.faults import slack_error
from bot.views.inquiry import inquiry
from models.inquiries import Inquiry
from models.journal import AuditEvent, Intent
from models.people import Role
from models.rules.lines import LineState
from models.services import inquiries, movements
from models.services.exports import history_rows
from models.stock import EntryKind
from tests.bot.direct import heard, inbox, messages, write
from tests.bot.pictures import photo
from tests.bot.test_decisions import in_review
from tests.bot.workplace import REVIEW, Workplace
from tests.builders import Stock
from tests.conftest import NOW

EARLIER = NOW - timedelta(days=3)
THANKS = "Thank you, your answer is kept."


def moved(place: Workplace, stock: Stock, *movers: str, at: datetime = EARLIER) -> None:
    """One after the other moves a piece of a stock, and what that brings is delivered."""
    for number, mover in enumerate(movers):
        with place.world.step() as session:
            movements.record(
                session, item_id=stock.item_id, location_id=stock.location_id, kind=EntryKind.ISSUE,
                quantity=Decimal(-1), occurred_at=at + timedelta(hours=number), now=place.world.now, moved_by=mover,
            )  # fmt: skip
    place.settle()


def to_ask(place: Workplace, *movers: str) -> tuple[Stock, int]:
    """A card, and those who moved the part before."""
    bolts, line = in_review(place)
    moved(place, bolts, *movers)
    return bolts, line


def ask(place: Workplace, line: int, who: str = "eva") -> str:
    place.click_card(who, line, ids.ASK)
    said = place.told(who, REVIEW)
    place.settle()
    return said


def thread(place: Workplace, line: int) -> list[str]:
    replies = place.ws.thread(REVIEW, place.card(line).ts)
    return [place.read(one) for one in replies if one.ts != one.thread_ts]


def reply(place: Workplace, name: str, line: int, text: str, **how: object) -> str:
    place.now()
    ts = place.who(name).say(REVIEW, text, thread_ts=place.card(line).ts, **how)  # type: ignore[arg-type]  # forwarded
    heard(place)
    return ts


def write_under(place: Workplace, number: int, text: str) -> None:
    """Ana replies in the thread of one of the direct messages she got."""
    question = messages(place, "ana")[number]
    place.now()
    place.ana.say(question.channel, text, thread_ts=question.ts)
    heard(place)


def kept(place: Workplace) -> list[str]:
    with place.database.read() as session:
        return list(session.exec(select(Inquiry.answer).order_by(col(Inquiry.id))))


def test_those_who_moved_the_part_are_asked_and_their_answers_are_on_the_card(place: Workplace) -> None:
    bolts, line = to_ask(place, "Somebody", "Ana", "<@U01BEN>", "Ana", "Zoe")
    assert "[ Ask Ana and Ben ]" in place.read(place.card(line))
    seen = place.card(line)
    assert ask(place, line) == "I have asked Ana and Ben. What they answer is shown on the card."
    question = (
        "you moved BOLT-10 Bolt-10 in A-01-03 on 20 Nov. What happened there around then? Please reply in a few words."
    )
    assert thread(place, line) == [f"@Ben, {question}"], "who decides reads the review channel anyway"
    assert inbox(place, "ana") == [f"Ana, {question}"]
    card = place.read(place.card(line))
    assert "[ Ask" not in card
    assert "Asked Ana 08:" in card or "Asked Ana 07:" in card
    assert card.count(": no answer yet") == 2
    reply(place, "ben", line, "took <some> for WO-551 & more")
    assert place.told("ben", REVIEW) == THANKS
    write(place, "ana", "nothing special")
    assert place.told("ana") == THANKS
    card = place.read(place.card(line))
    assert "“took <some> for WO-551 & more” (0" in card
    assert "“nothing special” (0" in card
    place.click_card("kim", line, ids.ASK, seen=seen)
    assert place.told("kim", REVIEW).startswith("Ana and Ben were asked at 07:0")
    place.settle()
    assert (len(thread(place, line)), len(inbox(place, "ana"))) == (2, 1)
    assert place.world.version(line) == 3 + 5, "the answers leave the buttons of the card as they were"
    place.click_card("eva", line, ids.APPROVE)
    place.settle()
    assert "“nothing special”" in place.read(place.card(line))
    with place.database.read() as session:
        asked = {row.asked for row in history_rows(session, since=EARLIER)}
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all()
    assert asked == {"Ana: nothing special; Ben: took <some> for WO-551 & more"}
    assert [(e.actor, e.action) for e in events if e.action in ("ask", "answer")] == [
        ("U01EVA", "ask"), ("U01BEN", "answer"), ("U01ANA", "answer"),
    ]  # fmt: skip
    assert place.world.problems() == []
    assert place.world.on_hand(bolts) == 90


@pytest.mark.parametrize("movers", [(), ("Somebody",), ("Zoe",), ("Fay",), ("ana",)])
def test_without_anybody_to_ask_there_is_no_button(place: Workplace, movers: tuple[str, ...]) -> None:
    """Strangers cannot be asked; Fay would be the one to recount it."""
    _, line = to_ask(place, *movers)
    assert "[ Ask" not in place.read(place.card(line))


def test_at_most_three_are_asked_the_last_ones(place: Workplace) -> None:
    _, line = to_ask(place, "Ana", "Dan", "Ben", "Kim", "Eva")
    assert "[ Ask Eva, Kim and Ben ]" in place.read(place.card(line))
    assert ask(place, line, "ben").startswith("I have asked Eva, Kim and Dan."), "nobody asks themselves"


def test_who_only_moved_it_before_the_last_count_is_not_asked(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    moved(place, bolts, "Ana")
    place.world.count(place.world.line(bolts), "fay", 99)
    _, line = in_review(place, on_hand=0)
    assert "[ Ask" not in place.read(place.card(line))
    moved(place, bolts, "Dan", at=place.world.now)
    assert "[ Ask Dan ]" in place.read(place.card(line))


# -- what the question gives away


def test_the_question_is_the_same_whatever_the_record_says(place: Workplace) -> None:
    """And whatever was counted: nothing in it, its fallback or its blocks says a number, or that anything is off.

    Zoe may yet be asked for a recount, when Fay, who comes before her, cannot make it.
    """
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "zoe")
    sent = []
    for number, (on_hand, counts) in enumerate([(100, (90, 90)), (5, (400, 7)), (0, (3, 3))]):
        stock = place.world.stock("BOLT-10", f"A-0{number}", on_hand)
        moved(place, stock, "Zoe")
        line = place.world.line(stock)
        for who, quantity in zip(("ana", "dan"), counts, strict=True):
            place.world.count(line, who, quantity)
        place.settle()
        ask(place, line)
        [question] = messages(place, "zoe")[number:]
        sent.append((question.text, str(question.blocks)))
    assert [tuple(text.replace(f"A-0{n}", "A-0N") for text in one) for n, one in enumerate(sent)] == [
        tuple(text.replace("A-00", "A-0N") for text in sent[0])
    ] * 3
    for word in ("90", "100", "short", "over", "variance", "off", "count", "miss"):
        assert word not in sent[0][0].replace("BOLT-10", "").replace("Bolt-10", "").lower()


def test_who_may_count_the_item_now_is_not_asked(place: Workplace) -> None:
    """Also when it lies elsewhere; and not when that came after the click, before the question went out."""
    _, line = to_ask(place, "Ana")
    there = place.world.line(place.world.stock("BOLT-10", "A-08", 7))
    nobody = "Nobody else whom I know, and who does not count it, moved it since the last count."
    assert ask(place, line) == nobody
    place.world.count(there, "dan", 7)
    elsewhere = place.world.stock("BOLT-10", "A-09", 7)
    place.click_card("eva", line, ids.ASK)
    place.world.line(elsewhere)
    place.settle()
    assert inbox(place, "ana") == []
    place.world.count(place.world.line(elsewhere), "ana", 7)
    other = place.world.stock("NUT-1", "A-02", 10)
    moved(place, other, "Dan", "Ana")
    nuts = place.world.line(other)
    place.world.count(nuts, "ana", 5)
    place.world.count(nuts, "fay", 5)
    place.settle()
    assert "[ Ask Ana ]" in place.read(place.card(nuts)), "Dan would be asked to recount it"


def test_a_question_that_goes_out_late_does_not_reach_who_recounts(place: Workplace) -> None:
    _, line = to_ask(place, "Ben")
    place.click_card("eva", line, ids.ASK)
    place.world.remove_role("fay")
    place.world.ask_recount(line, "eva")
    assert place.world.asked(line) == "ben"
    place.settle()
    assert thread(place, line) == []
    assert "Asked" not in place.read(place.card(line)), "no answers either, while somebody counts blind"


def test_answers_are_not_shown_while_somebody_counts_blind(place: Workplace) -> None:
    _, line = to_ask(place, "Ana")
    ask(place, line)
    place.click_card("eva", line, ids.RECOUNT)
    write(place, "ana", "I took 10 of them")
    assert "10 of them" not in place.read(place.card(line))
    place.world.count(line, "fay", 90)
    place.settle()
    assert "“I took 10 of them”" in place.read(place.card(line))


def test_who_takes_no_direct_message_is_named_but_not_called_to_the_numbers(place: Workplace) -> None:
    _, line = to_ask(place, "Ana")
    place.ws.faults.on(method="conversations.open", action=slack_error("user_disabled"))
    ask(place, line)
    [question] = place.ws.thread(REVIEW, place.card(line).ts)
    assert place.read(question).startswith("Ana, you moved BOLT-10")
    assert "<@" not in question.text


# -- answers


def test_an_answer_to_a_decided_line_is_kept_and_changes_nothing(place: Workplace) -> None:
    bolts, line = to_ask(place, "Ana", "Ben")
    ask(place, line)
    place.click_card("eva", line, ids.APPROVE)
    place.settle()
    version = place.world.version(line)
    write(place, "ana", "it was me")
    reply(place, "ben", line, "me too")
    assert (place.world.state(line), place.world.version(line)) == (LineState.RECONCILED, version)
    assert place.world.on_hand(bolts) == 90
    card = place.read(place.card(line))
    assert "“it was me”" in card
    assert "“me too”" in card


def test_what_is_long_is_cut_and_pictures_are_not_kept_and_both_are_said(place: Workplace) -> None:
    _, line = to_ask(place, "Ben", "Kim")
    ask(place, line)
    reply(place, "ben", line, "x" * 400)
    reply(place, "ben", line, "y" * 200)
    assert place.told("ben", REVIEW) == f"{THANKS} Only 500 characters of it."
    picture = place.kim.upload("shelf.png", photo(), "image/png")
    place.now()
    place.kim.say(REVIEW, "", thread_ts=place.card(line).ts, files=[picture])
    heard(place)
    assert place.told("kim", REVIEW) == "Pictures are not kept: please write what it shows."
    reply(place, "kim", line, "see there")
    assert kept(place) == ["see there", f"{'x' * 400} / {'y' * 96}…"]


def test_an_edit_is_kept_behind_what_was_said_first(place: Workplace) -> None:
    _, line = to_ask(place, "Ben")
    ask(place, line)
    ts = reply(place, "ben", line, "I took 5")
    place.now()
    place.ben.edit(REVIEW, ts, "I took 6")
    heard(place)
    place.ben.delete(REVIEW, ts)
    heard(place)
    assert kept(place) == ["I took 5 / edited: I took 6"]


def test_only_the_answer_of_who_was_asked_counts_and_only_after_the_question(place: Workplace) -> None:
    _, line = to_ask(place, "Ben")
    reply(place, "ben", line, "before")
    ask(place, line)
    reply(place, "eva", line, "what I think")
    reply(place, "zoe", line, "what I think, too")
    assert kept(place) == [""]
    reply(place, "ben", line, "after")
    assert kept(place) == ["after"]


def test_a_direct_message_is_an_answer_unless_it_is_a_command_or_about_counting(place: Workplace) -> None:
    _, line = to_ask(place, "Ana")
    ask(place, line)
    place.world.stock("NUT-1", "A-02", 10)
    place.start()
    write(place, "ana", "help")
    write(place, "ana", "count")
    write(place, "ana", "10")
    assert kept(place) == [""]
    write(place, "ana", "stop")
    write(place, "ana", "damaged, so I took it out")
    assert kept(place) == ["damaged, so I took it out"]
    write(place, "ana", "and again")
    assert kept(place) == ["damaged, so I took it out"], "outside of the thread only the first answer is one"
    write_under(place, 0, "and again")
    assert kept(place) == ["damaged, so I took it out / and again"]


def test_of_two_questions_the_thread_says_which(place: Workplace) -> None:
    _, line = to_ask(place, "Ana")
    ask(place, line)
    nuts = place.world.stock("NUT-1", "A-02", 10)
    moved(place, nuts, "Ana")
    other = place.world.line(nuts)
    place.world.count(other, "ana", 5)
    place.world.count(other, "dan", 5)
    place.settle()
    ask(place, other)
    write(place, "ana", "it was me")
    assert place.told("ana").startswith("I have asked you about more than one part.")
    assert kept(place) == ["", ""]
    write_under(place, 1, "it was me")
    assert kept(place) == ["", "it was me"]


def test_a_recount_that_waits_has_the_number(place: Workplace) -> None:
    _, line = to_ask(place, "Ana")
    ask(place, line)
    nuts = place.world.stock("NUT-1", "A-02", 10)
    place.world.remove_role("fay")
    other = place.world.line(nuts)
    place.world.count(other, "dan", 5)
    place.settle()
    write(place, "ana", "5")
    assert kept(place) == [""]
    assert place.world.state(other) in (LineState.RECOUNT, LineState.IN_REVIEW)


# -- who may


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("ana", "Only approvers of Fleet Parts decide this. Ben or Eva can."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_nobody_else_asks(place: Workplace, who: str, told: str) -> None:
    _, line = to_ask(place, "Dan")
    assert ask(place, line, who) == told
    assert kept(place) == []
    with place.database.read() as session:
        last = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
    assert last is not None
    assert (last.actor, last.action, last.subject) == (f"U01{who.upper()}", "refused: ask", f"line {line}")


def test_an_approver_who_counted_it_does_not_ask(place: Workplace) -> None:
    _, line = to_ask(place, "Ana")
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.APPROVER, "dan")
    assert ask(place, line, "dan") == "You counted this line, so somebody else decides it."
    assert kept(place) == []


def test_a_name_is_no_markup(place: Workplace) -> None:
    bolts = place.world.stock("<!here>", "A-01<&", 100)
    moved(place, bolts, "Ana")
    line = place.world.line(bolts)
    place.world.count(line, "ana", 90)
    place.world.count(line, "dan", 90)
    place.settle()
    ask(place, line)
    place.settle()
    with place.database.read() as session:
        [row] = session.exec(select(Inquiry.id)).all()
        text = inquiry(inquiries.question_facts(session, row or 0)).text
    assert "<!here>" not in text
    assert "A-01&lt;&amp;" in text
    assert (Intent.INQUIRY, str(row)) in place.sent()
