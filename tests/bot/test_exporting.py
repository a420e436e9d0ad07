"""`/count export`: a file in the direct messages of who decides, without what they may have to count."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlmodel import select

from bot import export_files
from bot.sandbox.faults import slack_error
from bot.sandbox.files import StoredFile
from models.export_requests import ExportRequest
from models.journal import AuditEvent, OutboxState
from models.people import Company, Role
from models.services import exports
from tests.bot.direct import inbox
from tests.bot.test_commands import counted
from tests.bot.workplace import Workplace
from tests.services.reordering import forecast, used
from tests.services.workbooks import read_workbook

ABLE = "Export what: history, adjustments, accuracy, reorder or audit? Write “/count export history”."
TIMELESS = "reorder cannot be filtered by time; that is for history, adjustments, accuracy and audit."
COMING = "It comes in our direct messages, in a moment."


def export(place: Workplace, name: str, rest: str) -> str:
    said = place.count(name, f"export {rest}".strip())
    place.settle()
    return said


def files(place: Workplace, name: str) -> list[StoredFile]:
    return [file for message in place.who(name).inbox() for file in message.files]


def comment(place: Workplace, name: str) -> str:
    return next(message.text for message in reversed(place.who(name).inbox()) if message.files)


def records(file: StoredFile) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(file.content.decode(), newline="")))


def test_history_comes_as_a_sheet_in_the_direct_messages(place: Workplace, tmp_path: Path) -> None:
    counted(place)
    place.settle()
    assert export(place, "ben", "history") == COMING
    (file,) = files(place, "ben")
    assert file.name == "history-2026-11-23-1.xlsx"
    path = tmp_path / file.name
    path.write_bytes(file.content)
    book = read_workbook(path)
    assert [record["sku"] for record in book["history"].records()] == ["BOLT-10"] * len(book["history"].records())
    assert comment(place, "ben") == "*history*: 4 rows. Times are those of UTC."
    assert files(place, "ana") == files(place, "kim") == []
    with place.database.read() as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).one()
        assert (event.actor, event.detail) == ("U01BEN", '{"of": "", "what": "history"}')
        assert session.exec(select(ExportRequest)).one().done_at is not None


@pytest.mark.parametrize("what", sorted(exports.EXPORTS.keys() - {"reorder"}))
def test_every_export_comes_as_csv_when_asked(place: Workplace, what: str) -> None:
    counted(place)
    place.settle()
    assert export(place, "kim", f"{what} csv") == COMING
    (file,) = files(place, "kim")
    assert file.name == f"{what}-2026-11-23-1.csv"
    assert records(file)


def test_what_is_wanted_is_said_as_history_takes_it(place: Workplace) -> None:
    bolts = counted(place)
    fuses = place.world.stock("FUSE-15", "B-01", 50)
    place.world.count(place.world.line(fuses), "fay", 50)
    place.world.count(place.line(bolts), "ana", 90)
    place.settle()
    for words, skus in [
        ("FUSE-15", {"FUSE-15"}),
        ("bin A-01-03 since 2026-11-01", {"BOLT-10"}),
        ("@fay today", {"FUSE-15"}),
        ("Daily parts only adjusted", {"BOLT-10"}),
        ("Fleet Parts", {"FUSE-15", "BOLT-10"}),
    ]:
        assert export(place, "kim", f"history {words} csv") == COMING
        assert {row["sku"] for row in records(files(place, "kim")[-1])} == skus
    assert comment(place, "kim") == "*history* of “Fleet Parts”: 6 rows. Times are those of UTC."


def test_the_history_that_is_shown_is_exported_by_its_button(place: Workplace) -> None:
    counted(place)
    fuses = place.world.stock("FUSE-15", "B-01", 50)
    place.world.count(place.world.line(fuses), "fay", 50)
    place.settle()
    for asked, words, rows in [
        ("FUSE-15", "sku FUSE-15", 1),
        ("A-01-03 since 2026-11-01 only variances", "bin A-01-03 since 2026-11-01 only variances", 3),
        ("Fleet Parts @Fay 2026-11-23", "team Fleet Parts by U01FAY 2026-11-23 to 2026-11-23", 1),
        ("Daily parts until 2026-11-23", "plan Daily parts until 2026-11-23", 5),
    ]:
        place.count("kim", f"history {asked}")
        assert place.kim.click_ephemeral(text="Export").ok
        assert place.told("kim") == COMING
        place.settle()
        number = "1 row" if rows == 1 else f"{rows} rows"
        assert comment(place, "kim").startswith(f"*history* of “{words}”: {number}.")
    place.count("ana", "history")
    with pytest.raises(LookupError):
        place.ana.click_ephemeral(text="Export")


@pytest.mark.parametrize(
    ("who", "rest", "said"),
    [
        ("ana", "history", "Only approvers and stock control export. Ask Kim."),
        ("zoe", "history", "You are in no counting team yet. Ask Kim to add you."),
        ("ben", "", ABLE),
        ("ben", "histroy", "Did you mean “/count export history”?"),
        ("ben", "history BOLT-01", "There is no SKU, bin, team or plan “BOLT-01”. Did you mean BOLT-10?"),
        ("ben", "history class A", "Exports have no classes. Name a SKU, a bin or a team."),
        ("ben", "audit BOLT-10", "audit cannot be filtered by SKU; that is for history, adjustments and reorder."),
        (
            "ben",
            "reorder today",
            "reorder cannot be filtered by time; that is for history, adjustments, accuracy and audit.",
        ),
        ("ben", f"history {'x' * 301}", "That is too long. Say in 300 characters which rows you want."),
    ],
)
def test_what_cannot_be_exported_is_said_at_once(place: Workplace, who: str, rest: str, said: str) -> None:
    counted(place)
    place.settle()
    assert export(place, who, rest).replace("\n", " ") == said
    assert place.who(who).inbox() == []


def test_one_at_a_time_for_each_person(place: Workplace) -> None:
    counted(place)
    place.settle()
    assert place.count("ben", "export history") == COMING
    assert (
        place.count("ben", "export audit") == "Your export of history is still on its way. Ask again when it is there."
    )
    assert place.count("kim", "export audit") == COMING
    place.settle()
    assert (len(files(place, "ben")), len(files(place, "kim"))) == (1, 1)
    assert export(place, "ben", "audit") == COMING
    assert len(files(place, "ben")) == 2


def test_one_that_is_stuck_does_not_keep_others_away(place: Workplace) -> None:
    counted(place)
    assert place.count("ben", "export history") == COMING
    place.wait(timedelta(hours=1))
    assert place.count("ben", "export history") == COMING


def test_what_the_reader_may_have_to_count_is_left_out_and_named(place: Workplace) -> None:
    bolts = counted(place)
    fuses = place.world.stock("FUSE-15", "B-01", 50)
    line = place.world.line(fuses)
    place.world.count(line, "fay", 50)
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben")
    place.settle()
    bolts_line = place.line(bolts)  # the fuses' session opened it again
    for what, sku, rows in (("history", "sku", 1), ("adjustments", "sku", None), ("audit", "subject", None)):
        export(place, "ben", f"{what} csv")
        if rows is None and what == "adjustments":
            assert "There are no such rows. What you may have to count" in inbox(place, "ben")[-1]
            continue
        found = {row[sku] for row in records(files(place, "ben")[-1])}
        assert not found & {"BOLT-10", f"line {bolts_line}", f"line {bolts_line - 1}"}
        assert "Left out, because you may have to count it: BOLT-10." in comment(place, "ben")
    export(place, "kim", "history csv")
    assert {row["sku"] for row in records(files(place, "kim")[-1])} == {"BOLT-10", "FUSE-15"}
    assert "Left out" not in comment(place, "kim")
    assert comment(place, "kim").endswith("Lines that are still being counted or decided are left out.")


def test_a_line_that_is_open_is_in_no_file(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    place.world.count(line, "ana", 77)
    place.settle()
    export(place, "kim", "history csv")
    export(place, "kim", "audit csv")
    assert "no such rows" in inbox(place, "kim")[-1]
    assert all(b"77" not in file.content for file in files(place, "kim"))


def test_advice_is_for_what_lies_in_bins_that_the_reader_decides_about(place: Workplace) -> None:
    place.world.add_team("Other", "Z-")
    used(place.world, "SEAL-1", left=10)
    used(place.world, "FAR-1", left=10, code="Z-01")
    forecast(place.world)
    place.settle()
    for who, skus in (("kim", {"SEAL-1", "FAR-1"}), ("ben", {"SEAL-1"})):
        assert export(place, who, "reorder csv") == COMING
        assert {row["sku"] for row in records(files(place, who)[-1])} == skus
    export(place, "ben", "reorder team Other csv")
    assert inbox(place, "ben")[-1] == "Your export of reorder: There are no such rows."
    place.world.start()
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben")
    place.settle()
    export(place, "ben", "reorder csv")
    assert "What you may have to count" in inbox(place, "ben")[-1]


def test_who_may_not_any_more_when_it_is_made_is_told(place: Workplace) -> None:
    counted(place)
    place.settle()
    place.count("ben", "export history")
    place.world.remove_role("ben", role=Role.APPROVER)
    place.settle()
    assert files(place, "ben") == []
    assert inbox(place, "ben") == ["Your export of history: Only approvers and stock control export. Ask Kim."]


def test_too_many_rows_are_refused_with_two_ways_out(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "MOST_ROWS", 3)
    counted(place)
    place.settle()
    export(place, "ben", "history")
    (said,) = inbox(place, "ben")
    assert said.startswith("Your export of history: That is more than 3 rows. Ask for fewer, such as “last month”;")
    assert said.endswith("python -m bot export history --out history.xlsx")
    monkeypatch.setattr(export_files, "MOST_ROWS", 4)
    assert export(place, "ben", "history") == COMING
    assert len(files(place, "ben")) == 1


def test_a_defect_is_told_with_its_reference_and_holds_nothing_up(place: Workplace) -> None:
    counted(place)
    place.settle()
    place.count("ben", "export history")
    with place.database.write() as session:
        session.get_one(Company, 1).timezone = "Nowhere"
    place.settle()
    (said,) = inbox(place, "ben")
    assert said.startswith("Your export of history: That broke on my side (reference ")
    assert files(place, "ben") == []


def test_a_file_that_slack_never_takes_is_told(place: Workplace) -> None:
    counted(place)
    place.settle()
    place.ws.faults.on(method="files.getUploadURLExternal", action=slack_error("file_upload_size_restricted"))
    export(place, "ben", "history")
    assert inbox(place, "ben") == [
        "Your export of history: Slack did not take the file (file_upload_size_restricted). Ask stock control for it."
    ]
    assert export(place, "ben", "history") == COMING
    assert len(files(place, "ben")) == 1


def test_when_the_answer_is_lost_the_file_is_there_once(place: Workplace) -> None:
    counted(place)
    place.settle()
    place.ws.faults.on(method="files.completeUploadExternal", action="disconnect", phase="after_store")
    place.count("ben", "export history")
    place.settle(60)
    assert len(files(place, "ben")) == 1
    assert inbox(place, "ben") == []


def test_when_slack_is_away_it_comes_later(place: Workplace) -> None:
    counted(place)
    place.settle()
    place.ws.faults.on(method="files.getUploadURLExternal", action="500", times=2)
    place.count("ben", "export history")
    place.settle(120)
    assert len(files(place, "ben")) == 1
    assert not place.rows(OutboxState.FAILED)


def test_without_direct_messages_it_is_said_at_once(place: Workplace) -> None:
    counted(place)
    place.settle()
    place.refuse_direct_messages()
    assert place.count("ben", "export history").startswith("Slack did not open our direct messages.")
    with place.database.read() as session:
        assert session.exec(select(ExportRequest)).all() == []
