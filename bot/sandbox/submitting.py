"""Submitting a modal: what the client refuses, what the bot answers, and whether that answer makes sense."""

from typing import TYPE_CHECKING

from bot.sandbox import interactions
from bot.sandbox.checks.views import prepared_view
from bot.sandbox.errors import SlackError
from bot.sandbox.forms import complaints
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.modals import View
from bot.sandbox.results import NO_ANSWER, TROUBLE, SubmitResult
from bot.sandbox.state import User

if TYPE_CHECKING:  # the workspace hands out persons, who use this
    from bot.sandbox.workspace import Workspace


def submit_view(ws: "Workspace", user: User, view: View, *, force: bool) -> SubmitResult:
    """Submit what is entered in that view."""
    with ws.changes.lock:
        refused = {} if force else complaints(view.payload["blocks"], view.state)
        if refused:
            return SubmitResult(refused, closed=False, view=_shown(ws, user), refused_locally=True)
        payload = interactions.submission(ws, user, view)
    delivery = ws.courier.send_and_wait("interactive", payload)
    if delivery.problem:
        return SubmitResult(None, closed=False, view=_shown(ws, user), problem=NO_ANSWER, delivery=delivery)
    answer: Json = delivery.attempts[0].answer
    with ws.changes.lock:
        errors: dict[str, str] | None = None
        problem, details = None, []
        try:
            errors = _obey(ws, user, view, answer or {})
        except SlackError as refusal:
            problem, details = TROUBLE, [refusal.error, *refusal.messages]
        else:
            if answer:
                ws.record.answered("view_submission", user.id, answer, ws.clock.now())
        closed = view not in ws.views.stacks.get(user.id, [])
        ws.changes.happened()
        return SubmitResult(errors, closed, _shown(ws, user), problem, details=details, delivery=delivery)


def _obey(ws: "Workspace", user: User, view: View, answer: JsonObject) -> dict[str, str] | None:
    """Do what the acknowledgement says; returns the errors to show under the fields."""
    action = answer.get("response_action")
    if action is None and not answer:
        stack = ws.views.stacks.get(user.id, [])
        if view in stack:
            stack.remove(view)
        return None
    if action == "clear":
        ws.views.clear(user.id)
        return None
    if action == "errors":
        return _field_errors(view, answer.get("errors"))
    if action in {"update", "push"}:
        content = prepared_view(answer.get("view"), ws.limits, "modal", ws.files.is_showable)
        if action == "update":
            ws.views.replace(view, content)
        else:
            ws.views.open(user.id, content, on_top=True)
        return None
    raise SlackError("invalid_response_action", messages=[f"[ERROR] unknown answer: {sorted(answer)}"])


def _field_errors(view: View, errors: Json) -> dict[str, str]:
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors", messages=["[ERROR] errors must be a non-empty object"])
    fields = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
    wrong = [f"[ERROR] no input block has the block_id {key!r}" for key in errors if key not in fields]
    wrong += [f"[ERROR] the error of {key!r} is not a text" for key, text in errors.items() if not _is_text(text)]
    if wrong:
        raise SlackError("invalid_errors", messages=wrong)
    return {str(key): str(text) for key, text in errors.items()}


def _is_text(text: Json) -> bool:
    return isinstance(text, str) and bool(text)


def _shown(ws: "Workspace", user: User) -> JsonObject | None:
    view = ws.views.top(user.id)
    return ws.views.as_slack(view) if view else None
