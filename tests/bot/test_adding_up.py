"""Adding one line up from several people's parts, in the thread and in the form."""

import json
from datetime import timedelta

from sqlmodel import select

from bot import ids
from bot.messages import instant_of
from models.counts import ReviewCause
from models.journal import AuditEvent
from models.rules.lines import LineState
from tests.bot.packing import boxed, numbers
from tests.bot.workplace import PARTS, Workplace

MINUTE = timedelta(minutes=1)
MORE = "so far. Add the next, or write “done” when it is all."


def test_three_people_add_a_line_up_in_the_thread(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 400)
    place.world.stock("NUT-10", "A-01-04", 5)
    place.start()
    line = place.line(bolts)
    place.reply("ana", "BOLT-10 +3 boxes")
    assert place.told("ana") == f"Saved: BOLT-10 in A-01-03: 3 boxes = 150 pcs {MORE}"
    place.reply("dan", "BOLT-10 2 boxes + 40\nmore to come")
    place.reply("fay", "A-01-03: +110 pcs")
    place.settle()
    assert "A-01-03  Bolt-10 · BOLT-10 — adding up, Ana, Dan, Fay" in place.read(place.sheet())
    assert place.world.state(line) is LineState.TO_COUNT
    assert numbers(place, bolts) == []
    place.reply("fay", "BOLT-10 done")
    assert place.told("fay") == "Saved: BOLT-10 in A-01-03: done, with the parts of Ana, Dan, Fay."
    assert numbers(place, bolts) == [400]
    assert place.world.state(line) is LineState.RECONCILED
    place.settle()
    assert "done, Fay" in place.read(place.sheet())
    # What others counted, and what it comes to, was told to nobody.
    for name, secret in (
        ("ana", "140"),
        ("dan", "150"),
        ("fay", "150"),
        ("ana", "400"),
        ("dan", "400"),
        ("fay", "400"),
    ):
        assert not any(secret in text for text in place.everything_told(name))
    assert place.world.problems() == []


def test_an_edited_part_is_a_correction_and_an_edit_of_another_line_adds_nothing(place: Workplace) -> None:
    bolts, nuts = place.world.stock("BOLT-10", "A-01-03", 100), place.world.stock("NUT-10", "A-01-04", 5)
    place.start()
    ts = place.reply("ana", "BOLT-10 +40\nNUT-10 4")
    place.edit("ana", ts, "BOLT-10 +60\nNUT-10 4")
    place.edit("ana", ts, "BOLT-10 +60\nNUT-10 4 pcs")
    place.reply("dan", "BOLT-10 +40")
    place.reply("dan", "BOLT-10 done")
    assert (numbers(place, bolts), numbers(place, nuts)) == ([100], [4])
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
    assert place.world.problems() == []


def test_a_part_that_is_edited_after_the_line_was_decided_changes_nothing(place: Workplace) -> None:
    place.world.remove_role("fay")
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    line = place.line(bolts)
    ts = place.reply("ana", "BOLT-10 +40")
    place.reply("dan", "BOLT-10 +40")
    place.reply("dan", "BOLT-10 done")
    place.settle()
    place.click_card("ben", line, ids.APPROVE)
    assert place.world.on_hand(bolts) == 80
    place.edit("ana", ts, "BOLT-10 +60")
    assert place.told("ana").split("\n")[0] == (
        "BOLT-10 (A-01-03): This count takes no more parts. If something is missing, write the whole number; "
        "the approver sees it."
    )
    place.edit("ana", ts, "BOLT-10 100")
    assert place.told("ana") == "Saved: BOLT-10 in A-01-03: 100 pcs kept as a note. Your earlier count stands."
    assert place.world.on_hand(bolts) == 80
    assert place.world.problems() == []


