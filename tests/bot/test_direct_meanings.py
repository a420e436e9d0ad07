"""Direct messages about items with packs, lines counted in parts, and lines that others have: what people read."""

import json
from datetime import timedelta

from sqlmodel import col, select

from bot import ids
from bot.listeners.direct import FOUND_WHERE, NOTHING_LEFT
from models.counts import CountEntry, CountLine, EntrySource
from models.journal import AuditEvent
from models.rules.lines import LineState
from tests.bot.direct import clock, edit, heard, inbox, last, write
from tests.bot.packing import QUESTION, boxed, numbers
from tests.bot.workplace import Workplace

MORE = "so far. Add the next, or write “done” when it is all."


def test_a_bare_number_is_asked_about_once_and_the_unit_alone_answers(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 600)
    place.start()
    line = place.line(bolts)
    write(place, "ana", "count")
    assert last(place, "ana") == "A-01-03 · Bolt-10 (BOLT-10). How many pcs or boxes of 50? (1 of 1)"
    write(place, "ana", "12")
    assert place.told("ana") == QUESTION
    write(place, "ana", "boxes")
    assert inbox(place, "ana")[-1].split("\n") == [
        "That was the last one. Thank you.",
        "A-01-03 BOLT-10: 12 boxes = 600 pcs. For two minutes, “undo” takes it back.",
    ]
    place.wait(timedelta(minutes=2))
    clock(place)
    (entry,) = place.world.entries(line)
    assert (int(entry.quantity), entry.typed) == (600, "boxes")
    assert place.world.problems() == []


def test_a_line_is_added_up_by_direct_message_and_in_the_thread(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 400)
    place.start()
    line = place.line(bolts)
    place.reply("dan", "BOLT-10 +100 pcs")
    write(place, "ana", "count")
    assert inbox(place, "ana")[-1].split("\n")[1] == "Adding up: Dan. Write +12 for a part, or the whole number."
    first = write(place, "ana", "+3 boxes")
    assert place.told("ana") == f"Saved: BOLT-10 in A-01-03: 3 boxes = 150 pcs {MORE}"
    edit(place, "ana", first, "+4 boxes")
    assert place.told("ana") == f"Saved: BOLT-10 in A-01-03: 4 boxes = 200 pcs {MORE}"
    write(place, "ana", "more to come")
    write(place, "ana", "+100 pcs")
    assert "A-01-03  Bolt-10 · BOLT-10 — adding up, Dan, Ana" in place.read(place.sheet())
    write(place, "ana", "Done!")
    assert inbox(place, "ana")[-1].split("\n") == [
        "That was the last one. Thank you.",
        "A-01-03 BOLT-10: done, with its parts. For two minutes, “undo” takes it back.",
    ]
    assert numbers(place, bolts) == []
    place.wait(timedelta(minutes=2))
    clock(place)
    (entry,) = place.world.entries(line)
    assert (int(entry.quantity), entry.source) == (400, EntrySource.DIRECT)
    assert place.world.state(line) is LineState.RECONCILED
    assert not any("400" in text or " 100 " in text for text in inbox(place, "ana")), "not what others gave"
    assert place.world.problems() == []


def test_what_is_found_is_added_to_the_sheet_that_is_asked_about(place: Workplace) -> None:
    place.world.stock("NUT-10", "B-07", 0)
    bolts, screws = place.world.stock("BOLT-10", "A-01-03", 100), place.world.stock("SCREW-1", "A-01-04", 5)
    place.start()
    write(place, "ana", "found NUT-10 A-01-03 4")
    assert place.told("ana") == FOUND_WHERE
    write(place, "ana", "count")
    write(place, "ana", "100")
    ts = write(place, "ana", "found NUT-10 in A-01-03 4")
    assert place.told("ana").startswith("Saved: NUT-10 in A-01-03: 4")
    assert numbers(place, bolts) == [100], "stored, as before every answer"
    edit(place, "ana", ts, "found NUT-10 in A-01-03 5")
    assert "5" in place.told("ana")
    write(place, "ana", "found NUT-11 A-01-03 4")
    assert "Did you mean NUT-10" in place.told("ana")
    assert last(place, "ana") == "A-01-04 · Screw-1 (SCREW-1). How many pcs? (2 of 3)", "and goes on"
    write(place, "ana", "found SCREW-1 A-01-04 5")
    assert numbers(place, screws) == [5]
    assert last(place, "ana") == "B-07 · Nut-10 (NUT-10). How many pcs? (2 of 2)"
    with place.database.read() as session:
        found = session.exec(select(CountEntry.source).join(CountLine).where(col(CountLine.found))).all()
    assert found == [EntrySource.DIRECT] * 2
    place.ana.delete(place.ws.dm_channel(place.ana.id), ts)
    heard(place)
    with place.database.read() as session:
        deleted = session.exec(select(AuditEvent).where(AuditEvent.action == "reply deleted")).all()
    assert [(event.actor, json.loads(event.detail)) for event in deleted] == [(place.ana.id, {"ts": ts})]
    assert place.world.problems() == []


def test_a_reason_alone_skips_what_is_asked_for(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    write(place, "ana", "count")
    write(place, "ana", "blocked by a pallet")
    write(place, "ana", "stop")
    assert place.world.state(place.line(bolts)) is LineState.SKIPPED
    assert "blocked: by a pallet" in place.read(place.sheet())


def test_a_line_that_another_takes_meanwhile_is_asked_about_and_then_counted(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    write(place, "ana", "count")
    place.count("ana", "release")
    place.settle()
    place.click_sheet("dan", ids.TAKE_LINES)
    write(place, "ana", "100")
    assert place.told("ana") == "Dan has this line. Count it anyway? Send the same again to do so."
    write(place, "ana", "100")
    write(place, "ana", "stop")
    assert place.told("ana") == NOTHING_LEFT
    assert numbers(place, bolts) == [100]


def test_who_is_left_nothing_but_what_others_have_is_told_who_has_it(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    place.click_sheet("dan", ids.TAKE_LINES)
    write(place, "ana", "count")
    assert place.told("ana") == "Dan has the line that is left."
    assert inbox(place, "ana") == []
