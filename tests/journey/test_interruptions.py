"""A form that is closed half-way, a recounter who says nothing, and a reply that is edited when all is decided."""

from datetime import UTC, datetime

import pytest

from bot import ids
from models.database import Database
from models.rules.lines import LineState
from models.services import setups
from tests.databases import SqliteTemplate, opened
from tests.journey.office import HEAD, PARTS, REVIEW, SETUP, Office, Transport, office
from tests.journey.test_blindness import sent

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PLAN = "Daily parts"
LINES = 14
"""More than a page of the form holds."""


def shelf(on_hand: int) -> str:
    """A stock file of fourteen bins of the first plan, with so many in each."""
    rows = [f"PART-{n:02},Part {n},Parts,pcs,1,{bin_of(n)},{on_hand}\n" for n in range(1, LINES + 1)]
    return HEAD + "".join(rows)


def bin_of(number: int) -> str:
    return f"A-0{1 + (number > 10) + (number > 12)}-{number:02}"


def at_work(here: Office) -> None:
    """One plan of fourteen lines, and a third counter; its sheet comes at 07:30."""
    first, _ = SETUP.split('[[plan]]\nname = "Second round"')
    first = first.replace("lines = 6", f"lines = {LINES}").replace('"U02DAN"]', '"U02DAN", "U06VAL"]')
    with here.database.write() as session:
        setups.apply(session, first, file_name="setup.toml", now=here.now())
    here.later(minutes=30)


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_what_was_interrupted_goes_on(database: Database, transport: Transport) -> None:
    with office(database, transport, START, stock=shelf(100)) as here:
        at_work(here)
        ana_closes_the_form_half_way_and_goes_on(here)
        dan_says_nothing_and_val_recounts(here)
        ana_edits_her_reply_when_all_is_decided(here)
        assert here.problems() == []


def fields_of(here: Office, name: str) -> list[str]:
    """The labels of the page that somebody has open."""
    view = here.person(name).view
    assert view is not None
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]


def ana_closes_the_form_half_way_and_goes_on(here: Office) -> None:
    ana = here.person("Ana")
    assert ana.click(PARTS, here.sheet(PLAN).ts, action_id=ids.ENTER_COUNTS).ok
    assert len(fields_of(here, "Ana")) == 12
    assert here.save("Ana", {f"PART-{n:02}": "100" for n in range(1, 6)}).errors is None
    assert len(fields_of(here, "Ana")) == 2, "the second page shows"
    ana.close_view(whole_stack=True)
    here.deliver()
    assert "5 of 14" in ana.reads(here.sheet(PLAN)), "the first page is saved"
    assert ana.click(PARTS, here.sheet(PLAN).ts, action_id=ids.ENTER_COUNTS).ok
    labels = fields_of(here, "Ana")
    assert len(labels) == 9
    assert labels[0].startswith("A-01-06")
    assert here.save("Ana", {f"PART-{n:02}": "100" for n in range(6, 13)}).errors is None
    if ana.view is not None:
        ana.close_view(whole_stack=True)


def dan_says_nothing_and_val_recounts(here: Office) -> None:
    here.reply("Ana", PLAN, "PART-13 90")
    here.deliver()
    assert "please count A-03-13 Part 13 (PART-13) again" in here.asked("Dan")
    here.later(minutes=20)
    assert not [one for one in here.person("Val").inbox() if one.bot_id]
    here.later(minutes=15)
    assert "please count A-03-13 Part 13 (PART-13) again" in here.asked("Val")
    asks = [here.person("Dan").reads(one) for one in here.person("Dan").inbox() if one.bot_id]
    assert not any("[ Enter count ]" in ask for ask in asks), "Dan is asked no more"
    here.recount("Val", "PART-13", "90")
    assert here.states()["PART-13"] is LineState.IN_REVIEW


def ana_edits_her_reply_when_all_is_decided(here: Office) -> None:
    ts = here.reply("Ana", PLAN, "PART-14 95")
    here.deliver()
    name = "Dan" if "PART-14" in here.asked("Dan") else "Val"
    here.recount(name, "PART-14", "95")
    here.deliver()
    ben = here.person("Ben")
    for sku in ("PART-13", "PART-14"):
        assert ben.click(REVIEW, here.card(sku).ts, action_id=ids.APPROVE).ok
    here.deliver()
    assert "closed" in here.person("Ana").reads(here.sheet(PLAN))
    before = here.ledger("PART-14")
    here.person("Ana").edit(PARTS, ts, "PART-14 100")
    here.workspace.wait_until_quiet()
    here.deliver()
    assert here.ledger("PART-14") == before == [("OPENING", 100, None), ("ADJUSTMENT", -5, "cause not known")]
    assert here.states()["PART-14"] is LineState.RECONCILED
    assert "too late" in here.card_text("PART-14"), "it is kept and shown to who decides"


def up_to_the_recount(database: Database, on_hand: int) -> list[str]:
    """What is sent until a silent recounter was passed over, whatever the record says of that line."""
    with office(database, "socket", START, stock=shelf(on_hand)) as here:
        at_work(here)
        ana = here.person("Ana")
        assert ana.click(PARTS, here.sheet(PLAN).ts, action_id=ids.ENTER_COUNTS).ok
        assert here.save("Ana", {}).errors is None
        ana.close_view(whole_stack=True)
        here.reply("Ana", PLAN, "PART-13 90")
        here.later(minutes=35)
        assert "PART-13" in here.asked("Val")
        return sent(here)


def test_a_recount_that_is_passed_on_tells_nothing_of_the_record(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Both records are out of tolerance: what differs is by how much, and to which side."""
    runs = []
    for on_hand in (100, 20):
        with opened(sqlite_template.url(tmp_path_factory.mktemp("run"))) as database:
            runs.append(up_to_the_recount(database, on_hand))
    assert len(runs[0]) > 5
    assert runs[0] == runs[1]
