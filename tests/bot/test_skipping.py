"""*Can't count these*."""

import json

from sqlmodel import col, select

from bot import ids
from models.counts import LineSkip
from models.rules.lines import LineState
from tests.bot.workplace import PARTS, Workplace
from tests.builders import Stock


def three(place: Workplace) -> list[Stock]:
    stocks = [place.world.stock(f"PART-{n}", f"A-0{n}", 10 * n) for n in range(1, 4)]
    place.start()
    return stocks


def reasons(place: Workplace) -> list[str]:
    with place.database.read() as session:
        return list(session.exec(select(LineSkip.reason).order_by(col(LineSkip.id))))


def test_chosen_lines_go_back_to_the_pool_with_the_reason(place: Workplace) -> None:
    one, two, rest = three(place)
    place.click_sheet("ana", ids.CANNOT_COUNT)
    view = place.ana.view
    assert view is not None
    assert [option["text"]["text"] for option in view["blocks"][0]["element"]["options"]] == [
        "A-01 · Part-1",
        "A-02 · Part-2",
        "A-03 · Part-3",
    ]
    chosen = [str(place.line(one)), str(place.line(two))]
    result = place.ana.submit({"lines": chosen, "reason": "blocked", "note": "a pallet"})
    assert result.closed
    assert [place.world.state(place.line(stock)) for stock in (one, two, rest)] == [
        LineState.SKIPPED,
        LineState.SKIPPED,
        LineState.TO_COUNT,
    ]
    assert reasons(place) == ["blocked: a pallet", "blocked: a pallet"]
    assert place.world.entries(place.line(one)) == []
    assert place.woken == 1
    place.settle()
    assert "blocked: a pallet" in place.read(place.sheet())


def test_another_reason_needs_words(place: Workplace) -> None:
    one, *_ = three(place)
    place.click_sheet("ana", ids.CANNOT_COUNT)
    chosen = [str(place.line(one))]
    assert place.ana.submit({"lines": chosen, "reason": "other"}).errors == {"note": "Say why, in a few words."}
    assert place.ana.submit({"lines": chosen, "reason": "other", "note": "wasps"}).closed
    assert reasons(place) == ["wasps"]


def test_nothing_chosen_is_asked_for(place: Workplace) -> None:
    three(place)
    place.click_sheet("ana", ids.CANNOT_COUNT)
    assert place.ana.submit({"reason": "blocked"}, force=True).errors == {"lines": "Choose at least one line."}
    assert reasons(place) == []


def test_many_lines_are_chosen_from_a_menu(place: Workplace) -> None:
    for n in range(1, 13):
        place.world.stock(f"PART-{n:02}", f"A-{n:02}", n)
    place.start()
    place.click_sheet("ana", ids.CANNOT_COUNT)
    assert place.ana.view is not None
    element = place.ana.view["blocks"][0]["element"]
    assert (element["type"], len(element["options"])) == ("multi_static_select", 12)


def test_lines_that_moved_on_are_named_and_the_others_are_skipped(place: Workplace) -> None:
    one, two, _ = three(place)
    place.click_sheet("ana", ids.CANNOT_COUNT)
    place.world.count(place.line(one), "dan", 10)
    chosen = [str(place.line(one)), str(place.line(two))]
    assert place.ana.submit({"lines": chosen, "reason": "in use"}).closed
    assert place.told("ana", PARTS) == "PART-1 in A-01: Dan counted this at 07:00."
    assert place.world.state(place.line(two)) is LineState.SKIPPED


def test_the_same_form_twice_asks_no_second_counter(place: Workplace) -> None:
    one, *_ = three(place)
    place.world.count(place.line(one), "ana", 3)
    assert place.world.asked(place.line(one)) == "dan"
    place.click_sheet("dan", ids.CANNOT_COUNT)
    first = place.dan.submit({"lines": [str(place.line(one))], "reason": "blocked"})
    assert first.delivery is not None
    assert place.world.asked(place.line(one)) == "fay"
    again = place.ws.deliver_again(place.ws.deliveries.index(first.delivery))
    assert again.answer == first.delivery.attempts[0].answer
    assert place.world.asked(place.line(one)) == "fay"
    assert len(reasons(place)) == 1


def test_lines_of_another_session_cannot_be_slipped_in(place: Workplace) -> None:
    one, *_ = three(place)
    foreign = place.world.stock("PART-9", "A-09", 9)
    place.world.start()
    place.ws.wait_until_quiet()
    sheet = place.sheet()
    place.ana.click(PARTS, sheet.ts, action_id=ids.CANNOT_COUNT)
    view = place.ws.views.top("U01ANA")
    assert view is not None
    options = view.payload["blocks"][0]["element"]["options"]
    options[0] = json.loads(json.dumps(options[0])) | {"value": str(place.line(foreign))}
    place.ana.submit({"lines": [str(place.line(foreign))], "reason": "blocked"})
    assert place.world.state(place.line(foreign)) is LineState.TO_COUNT
    assert place.world.state(place.line(one)) is LineState.TO_COUNT
    assert reasons(place) == []
