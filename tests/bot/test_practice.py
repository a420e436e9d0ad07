"""Practice: a sheet of toys in the direct messages, by form and by typing, that touches no record."""

from sqlmodel import SQLModel, select

from bot import ids
from bot.listeners.practice import ENDED, REAL_WAITS, TRY_COUNTING
from bot.views.practice import HINT
from models.counts import CountEntry, CountLine, CountSession, Decision, Judgement, LineSkip
from models.journal import AuditEvent
from models.parts import CountPart, PartsClosing, UnitQuestion
from models.rules.practice import HAS_PARTS, NO_PARTS
from models.services.practices import COUNTING, OVER
from models.stock import StockEntry, StockLevel
from tests.bot.direct import edit, inbox, last, messages, write
from tests.bot.workplace import Workplace

RECORDS: tuple[type[SQLModel], ...] = (
    StockLevel, StockEntry, CountSession, CountLine, CountEntry, Judgement, LineSkip, Decision, AuditEvent,
    CountPart, PartsClosing, UnitQuestion,
)  # fmt: skip


def records(place: Workplace) -> list[str]:
    """Every row of what practice must not touch."""
    with place.database.read() as session:
        return [repr(row.model_dump()) for table in RECORDS for row in session.exec(select(table)).all()]


def begun(place: Workplace) -> None:
    assert place.count("ana", "practice") == "The exercise is in our direct messages."
    place.settle()


def test_the_whole_exercise_touches_no_record(place: Workplace) -> None:
    place.world.line(place.world.stock("TOY-1", "A-01", 5))  # a real thing of the same name
    place.settle()
    before = records(place)
    assert len(before) > 3
    begun(place)
    (sheet,) = inbox(place, "ana")
    assert sheet.split("\n") == [
        "Practice · 0 of 4 counted · toys only, no record is touched",
        "T-01  Toy bolt · TOY-1 — in the bin: 3 boxes of 12, and 4 loose ones",
        "T-01  Toy ball · TOY-2 — in the bin: a net of 15, and 2 that rolled away",
        "T-02  Toy rope · TOY-3 — in the bin: one of 5 m, and one of 2.5 m",
        "T-03  Toy car · TOY-4 — in the bin: nothing, and that is a count too",
        "[ Enter counts ]",
        HINT,
    ]
    write(place, "ana", "TOY-1 42 pcs")
    told = "you counted 42, the record said 40: outside tolerance, somebody else would count again, blind."
    assert place.told("ana") == f"TOY-1: {told} In the bin there are 40."
    (message,) = messages(place, "ana")
    assert told in place.read(message)
    assert place.ana.click(message.channel, message.ts, action_id=ids.PRACTICE_COUNTS).ok
    result = place.ana.submit({"line.1": "40 pcs", "line.2": "2.5", "line.3": "7.5"}, force=True)
    assert result.errors == {
        "line.2": "2.5 pcs? This is counted in whole pieces. Write a whole number of pcs, like 42."
    }
    assert place.ana.submit({"line.1": "40 pcs", "line.2": "17", "line.3": "7.5"}).closed
    write(place, "ana", "T-03 0")
    (message,) = messages(place, "ana")
    outside = "outside tolerance, somebody else would count again, blind."
    within = "within tolerance, so the record would take your count."
    assert place.read(message).split("\n") == [
        "Practice · 4 of 4 counted · toys only, no record is touched",
        "T-01  Toy bolt · TOY-1 — you counted 40, the record said 40: a match.",
        f"T-01  Toy ball · TOY-2 — you counted 17, the record said 20: {outside}",
        f"T-02  Toy rope · TOY-3 — you counted 7.5, the record said 7.4: {within}",
        f"T-03  Toy car · TOY-4 — you counted 0, the record said 3: {outside}",
        "That was all. In a real count nobody sees what the record says. “practice” begins another.",
    ]
    assert records(place) == before
    assert place.world.problems() == []


def test_nothing_tells_the_toy_record_before_its_count(place: Workplace) -> None:
    begun(place)
    write(place, "ana", "TOY-2 seventeen")
    (sheet,) = messages(place, "ana")
    place.ana.click(sheet.channel, sheet.ts, action_id=ids.PRACTICE_COUNTS)
    sent = f"{sheet.text} {sheet.blocks} {place.ana.view} {place.everything_told('ana')}"
    assert "the record" not in sent
    assert "20" not in str(sheet.blocks)


def test_what_is_written_at_an_exercise(place: Workplace) -> None:
    write(place, "ana", "practice")
    write(place, "ana", "undo")
    assert place.told("ana") == TRY_COUNTING
    write(place, "ana", "TOY-9 3")
    assert "TOY-9 is not on this sheet" in place.told("ana")
    ts = write(place, "ana", "TOY-1 4 pcs\nTOY-2 17")
    assert len(place.told("ana").split("\n")) == 2
    edit(place, "ana", ts, "TOY-1 40 pcs")
    assert place.told("ana") == "TOY-1: you counted 40, the record said 40: a match."
    write(place, "ana", "stop")
    assert place.told("ana") == ENDED