def test_the_card_lists_the_parts_and_what_moved_meanwhile(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    line = place.line(bolts)
    place.reply("ana", "BOLT-10 +50")
    place.ws.clock.advance(MINUTE)
    place.world.now = place.now()
    place.world.issue(bolts, 10)
    place.ws.clock.advance(MINUTE)
    place.reply("dan", "BOLT-10 +40")
    place.reply("ana", "BOLT-10 done")
    place.settle()
    assert place.world.see(line).review_cause is ReviewCause.MOVED_MEANWHILE
    card = place.read(place.card(line))
    assert "BOLT-10 Bolt-10 in A-01-03: no variance" in card
    assert "Added up: 50 (Ana 07:" in card
    assert ") + 40 (Dan 07:" in card
    assert "; done said Ana" in card
    assert "Moved while it was added up: -10 issued 07:" in card


def test_parts_left_open_are_listed_for_the_approver(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    line = place.line(bolts)
    place.reply("ana", "BOLT-10 +50")
    place.reply("dan", "BOLT-10 +20")
    place.ws.clock.advance(place.world.see(line).due_at - place.now())
    place.world.now = place.now()
    assert place.world.expire() == [line]
    place.settle()
    card = place.read(place.card(line))
    assert "Nobody said that this is all. Parts left open at the due time: 50 (Ana 07:" in card
    assert "Approve -30, the open parts" in card
    place.click_card("ben", line, ids.RECOUNT)
    assert place.world.state(line) is LineState.RECOUNT
    assert place.world.asked(line) == "fay"
    place.settle()
    assert "50" not in place.read(place.card(line)).replace("05:50", "")
    assert place.world.problems() == []


def test_parts_and_done_in_the_form(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    nuts, belts = place.world.stock("NUT-10", "A-01-04", 5), place.world.stock("BELT", "A-01-05", 3)
    place.start()
    place.reply("ana", "BOLT-10 +60")
    place.click_sheet("dan")
    view = place.dan.view
    assert view is not None
    first = view["blocks"][0]
    assert first["element"]["type"] == "plain_text_input"
    assert first["hint"]["text"] == "BOLT-10 · pcs · adding up, Ana: +12 for a part, done, or the whole number"
    result = place.fill("dan", {bolts: "+30", nuts: "-1"}, force=True)
    assert result.errors is not None
    result = place.fill("dan", {bolts: "+40", nuts: "5"})  # the same form: a correction of the part
    assert result.view is not None
    assert f"BOLT-10 in A-01-03: 40 pcs {MORE}" in json.dumps(result.view, ensure_ascii=False)
    place.dan.close_view(whole_stack=True)
    place.click_sheet("dan")
    assert place.fill("dan", {bolts: "done", belts: "-1"}, force=True).errors is not None
    assert place.fill("dan", {bolts: "done", belts: "3"}).closed  # the same form again
    assert numbers(place, bolts) == [100]
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
    assert place.world.problems() == []


def test_a_form_that_is_sent_again_adds_nothing_twice(place: Workplace) -> None:
    bolts, nuts = boxed(place, "BOLT-10", "A-01-03", 100), place.world.stock("NUT-10", "A-01-04", 5)
    place.start()
    place.click_sheet("ana")
    for typed in ("-1", "-1", "5"):
        place.fill("ana", {bolts: "+1 box", nuts: typed}, force=True)
    place.reply("dan", "BOLT-10 +50 pcs")
    place.reply("dan", "BOLT-10 done")
    assert numbers(place, bolts) == [100]


def test_a_part_that_is_deleted_stays_and_is_noted_and_one_edited_to_done_closes(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    line = place.line(bolts)
    gone = place.reply("ana", "BOLT-10 +60")
    place.ana.delete(PARTS, gone)
    place.ws.wait_until_quiet()
    with place.database.read() as session:
        noted = session.exec(select(AuditEvent.subject).where(AuditEvent.action == "reply deleted")).all()
    assert noted == [f"line {line}"]
    ts = place.reply("dan", "BOLT-10 +40")
    place.ws.clock.advance(MINUTE)
    place.edit("dan", ts, "BOLT-10 done")
    (entry,) = place.world.entries(line)
    assert entry.quantity == 100
    assert entry.counted_at > instant_of(ts) + MINUTE / 2
    assert place.world.problems() == []
