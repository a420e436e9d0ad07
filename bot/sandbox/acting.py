"""Doing something to an element of a message or view, and telling the bot.

An element of an input block keeps what is entered for the submission, unless its block says `dispatch_action`:
then the bot is told of every choice, and of a text when Enter is pressed (what Slack does unless told otherwise), at
every character, or at both.
"""

from typing import TYPE_CHECKING

from bot.sandbox import interactions
from bot.sandbox.app_settings import Shortcut, ShortcutKind
from bot.sandbox.finding import CannotDo
from bot.sandbox.forms import HOLDERS, TYPED, elements_of, entry_for
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.modals import View
from bot.sandbox.results import NO_ANSWER, ActionResult
from bot.sandbox.state import Message, User

if TYPE_CHECKING:  # the workspace hands out persons, who use this
    from bot.sandbox.workspace import Workspace

Found = tuple[JsonObject, JsonObject]
Field = str | tuple[str, str]
"""A field's block_id, or its block_id and action_id."""


def told_on(block: JsonObject, element: JsonObject) -> frozenset[str]:
    """At what the bot is told of an element: a change, or `on_enter_pressed` and `on_character_entered` of a text."""
    if block["type"] != "input":
        return frozenset({"change"})
    if not block.get("dispatch_action"):
        return frozenset()
    if element["type"] not in TYPED:
        return frozenset({"change"})
    return frozenset(element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"]))


def act_on_message(ws: "Workspace", user: User, message: Message, found: Found, option: Json) -> ActionResult:
    """Click or choose in a message; what was chosen stays on this person's screen, and goes along next time."""
    block, element = _told_of(found)
    with ws.changes.lock:
        if user.id not in ws.channel(message.channel).members:
            raise CannotDo(f"{user.name} is not in {message.channel}.")
        entry = _entry(element, option)
        entered = ws.entered.setdefault((user.id, message.ts), {})
        if element["type"] in HOLDERS and entry is not None:
            entered.setdefault(block["block_id"], {})[element["action_id"]] = entry
        action = interactions.action_of(block, element, entry, ws.conversations.next_ts())
        payload = interactions.on_message(ws, user, message, action, entered)
        ws.changes.happened()
    return _told(ws, payload)


def act_in_view(ws: "Workspace", user: User, view: View, found: Found, option: Json) -> ActionResult:
    """Click or choose in a modal or on a Home tab."""
    block, element = _told_of(found)
    with ws.changes.lock:
        entry = _entry(element, option)
        if element["type"] in HOLDERS and entry is not None:
            if element["action_id"] not in view.state.get(block["block_id"], {}):
                raise CannotDo(f"{block['block_id']} has just gone.")
            view.state[block["block_id"]][element["action_id"]] = entry
        action = interactions.action_of(block, element, entry, ws.conversations.next_ts())
        payload = interactions.on_view(ws, user, view, action)
        ws.changes.happened()
    return _told(ws, payload)


def enter_in_message(ws: "Workspace", user: User, message: Message, found: Found, given: Json) -> None:
    """Fill in an input of a message; the bot hears of it with the next click."""
    block, element = found
    with ws.changes.lock:
        entered = ws.entered.setdefault((user.id, message.ts), {})
        entered.setdefault(block["block_id"], {})[element["action_id"]] = entry_for(element, given)
        ws.changes.happened()


def enter(view: View, key: Field, given: Json) -> None:
    """Fill in one field; the bot is not told."""
    block, element = field_of(view, key)
    view.state[block["block_id"]][element["action_id"]] = entry_for(element, given)


def enter_in_view(
    ws: "Workspace", user: User, view: View, key: Field, given: Json, *, press_enter: bool
) -> ActionResult | None:
    """Type or choose as a person does; the bot is told where the block says so."""
    with ws.changes.lock:
        found = block, element = field_of(view, key)
        before = view.state[block["block_id"]][element["action_id"]]
        enter(view, key, given)
        changed = view.state[block["block_id"]][element["action_id"]] != before
        triggers = told_on(block, element)
        ws.changes.happened()
    told = None
    if changed and triggers & {"change", "on_character_entered"}:
        told = act_in_view(ws, user, view, found, given)
    if press_enter and "on_enter_pressed" in triggers:
        told = act_in_view(ws, user, view, field_of(view, key), given)
    return told


def field_of(view: View, key: Field) -> Found:
    """The field of that name."""
    block_id, action_id = key if isinstance(key, tuple) else (key, None)
    fields = [one for one in elements_of(view.payload["blocks"]) if one[1]["type"] in HOLDERS]
    for block, element in fields:
        if block["block_id"] == block_id and action_id in {None, element["action_id"]}:
            return block, element
    raise CannotDo(f"The modal has no field {key!r}, but {[block['block_id'] for block, _ in fields]}.")


def use_global_shortcut(ws: "Workspace", user: User, callback_id: str) -> ActionResult:
    """Use an entry of the shortcuts menu."""
    with ws.changes.lock:
        used = _shortcut(ws, "global", callback_id)
        payload = interactions.global_shortcut(ws, user, used, ws.conversations.next_ts())
    return _told(ws, payload)


def use_message_shortcut(ws: "Workspace", user: User, callback_id: str, message: Message) -> ActionResult:
    """Use an entry of a message's menu."""
    with ws.changes.lock:
        used = _shortcut(ws, "message", callback_id)
        if message.only_for is not None or message.subtype == "tombstone":
            raise CannotDo("Only messages that everybody sees have shortcuts.")
        payload = interactions.message_shortcut(ws, user, used, message, ws.conversations.next_ts())
    return _told(ws, payload)


def _shortcut(ws: "Workspace", kind: ShortcutKind, callback_id: str) -> Shortcut:
    offered = [one for one in ws.app.shortcuts if one.kind == kind]
    for one in offered:
        if one.callback_id == callback_id:
            return one
    raise CannotDo(f"The app has no {kind} shortcut {callback_id!r}, but {[one.callback_id for one in offered]}.")


def _told_of(found: Found) -> Found:
    block, element = found
    if not told_on(block, element):
        raise CannotDo(
            f"{block['block_id']} is an input without dispatch_action: the bot learns of {element['action_id']} "
            "with the submission only."
        )
    return found


def _entry(element: JsonObject, option: Json) -> JsonObject | None:
    if element["type"] == "overflow":
        chosen = [one for one in element["options"] if option in {one["value"], one["text"]["text"]}]
        if not chosen:
            raise CannotDo(f"{element['action_id']} does not offer {option!r}.")
        return {"selected_option": chosen[0]}
    return entry_for(element, option) if element["type"] in HOLDERS else None


def _told(ws: "Workspace", payload: JsonObject) -> ActionResult:
    delivery = ws.courier.send_and_wait("interactive", payload)
    problem = NO_ANSWER if delivery.problem else None
    return ActionResult(problem is None, problem, delivery)
