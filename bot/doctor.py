"""What a deployment needs to work, asked one by one: each failing thing says what to do. No token is ever told."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import SecretStr
from slack_sdk.web import SlackResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from bot.gateway import CLICK_TIMEOUT, web_client
from bot.slack_errors import SlackRefused, SlackUnavailable, called
from models.database import Database
from models.errors import CycleCountError
from models.migrate import require_current
from models.people import Company, Team
from models.services.health import health
from models.settings import Settings

MOST_SKEW = timedelta(seconds=60)
"""Slack's signatures may be five minutes old; a clock that is a minute off is on its way there."""

_MANIFEST = Path(__file__).parents[1] / "manifest.json"


@dataclass(frozen=True)
class Finding:
    """One answer. `is_well` is None for what only has to be known."""

    text: str
    is_well: bool | None


def _good(text: str) -> Finding:
    return Finding(text, is_well=True)


def _bad(text: str) -> Finding:
    return Finding(text, is_well=False)


def _note(text: str) -> Finding:
    return Finding(text, is_well=None)


def findings(settings: Settings, read_clock: Callable[[], datetime]) -> Iterator[Finding]:
    """Ask everything, also when something fails."""
    host = urlsplit(settings.slack_api_url).hostname
    if host != "slack.com":
        yield _note(f"SLACK_API_URL leads to {host}, not to Slack: unset it unless that is meant.")
    yield from _bot_token(settings, read_clock)
    yield from _way_in(settings)
    database = Database(settings.database_url)
    try:
        require_current(database)
        yield _good("The database can be reached and has the newest schema.")
        with database.read() as session:
            yield from _company(session)
            yield _clock(session, read_clock())
            if settings.slack_bot_token is not None:
                yield from _channels(settings, session)
    except CycleCountError as error:
        yield _bad(str(error))
    except SQLAlchemyError as error:
        yield _bad(f"The database cannot be used ({type(error).__name__}). Check DATABASE_URL.")
    finally:
        database.close()


def _call(settings: Settings, token: SecretStr, method: str, **arguments: str | int) -> SlackResponse:
    client = web_client(token.get_secret_value(), settings.slack_api_url, CLICK_TIMEOUT)
    answers: list[SlackResponse] = []

    def call() -> SlackResponse:
        answers.append(client.api_call(method, params=arguments))
        return answers[0]

    called(call)
    return answers[0]


def _bot_token(settings: Settings, read_clock: Callable[[], datetime]) -> Iterator[Finding]:
    if settings.slack_bot_token is None:
        yield _bad("SLACK_BOT_TOKEN is missing: copy it from “OAuth & Permissions”.")
        return
    try:
        answer = _call(settings, settings.slack_bot_token, "auth.test")
    except SlackRefused as refusal:
        yield _bad(f"Slack refuses SLACK_BOT_TOKEN ({refusal.code}). Copy it again from “OAuth & Permissions”.")
        return
    except SlackUnavailable:
        yield _bad("Slack cannot be reached. Check the network and its proxy.")
        return
    yield _good("Slack takes SLACK_BOT_TOKEN.")
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    wanted = set(json.loads(_MANIFEST.read_text("utf-8"))["oauth_config"]["scopes"]["bot"])
    if missing := ", ".join(sorted(wanted - granted)):
        yield _bad(f"Scopes are missing: {missing}. Paste manifest.json into the app and install it again.")
    else:
        yield _good("Every scope of manifest.json is granted.")
    if "date" in headers:
        skew = abs(read_clock() - parsedate_to_datetime(headers["date"]))
        is_right = skew <= MOST_SKEW
        advice = "" if is_right else " Set this machine's clock by NTP."
        yield Finding(f"This machine's clock is {skew.total_seconds():.0f} s from Slack's.{advice}", is_well=is_right)


def _way_in(settings: Settings) -> Iterator[Finding]:
    if settings.slack_app_token is None:
        if settings.slack_signing_secret is None:
            yield _bad("Set SLACK_APP_TOKEN (for run) or SLACK_SIGNING_SECRET (for serve).")
        return
    try:
        _call(settings, settings.slack_app_token, "apps.connections.open")
    except SlackRefused as refusal:
        yield _bad(f"Slack refuses SLACK_APP_TOKEN ({refusal.code}). Make one with the scope connections:write.")
    except SlackUnavailable:
        yield _bad("Slack opens no connection for SLACK_APP_TOKEN just now. Check the network.")
    else:
        yield _good("Slack takes SLACK_APP_TOKEN.")


def _company(session: Session) -> Iterator[Finding]:
    company = session.exec(select(Company)).first()
    if company is None:
        yield _bad("Nothing is set up. Run python -m bot apply setup.toml")
    elif company.timezone not in available_timezones():
        yield _bad(f"The time zone “{company.timezone}” is not known here. Correct timezone in setup.toml.")
    else:
        yield _good(f"The company's time zone is {company.timezone}.")


def _clock(session: Session, now: datetime) -> Finding:
    if health(session, now).is_clock_well:
        return _good("Nothing that the clock does is late.")
    return _bad("The clock is behind. See that python -m scheduler runs, once, and what its log says.")


def _channels(settings: Settings, session: Session) -> Iterator[Finding]:
    token = settings.slack_bot_token
    assert token is not None  # noqa: S101 - the caller has looked
    for team in session.exec(select(Team)).all():
        for channel in (team.channel, team.review_channel):
            try:
                # Reading asks for no more scopes than the bot has, and only members may.
                _call(settings, token, "conversations.history", channel=channel, limit=1)
            except SlackRefused as refusal:
                advice = "Check its id in setup.toml, and invite the bot there: /invite @Cycle Count"
                yield _bad(f"{team.name}, {channel}: {refusal.code}. {advice}")
            except SlackUnavailable:
                yield _bad(f"{team.name}, {channel}: Slack did not answer. Try again in a minute.")
            else:
                yield _good(f"{team.name}: the bot is in {channel}.")
