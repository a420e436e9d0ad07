"""What people see when something goes wrong: a sentence, where they were working, and never a stack trace.

A known refusal (`CycleCountError`) is its own sentence. Anything else is a defect or an outage: the person gets a
reference, and the log has the traceback under the same reference. A form stays open with everything that was typed
into it, because the sentence stands under its first field. Slack always gets a 200: an error status would make it
send an event again, which was told to be sent again by the person anyway.
"""

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from slack_bolt import BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot import payloads, refusals
from bot.context import Context
from bot.gateway import SlackRefused, SlackUnavailable
from bot.payloads import JsonObject
from bot.views import blocks
from bot.wiring import CLEAR, update_view
from models.errors import CycleCountError

_LOG = logging.getLogger(__name__)

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another when read out loud
_LENGTH = 4


class Repeated(CycleCountError):
    """A form that was taken already came again: it closes as it did at first, and nothing is done."""

    def __init__(self) -> None:
        super().__init__("This very form was taken already. Nothing was changed.")


class FieldError(CycleCountError):
    """A refusal that belongs under certain fields of the submitted modal: sentences by block id."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


@contextmanager
def under(field: str) -> Iterator[None]:
    """Have a refusal stand under a field."""
    try:
        yield
    except CycleCountError as refusal:
        raise FieldError({field: str(refusal)}) from refusal


def new_reference() -> str:
    """Four letters and digits that join what a person saw to the log."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def sentence_of(reference: str) -> str:
    """What a person is told of an error that is not theirs."""
    return f"That broke on my side (reference {reference}). Nothing was saved; please send it again."


def respond(context: Context, error: Exception, body: JsonObject) -> BoltResponse:
    """Turn whatever a listener raised into an answer for the person, and the acknowledgement for Slack."""
    if isinstance(error, BoltUnhandledRequestError):
        _LOG.info("nobody listens to %s", _kind(body))
        return _unhandled(body)
    if isinstance(error, CycleCountError):
        sentence = str(error)
        answer = _json(CLEAR) if isinstance(error, Repeated) else _tell(context, body, sentence, _fields_of(error))
        if (wish := refusals.wish_of(body)) is not None:
            refusals.keep(context, wish, sentence)
        return answer
    reference = new_reference()
    _LOG.error("reference %s: a listener failed on %s", reference, _kind(body), exc_info=error)
    return _tell(context, body, sentence_of(reference), None)


def _fields_of(error: CycleCountError) -> dict[str, str] | None:
    return error.errors if isinstance(error, FieldError) else None


def _tell(context: Context, body: JsonObject, sentence: str, errors: dict[str, str] | None) -> BoltResponse:
    if body.get("type") == "view_submission":
        return _in_modal(body, sentence, errors)
    if "command" in body:
        return _json({"response_type": "ephemeral", "text": _escaped(sentence)})
    user, channel, thread_ts = _where(body)
    if user and channel:
        context.tell(channel, user, sentence.split("\n"), thread_ts=thread_ts)
    elif (trigger_id := payloads.text_at(body, "trigger_id")) is not None:  # a modal, Home or a shortcut
        _on_top(context, trigger_id, sentence, is_modal=payloads.text_at(body, "view", "type") == "modal")
    return BoltResponse(status=200, body="")


def _on_top(context: Context, trigger_id: str, sentence: str, *, is_modal: bool) -> None:
    """Say something where there is no channel to say it in: in a modal, on top of the one that is open."""
    view = _said(sentence)
    try:
        if is_modal:
            context.gateway.push_view(trigger_id=trigger_id, view=view)
        else:
            context.gateway.open_view(trigger_id=trigger_id, view=view)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("a person was not told: %s", problem)


def _said(sentence: str) -> JsonObject:
    return blocks.modal(
        title="Cycle count",
        blocks=blocks.sections(map(blocks.escape, sentence.split("\n")), "said"),
        callback_id="said",
        close="Close",
    )


def _in_modal(body: JsonObject, sentence: str, errors: dict[str, str] | None) -> BoltResponse:
    field = payloads.first_field(body)
    if not errors and field is None:
        # A page without fields, as the preview of a bulk approval: only closing it would look as if it was done.
        return _json(update_view(_said(sentence)))
    return _json({"response_action": "errors", "errors": errors or {field: sentence}})


def _where(body: JsonObject) -> tuple[str | None, str | None, str | None]:
    """The person, the channel and the thread of a click, a message or an entry of its menu."""
    if body.get("type") == "message_action":
        return (
            payloads.text_at(body, "user", "id"),
            payloads.text_at(body, "channel", "id"),
            payloads.text_at(body, "message", "thread_ts"),
        )
    if body.get("type") == "block_actions":
        return (
            payloads.text_at(body, "user", "id"),
            payloads.text_at(body, "channel", "id"),
            payloads.text_at(body, "container", "thread_ts"),
        )
    thread_ts = payloads.text_at(body, "event", "thread_ts")
    if thread_ts is None:
        is_direct = payloads.text_at(body, "event", "channel_type") == "im"
        return (
            payloads.text_at(body, "event", "message", "user")
            or (payloads.text_at(body, "event", "user") if is_direct else None),
            payloads.text_at(body, "event", "channel"),
            (payloads.text_at(body, "event", "message", "thread_ts")),
        )
    return payloads.text_at(body, "event", "user"), payloads.text_at(body, "event", "channel"), thread_ts


def _unhandled(body: JsonObject) -> BoltResponse:
    if "command" in body:
        return _json({"response_type": "ephemeral", "text": "I only know /count. Try “/count help”."})
    if body.get("type") == "view_submission":
        return _in_modal(body, payloads.NOT_MINE, None)
    return BoltResponse(status=200, body="")


def _kind(body: JsonObject) -> str:
    """What came in, for the log: its type and ids of ours, no text and no names."""
    action = body.get("actions")
    ids = [
        payloads.text_at(body, "type"),
        payloads.text_at(body, "event", "type"),
        payloads.text_at(body, "view", "callback_id"),
        payloads.text_at(action[0], "action_id") if isinstance(action, list) and action else None,
        payloads.text_at(body, "command"),
    ]
    return " ".join(found for found in ids if found) or "an empty payload"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json(content: JsonObject) -> BoltResponse:
    return BoltResponse(
        status=200, body=json.dumps(content), headers={"content-type": ["application/json;charset=utf-8"]}
    )
