"""Pictures with words that say more than a line: counts that are asked about, parts, skips and finds."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot import ids
from models.counts import CountLine
from models.photos import LinePhoto
from models.rules.lines import LineState
from tests.bot.packing import IN_THREAD, boxed
from tests.bot.pictures import look, photo, post
from tests.bot.test_skipping import reasons, three
from tests.bot.workplace import PARTS, Workplace
from tests.builders import Stock


@pytest.fixture
def parts(place: Workplace) -> list[Stock]:
    return three(place)


def on_lines(place: Workplace) -> list[int | None]:
    with place.database.read() as session:
        return list(session.exec(select(LinePhoto.line_id).order_by(col(LinePhoto.id))))


def test_a_reply_that_skips_a_line_takes_its_picture_there(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ana", "A-01 blocked")
    assert reasons(place) == ["blocked"]
    assert on_lines(place) == [place.line(parts[0])]
    assert place.told("ana") == "Noted: PART-1 (A-01) can't be counted now (blocked)."


def test_a_picture_before_such_a_reply_goes_there_too(place: Workplace, parts: list[Stock]) -> None:
    ts = post(place, "ana")
    place.reply("ana", "PART-2 in use")
    assert on_lines(place) == [place.line(parts[1])]
    place.settle()
    assert list(place.ws.message(PARTS, ts).reactions) == ["white_check_mark"]


def test_of_a_bin_only_what_was_skipped_has_the_picture(place: Workplace) -> None:
    bolts, nuts = place.world.stock("BOLT-10", "A-01", 10), place.world.stock("NUT-10", "A-01", 20)
    place.start()
    place.reply("ana", "BOLT-10 10")
    post(place, "dan", "A-01 unsafe")
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
    assert on_lines(place) == [place.line(nuts)]


def test_a_skip_in_a_list_is_one(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ana", "• A-01 blocked\n• A-02 blocked")
    assert reasons(place) == ["blocked", "blocked"]
    assert on_lines(place) == [place.line(parts[0]), place.line(parts[1])]


@pytest.mark.parametrize("words", ["PART-1 blocked?", "A-01 missing", "skip PART-1"])
def test_what_may_be_a_skip_is_asked_about_and_the_picture_is_kept(
    place: Workplace, parts: list[Stock], words: str
) -> None:
    ts = post(place, "ana", words)
    assert place.told("ana").endswith(("if so.", "nothing is in it.", "or what it is."))
    assert (reasons(place), on_lines(place)) == ([], [place.line(parts[0])])
    place.settle()
    assert place.ws.message(PARTS, ts).reactions == {}


def test_what_was_found_has_the_picture_and_the_rest_of_its_bin_has_not(place: Workplace, parts: list[Stock]) -> None:
    place.world.stock("NUT-10", "B-07", 40)
    ts = post(place, "ana", "found NUT-10 A-01 4")
    with place.database.read() as session:
        found = session.exec(select(CountLine.id).where(CountLine.found)).one()
    assert found is not None
    assert on_lines(place) == [found]
    place.settle()
    assert "Photos: Ana 07:00" in place.read(place.card(found))
    place.ws.redeliver_last_event()
    assert list(place.ws.message(PARTS, ts).reactions) == ["white_check_mark"]


def test_a_find_that_is_refused_keeps_its_picture_for_the_words_that_follow(
    place: Workplace, parts: list[Stock]
) -> None:
    place.world.stock("NUT-10", "B-07", 40)
    post(place, "ana", "found NUT-11 A-01 4")
    assert "There is no SKU “NUT-11”" in place.told("ana")
    assert (look(place), on_lines(place)) == (0, [None])
    place.reply("ana", "found NUT-10 A-01 4")
    assert on_lines(place) == [place.line(place.world.stock("NUT-10", "A-01", 0))]


def test_the_form_of_a_find_takes_photos(place: Workplace, parts: list[Stock]) -> None:
    place.world.stock("NUT-10", "B-07", 40)
    place.click_sheet("ana", ids.FOUND_HERE)
    files = [place.ana.upload("a.jpg", photo(), "image/jpeg").as_slack()]
    filled = {"sku": "NUT-10", "bin": "A-01", "quantity": "4", "photos": files}
    assert place.ana.submit(filled | {"quantity": "x"}).errors is not None
    assert on_lines(place) == []
    assert place.ana.submit(filled).closed
    place.settle()
    with place.database.read() as session:
        found = session.exec(select(CountLine.id).where(CountLine.found)).one()
    assert on_lines(place) == [found]
    assert "Photos: Ana 07:00" in place.read(place.card(found or 0))


def test_a_part_has_its_picture(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ana", "PART-1 +4")
    assert place.world.state(place.line(parts[0])) is LineState.TO_COUNT
    assert on_lines(place) == [place.line(parts[0])]


@pytest.mark.parametrize("text", ["BOLT-10 12", "12"])
def test_a_number_that_is_asked_about_has_its_picture_already(place: Workplace, text: str) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 600)
    place.start()
    post(place, "ana", text)
    assert place.told("ana") == IN_THREAD
    assert on_lines(place) == [place.line(bolts)]
    place.reply("ana", "boxes")
    assert [int(entry.quantity) for entry in place.world.entries(place.line(bolts))] == [600]
    assert on_lines(place) == [place.line(bolts)]


def test_a_picture_of_a_line_that_another_has_is_on_it_and_says_so(place: Workplace, parts: list[Stock]) -> None:
    place.click_sheet("dan", ids.TAKE_LINES)
    post(place, "ana", "PART-1, the box is torn")
    assert on_lines(place) == [place.line(parts[0])]
    assert place.told("ana") == "The picture is on PART-1 (A-01). Dan has this line."
    post(place, "dan", "PART-1, the box is torn")
    assert "Dan has this line" not in place.told("dan")
    post(place, "ana", "PART-2 20")
    assert "Dan has this line. Count it anyway?" in place.told("ana")
    assert on_lines(place)[-1] == place.line(parts[1])


def test_a_picture_of_a_line_that_is_done_is_kept_and_says_so(place: Workplace, parts: list[Stock]) -> None:
    place.reply("dan", "PART-1 10")
    post(place, "ana", "PART-1, the box is torn")
    done = "PART-1 (A-01) is done. The picture is kept with it; tell an approver if it matters."
    assert place.told("ana") == done
    assert on_lines(place) == [place.line(parts[0])]
    before = place.told("dan")
    post(place, "dan", "PART-1, the box is torn")
    assert place.told("dan") == before  # nobody is told by the bot whether their own count was right
    post(place, "ana", "PART-1 11")
    assert "Dan counted this at 07:00" in place.told("ana")
    assert on_lines(place) == [place.line(parts[0])] * 3


def test_what_is_on_no_line_of_the_sheet_is_asked_about_and_nothing_is_lost(
    place: Workplace, parts: list[Stock]
) -> None:
    post(place, "ana", "PART-77, the box is torn")
    assert "is not clear to me" in place.told("ana")
    assert (look(place), on_lines(place)) == (0, [None])
    place.wait(timedelta(minutes=1))
    place.reply("ana", "PART-3")
    assert on_lines(place) == [place.line(parts[2])]
