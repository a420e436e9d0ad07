"""Answering through a `response_url`: the one way to replace a message that only one person sees.

Slack takes five answers within half an hour. An ephemeral message cannot be found again, so these answers are made at
the click, once.
"""

import json
from http import HTTPStatus

from slack_sdk.webhook import WebhookClient

from bot.gateway import CLICK_TIMEOUT, check_message, tls
from bot.slack_errors import SlackRefused, SlackUnavailable
from bot.views.blocks import Rendered


def replace_original(response_url: str, message: Rendered) -> None:
    """Show `message` in place of the one that was clicked in; SlackRefused when it is too old for that."""
    _send(response_url, message, is_replacing=True)


def answer_command(response_url: str, message: Rendered) -> None:
    """Show `message` to the person who typed a command; SlackRefused when its blocks are not taken, for example."""
    _send(response_url, message, is_replacing=False)


def _send(response_url: str, message: Rendered, *, is_replacing: bool) -> None:
    check_message(message)
    client = WebhookClient(response_url, timeout=CLICK_TIMEOUT, ssl=tls(), retry_handlers=[])
    client.proxy = None  # the SDK would use HTTP_PROXY for every host; urllib by itself also heeds NO_PROXY
    try:
        answer = client.send(text=message.text, blocks=message.blocks, replace_original=is_replacing)
    except (OSError, ValueError) as error:
        raise SlackUnavailable(f"{type(error).__name__}: {error}") from error
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise SlackUnavailable(f"HTTP {answer.status_code}")
    if (refused := _refused(answer.body)) or answer.status_code != HTTPStatus.OK:
        raise SlackRefused(refused or answer.body or str(answer.status_code), permanent=True)


def _refused(body: str) -> str:
    """The error in an answer; "" for none. Slack says it as JSON, with status 200 too, or as the word alone."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("error") or "") if isinstance(answer, dict) else ""
