"""Pictures in the thread of a sheet, and with *Can't count these*: which line each is of, and who sees that."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot import ids
from models.photos import LinePhoto
from models.rules.lines import LineState
from tests.bot.pictures import look, photo, post
from tests.bot.test_skipping import three
from tests.bot.workplace import PARTS, REVIEW, Workplace
from tests.builders import Stock


@pytest.fixture
def parts(place: Workplace) -> list[Stock]:
    return three(place)


def rows(place: Workplace) -> list[LinePhoto]:
    with place.database.read() as session:
        return list(session.exec(select(LinePhoto).order_by(col(LinePhoto.id))))


def on_lines(place: Workplace) -> list[int | None]:
    return [row.line_id for row in rows(place)]


def ticks(place: Workplace, ts: str) -> list[str]:
    place.settle()
    return list(place.ws.message(PARTS, ts).reactions)


def to_review(place: Workplace, stock: Stock) -> int:
    """Ana and Dan count it wrong, so that it waits for an approver."""
    line = place.line(stock)
    place.world.count(line, "ana", 1)
    place.world.count(line, "dan", 1)
    assert place.world.state(line) is LineState.IN_REVIEW
    place.settle()
    return line


def card(place: Workplace, line: int) -> str:
    place.settle()
    return place.read(place.card(line))


def test_a_picture_with_a_count_is_on_that_line(place: Workplace, parts: list[Stock]) -> None:
    ts = post(place, "ana", "PART-2 20")
    assert on_lines(place) == [place.line(parts[1])]
    assert [int(entry.quantity) for entry in place.world.entries(place.line(parts[1]))] == [20]
    assert ticks(place, ts) == ["white_check_mark"]
    assert (rows(place)[0].message_ts, look(place)) == (ts, 0)


def test_a_caption_that_names_a_line_needs_no_number(place: Workplace, parts: list[Stock]) -> None:
    ts = post(place, "ana", "PART-2, the box is torn")
    assert on_lines(place) == [place.line(parts[1])]
    assert place.everything_told("ana") == []  # no question for a number
    assert ticks(place, ts) == ["white_check_mark"]


def test_a_caption_with_a_number_gone_wrong_is_asked_about_and_the_picture_is_kept(
    place: Workplace, parts: list[Stock]
) -> None:
    ts = post(place, "ana", "PART-2 1,5")
    assert "PART-2 (A-02)" in place.told("ana")
    assert on_lines(place) == [place.line(parts[1])]
    assert ticks(place, ts) == []  # it would say that the number was taken


def test_a_bare_number_when_one_line_is_left(place: Workplace, parts: list[Stock]) -> None:
    for stock in parts[:2]:
        place.world.count(place.line(stock), "ana", 1)
        place.world.count(place.line(stock), "dan", 1)
    post(place, "fay", "30")
    assert on_lines(place) == [place.line(parts[2])]


def test_a_picture_without_words_is_of_what_was_counted_last(place: Workplace, parts: list[Stock]) -> None:
    place.reply("ana", "PART-3 30")
    place.wait(timedelta(minutes=9))
    post(place, "ana")
    assert look(place) == 1
    assert on_lines(place) == [place.line(parts[2])]
    assert place.told("ana") == "The picture is on PART-3 (A-03)."
    assert place.told("dan") == ""


def test_or_of_what_could_not_be_counted_last(place: Workplace, parts: list[Stock]) -> None:
    place.click_sheet("ana", ids.CANNOT_COUNT)
    assert place.ana.submit({"lines": [str(place.line(parts[0]))], "reason": "blocked"}).closed
    place.wait(timedelta(seconds=30))
    post(place, "ana")
    look(place)
    assert on_lines(place) == [place.line(parts[0])]


@pytest.mark.parametrize("before", ["nothing", "long ago", "several at once", "somebody else's"])
def test_else_its_writer_is_asked_and_words_under_it_answer(place: Workplace, parts: list[Stock], before: str) -> None:
    if before == "long ago":
        place.reply("ana", "PART-3 30")
        place.wait(timedelta(minutes=11))
    elif before == "several at once":
        place.reply("ana", "PART-3 30\nPART-2 20")
    elif before == "somebody else's":
        place.reply("dan", "PART-3 30")
    place.wait(timedelta(seconds=5))
    ts = post(place, "ana")
    assert look(place) == 1
    assert place.told("ana") == "I read no label in this picture. Which line is it of? Write its SKU under it."
    assert on_lines(place) == [None]
    place.reply("dan", "PART-2")  # not his picture: a question about the number that is missing
    assert on_lines(place) == [None]
    place.reply("ana", "PART-1")
    assert on_lines(place) == [place.line(parts[0])]
    assert ticks(place, ts) == ["white_check_mark"]
    assert "I found no number" not in place.told("ana")


def test_words_that_come_much_later_are_not_about_it(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ana")
    look(place)
    place.wait(timedelta(minutes=11))
    place.reply("ana", "PART-1")
    assert on_lines(place) == [None]
    assert "I found no number for PART-1" in place.told("ana")


def test_a_caption_is_corrected_by_an_edit(place: Workplace, parts: list[Stock]) -> None:
    ts = post(place, "ana", "PART-1")
    place.wait(timedelta(seconds=5))
    place.edit("ana", ts, "PART-2")
    assert on_lines(place) == [place.line(parts[1])]
    place.wait(timedelta(seconds=5))
    place.edit("ana", ts, "PART-2 and PART-3")
    assert set(on_lines(place)) == {place.line(parts[1]), place.line(parts[2])}
    place.wait(timedelta(seconds=5))
    place.edit("ana", ts, "PART-3 after all")
    assert on_lines(place) == [place.line(parts[2])]


def test_a_caption_that_still_names_nothing_leaves_the_picture_waiting_once(
    place: Workplace, parts: list[Stock]
) -> None:
    ts = post(place, "ana", "hm")
    place.wait(timedelta(seconds=5))
    place.edit("ana", ts, "hmm")
    assert on_lines(place) == [None]


def test_who_is_asked_about_the_number_is_not_asked_about_the_picture(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ana", "PART-9 20")
    assert "PART-9 is not on this sheet" in place.told("ana")
    assert (look(place), on_lines(place)) == (0, [None])
    place.reply("ana", "PART-2 20")
    assert on_lines(place) == [place.line(parts[1])]


def test_pictures_under_a_closed_sheet_are_talk_unless_they_name_a_line(place: Workplace, parts: list[Stock]) -> None:
    for stock, on_hand in zip(parts, (10, 20, 30), strict=True):
        place.world.count(place.line(stock), "dan", on_hand)
    place.settle()
    post(place, "ana")
    assert look(place) == 1
    assert place.everything_told("ana") == []
    post(place, "ana", "PART-1")
    assert on_lines(place)[-1] == place.line(parts[0])


def test_the_same_event_again_changes_nothing(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ana", "PART-1")
    place.ws.redeliver_last_event()
    post(place, "ana")
    place.ws.redeliver_last_event()
    assert on_lines(place) == [place.line(parts[0]), None]
    assert (look(place), look(place)) == (1, 0)


def test_strangers_and_other_files_and_talk_elsewhere_are_left_alone(place: Workplace, parts: list[Stock]) -> None:
    post(place, "zoe", "PART-1")
    post(place, "ben")  # he decides here, and counts nothing
    place.ana.say(
        PARTS, "a plan", thread_ts=place.sheet().ts, files=[place.ana.upload("a.pdf", b"%PDF", "application/pdf")]
    )
    parent = place.ana.say(PARTS, "lunch?")
    place.ana.say(PARTS, "PART-1", thread_ts=parent, files=[place.ana.upload("a.png", photo(), "image/png")])
    place.ws.wait_until_quiet()
    assert (rows(place), look(place)) == ([], 0)


def test_an_approver_may_add_a_picture_by_naming_the_line(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ben", "PART-1")
    assert on_lines(place) == [place.line(parts[0])]


def test_the_card_names_who_posted_pictures_and_when_and_leads_there(place: Workplace, parts: list[Stock]) -> None:
    line = to_review(place, parts[0])
    assert "Photos" not in card(place, line)
    place.wait(timedelta(minutes=12))
    post(place, "ana", "PART-1")
    place.wait(timedelta(minutes=10))
    post(place, "dan", "PART-1")
    version = place.world.version(line)
    assert "Photos: Ana 07:12 · Dan 07:22" in card(place, line)
    (section,) = [one for one in place.card(line).blocks if str(one["block_id"]).startswith("card.photos")]
    assert rows(place)[0].permalink in section["text"]["text"]
    assert place.world.version(line) == version  # the buttons of the card as it was still work


def test_a_deleted_picture_is_said_to_be(place: Workplace, parts: list[Stock]) -> None:
    line = to_review(place, parts[0])
    first, second = post(place, "ana", "PART-1"), post(place, "dan", "PART-1 once more")
    place.ana.delete(PARTS, first)
    place.ws.wait_until_quiet()
    assert "Photos: Ana 07:00 (photo deleted) · Dan 07:00\n" in card(place, line)
    place.dan.delete_file(place.ws.message(PARTS, second).files[0].id)
    place.ws.wait_until_quiet()
    assert "Dan 07:00 (photo deleted)" in card(place, line)


def test_while_a_recount_is_asked_the_card_shows_no_picture(place: Workplace, parts: list[Stock]) -> None:
    post(place, "ana", "PART-1")
    line = to_review(place, parts[0])
    assert "Photos" in card(place, line)
    place.click_card("ben", line, ids.RECOUNT)
    assert place.world.state(line) is LineState.RECOUNT
    assert "Photos" not in card(place, line)


def test_a_recount_that_cannot_be_made_comes_with_its_picture(place: Workplace, parts: list[Stock]) -> None:
    line = place.line(parts[0])
    place.world.count(line, "ana", 1)
    assert place.world.asked(line) == "dan"
    for name in ("dan", "fay"):
        place.click_sheet(name, ids.CANNOT_COUNT)
        files = [place.who(name).upload(f"{name}.jpg", photo(), "image/jpeg").as_slack()]
        assert place.who(name).submit({"lines": [str(line)], "reason": "blocked", "photos": files}).closed
    assert place.world.state(line) is LineState.IN_REVIEW
    shown = card(place, line)
    assert "A recount was asked for, and none was made." in shown
    assert "Photos: Dan 07:00 · Fay 07:00" in shown


def test_one_photo_of_a_skip_is_on_each_line_that_was_skipped(place: Workplace, parts: list[Stock]) -> None:
    place.click_sheet("ana", ids.CANNOT_COUNT)
    place.world.count(place.line(parts[0]), "dan", 10)
    lines = [place.line(stock) for stock in parts]
    files = [place.ana.upload("a.jpg", photo(), "image/jpeg").as_slack()]
    chosen = [str(line) for line in lines]
    assert place.ana.submit({"lines": chosen, "reason": "blocked", "photos": files}).closed
    assert on_lines(place) == lines[1:]  # Dan has counted the first one meanwhile
    assert {row.message_ts for row in rows(place)} == {None}
    assert place.world.problems() == []


def test_the_list_of_what_could_not_be_counted_links_its_pictures(place: Workplace, parts: list[Stock]) -> None:
    lines = [place.line(stock) for stock in parts]
    place.click_sheet("ana", ids.CANNOT_COUNT)
    files = [place.ana.upload("a.jpg", photo(), "image/jpeg").as_slack()]
    chosen = {"lines": [str(lines[0])], "reason": "blocked", "photos": files}
    assert place.ana.submit(chosen).closed
    place.settle()
    assert place.messages(REVIEW) == []  # not before the session closes
    place.reply("ana", "PART-2 in use\nPART-3 30")
    place.settle()
    head = "Daily parts: 2 lines could not be counted and come back with a later count."
    first, second = "A-01  Part-1 · PART-1 — blocked (Ana)", "A-02  Part-2 · PART-2 — in use (Ana)"
    (shown,) = place.messages(REVIEW)
    assert place.read(shown) == f"{head}\n{first} · Photos: Ana 07:00\n{second}"
    place.wait(timedelta(minutes=1))
    ts = post(place, "ana", "PART-2")
    place.settle()
    (shown,) = place.messages(REVIEW)
    assert place.read(shown) == f"{head}\n{first} · Photos: Ana 07:00\n{second} · Photos: Ana 07:01"
    place.ana.delete(PARTS, ts)
    place.ws.wait_until_quiet()
    place.settle()
    (shown,) = place.messages(REVIEW)
    assert place.read(shown).endswith(f"{second} · Photos: Ana 07:01 (photo deleted)")


def test_a_form_takes_three_photos_and_nothing_else(place: Workplace, parts: list[Stock]) -> None:
    place.click_sheet("ana", ids.CANNOT_COUNT)
    files = [place.ana.upload(f"{n}.jpg", photo(), "image/jpeg").as_slack() for n in range(4)]
    chosen = [str(place.line(parts[0]))]
    refused = place.ana.submit({"lines": chosen, "reason": "blocked", "photos": files})
    assert refused.errors == {"photos": "Please choose at most 3 files."}
    files = [place.ana.upload("a.jpg", b"%PDF", "application/pdf").as_slack(), *files]
    assert place.ana.submit({"lines": chosen, "reason": "blocked", "photos": files}, force=True).closed
    assert len(rows(place)) == 3
