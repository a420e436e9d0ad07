"""Counting by direct message, from the first question to the books: undo, the bot restarted in the middle, a recount
asked there; practice beside it, which the books never hear of; and what counters read, whatever the record says.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlmodel import SQLModel, select

from bot import ids
from bot.app import build_app
from bot.delivery import Delivery
from bot.gateway import CLICK_TIMEOUT, Gateway, web_client
from bot.slack_socket import Socket
from models.counts import CountEntry, CountLine, CountSession, EntrySource
from models.database import Database
from models.journal import AuditEvent
from models.rules.lines import LineState
from models.services.direct_counts import SAVED_ALREADY
from models.stock import StockEntry, StockLevel
from tests.databases import SqliteTemplate, opened
from tests.journey.office import PARTS, Office, Transport, office, served, stock_file
from tests.journey.test_blindness import sent

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
RECORDS: tuple[type[SQLModel], ...] = (StockLevel, StockEntry, CountSession, CountLine, CountEntry, AuditEvent)


@contextmanager
def restarted(here: Office, transport: Transport) -> Iterator[None]:
    """Another process of the bot takes over: it has nothing but the database."""
    workspace = here.workspace
    here.delivery = Delivery(
        here.database, Gateway(web_client(workspace.bot_token, here.api_url)), read_clock=here.now, name="restarted"
    )
    here.app = build_app(
        here.database,
        client=web_client(workspace.bot_token, here.api_url, CLICK_TIMEOUT),
        signing_secret=workspace.signing_secret,
        read_clock=here.now,
    )
    if transport == "http":
        with served(here) as url:
            workspace.use_http(url)
            yield
        return
    workspace.disconnect_sockets()
    socket = Socket(here.app, workspace.app_token)
    socket.connect()
    try:
        workspace.wait_for(lambda: workspace.sockets.connected)
        yield
    finally:
        socket.drain()


def records(here: Office) -> list[str]:
    """Every row of stock, ledger, sessions and audit."""
    with here.database.read() as session:
        return [repr(row.model_dump()) for table in RECORDS for row in session.exec(select(table)).all()]


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_a_direct_count_with_undo_and_a_restart_and_a_recount(database: Database, transport: Transport) -> None:
    with office(database, transport, START) as here:
        here.later(minutes=30)
        ana = here.person("Ana")
        assert ana.slash(PARTS, "/count dm").ok
        here.deliver()
        assert here.asked("Ana") == "A-01-03 · Bolt M10x40 (BOLT-10). How many pcs? (1 of 8)"
        here.write("Dan", "count")
        assert here.asked("Dan") == "A-01-04 · Fuse 15 A (FUSE-15). How many pcs? (1 of 7)", "not what Ana is asked for"
        sheet = here.person("Ben").reads(here.sheet("Daily parts"))
        assert [line[:7] for line in sheet.split("\n") if line.endswith(("Ana", "Dan"))] == ["A-01-03", "A-01-04"]
        here.write("Dan", "stop")
        here.write("Ana", "9")
        assert here.asked("Ana") == "A-01-04 · Fuse 15 A (FUSE-15). How many pcs? (2 of 8)"
        here.write("Ana", "undo")
        here.write("Ana", "90")
        with restarted(here, transport):
            assert here.states()["BOLT-10"] is LineState.TO_COUNT, "held, and not stored"
            here.write("Ana", "undo")
            assert here.asked("Ana") == "A-01-03 · Bolt M10x40 (BOLT-10). How many pcs? (1 of 8)"
            here.write("Ana", "91")
            here.write("Ana", "210")
            assert here.states()["BOLT-10"] is LineState.RECOUNT
            assert here.states()["FUSE-15"] is LineState.TO_COUNT
            here.later(minutes=2)
            assert here.states()["FUSE-15"] is LineState.RECONCILED
            here.write("Ana", "undo")
            assert here.told("Ana") == SAVED_ALREADY
            here.write("Ana", "stop")
            here.later(minutes=1)

            here.recount("Dan", "BOLT-10", "91")
            here.later(minutes=1)
            assert here.states()["BOLT-10"] is LineState.IN_REVIEW
            assert "visible in thread" not in here.card_text("BOLT-10")
            here.person("Ben").click(here.card("BOLT-10").channel, here.card("BOLT-10").ts, action_id=ids.APPROVE)
            assert here.ledger("BOLT-10")[1:] == [("ADJUSTMENT", -9, "cause not known")]
        with here.database.read() as session:
            typed = session.exec(select(CountEntry).where(CountEntry.source == EntrySource.DIRECT)).all()
        assert [(entry.typed, entry.attempt) for entry in typed] == [("91", 1), ("210", 1)]
        assert here.problems() == []


def test_practice_beside_a_count_touches_no_record(database: Database) -> None:
    with office(database, "socket", START) as here:
        here.later(minutes=30)
        before = records(here)
        assert here.person("Ana").slash(PARTS, "/count practice").ok
        here.deliver()
        here.write("Ana", "TOY-1 42 pcs\nTOY-2 17")
        assert "the record said 40: outside tolerance, somebody else would count again, blind" in here.told("Ana")
        (sheet,) = [message for message in here.person("Ana").inbox() if message.bot_id]
        here.person("Ana").click(sheet.channel, sheet.ts, action_id=ids.PRACTICE_COUNTS)
        here.save("Ana", {"TOY-3": "7.5", "TOY-4": "0"})
        here.later(minutes=5)
        assert records(here) == before
        here.write("Ana", "count")
        assert here.asked("Ana") == "A-01-03 · Bolt M10x40 (BOLT-10). How many pcs? (1 of 8)"


def direct(here: Office) -> tuple[list[str], list[str]]:
    """What everybody is sent until a count of Ana's is stored, and what she herself is sent in all, undo included."""
    here.later(minutes=30)
    assert here.person("Ana").slash(PARTS, "/count practice").ok
    here.deliver()
    here.write("Ana", "TOY-1 42")
    here.write("Ana", "TOY-1 +2 boxes\nTOY-2 blocked")
    assert here.person("Ana").slash(PARTS, "/count dm").ok
    here.deliver()
    here.write("Dan", "found HOSE-16 A-04-02 4")
    for text in ("count", "found HOSE-16 A-04-02 0", "found BOLT-99 A-01-03 4", "7 m", "can't count", "undo", "stop"):
        here.write("Dan", text)
    for text in ("+40", "undo", "+1,5", "+5", "done", "undo", "later", "done please", "+3"):
        here.write("Ana", text)
    for text in ("1,5", "9", "undo", "100", "undo", "later", "43 kg", "skip", "skip blocked", "undo", "210", "count"):
        here.write("Ana", text)
    before = sent(here)
    for text in (
        "399",
        "undo",
        "399",
        "15",
        "skip blocked",
        "undo",
        "30",
        "found WIPER-55 A-01-03 4",
        "stop",
        "undo",
        "count",
        "8",
    ):
        here.write("Ana", text)
    here.later(minutes=3)
    here.write("Ana", "undo")
    ana = here.person("Ana")
    mine = {ana.id, here.workspace.dm_channel(ana.id)}
    to_ana = [one for one in here.workspace.payloads_to_people() if one.to in mine]
    assert here.problems() == []
    return before, [json.dumps([one.method, one.payload], sort_keys=True, default=str) for one in to_ana]


@pytest.mark.parametrize("factor", [(3, 7), (0, 0), (1, 1)])
def test_who_counts_by_direct_message_reads_the_same_whatever_the_record_says(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory, factor: tuple[int, int]
) -> None:
    runs = []
    for stock in (stock_file(), stock_file(*factor)):
        with (
            opened(sqlite_template.url(tmp_path_factory.mktemp("run"))) as database,
            office(database, "socket", START, stock=stock) as here,
        ):
            runs.append(direct(here))
    first, second = runs
    assert len(first[0]) > 15
    assert len(first[1]) > 25
    for then, now in zip(first, second, strict=True):
        assert now == then
