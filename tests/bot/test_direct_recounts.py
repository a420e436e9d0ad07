"""Recounts are asked by direct message, and do not get mixed up with what else is asked there."""

from datetime import timedelta

from bot import ids
from models.rules.lines import LineState
from models.services.direct_counts import ASKED_LATER, NOTHING_ASKED
from models.services.silence import SILENCE
from tests.bot.direct import clock, inbox, last, messages, write
from tests.bot.workplace import PARTS, Workplace
from tests.builders import Stock


def test_a_recount_is_entered_from_the_button_of_its_direct_message(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    sheet = place.start()
    place.click_sheet("ana")
    first = place.ana.view
    place.fill("ana", {bolts: "90"})
    place.settle()
    assert place.ws.thread(PARTS, sheet.ts) == []
    (ask,) = messages(place, "dan")
    assert place.read(ask).startswith("@Dan, please count A-01 Bolt-10 (BOLT-10) again, by ")
    place.dan.click(ask.channel, ask.ts, action_id=ids.ENTER_RECOUNT)
    assert first is not None
    assert place.dan.view is not None
    assert place.dan.view["blocks"] == first["blocks"]
    assert place.fill("dan", {bolts: "100"}).closed
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
    place.settle()
    assert inbox(place, "dan") == ["Dan counted A-01 Bolt-10 (BOLT-10) again. Thank you."]


def test_a_recount_is_also_among_the_lines_that_are_asked(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    place.start()
    place.world.count(place.line(bolts), "ana", 90)
    place.settle()
    write(place, "dan", "count")
    assert last(place, "dan") == "A-01 · Bolt-10 (BOLT-10). How many pcs? (1 of 1)"
    write(place, "dan", "90")
    write(place, "dan", "stop")
    assert place.world.state(place.line(bolts)) is LineState.IN_REVIEW


def test_a_number_after_a_recount_was_asked_in_between_is_not_taken_for_the_question_before(place: Workplace) -> None:
    bolts, nuts = place.world.stock("BOLT-10", "A-01", 100), place.world.stock("NUT-10", "A-02", 5)
    place.start()
    write(place, "dan", "count")
    assert last(place, "dan") == "A-01 · Bolt-10 (BOLT-10). How many pcs? (1 of 2)"
    place.now()
    place.world.count(place.line(nuts), "ana", 7)
    place.settle()
    assert "please count A-02 Nut-10 (NUT-10) again" in inbox(place, "dan")[-1]
    write(place, "dan", "5")
    assert place.told("dan") == ASKED_LATER
    assert last(place, "dan") == "A-01 · Bolt-10 (BOLT-10). How many pcs? (1 of 2)"
    write(place, "dan", "100")
    write(place, "dan", "stop")
    assert [int(entry.quantity) for entry in place.world.entries(place.line(bolts))] == [100]


def asked_of_dan(place: Workplace, *skus: str) -> list[Stock]:
    """Recounts that only Dan can make, asked of him by direct message."""
    place.world.remove_role("fay")
    stocks = [place.world.stock(sku, f"A-0{n}", 100) for n, sku in enumerate(skus, start=1)]
    place.world.stock("OTHER", "A-09", 5)
    place.start()
    for stock in stocks:
        place.world.count(place.line(stock), "ana", 90)
        place.settle()
    return stocks


def test_a_number_answers_the_one_recount_that_was_asked(place: Workplace) -> None:
    (bolts,) = asked_of_dan(place, "BOLT-10")
    write(place, "dan", "2.5")
    assert place.told("dan") == "2.5 pcs? This is counted in whole pieces. Write a whole number of pcs, like 42."
    write(place, "dan", "9")
    assert inbox(place, "dan")[1:] == [
        "That was the last one. Thank you.\nA-01 BOLT-10: 9 pcs. For two minutes, “undo” takes it back."
    ]
    write(place, "dan", "undo")
    assert last(place, "dan") == "A-01 · Bolt-10 (BOLT-10). How many pcs? (1 of 1)"
    write(place, "dan", "100")
    place.wait(timedelta(minutes=2))
    clock(place)
    assert [int(entry.quantity) for entry in place.world.entries(place.line(bolts))] == [90, 100]
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
    write(place, "dan", "5")
    assert place.told("dan") == NOTHING_ASKED
    assert place.world.problems() == []


def test_a_recount_that_cannot_be_made_is_skipped_by_writing_so(place: Workplace) -> None:
    (bolts,) = asked_of_dan(place, "BOLT-10")
    write(place, "dan", "skip blocked")
    write(place, "dan", "count")
    assert last(place, "dan") == "A-09 · Other (OTHER). How many pcs? (2 of 2)", "count goes on with all the others"
    write(place, "dan", "stop")
    assert place.world.state(place.line(bolts)) is LineState.IN_REVIEW


def test_a_number_is_not_guessed_to_be_one_of_two_recounts(place: Workplace) -> None:
    stocks = asked_of_dan(place, "BOLT-10", "BOLT-11")
    write(place, "dan", "100")
    assert place.told("dan") == NOTHING_ASKED
    assert [len(place.world.entries(place.line(stock))) for stock in stocks] == [1, 1]


def test_a_recount_asked_again_brings_no_other_line_with_it(place: Workplace) -> None:
    (bolts,) = asked_of_dan(place, "BOLT-10")
    write(place, "dan", "9")
    write(place, "dan", "undo")
    place.now()
    place.world.skip(place.line(bolts), "dan")
    write(place, "dan", "100")
    assert place.told("dan") == "That line does not wait for you any more. Nothing is left for you to count. Thank you."
    assert len(inbox(place, "dan")) == 3


def test_a_recount_that_is_passed_on_is_asked_by_direct_message_as_well(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    sheet = place.start()
    place.world.count(place.line(bolts), "ana", 90)
    place.settle()
    place.wait(SILENCE)
    assert clock(place).passed_on == (place.line(bolts),)
    assert inbox(place, "dan") == ["Somebody else was asked to count A-01 Bolt-10 (BOLT-10) again."]
    (ask,) = inbox(place, "fay")
    assert ask.startswith("@Fay, please count A-01 Bolt-10 (BOLT-10) again, by ")
    assert [one for one in place.ws.thread(PARTS, sheet.ts) if "again" in one.text] == []
    write(place, "dan", "90")
    assert place.told("dan") == NOTHING_ASKED
    write(place, "fay", "100")
    place.wait(timedelta(minutes=2))
    clock(place)
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
    assert place.world.problems() == []
