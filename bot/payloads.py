"""Reading what Slack sends: untyped JSON comes in, small typed values go out.

Everything in a payload is somebody else's: it is signed by Slack, but a field may be missing, of another type, or the
value of a button that was drawn by an older version. What is not there as it should be raises `BadInput`, whose
sentence the person sees. Who may do something is never read from here, except the Slack id of who did it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.errors import BadInput

JsonObject = dict[str, object]
State = Mapping[str, Mapping[str, JsonObject]]
"""What was entered: by block id and action id."""

NOT_MINE = "That form or button is not one of mine. Use the newest message."


@dataclass(frozen=True)
class Click:
    """A button that somebody clicked in a message. `trigger_id` opens a modal within three seconds."""

    user: str
    channel: str
    thread_ts: str | None
    trigger_id: str
    value: str
    state: State
    response_url: str

    def chosen(self, action_id: str) -> str | None:
        """The value chosen in a menu of the same message; None when nothing is chosen or there is no such menu."""
        found = [actions[action_id] for actions in self.state.values() if action_id in actions]
        return _option(found[0]) if found else None


@dataclass(frozen=True)
class Submission:
    """A modal that somebody submitted."""

    user: str
    view_id: str
    metadata: str
    state: State

    def entered(self, block_id: str) -> str | None:
        """What was typed into a field; None when it was left blank or there is no such field."""
        for element in self.state.get(block_id, {}).values():
            value = element.get("value")
            return value if isinstance(value, str) and value.strip() else None
        return None

    def chosen(self, block_id: str) -> str | None:
        """The value chosen in a menu."""
        for element in self.state.get(block_id, {}).values():
            return _option(element)
        return None

    def chosen_many(self, block_id: str) -> list[str]:
        """The values chosen in a menu, or ticked, that takes several."""
        values: list[str] = []
        for element in self.state.get(block_id, {}).values():
            options = element.get("selected_options")
            for option in options if isinstance(options, list) else []:
                value = option.get("value") if isinstance(option, dict) else None
                if isinstance(value, str):
                    values.append(value)
        return values


@dataclass(frozen=True)
class Command:
    """A slash command; `text` is what follows its name."""

    user: str
    channel: str
    text: str
    trigger_id: str


@dataclass(frozen=True)
class MessageShortcut:
    """An entry of a message's menu that somebody used; `message` is the message, as Slack tells of it."""

    user: str
    channel: str
    thread_ts: str | None
    trigger_id: str
    message: JsonObject


def click(body: JsonObject) -> Click:
    """Read a block_actions payload that came from a message."""
    action = next(_objects(body.get("actions")), {})
    container, channel = _object(body, "container"), _object(body, "channel")
    return Click(
        user=_required(_object(body, "user"), "id"),
        channel=_required(channel, "id"),
        thread_ts=_optional(container, "thread_ts"),
        trigger_id=_optional(body, "trigger_id") or "",
        value=_optional(action, "value") or "",
        state=_state(body),
        response_url=_optional(body, "response_url") or "",
    )


def submission(body: JsonObject) -> Submission:
    """Read a view_submission payload."""
    view = _object(body, "view")
    return Submission(
        user=_required(_object(body, "user"), "id"),
        view_id=_required(view, "id"),
        metadata=_optional(view, "private_metadata") or "",
        state=_state(view),
    )


def command(body: JsonObject) -> Command:
    """Read a slash command."""
    return Command(
        user=_required(body, "user_id"),
        channel=_optional(body, "channel_id") or "",
        text=_optional(body, "text") or "",
        trigger_id=_optional(body, "trigger_id") or "",
    )


def message_shortcut(body: JsonObject) -> MessageShortcut:
    """Read a message_action payload."""
    message = _object(body, "message")
    return MessageShortcut(
        user=_required(_object(body, "user"), "id"),
        channel=_required(_object(body, "channel"), "id"),
        thread_ts=_optional(message, "thread_ts"),
        trigger_id=_optional(body, "trigger_id") or "",
        message=message,
    )


def first_field(body: JsonObject) -> str | None:
    """The block id of a submitted modal's first field: where a sentence about the whole form can stand."""
    for block in _objects(_object(body, "view").get("blocks")):
        if block.get("type") == "input":
            return _optional(block, "block_id")
    return None


def text_at(body: Mapping[str, object], *path: str) -> str | None:
    """The text at a path of keys; None when it is not there, empty, or no text."""
    here: Mapping[str, object] = body
    for key in path[:-1]:
        here = _object(here, key)
    return _optional(here, path[-1])


def _state(holder: JsonObject) -> State:
    found: dict[str, dict[str, JsonObject]] = {}
    for block_id, actions in _object(_object(holder, "state"), "values").items():
        if isinstance(actions, dict):
            found[block_id] = {key: value for key, value in actions.items() if isinstance(value, dict)}
    return found


def _option(element: JsonObject) -> str | None:
    return _optional(_object(element, "selected_option"), "value")


def _object(holder: Mapping[str, object], key: str) -> JsonObject:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[JsonObject]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _optional(holder: Mapping[str, object], key: str) -> str | None:
    value = holder.get(key)
    return value if isinstance(value, str) and value else None


def _required(holder: Mapping[str, object], key: str) -> str:
    value = _optional(holder, key)
    if value is None:
        raise BadInput(NOT_MINE)
    return value
