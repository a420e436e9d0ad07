"""`doctor`, against the local workspace: what it finds, what it advises, and that it never tells a token."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import AppSettings, Limits, Workspace
from models.database import Database
from models.plans import CountPlan
from tests.bot.shell import CHECKOUT, Done, Shell
from tests.builders import Warehouse
from tests.services.tampering import tamper


class Patient:
    """A deployment where all is well, to be made ill."""

    def __init__(self, shell: Shell, database: Database, server: SandboxServer) -> None:
        self._shell, self.database, self.ws = shell, database, server.ws
        self.environment = {
            "SLACK_API_URL": server.api_url,
            "SLACK_BOT_TOKEN": server.ws.bot_token,
            "SLACK_APP_TOKEN": server.ws.app_token,
        }

    def look(self, **other: str) -> Done:
        done = self._shell("doctor", **{**self.environment, **other})
        for value in {**self.environment, **other}.values():
            assert not value.startswith("x") or value not in done.stdout + done.stderr
        return done


@pytest.fixture
def patient(sqlite_shell: Shell, sqlite_database: Database) -> Iterator[Patient]:
    ws = Workspace(limits=Limits().without_rates(), app=AppSettings.from_file(CHECKOUT / "manifest.json"))
    Warehouse(sqlite_database, datetime.now(UTC))
    with sqlite_database.write() as session:
        session.exec(select(CountPlan)).one().is_paused = True
    ws.add_channel("C01PARTS", name="parts")
    ws.add_channel("C01REVIEW", name="review", private=True)
    with SandboxServer(ws) as server:
        yield Patient(sqlite_shell, sqlite_database, server)


def test_all_is_well(patient: Patient) -> None:
    done = patient.look()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "FAIL" not in done.stdout
    assert "note SLACK_API_URL leads to 127.0.0.1, not to Slack" in done.stdout
    assert "ok   Every scope of manifest.json is granted." in done.stdout
    assert "ok   Fleet Parts: the bot is in C01REVIEW." in done.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE team SET channel = 'C0NOWHERE'", "Fleet Parts, C0NOWHERE: channel_not_found. Check its id"),
        ("UPDATE company SET timezone = 'Mars/Base'", "The time zone “Mars/Base” is not known here."),
        ("UPDATE alembic_version SET version_num = '0012'", "The database has schema 0012"),
        (
            "UPDATE countplan SET is_paused = 0, next_due = '2020-01-01 00:00:00.000000'",
            "The clock is behind. See that python -m scheduler runs",
        ),
    ],
)
def test_what_is_wrong_in_the_database_is_told(patient: Patient, change: str, said: str) -> None:
    tamper(patient.database, change)
    done = patient.look()
    assert done.returncode == 1
    assert f"FAIL {said}" in done.stdout


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong-1"}, "Slack refuses SLACK_BOT_TOKEN (invalid_auth)."),
        ({"SLACK_APP_TOKEN": "xapp-wrong-1"}, "Slack refuses SLACK_APP_TOKEN (invalid_auth)."),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_APP_TOKEN": ""}, "Set SLACK_APP_TOKEN (for run) or SLACK_SIGNING_SECRET (for serve)."),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "Slack cannot be reached."),
    ],
)
def test_what_is_wrong_in_the_environment_is_told(patient: Patient, other: dict[str, str], said: str) -> None:
    done = patient.look(**other)
    assert done.returncode == 1
    assert f"FAIL {said}" in done.stdout


def test_a_missing_scope_is_named(patient: Patient) -> None:
    patient.ws.app = replace(patient.ws.app, scopes=patient.ws.app.scopes - {"files:write"})
    done = patient.look()
    assert done.returncode == 1
    assert "FAIL Scopes are missing: files:write. Paste manifest.json into the app" in done.stdout
