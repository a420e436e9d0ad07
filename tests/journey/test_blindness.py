"""The proof of product.md: the same actions over different on-hand, and counters are sent the same bytes.

Two offices differ in nothing but what the record says. Their people do the same things up to the first entry: look
at sheets, open pages, ask for items and history, reply with nonsense, make slips. Everything that Slack would show
to anybody who may count is compared, times and ids included, because the clocks and the counters of ids are the same.

Exceptions are plans whose policies read the balance, because then the sheet itself depends on it: `negative`, `zero`,
`low`, `value`, and `due` where a balance is below nothing (`models.rules.policies.READS_BALANCE`), and where classes
are computed by on-hand value. That no other policy reads it is proved in `tests/services/test_blind_choosing.py`.
"""

import json
from datetime import UTC, datetime

import pytest

from bot import ids
from models.database import Database
from tests.databases import SqliteTemplate, opened
from tests.journey.office import PARTS, Office, Transport, office, stock_file

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def up_to_the_first_entry(here: Office) -> None:
    """What counters do before anything is counted, mistakes included."""
    here.later(minutes=30)
    ana, dan = here.person("Ana"), here.person("Dan")
    for line in (
        "/count help",
        "/count status",
        "/count plans",
        "/count item BOLT-10",
        "/count item BELT",
        "/count schedule",
        "/count calendar",
        "/count now BOLT-10",
        "/count now A-03-02",
        "/count classes",
        "/count new",
    ):
        ana.slash(PARTS, line)
    ana.open_home()
    here.workspace.wait_until_quiet()  # Home comes by an event, beside what is done meanwhile
    for line in (
        "/count history BOLT-10",
        "/count history A-01-03",
        "/count history",
        "/count history since 2026-01-01",
    ):
        dan.slash(PARTS, line)
    ana.slash(PARTS, "/count item BOLT-99")
    ana.click(PARTS, here.sheet("Daily parts").ts, action_id=ids.ENTER_COUNTS)
    assert here.save("Ana", {"BOLT-10": "99999999999"}).errors
    ana.close_view(whole_stack=True)
    dan.click(PARTS, here.sheet("Second round").ts, action_id=ids.CANNOT_COUNT)
    dan.close_view(whole_stack=True)
    share_the_sheet(here)
    look_for_what_is_not_there(here)
    for text in ("BOLT-1 90", "42", "BOLT-10 -5", "BOLT-10 1,5", "thanks", "FUSE-15", "ALT-90 in use"):
        here.reply("Dan", "Daily parts", text)
    here.later(minutes=5)


def share_the_sheet(here: Office) -> None:
    """Lines are taken, asked for by somebody else, handed over and released."""
    ana, dan = here.person("Ana"), here.person("Dan")
    sheet = here.sheet("Daily parts").ts
    ana.click(PARTS, sheet, action_id=ids.TAKE_LINES)
    dan.click(PARTS, sheet, action_id=ids.TAKE_LINES)
    dan.click(PARTS, sheet, action_id=ids.ENTER_COUNTS)
    dan.click_ephemeral(action_id=ids.ENTER_CLAIMED)
    assert here.save("Dan", {"BOLT-10": "90"}).errors  # asked: Ana has it
    dan.close_view(whole_stack=True)
    here.reply("Dan", "Daily parts", "FUSE-15 7")  # the same in the thread
    ana.click(PARTS, sheet, action_id=ids.TAKE_LINES)
    ana.click_ephemeral(action_id=ids.HAND_OVER_LINES)
    assert ana.submit({"to": "U02DAN"}).closed
    here.later(minutes=31)  # Dan is silent
    dan.click(PARTS, sheet, action_id=ids.TAKE_LINES)
    dan.slash(PARTS, "/count release")


def look_for_what_is_not_there(here: Office) -> None:
    """Finds that are refused, by form and by reply."""
    ana = here.person("Ana")
    ana.click(PARTS, here.sheet("Daily parts").ts, action_id=ids.FOUND_HERE)
    for sku, code, quantity in (("BOLT-99", "A-01-03", "4"), ("HOSE-16", "A-99", "4"), ("HOSE-16", "A-01-03", "1,234")):
        assert ana.submit({"sku": sku, "bin": code, "quantity": quantity}).errors
    ana.close_view(whole_stack=True)
    here.reply("Ana", "Daily parts", "found HOSE-16 A-04-02 0\nfound GREASE-1 A-01-03 0\nfound HOSE-16 4")


def sent(here: Office) -> list[str]:
    """Everything people could read, the review channel included, as text to compare."""
    return [
        json.dumps([one.method, one.to, one.payload], sort_keys=True, default=str)
        for one in here.workspace.payloads_to_people()
    ]


def journey(database: Database, transport: Transport, stock: str) -> tuple[list[str], list[str]]:
    """What was sent before the first entry, and what the first entry itself was answered with."""
    with office(database, transport, START, stock=stock) as here:
        up_to_the_first_entry(here)
        before = sent(here)
        here.enter("Ana", "Daily parts", {"BOLT-10": "100"})
        here.reply("Dan", "Daily parts", "FUSE-15 50")
        here.reply("Ana", "Daily parts", "found HOSE-16 A-01-03 4\nfound BELT-6PK A-02-03 14\nNUT-10 blocked")
        answers = sent(here)[len(before) :]
        assert here.problems() == []
        return before, answers


def test_counters_are_sent_the_same_bytes_whatever_the_record_says(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    runs = []
    for stock in (stock_file(), stock_file(factor=3, plus=7), stock_file(factor=0)):
        folder = tmp_path_factory.mktemp("run")
        with opened(sqlite_template.url(folder)) as database:
            runs.append(journey(database, "socket", stock))
    first, *others = runs
    assert len(first[0]) > 15
    for other in others:
        assert other == first
