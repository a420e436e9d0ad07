"""The proof of blindness for packs, the question about bare numbers and counts in parts.

As in `test_blindness`: offices that differ only in what the record says, the same actions, the same bytes to counters.
A part is stored but not judged, so everything up to *done*, and its answer, must be equal.
"""

from datetime import UTC, datetime

import pytest

from bot import ids
from models.database import Database
from tests.databases import SqliteTemplate, opened
from tests.journey.office import PARTS, Office, office
from tests.journey.test_blindness import sent

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def packed(bolts: int, fuses: int, hose: int) -> str:
    """A stock file with packs, of different on-hand."""
    return (
        "sku,name,category,unit,unit_cost,location,on_hand,pack_sizes\n"
        f"BOLT-10,Bolt M10x40,Parts,pcs,0.35,A-01-03,{bolts},box=50; case=600\n"
        f"FUSE-15,Fuse 15 A,Parts,pcs,0.42,A-01-04,{fuses},box=100\n"
        f"HOSE-16,Coolant hose,Parts,m,3.20,A-02-01,{hose},\n"
        "BELT-6PK,V-ribbed belt,Parts,pcs,14.20,A-03-01,9,\n"
    )


def bare_numbers_are_asked_about(here: Office) -> None:
    ana = here.person("Ana")
    ana.click(PARTS, here.sheet("Daily parts").ts, action_id=ids.ENTER_COUNTS)
    assert here.save("Ana", {"BOLT-10": "12"}).errors
    ana.close_view(whole_stack=True)
    for text in ("BOLT-10 12", "FUSE-15 150", "BOLT-10 3 drums", "HOSE-16 1,234", "BOLT-10 2 boxes 60"):
        here.reply("Dan", "Daily parts", text)


def parts_come_in(here: Office) -> None:
    dan = here.person("Dan")
    here.reply("Ana", "Daily parts", "FUSE-15 +1 box\nHOSE-16 +1.234 m")
    here.reply("Dan", "Daily parts", "FUSE-15 50 pcs, more to come")
    here.reply("Dan", "Daily parts", "BOLT-10 done")
    here.later(minutes=5)
    for command in ("/count status", "/count item FUSE-15", "/count history FUSE-15"):
        dan.slash(PARTS, command)
    dan.open_home()
    here.workspace.wait_until_quiet()
    dan.click(PARTS, here.sheet("Daily parts").ts, action_id=ids.ENTER_COUNTS)
    assert here.save("Dan", {"FUSE-15": "+20"}).errors
    dan.close_view(whole_stack=True)
    here.later(minutes=5)


def journey(database: Database, stock: str) -> list[str]:
    """What was sent up to the answer to “done”."""
    with office(database, "socket", START, stock=stock) as here:
        here.later(minutes=30)
        bare_numbers_are_asked_about(here)
        parts_come_in(here)
        here.reply("Dan", "Daily parts", "FUSE-15 done")
        assert "done, with the parts of Ana, Dan" in here.told("Dan")
        told = sent(here)
        assert here.problems() == []
        return told


@pytest.mark.parametrize("stock", [(12, 150, 1), (600, 0, 1234), (0, 15_000, 2)])
def test_questions_and_parts_tell_nothing_of_the_record(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory, stock: tuple[int, int, int]
) -> None:
    told = []
    for on_hand in ((100, 100, 100), stock):
        with opened(sqlite_template.url(tmp_path_factory.mktemp("run"))) as database:
            told.append(journey(database, packed(*on_hand)))
    assert len(told[0]) > 15
    assert told[1] == told[0]