def test_a_form_of_an_exercise_that_is_over(place: Workplace) -> None:
    begun(place)
    (first,) = messages(place, "ana")
    place.ana.click(first.channel, first.ts, action_id=ids.PRACTICE_COUNTS)
    write(place, "ana", "practice")
    result = place.ana.submit({"line.1": "40 pcs"})
    assert list((result.errors or {}).values()) == [OVER]
    place.ana.close_view(whole_stack=True)
    assert place.ana.click(first.channel, first.ts, action_id=ids.PRACTICE_COUNTS).ok
    assert place.told("ana") == OVER


def test_nobody_practises_while_they_count(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01", 100)
    place.start()
    write(place, "ana", "practice")
    write(place, "ana", "count")
    assert last(place, "ana") == "A-01 · Bolt-10 (BOLT-10). How many pcs? (1 of 1)"
    assert place.count("ana", "practice") == COUNTING
    write(place, "ana", "90")
    assert last(place, "ana") == "That was the last one. Thank you."


def test_strangers_do_not_practise(place: Workplace) -> None:
    assert "You are in no counting team yet" in place.count("zoe", "practice")


def test_toys_in_packs_are_asked_about_once_and_counted_in_parts_as_real_ones(place: Workplace) -> None:
    place.settle()
    before = records(place)
    begun(place)
    write(place, "ana", "TOY-1 3")
    assert place.told("ana") == "TOY-1 (T-01): 3 what? Boxes hold 12. Write “TOY-1 3 pcs” or “TOY-1 3 boxes”."
    write(place, "ana", "boxes")
    assert place.told("ana").startswith("TOY-1: you counted 36, the record said 40: outside tolerance")
    ts = write(place, "ana", "TOY-1 +3 boxes")
    more = "so far. Add the next, or write “done” when it is all."
    assert place.told("ana") == f"TOY-1 in T-01: 3 boxes = 36 pcs {more}"
    assert "Toy bolt · TOY-1, adding up — in the bin: 3 boxes of 12" in last_sheet(place)
    edit(place, "ana", ts, "TOY-1 +2 boxes")
    write(place, "ana", "TOY-1 +16 pcs")
    write(place, "ana", "TOY-1 blocked")
    assert place.told("ana") == f"TOY-1: {HAS_PARTS}"
    write(place, "ana", "done")
    assert place.told("ana") == "TOY-1: you counted 40, the record said 40: a match."
    write(place, "ana", "TOY-2 done")
    assert place.told("ana") == f"TOY-2: {NO_PARTS}"
    write(place, "ana", "TOY-2 +5\nTOY-3 +5 m")
    write(place, "ana", "done")
    assert place.told("ana") == "Which one? Write “TOY-2 done” or “TOY-3 done”."
    write(place, "ana", "TOY-2 17\nTOY-3 done\nTOY-4 blocked by a cat")
    assert "Noted: TOY-4 (T-03) can't be counted now (blocked: by a cat)." in place.told("ana")
    assert "T-03  Toy car · TOY-4 — can't be counted: blocked: by a cat" in last_sheet(place)
    assert "That was all." in last_sheet(place)
    assert records(place) == before


def test_the_form_of_an_exercise_asks_and_adds_up_as_a_real_one(place: Workplace) -> None:
    begun(place)
    (sheet,) = messages(place, "ana")
    place.ana.click(sheet.channel, sheet.ts, action_id=ids.PRACTICE_COUNTS)
    result = place.ana.submit({"line.1": "3", "line.2": "17"})
    assert result.errors == {"line.1": "3 what? Boxes hold 12. Write “3 pcs” or “3 boxes”."}
    assert place.ana.submit({"line.1": "+3 boxes"}).closed
    place.settle()
    place.ana.click(sheet.channel, sheet.ts, action_id=ids.PRACTICE_COUNTS)
    assert "adding up, you: +12 for a part, done, or the whole number" in str(place.ana.view)
    assert place.ana.submit({"line.1": "done"}).closed
    place.settle()
    assert "you counted 36, the record said 40" in last_sheet(place)


def last_sheet(place: Workplace) -> str:
    return place.read(messages(place, "ana")[-1])


def test_a_number_for_a_real_recount_is_not_taken_for_a_toy(place: Workplace) -> None:
    place.world.stock("BOLT-1", "A-01-01", 10)
    place.world.remove_role("dan")
    place.start()
    begun(place)
    place.reply("fay", "BOLT-1 7")
    place.settle()
    for said in ("7", "BOLT-1 7", "blocked"):
        write(place, "ana", said)
        assert place.told("ana") == REAL_WAITS
    write(place, "ana", "count")
    assert last(place, "ana") == "A-01-01 · Bolt-1 (BOLT-1). How many pcs? (1 of 1)"
