"""Two counters share a sheet, and one of them falls silent."""

from datetime import UTC, datetime

import pytest

from bot import ids
from models.database import Database
from tests.journey.office import PARTS, Office, Transport, office

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PLAN = "Daily parts"


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_a_shared_sheet(database: Database, transport: Transport) -> None:
    with office(database, transport, START) as here:
        here.later(minutes=30)
        ana_takes_what_there_is_and_hands_it_over(here)
        dan_counts_some_and_falls_silent(here)
        ana_goes_on(here)
        the_session_closes(here)
        assert here.problems() == []


def holders(here: Office) -> dict[str, str]:
    """Who has which bin, as the sheet says it."""
    lines = [line.split(" · ") for line in here.person("Ana").reads(here.sheet(PLAN)).split("\n")]
    return {line[0].split(" ")[0]: line[2] for line in lines if line[0].startswith("A-") and len(line) > 2}


def ana_takes_what_there_is_and_hands_it_over(here: Office) -> None:
    ana, dan, sheet = here.person("Ana"), here.person("Dan"), here.sheet(PLAN).ts
    ana.click(PARTS, sheet, action_id=ids.TAKE_LINES)
    assert here.told("Ana").startswith("You have 6 lines, A-01-03 to A-03-02.\n[ Enter counts ] [ Release ]")
    here.deliver()
    assert holders(here) == dict.fromkeys(["A-01-03", "A-01-04", "A-02-02", "A-02-03", "A-02-04", "A-03-02"], "Ana")
    dan.click(PARTS, sheet, action_id=ids.ENTER_COUNTS)
    assert here.told("Dan").startswith("Ana has the 6 lines that are left.")
    here.reply("Dan", PLAN, "FUSE-15 210")
    assert here.told("Dan") == "FUSE-15 (A-01-04): Ana has this line. Count it anyway? Send the same again to do so."
    ana.click_ephemeral(action_id=ids.HAND_OVER_LINES)
    assert ana.submit({"to": "U02DAN"}).closed


def dan_counts_some_and_falls_silent(here: Office) -> None:
    here.deliver()
    assert set(holders(here).values()) == {"Dan"}
    assert here.enter("Dan", PLAN, {"BOLT-10": "100", "FUSE-15": "210"}).errors is None
    here.later(minutes=20)
    assert set(holders(here).values()) == {"Dan"}
    here.later(minutes=11)
    assert holders(here) == {}


def ana_goes_on(here: Office) -> None:
    here.person("Ana").click(PARTS, here.sheet(PLAN).ts, action_id=ids.TAKE_LINES)
    assert here.told("Ana").startswith("You have 4 lines, A-02-02 to A-03-02.")
    assert here.enter("Ana", PLAN, {"NUT-10": "400", "BELT-6PK": "14"}).errors is None
    here.deliver()
    assert holders(here) == {"A-02-04": "Ana", "A-03-02": "Ana"}


def the_session_closes(here: Office) -> None:
    here.reply("Ana", PLAN, "ALT-90 7 pcs\nWIPER-55 30 pcs")
    here.deliver()
    assert holders(here) == {}
