"""Doing something to an element of a message or view, and telling the bot."""

from typing import TYPE_CHECKING

from bot.sandbox import interactions
from bot.sandbox.finding import CannotDo
from bot.sandbox.forms import HOLDERS, elements_of, entry_for
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.modals import View
from bot.sandbox.results import NO_ANSWER, ActionResult
from bot.sandbox.state import Message, User

if TYPE_CHECKING:  # the workspace hands out persons, who use this
    from bot.sandbox.workspace import Workspace

Found = tuple[JsonObject, JsonObject]


def act_on_message(ws: "Workspace", user: User, message: Message, found: Found, option: Json) -> ActionResult:
    """Click or choose in a message; what was chosen stays on this person's screen, and goes along next time."""
    block, element = found
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
    block, element = found
    with ws.changes.lock:
        entry = _entry(element, option)
        if element["type"] in HOLDERS and entry is not None:
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


def enter(view: View, key: str | tuple[str, str], given: Json) -> None:
    """Fill in one field, named by its block or by block and action; the bot is told when the view is submitted."""
    block_id, action_id = key if isinstance(key, tuple) else (key, None)
    for block, element in elements_of(view.payload["blocks"]):
        if block["block_id"] == block_id and action_id in {None, element["action_id"]}:
            view.state[block_id][element["action_id"]] = entry_for(element, given)
            return
    fields = [block["block_id"] for block, _ in elements_of(view.payload["blocks"])]
    raise CannotDo(f"The modal has no field {key!r}, but {fields}.")


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
