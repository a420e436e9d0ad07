"""The whole loop on both transports: schedule, sheets, modal and thread counts, recounts, review, decisions, ledger,
history, and the same stock file again. Two overlapping plans run at once."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import ids
from models.database import Database
from models.rules.lines import LineState
from tests.journey.office import PARTS, REVIEW, Office, Transport, office

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_the_loop(database: Database, transport: Transport) -> None:
    with office(database, transport, START) as here:
        sheets_come_on_time(here)
        ana_counts_in_the_modal(here)
        dan_counts_in_the_thread(here)
        recounts_are_made_by_somebody_else(here)
        decisions_are_made(here)
        the_sessions_close(here)
        everybody_can_read_the_history(here)
        the_same_file_changes_nothing(here)
        assert here.problems() == []


def sheets_come_on_time(here: Office) -> None:
    here.later(minutes=29)
    assert here.workspace.messages(PARTS) == []
    here.later(minutes=1)
    assert len([m for m in here.workspace.messages(PARTS) if m.bot_id]) == 2
    first, second = here.sheet("Daily parts"), here.sheet("Second round")
    ana = here.person("Ana")
    assert "6 bins" in ana.reads(first)
    assert "2 bins" in ana.reads(second), "what the first plan holds open is left out of the second"
    here.later(minutes=5)
    assert len([m for m in here.workspace.messages(PARTS) if m.bot_id]) == 2, "sheets are not repeated"


def ana_counts_in_the_modal(here: Office) -> None:
    result = here.enter("Ana", "Daily parts", {"BOLT-10": "90", "FUSE-15": "21", "NUT-10": "399"})
    assert result.errors is None
    assert here.ledger("NUT-10") == [("OPENING", 400, None), ("ADJUSTMENT", -1, "within tolerance")]
    assert here.states()["NUT-10"] is LineState.RECONCILED
    assert here.states()["BOLT-10"] is LineState.RECOUNT
    here.later(minutes=1)
    result = here.enter("Ana", "Daily parts", {"ALT-90": "3"})
    assert result.errors is None
    here.enter("Ana", "Second round", {"GREASE-1": "18", "HOSE-16": "40"})


def dan_counts_in_the_thread(here: Office) -> None:
    ts = here.reply("Dan", "Daily parts", "BELT-6P 14\nA-02-04: 30")
    assert "BELT-6PK (A-02-03)" in here.told("Dan")
    here.deliver()
    reply = next(m for m in here.workspace.thread(PARTS, here.sheet("Daily parts").ts) if m.ts == ts)
    assert len(reply.reactions) == 1
    here.reply("Dan", "Daily parts", "BELT-6PK 14")
    assert here.states()["BELT-6PK"] is LineState.RECONCILED
    here.later(minutes=1)


def recounts_are_made_by_somebody_else(here: Office) -> None:
    here.recount("Dan", "BOLT-10", "90")
    here.recount("Dan", "FUSE-15", "210")
    here.recount("Dan", "ALT-90", "4")
    here.recount("Ana", "WIPER-55", "29")
    here.recount("Dan", "HOSE-16", "41")
    assert here.states()["FUSE-15"] is LineState.RECONCILED
    waiting = {sku for sku, state in here.states().items() if state is LineState.IN_REVIEW}
    assert waiting == {"BOLT-10", "ALT-90", "WIPER-55", "HOSE-16"}
    here.later(minutes=1)
    here.receive("BOLT-10", 20, "PO-881")
    here.later(minutes=1)
    assert "+20 received" in here.card_text("BOLT-10")


def decisions_are_made(here: Office) -> None:
    dan, ben, eva = here.person("Dan"), here.person("Ben"), here.person("Eva")
    dan.click(REVIEW, here.card("BOLT-10").ts, action_id=ids.APPROVE)
    assert here.told("Dan") == "Only approvers of Fleet Parts decide this. Ben or Eva can."

    ben.choose(REVIEW, here.card("BOLT-10").ts, "unrecorded issue", action_id=ids.CAUSE)
    seen = here.card("BOLT-10")
    ben.click(REVIEW, seen.ts, action_id=ids.APPROVE)
    assert here.ledger("BOLT-10")[1:] == [("RECEIPT", 20, None), ("ADJUSTMENT", -10, "unrecorded issue")]
    assert here.level("BOLT-10").on_hand == 110
    eva.click(REVIEW, seen.ts, action_id=ids.APPROVE, seen=seen)
    assert "Ben approved this at 07:" in here.told("Eva")
    assert here.level("BOLT-10").on_hand == 110

    ben.click(REVIEW, here.card("ALT-90").ts, action_id=ids.APPROVE)
    assert "-897.00 EUR is over your limit of 500.00 EUR. I have asked Eva." in here.told("Ben")
    here.later(minutes=1)
    assert any("Eva" in eva.reads(m) for m in here.workspace.thread(REVIEW, here.card("ALT-90").ts))
    ben.click(REVIEW, here.card("ALT-90").ts, action_id=ids.REJECT)
    decide(here, "Ben", reason="count error", note="counted in the dark")
    assert here.ledger("ALT-90") == [("OPENING", 7, None)], "a rejected count posts nothing"

    ben.click(REVIEW, here.card("WIPER-55").ts, action_id=ids.ADJUST)
    decide(here, "Ben", quantity="31", reason="misplaced", note="two in the van")
    assert here.ledger("WIPER-55") == [("OPENING", 32, None), ("ADJUSTMENT", -1, "misplaced")]

    eva.click(REVIEW, here.card("HOSE-16").ts, action_id=ids.APPROVE)
    assert here.ledger("HOSE-16") == [("OPENING", 42, None), ("ADJUSTMENT", -1, "cause not known")]


def decide(here: Office, name: str, **fields: str) -> None:
    """Fill in a decision's modal by what kind of field it is, and submit."""
    person = here.person(name)
    by_kind = {"number_input": "quantity", "static_select": "reason", "plain_text_input": "note"}
    assert person.view is not None
    result = person.submit(
        {
            block["block_id"]: fields[by_kind[block["element"]["type"]]]
            for block in person.view["blocks"]
            if block["type"] == "input" and by_kind[block["element"]["type"]] in fields
        }
    )
    assert (result.errors, result.problem) == (None, None)


