"""Labels and photos from the shelf to the decision: two people count by pictures of labels, two bins are blocked."""

import urllib.request
from datetime import UTC, datetime

import pytest

from bot import ids
from models.database import Database
from models.rules.lines import LineState
from tests.bot.pictures import photo
from tests.journey.office import PARTS, REVIEW, Office, Transport, office
from tests.journey.test_blind_pictures import post, skip

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PLAN = "Daily parts"


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_a_sheet_counted_by_pictures(database: Database, transport: Transport) -> None:
    with office(database, transport, START) as here:
        here.later(minutes=30)
        ana_counts_by_a_label(here)
        dan_recounts_by_the_same_label(here)
        the_approver_opens_the_pictures(here)
        two_bins_are_blocked(here)
        the_list_at_close_links_their_pictures(here)
        assert here.problems() == []


def ana_counts_by_a_label(here: Office) -> None:
    post(here, "Ana", "", "BOLT-10")
    assert here.told("Ana") == "BOLT-10, A-01-03. How many?\n[ Enter count ]"
    here.reply("Ana", PLAN, "90")
    assert here.told("Ana") == "Saved: BOLT-10 in A-01-03: 90 pcs"
    here.deliver()
    assert here.states()["BOLT-10"] is LineState.RECOUNT


def dan_recounts_by_the_same_label(here: Office) -> None:
    here.later(minutes=1)
    post(here, "Dan", "", "BOLT-10")
    assert here.told("Dan") == "BOLT-10, A-01-03. How many?\n[ Enter count ]"
    here.reply("Dan", PLAN, "90")
    here.deliver()
    assert here.states()["BOLT-10"] is LineState.IN_REVIEW
    told = [one.payload for one in here.workspace.payloads_to_people() if one.to != REVIEW]
    # The bot has shown Dan no picture of Ana's, nor anybody else who counts.
    assert not any(link in str(payload) for link in links(here) for payload in told)


def links(here: Office) -> list[str]:
    """The addresses of all pictures in the thread, oldest first."""
    thread = here.workspace.thread(PARTS, here.sheet(PLAN).ts)
    return [str(file.as_slack()["permalink"]) for one in thread for file in one.files]


def the_approver_opens_the_pictures(here: Office) -> None:
    assert "Photos: Ana 07:3" in here.card_text("BOLT-10")
    shown = str(here.card("BOLT-10").blocks)
    assert [link in shown for link in links(here)] == [True, True]
    with urllib.request.urlopen(links(here)[0], timeout=5) as opened:
        assert opened.read() == photo("BOLT-10")
    assert here.person("Ben").click(REVIEW, here.card("BOLT-10").ts, action_id=ids.APPROVE).ok
    assert here.states()["BOLT-10"] is LineState.RECONCILED


def two_bins_are_blocked(here: Office) -> None:
    skip(here, "Dan", "A-03-02")
    post(here, "Ana", "WIPER-55 blocked by a pallet")
    assert here.told("Ana") == "Noted: WIPER-55 (A-02-04) can't be counted now (blocked: by a pallet)."
    here.deliver()
    assert {here.states()[sku] for sku in ("ALT-90", "WIPER-55")} == {LineState.SKIPPED}


def the_list_at_close_links_their_pictures(here: Office) -> None:
    here.reply("Ana", PLAN, "FUSE-15 210\nNUT-10 400\nBELT-6PK 14")
    here.deliver()
    head = "Daily parts: 2 lines could not be counted and come back with a later count."
    (told,) = [one for one in here.workspace.messages(REVIEW) if here.person("Ben").reads(one).startswith(head)]
    _, wiper, alternator = here.person("Ben").reads(told).split("\n")
    assert "— blocked: by a pallet (Ana) · Photos: Ana 07:" in wiper
    assert "— blocked (Dan) · Photos: Dan 07:" in alternator
    assert links(here)[-1] in str(told.blocks)
