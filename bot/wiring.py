"""Joining listeners to Bolt: typed payload in, answer out, timed.

A listener is a plain function of the context and a typed payload. What it returns is the acknowledgement's body (the
next view of a modal, errors under its fields, the text of a command), None for an empty one.
"""

import json
import re
from collections.abc import Callable

from slack_bolt import App, BoltResponse

from bot import payloads
from bot.context import Context
from bot.payloads import Click, Command, JsonObject, MessageShortcut, Shortcut, Submission, ViewAction

Answer = JsonObject | None

CLEAR: JsonObject = {"response_action": "clear"}
"""Close every modal of the stack."""


def on_click(app: App, context: Context, action_id: str, handle: Callable[[Context, Click], None]) -> None:
    """Call `handle` for clicks on a button, and on those whose id is `action_id` with a dot and a word behind it."""

    def listener(body: JsonObject) -> BoltResponse:
        context.timed(action_id, lambda: handle(context, payloads.click(body)))
        return _answered(None)

    app.action(_with_word(action_id))(listener)


def on_choice(app: App, action_id: str) -> None:
    """Acknowledge a menu whose value is only read when a button is clicked."""

    def listener() -> BoltResponse:
        return _answered(None)

    app.action(action_id)(listener)


def on_submit(app: App, context: Context, callback_id: str, handle: Callable[[Context, Submission], Answer]) -> None:
    """Call `handle` when a modal is submitted; its answer says what becomes of the modal."""

    def listener(body: JsonObject) -> BoltResponse:
        answers: list[Answer] = []
        context.timed(callback_id, lambda: answers.append(handle(context, payloads.submission(body))))
        return _answered(answers[0])

    app.view(callback_id)(listener)


def on_view_action(app: App, context: Context, action_id: str, handle: Callable[[Context, ViewAction], None]) -> None:
    """Call `handle` for what is done in a modal or on Home, to elements of that id, or with a dot and a word behind."""

    def listener(body: JsonObject) -> BoltResponse:
        context.timed(action_id, lambda: handle(context, payloads.view_action(body)))
        return _answered(None)

    app.action(_with_word(action_id))(listener)


def on_command(app: App, context: Context, name: str, handle: Callable[[Context, Command], Answer]) -> None:
    """Call `handle` for a slash command; its answer, if any, is shown to the person who typed it."""

    def listener(body: JsonObject) -> BoltResponse:
        answers: list[Answer] = []
        context.timed(name, lambda: answers.append(handle(context, payloads.command(body))))
        return _answered(answers[0] and {"response_type": "ephemeral", **answers[0]})

    app.command(name)(listener)


def on_shortcut(app: App, context: Context, callback_id: str, handle: Callable[[Context, Shortcut], None]) -> None:
    """Call `handle` when somebody uses an entry of the shortcuts menu."""

    def listener(body: JsonObject) -> BoltResponse:
        context.timed(callback_id, lambda: handle(context, payloads.shortcut(body)))
        return _answered(None)

    app.global_shortcut(callback_id)(listener)


def on_message_shortcut(
    app: App, context: Context, callback_id: str, handle: Callable[[Context, MessageShortcut], None]
) -> None:
    """Call `handle` when somebody uses an entry of a message's menu."""

    def listener(body: JsonObject) -> BoltResponse:
        context.timed(callback_id, lambda: handle(context, payloads.message_shortcut(body)))
        return _answered(None)

    app.message_shortcut(callback_id)(listener)


def on_event(app: App, context: Context, name: str, handle: Callable[[Context, JsonObject], None]) -> None:
    """Call `handle` with the whole envelope of an event."""

    def listener(body: JsonObject) -> BoltResponse:
        context.timed(name, lambda: handle(context, body))
        return _answered(None)

    app.event(name)(listener)


def update_view(view: JsonObject) -> JsonObject:
    """The answer that shows another view in the submitted modal's place."""
    return {"response_action": "update", "view": view}


def field_errors(errors: dict[str, str]) -> JsonObject:
    """The answer that shows sentences under fields, by block id."""
    return {"response_action": "errors", "errors": errors}


def _with_word(action_id: str) -> re.Pattern[str]:
    return re.compile(rf"\A{re.escape(action_id)}(\.\w+)?\Z")


def _answered(answer: Answer) -> BoltResponse:
    if answer is None:
        return BoltResponse(status=200, body="")
    return BoltResponse(
        status=200, body=json.dumps(answer), headers={"content-type": ["application/json;charset=utf-8"]}
    )