def the_sessions_close(here: Office) -> None:
    here.later(minutes=1)
    sheet = here.person("Ana").reads(here.sheet("Daily parts"))
    assert "closed" in sheet
    assert "1 of 6 right at the first count" in sheet
    # What was posted: 10 bolts, 1 nut, 1 wiper. The fuses were a slip, the alternators were not believed.
    assert "net -11.48 EUR · gross 11.48 EUR" in sheet
    for plan in ("Daily parts", "Second round"):
        replies = here.workspace.thread(PARTS, here.sheet(plan).ts)
        assert len([m for m in replies if m.metadata and m.metadata["event_payload"]["intent"] == "summary"]) == 1
    (seal,) = [
        m for m in here.workspace.thread(PARTS, here.sheet("Daily parts").ts) if "Sealed up to " in str(m.blocks)
    ]
    assert seal.metadata is not None
    assert seal.metadata["event_payload"]["intent"] == "summary"
    assert "Approved by Ben" in here.card_text("BOLT-10")
    assert "Rejected by Ben" in here.card_text("ALT-90")
    assert not any(m.rings_everybody for m in [*here.workspace.messages(PARTS), *here.workspace.messages(REVIEW)])


def everybody_can_read_the_history(here: Office) -> None:
    assert here.person("Ana").slash(PARTS, "/count history BOLT-10").ok
    shown = here.told("Ana")
    assert "100 → 90" in shown
    assert "approved, Ben" in shown
    assert here.person("Kim").slash(PARTS, "/count item BOLT-10").ok
    assert "110 pcs" in here.told("Kim")


def the_same_file_changes_nothing(here: Office) -> None:
    done = here.import_stock()
    assert (done.unchanged, done.corrected, done.conflicts) == (8, 0, [])
    assert here.level("BOLT-10").on_hand == 110


def test_uncounted_lines_expire_and_come_back(database: Database) -> None:
    with office(database, "socket", START) as here:
        here.later(minutes=30)
        here.enter("Ana", "Daily parts", {"BOLT-10": "90"})
        here.workspace.clock.advance(timedelta(hours=4))
        here.later(minutes=1)
        assert here.states()["NUT-10"] is LineState.TO_COUNT, "the approvers are asked first"
        here.later(minutes=31)
        states = here.states()
        assert states["BOLT-10"] is LineState.IN_REVIEW, "a shortage is not buried by waiting"
        assert states["NUT-10"] is LineState.SKIPPED
        assert here.level("NUT-10").last_counted_at is None
        here.later(hours=20)
        assert here.states()["NUT-10"] is LineState.TO_COUNT, "the next day's run asks for it again"
        assert here.states()["BOLT-10"] is LineState.IN_REVIEW, "what is open elsewhere is not asked for twice"
        assert here.problems() == []
