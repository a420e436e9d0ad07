"""views.*: modals and Home tabs."""

from bot.sandbox.checks.schema import Surface
from bot.sandbox.checks.views import prepared_view
from bot.sandbox.errors import SlackError
from bot.sandbox.files import SCOPE
from bot.sandbox.forms import elements_of
from bot.sandbox.json_types import JsonObject
from bot.sandbox.methods.registry import Ask, method
from bot.sandbox.modals import Trigger, View


@method("views.open", tier=4, required=("trigger_id", "view"))
def views_open(ask: Ask) -> JsonObject:
    """Open a modal for the person whose action gave the trigger."""
    content = _content(ask, "modal")
    trigger = _redeem(ask)
    on_top = trigger.from_view is not None and ask.ws.views.top(trigger.user) is not None
    return _done(ask, ask.ws.views.open(trigger.user, content, on_top=on_top))


@method("views.push", tier=4, required=("trigger_id", "view"))
def views_push(ask: Ask) -> JsonObject:
    """Put a modal on top of the one that is open."""
    content = _content(ask, "modal")
    trigger = _redeem(ask)
    if ask.ws.views.top(trigger.user) is None:
        raise SlackError("not_found")
    return _done(ask, ask.ws.views.open(trigger.user, content, on_top=True))


@method("views.update", tier=4, required=("view",))
def views_update(ask: Ask) -> JsonObject:
    """New content for an open view, found by its id or by the bot's own name for it."""
    view_id, external_id = ask.text("view_id"), ask.text("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: view_id"])
    view = ask.ws.views.find(view_id, external_id)
    content = _content(ask, view.payload["type"])
    expected = ask.text("hash")
    if expected and expected != view.hash:
        raise SlackError("hash_conflict")
    ask.call.reader = view.user
    ask.before_store()
    return _done(ask, ask.ws.views.replace(view, content))


@method("views.publish", tier=4, required=("user_id", "view"))
def views_publish(ask: Ask) -> JsonObject:
    """The Home tab of one person."""
    user = ask.required("user_id")
    if not ask.ws.app.home_tab:
        raise SlackError("not_enabled")
    content = _content(ask, "home")
    if user not in ask.ws.conversations.users:
        raise SlackError("user_not_found")
    ask.call.reader = user
    ask.before_store()
    return _done(ask, ask.ws.views.publish(user, content, ask.text("hash") or None))


def _content(ask: Ask, kind: Surface) -> JsonObject:
    content = prepared_view(ask.json("view", "invalid_arguments"), ask.ws.limits, kind, ask.ws.files.is_showable)
    if any(element["type"] == "file_input" for _, element in elements_of(content["blocks"])):
        ask.need_scope(SCOPE)
    return content


def _redeem(ask: Ask) -> Trigger:
    # Faults come before the trigger is used up: a call that never arrived has used nothing.
    ask.call.reader = ask.ws.views.owner(ask.required("trigger_id"))
    ask.before_store()
    return ask.ws.views.redeem(ask.required("trigger_id"), ask.ws.clock.now())


def _done(ask: Ask, view: View) -> JsonObject:
    ask.ws.record.stored(ask.call)
    ask.ws.changes.happened()
    return {"view": ask.ws.views.as_slack(view)}
