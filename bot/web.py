"""The bot as a WSGI application: Slack's requests at /slack/events, and /healthz for whoever watches the process.

Bolt checks the signature before a listener runs. What cannot even be read is refused here with a plain 400: only Slack
can sign a request, so nobody who should be answered ever gets one.
"""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.database import Database

if TYPE_CHECKING:  # a module for type checkers only
    from wsgiref.types import StartResponse, WSGIEnvironment

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"

_LOG = logging.getLogger(__name__)


def web_application(app: App, database: Database) -> "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]":
    """Join the Slack app and the health check into one WSGI application."""
    slack = SlackRequestHandler(app, path=EVENTS_PATH)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        if path == HEALTH_PATH:
            status, words = _health(database)
            return _plain(start_response, status, words)
        if path != EVENTS_PATH:
            return _plain(start_response, HTTPStatus.NOT_FOUND, "not found")
        try:
            return slack(environ, start_response)
        except (ValueError, AttributeError, TypeError, KeyError, IndexError) as error:
            # Bolt reads the body before it checks who signed it, and trips over what is no JSON object.
            _LOG.warning("a request was not readable: %s", type(error).__name__)
            return _plain(start_response, HTTPStatus.BAD_REQUEST, "not readable")

    return application


def _health(database: Database) -> tuple[HTTPStatus, str]:
    try:
        with database.read() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        _LOG.warning("the health check found no database: %s", type(error).__name__)
        return HTTPStatus.SERVICE_UNAVAILABLE, "no database"
    return HTTPStatus.OK, "ok"


def _plain(start_response: "StartResponse", status: HTTPStatus, words: str) -> Iterable[bytes]:
    body = words.encode()
    headers = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
