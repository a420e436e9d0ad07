"""The Slack app: every listener registered on one Bolt `App`, and one place where their errors end.

`process_before_response` makes Bolt run the listener and then acknowledge, in the thread that got the request: the
acknowledgement carries the answer (the next page of a modal, errors under fields), and Slack is not told "done"
before it is. No call to Slack is needed to build the app or to take a request: Bolt would ask who the bot is, which
nothing here needs to know, because what the bot itself wrote carries a `bot_id`.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot import errors
from bot.context import Context, do_nothing
from bot.gateway import Gateway
from bot.listeners import (
    bulk,
    calendar,
    claims,
    commands,
    counting,
    decisions,
    finding,
    history_pages,
    home,
    overdue,
    plan_actions,
    plan_form,
    practice,
    replies,
    skipping,
    spot_counts,
)
from bot.payloads import JsonObject
from bot.refused_blocks import RefusedBlocks
from models.database import Database

_FEATURES = (
    counting,
    claims,
    skipping,
    finding,
    replies,
    practice,
    decisions,
    bulk,
    commands,
    history_pages,
    spot_counts,
    plan_form,
    plan_actions,
    home,
    calendar,
    overdue,
)


def build_app(
    database: Database,
    *,
    client: WebClient,
    signing_secret: str | None,
    read_clock: Callable[[], datetime],
    wake: Callable[[], None] = do_nothing,
    refused: RefusedBlocks | None = None,
) -> App:
    """Build the app. `client` has the short timeout of clicks (`gateway.CLICK_TIMEOUT`); nothing is called yet.

    `refused` is shared with the delivery of the same process.

    Without a `signing_secret` (Socket Mode needs none) every request over HTTP is refused.
    """
    context = Context(database=database, gateway=Gateway(client, refused), read_clock=read_clock, wake=wake)
    app = App(
        name="cycle-count-bot",  # else Bolt asks the whole call stack for the name of this file, which takes 40 ms
        # Bolt copies this client for each request, and the Socket Mode handler opens its connection through it.
        client=_without_token(client),
        authorize=_authorize,
        signing_secret=signing_secret or secrets.token_hex(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("bot.bolt"),
    )

    def on_error(error: Exception, body: JsonObject) -> BoltResponse:
        return errors.respond(context, error, body)

    app.error(on_error)
    for feature in _FEATURES:
        feature.register(app, context)
    return app


def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _without_token(client: WebClient) -> WebClient:
    """The same way to Slack without the right to do anything: listeners only use the gateway."""
    bare = WebClient(base_url=client.base_url, timeout=client.timeout, ssl=client.ssl, retry_handlers=[])
    bare.proxy = client.proxy
    return bare
