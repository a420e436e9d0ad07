"""Two counters share a sheet, one of them falls silent; something is found, something is blocked; then it closes."""

from datetime import UTC, datetime

import pytest

from bot import ids
from models.database import Database
from models.rules.lines import LineState
from tests.journey.office import PARTS, REVIEW, Office, Transport, office

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PLAN = "Daily parts"


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_a_shared_sheet(database: Database, transport: Transport) -> None:
    with office(database, transport, START) as here:
        here.later(minutes=30)
        ana_takes_what_there_is_and_hands_it_over(here)
        dan_counts_some_and_falls_silent(here)
        ana_goes_on(here)
        something_is_found_and_something_is_blocked(here)
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


def something_is_found_and_something_is_blocked(here: Office) -> None:
    here.reply("Ana", PLAN, "found HOSE-16 A-02-03 4\nWIPER-55 blocked by a pallet")
    assert here.told("Ana").split("\n") == [
        "Noted: WIPER-55 (A-02-04) can't be counted now (blocked: by a pallet).",
        "Saved: HOSE-16 in A-02-03: 4 m",
    ]
    here.deliver()
    assert "(found here) — with the approvers" in here.person("Dan").reads(here.sheet(PLAN))
    assert "Found here, not on the sheet. The record has such items in A-04-02 (being counted)." in here.card_text(
        "HOSE-16"
    )
    ben = here.person("Ben")
    assert ben.click(REVIEW, here.card("HOSE-16").ts, action_id=ids.APPROVE).ok
    assert here.states()["HOSE-16"] is LineState.RECONCILED


def the_session_closes(here: Office) -> None:
    skipped = "Daily parts: 1 line could not be counted and comes back with a later count."
    here.deliver()
    assert not any(here.person("Ben").reads(one).startswith(skipped) for one in here.workspace.messages(REVIEW))
    here.reply("Ana", PLAN, "ALT-90 7 pcs")
    here.deliver()
    (told,) = [
        text for one in here.workspace.messages(REVIEW) if (text := here.person("Ben").reads(one)).startswith(skipped)
    ]
    assert told.endswith("— blocked: by a pallet (Ana)")
    assert "6 counted, 1 skipped" in here.person("Dan").reads(here.sheet(PLAN))
