"""What happens when something goes wrong, and what the milestones see: the edges every listener shares."""

import json
import logging
import re
import time
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import event
from sqlmodel import select

from bot import ids
from bot.context import SLOW_SECONDS, Context
from bot.errors import new_reference
from bot.gateway import Gateway, web_client
from bot.sandbox.workspace import Limits
from models import milestones
from models.counts import CountEntry, CountSession, Decision
from models.database import Database
from models.milestones import Milestone
from models.rules.causes import Reason
from tests.bot.test_decisions import in_review
from tests.bot.workplace import PARTS, REVIEW, Workplace, workplace
from tests.conftest import NOW

BROKE = re.compile(
    r"That broke on my side \(reference ([2-9A-HJ-NP-Z]{4})\)\. Nothing was saved; please send it again\."
)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every transaction that counts, decides or starts something breaks before it is committed."""

    def boom(milestone: Milestone) -> None:
        if "not committed" in milestone:
            raise RuntimeError("secret detail of the code")

    monkeypatch.setattr(milestones, "_observers", [boom])


def reference(sentence: str, caplog: pytest.LogCaptureFixture) -> str:
    """The reference in the sentence, which the log has with a traceback and the person has not."""
    found = BROKE.fullmatch(sentence)
    assert found, sentence
    (record,) = [record for record in caplog.records if found[1] in record.getMessage()]
    assert record.exc_info
    assert record.levelno == logging.ERROR
    return found[1]


@pytest.mark.usefixtures("broken")
def test_a_defect_while_counting_stays_in_the_form_with_what_was_typed(
    place: Workplace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as calm:
        calm.setattr(milestones, "_observers", [])
        bolts = place.world.stock("BOLT-10", "A-01-03", 100)
        place.start()
        place.click_sheet("ana")
    result = place.fill("ana", {bolts: "90"})
    assert result.errors is not None
    (sentence,) = result.errors.values()
    reference(sentence, caplog)
    assert place.world.entries(place.line(bolts)) == []
    assert place.ana.view is not None
    monkeypatch.setattr(milestones, "_observers", [])
    assert place.ana.submit().closed  # the number is still there: the same form again
    assert [entry.quantity for entry in place.world.entries(place.line(bolts))] == [90]


def test_defects_in_replies_decisions_and_commands_are_told_where_they_happened(
    place: Workplace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, line = in_review(place)
    place.world.stock("FUSE-15", "A-09", 5)
    place.start()
    place.click_card("eva", line, ids.REJECT)

    def boom(milestone: Milestone) -> None:
        if "not committed" in milestone:
            raise RuntimeError("secret detail of the code")

    monkeypatch.setattr(milestones, "_observers", [boom])
    references = set()
    place.click_card("ben", line, ids.APPROVE)
    references.add(reference(place.told("ben", REVIEW), caplog))
    ts = place.reply("ana", "FUSE-15 5")
    references.add(reference(place.told("ana", PARTS), caplog))
    assert place.ana.ephemerals()[-1].thread_ts == place.ws.message(PARTS, ts).thread_ts
    errors = place.eva.submit({"reason": Reason.COUNT_ERROR.value}).errors
    assert errors is not None
    references.add(reference(errors["reason"], caplog))
    assert len(references) == 3
    with place.database.read() as session:
        assert session.exec(select(Decision)).all() == []
    place.ws.wait_until_quiet()  # the bot hears of its own messages too, beside all this
    assert all(attempt.outcome == "acknowledged" for one in place.ws.deliveries for attempt in one.attempts)
    assert "secret detail" not in str(place.ws.payloads_to_people())
    # A retry after the defect is gone does the work: the broken event was not remembered as handled.
    monkeypatch.setattr(milestones, "_observers", [])
    place.ws.courier.send_and_wait("events_api", [d for d in place.ws.deliveries if d.kind == "events_api"][-1].payload)
    assert place.told("ana") == "Saved: FUSE-15 in A-09: 5 pcs"


@pytest.mark.usefixtures("broken")
def test_a_defect_in_a_command_is_its_answer(place: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    place.world.stock("FUSE-15", "A-09", 5)
    reference(place.count("kim", "start Daily parts"), caplog)
    with place.database.read() as session:
        assert session.exec(select(CountSession)).all() == []


def test_a_locked_database_is_a_sentence(sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    event.listen(sqlite_database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 20"))
    with workplace(sqlite_database, NOW) as place:
        bolts = place.world.stock("BOLT-10", "A-01-03", 100)
        place.start()
        place.click_sheet("ana")
        other = Database(str(sqlite_database.engine.url))
        sqlite_database.engine.dispose()
        with other.write() as session:
            session.connection()  # from here on the other process holds the lock
            result = place.fill("ana", {bolts: "90"})
            assert result.errors is not None
            reference(next(iter(result.errors.values())), caplog)
            assert "being counted" not in place.count("kim", "status")  # reading goes on
        other.close()
        assert place.ana.submit().closed


def test_a_database_that_lost_its_connections_works_again_at_once(postgres_database: Database) -> None:
    with workplace(postgres_database, NOW) as place:
        bolts = place.world.stock("BOLT-10", "A-01-03", 100)
        place.start()
        place.click_sheet("ana")
        with postgres_database.engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert place.fill("ana", {bolts: "90"}).closed


def test_milestones_and_the_wake_up_come_after_the_commit_and_before_the_answer(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Milestone, int, int, int]] = []

    def look(milestone: Milestone) -> None:
        if "not acknowledged" in milestone or milestone is Milestone.SESSION_STARTED:
            with place.database.read() as session:
                entries, decisions = session.exec(select(CountEntry)).all(), session.exec(select(Decision)).all()
            answered = sum(attempt.outcome == "acknowledged" for attempt in place.ws.deliveries[-1].attempts)
            seen.append((milestone, len(entries), len(decisions), answered))

    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    monkeypatch.setattr(milestones, "_observers", [look])
    place.count("ben", "start Daily parts")
    place.settle()
    place.enter_counts("ana", {bolts: "90"})
    place.reply("dan", "BOLT-10 90")
    place.settle()
    place.click_card("ben", place.line(bolts), ids.APPROVE)
    assert seen == [
        (Milestone.SESSION_STARTED, 0, 0, 0),
        (Milestone.COUNT_RECORDED, 1, 0, 0),
        (Milestone.COUNT_RECORDED, 2, 0, 0),
        (Milestone.DECISION_MADE, 2, 1, 0),
    ]
    assert place.woken == 4


def test_a_listener_that_takes_as_long_as_slack_waits_is_logged(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ticks = iter([0.0, SLOW_SECONDS - 0.1, 10.0, 10.0 + SLOW_SECONDS])
    context = Context(
        sqlite_database, Gateway(web_client("xoxb-none")), read_clock=lambda: NOW, read_ticks=lambda: next(ticks)
    )
    context.timed("quick", lambda: None)
    context.timed("slow", lambda: None)
    assert [record.getMessage() for record in caplog.records] == ["listener slow took 2.0 s"]


def test_what_nobody_listens_to_is_acknowledged(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01-03", 100)
    sheet = place.start()
    sheet.blocks = json.loads(json.dumps(sheet.blocks))
    next(block for block in sheet.blocks if block["type"] == "actions")["elements"][0]["action_id"] = "older_button"
    assert place.ana.click(PARTS, sheet.ts, action_id="older_button", seen=sheet).ok
    result = place.ana.slash(PARTS, "/stock")
    assert (result.ok, result.text) == (True, "I only know /count. Try “/count help”.")
    place.click_sheet("ana")
    view = place.ws.views.top("U01ANA")
    assert view is not None
    view.payload["callback_id"] = "older_form"
    assert place.ana.submit().errors == {
        view.payload["blocks"][0]["block_id"]: "That form or button is not one of mine. Use the newest message."
    }


@pytest.fixture
def over_http(sqlite_database: Database) -> Iterator[Workplace]:
    with workplace(sqlite_database, NOW, limits=Limits().without_rates(), over_http=True) as place:
        yield place


def send(place: Workplace, body: str, *, secret: str | None = None, headers: dict[str, str] | None = None) -> int:
    """Post a body to the bot as Slack would, signed with `secret`; returns the status."""
    url = place.request_url
    signed = headers or {}
    if secret is not None:
        now = str(int(time.time()))
        signature = SignatureVerifier(secret).generate_signature(timestamp=now, body=body) or ""
        signed = {"x-slack-signature": signature, "x-slack-request-timestamp": now, **signed}
    request = urllib.request.Request(url, body.encode(), {"content-type": "application/json", **signed})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


def test_requests_that_slack_did_not_sign_do_nothing(over_http: Workplace) -> None:
    bolts = over_http.world.stock("BOLT-10", "A-01-03", 100)
    over_http.start()
    command = urlencode({"command": "/count", "text": "start Daily parts", "user_id": "U01BEN", "channel_id": PARTS})
    for secret in (None, "another-secret"):
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert send(over_http, command, secret=secret, headers=form) == HTTPStatus.UNAUTHORIZED
    assert over_http.world.entries(over_http.line(bolts)) == []


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "[1]", '"x"', "payload=", "payload={", "payload=[]", "{}", '{"type": "block_actions"}',
     '{"type": "view_submission", "view": []}', '{"type": "event_callback", "event": "x"}',
     '{"type": "event_callback", "event": {"type": "message"}}', '{"command": "/count"}', "\x00", "🙂"],
)  # fmt: skip
def test_bodies_that_make_no_sense_are_answered_without_a_server_error(over_http: Workplace, body: str) -> None:
    assert send(over_http, body, secret=over_http.ws.signing_secret) < HTTPStatus.INTERNAL_SERVER_ERROR


def test_references_are_easy_to_read_out_and_differ() -> None:
    made = {new_reference() for _ in range(50)}
    assert len(made) > 45
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{4}", one) for one in made)
