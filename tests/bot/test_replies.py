"""Counting by replying in the sheet's thread."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from bot.messages import instant_of
from models.counts import CountEntry, CountSession, EntrySource
from models.database import Database
from models.errors import BadInput
from models.journal import AuditEvent
from models.rules.lines import LineState
from tests.bot.workplace import PARTS, REVIEW, Workplace, workplace
from tests.builders import Stock
from tests.conftest import NOW


def two(place: Workplace) -> tuple[Stock, Stock]:
    stocks = place.world.stock("BOLT-10", "A-01-03", 100), place.world.stock("FUSE-15", "A-01-04", 50)
    place.start()
    return stocks


def found(place: Workplace, stock: Stock) -> list[Decimal]:
    return [entry.quantity for entry in place.world.entries(place.line(stock))]


def test_a_reply_is_counted_at_the_time_it_was_written_ticked_and_answered_in_private(place: Workplace) -> None:
    bolts, _ = two(place)
    ts = place.reply("ana", "BOLT-10 100")
    (entry,) = place.world.entries(place.line(bolts))
    assert (entry.quantity, entry.source, entry.message_ts, entry.typed) == (100, EntrySource.REPLY, ts, "BOLT-10 100")
    assert entry.counted_at == instant_of(ts)
    assert place.told("ana", PARTS) == "Saved: BOLT-10 in A-01-03: 100 pcs"
    assert place.ana.ephemerals()[-1].thread_ts == place.sheet().ts
    assert place.told("dan") == ""
    place.settle()
    assert "white_check_mark" in place.ws.message(PARTS, ts).reactions
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
    assert place.world.problems() == []


def test_several_lines_in_one_message_with_a_question_for_what_was_not_understood(place: Workplace) -> None:
    bolts, fuses = two(place)
    place.reply("ana", "A-01-03: 90\nFUSE-15 50\nBOLT-01 7")
    assert (found(place, bolts), found(place, fuses)) == ([90], [50])
    assert place.told("ana").split("\n") == [
        "Saved: BOLT-10 in A-01-03: 90 pcs",
        "Saved: FUSE-15 in A-01-04: 50 pcs",
        "BOLT-01 is not on this sheet. Did you mean BOLT-10 (A-01-03)?",
    ]


def test_a_bare_number_counts_the_only_line_that_is_left(place: Workplace) -> None:
    bolts, fuses = two(place)
    place.reply("ana", "42")
    assert place.told("ana") == "Which item is “42”? Write the SKU or bin before it."
    place.reply("ana", "FUSE-15 50")
    place.reply("ana", "42")
    assert (found(place, bolts), found(place, fuses)) == ([42], [50])


def test_talk_in_the_thread_is_left_alone(place: Workplace) -> None:
    two(place)
    for text in ("on my way", "thanks!", "", "who has the key?"):
        place.reply("ana", text or "…")
    place.ana.say(PARTS, "BOLT-10 100")  # not in the thread
    other = place.ana.say(PARTS, "what else?")
    place.ana.say(PARTS, "BOLT-10 100", thread_ts=other)
    place.ws.wait_until_quiet()
    assert place.everything_told("ana") == []
    assert all(attempt.outcome == "acknowledged" for one in place.ws.deliveries for attempt in one.attempts)
    with place.database.read() as session:
        assert session.exec(select(CountEntry)).all() == []


def test_who_may_not_count_is_only_told_so_for_what_is_certainly_a_count(place: Workplace) -> None:
    bolts, _ = two(place)
    for name in ("zoe", "ben", "kim"):
        place.reply(name, "5 minutes, please")
        assert place.everything_told(name) == []
        place.reply(name, "BOLT-10 90")
    assert place.everything_told("zoe") == ["You are in no counting team yet. Ask Kim to add you."]
    assert place.everything_told("ben") == ["BOLT-10 (A-01-03): Only counters of Fleet Parts count this."]
    assert place.everything_told("kim") == ["BOLT-10 (A-01-03): Only counters of Fleet Parts count this."]
    assert found(place, bolts) == []


def test_a_reply_also_sent_to_the_channel_or_with_a_photo_is_a_count(place: Workplace) -> None:
    bolts, fuses = two(place)
    place.reply("ana", "BOLT-10 100", broadcast=True)
    photo = dict(place.ws.deliveries[-1].payload, event_id="Ev-photo")
    photo["event"] = photo["event"] | {"subtype": "file_share", "text": "FUSE-15 50", "ts": "1795417300.000200"}
    place.ws.courier.send_and_wait("events_api", photo)
    assert (found(place, bolts), found(place, fuses)) == ([100], [50])


def test_the_same_event_three_times_is_one_count_one_answer_one_tick(place: Workplace) -> None:
    bolts, _ = two(place)
    place.reply("ana", "BOLT-10 90\nnonsense 7")
    attempts = place.ws.redeliver_last_event(times=2)
    assert [attempt.outcome for attempt in attempts] == ["acknowledged", "acknowledged"]
    assert found(place, bolts) == [90]
    assert len(place.everything_told("ana")) == 1
    place.settle()
    assert place.calls("reactions.add") == 1
    place.reply("zoe", "BOLT-10 90")
    place.ws.redeliver_last_event(times=2)
    assert len(place.everything_told("zoe")) == 1


def test_a_plan_without_replies_asks_for_the_button_and_stores_nothing(place: Workplace) -> None:
    bolts, _ = two(place)
    with place.database.write() as session:
        session.exec(select(CountSession)).one().replies = False
    place.reply("ana", "BOLT-10 90")
    place.reply("ana", "no problem")
    assert place.everything_told("ana") == [
        "This sheet is counted with its Enter counts button: a number in the thread can be read by everybody."
    ]
    assert found(place, bolts) == []


def test_what_somebody_else_settled_is_refused_and_the_rest_of_the_message_counts(place: Workplace) -> None:
    bolts, fuses = two(place)
    place.reply("dan", "BOLT-10 100")
    place.reply("ana", "BOLT-10 99\nFUSE-15 50")
    assert place.told("ana").split("\n") == [
        "Saved: FUSE-15 in A-01-04: 50 pcs",
        "BOLT-10 (A-01-03): Dan counted this at 07:00.",
    ]
    assert (found(place, bolts), found(place, fuses)) == ([100], [50])


def test_an_edit_corrects_what_changed_at_the_original_count_instant(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")
    bolts, fuses = two(place)
    ts = place.reply("ana", "BOLT-10 90\nFUSE-15 49")
    place.wait(timedelta(minutes=20))
    place.edit("ana", ts, "BOLT-10 91\nFUSE-15 49")
    entries = place.world.entries(place.line(bolts))
    assert [(entry.quantity, entry.counted_at) for entry in entries] == [(90, instant_of(ts)), (91, instant_of(ts))]
    assert entries[1].replaces_id == entries[0].id
    assert found(place, fuses) == [49]
    assert place.told("ana") == "Saved: BOLT-10 in A-01-03: 91 pcs"
    assert place.world.proposal(place.line(bolts)).quantity == 91
    place.ws.redeliver_last_event(times=2)
    assert found(place, bolts) == [90, 91]
    place.edit("ana", ts, "BOLT-10 90\nFUSE-15 49")
    assert found(place, bolts) == [90, 91, 90]
    assert place.world.problems() == []


def test_a_bare_number_edited_means_the_line_it_counted(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")
    bolts, fuses = two(place)
    place.reply("ana", "FUSE-15 49")
    ts = place.reply("ana", "90")
    place.edit("ana", ts, "95")
    assert (found(place, bolts), found(place, fuses)) == ([90, 95], [49])


def test_an_edit_after_the_line_moved_on_is_kept_as_a_note(place: Workplace) -> None:
    bolts, _ = two(place)
    ts = place.reply("ana", "BOLT-10 90")
    assert place.world.state(place.line(bolts)) is LineState.RECOUNT
    place.edit("ana", ts, "BOLT-10 100")
    assert [entry.settles for entry in place.world.entries(place.line(bolts))] == [True, False]
    assert place.told("ana") == ("Saved: BOLT-10 in A-01-03: 100 pcs kept as a note. Your earlier count stands.")


def test_a_line_edited_away_keeps_its_count_and_says_so(place: Workplace) -> None:
    bolts, _ = two(place)
    ts = place.reply("ana", "BOLT-10 90")
    place.edit("ana", ts, "sorry, wrong thread")
    assert place.told("ana") == (
        "BOLT-10 (A-01-03): your 90 pcs stays. To correct it, write the SKU and the right number."
    )
    assert found(place, bolts) == [90]


def test_an_edit_that_overtakes_the_message_is_not_undone_by_it(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")
    bolts, _ = two(place)
    ts = place.reply("ana", "let me see")
    original = place.ws.deliveries[-1].payload
    place.edit("ana", ts, "BOLT-10 95")
    late = dict(original, event_id="Ev-late", event=original["event"] | {"text": "BOLT-10 90"})
    place.ws.courier.send_and_wait("events_api", late)
    assert found(place, bolts) == [95]


def test_only_edits_by_their_author_are_corrections(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")
    bolts, _ = two(place)
    ts = place.reply("ana", "BOLT-10 90")
    place.edit("ana", ts, "BOLT-10 95")
    edit = place.ws.deliveries[-1].payload
    for edited in (None, {"user": "U01BEN", "ts": "1795417400.000100"}):  # an unfurled link; somebody else
        event = edit["event"] | {"message": edit["event"]["message"] | {"text": "BOLT-10 80", "edited": edited}}
        place.ws.courier.send_and_wait("events_api", dict(edit, event_id=f"Ev-{edited}", event=event))
    assert found(place, bolts) == [90, 95]


def test_a_deleted_reply_leaves_its_count_and_a_note_in_the_audit(place: Workplace) -> None:
    bolts, _ = two(place)
    ts = place.reply("ana", "BOLT-10 90")
    place.ana.delete(PARTS, ts)
    place.ws.wait_until_quiet()
    place.ws.redeliver_last_event(times=2)
    assert found(place, bolts) == [90]
    with place.database.read() as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.action == "reply deleted")).all()
    assert (event.actor, event.subject) == ("U01ANA", f"line {place.line(bolts)}")
    assert json.loads(event.detail) == {"ts": ts}


def test_a_recount_by_reply_in_the_thread(place: Workplace) -> None:
    bolts, _ = two(place)
    place.reply("ana", "BOLT-10 90")
    place.reply("dan", "BOLT-10 90")
    assert [entry.attempt for entry in place.world.entries(place.line(bolts))] == [1, 2]
    assert place.world.state(place.line(bolts)) is LineState.IN_REVIEW
    place.settle()
    assert "first count visible in" in place.read(place.card(place.line(bolts))).lower()


def test_text_from_people_is_harmless_in_the_answer(place: Workplace) -> None:
    two(place)
    place.reply("ana", "<!channel> *7*")
    assert "<!channel>" not in place.told("ana")
    assert place.told("ana")


def test_a_broken_database_is_said_once_for_what_may_be_a_count_of_ours(sqlite_database: Database) -> None:
    with workplace(sqlite_database, NOW) as place:
        two(place)
        foreign = place.ben.say(PARTS, "lunch?")
        with sqlite_database.write() as session:
            session.connection().exec_driver_sql("ALTER TABLE sentmessage RENAME TO gone")
        ts = place.ws.messages(PARTS)[0].ts
        place.ana.say(PARTS, "12:30", thread_ts=foreign)
        place.ana.say(PARTS, "hello")
        place.ana.say(REVIEW, "hello")
        place.ws.wait_until_quiet()
        assert place.everything_told("ana") == []
        place.ana.say(PARTS, "BOLT-10 100", thread_ts=ts)
        place.ws.wait_until_quiet()
        assert place.told("ana").startswith("That broke on my side (reference ")
        assert all(attempt.outcome == "acknowledged" for one in place.ws.deliveries for attempt in one.attempts)


@pytest.mark.parametrize("ts", ["x", "", "NaN", "9" * 30])
def test_a_message_without_a_time_is_refused(ts: str) -> None:
    with pytest.raises(BadInput):
        instant_of(ts)


def test_the_instant_of_a_timestamp_is_exact_to_the_microsecond() -> None:
    assert instant_of("1763881200.123457").microsecond == 123457
