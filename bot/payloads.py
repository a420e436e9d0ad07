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
    """A button that somebody clicked in a message, or an entry of its menu that they chose.

    `trigger_id` opens a modal within three seconds. `action_ts` is Slack's time of the click: one that is sent again
    has the same.
    """

    user: str
    channel: str
    thread_ts: str | None
    trigger_id: str
    value: str
    state: State
    response_url: str
    action_ts: str = ""

    def chosen(self, action_id: str) -> str | None:
        """The value chosen in a menu of the same message; None when nothing is chosen or there is no such menu."""
        found = [actions[action_id] for actions in self.state.values() if action_id in actions]
        return _option(found[0]) if found else None


@dataclass(frozen=True)
class Form:
    """A modal or Home, and what is entered in it."""

    user: str
    view_id: str
    metadata: str
    state: State

    @property
    def entries(self) -> dict[str, list[str]]:
        """What stands in every field, by block id: what was typed, or the values chosen; [] where there is nothing."""
        return {block_id: _values(next(iter(actions.values()), {})) for block_id, actions in self.state.items()}

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

    def chosen_user(self, block_id: str) -> str | None:
        """The Slack id of who was chosen in a menu of people."""
        for element in self.state.get(block_id, {}).values():
            return _optional(element, "selected_user")
        return None

    def chosen_many(self, block_id: str) -> list[str]:
        """The values chosen in a menu, or ticked, that takes several."""
        return [value for element in self.state.get(block_id, {}).values() for value in _options(element)]

    def files(self, block_id: str) -> list[JsonObject]:
        """What was uploaded into a field, as Slack describes files."""
        return [file for element in self.state.get(block_id, {}).values() for file in _objects(element.get("files"))]


@dataclass(frozen=True)
class Submission(Form):
    """A modal that somebody submitted. `trigger_id` tells this submission from the next one of the same form."""

    trigger_id: str = ""


@dataclass(frozen=True)
class ViewAction(Form):
    """Something done in a modal or on Home: a button clicked, a field changed.

    There is no channel. `value` is the button's, or that of the one option that was chosen. `view_hash` tells the
    view's content from any later one, `at` (digits of one length) this action from those after it.
    """

    trigger_id: str
    view_hash: str
    value: str
    at: str


@dataclass(frozen=True)
class Shortcut:
    """A shortcut of the menu beside the composer; whoever uses it may be anywhere, so there is no channel."""

    user: str
    trigger_id: str


@dataclass(frozen=True)
class Command:
    """A slash command; `text` is what follows its name."""

    user: str
    channel: str
    text: str
    trigger_id: str
    response_url: str = ""


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
    action = first_action(body)
    container, channel = _object(body, "container"), _object(body, "channel")
    return Click(
        user=_required(_object(body, "user"), "id"),
        channel=_required(channel, "id"),
        thread_ts=_optional(container, "thread_ts"),
        trigger_id=_optional(body, "trigger_id") or "",
        value=value_of(action),
        state=_state(body),
        response_url=_optional(body, "response_url") or "",
        action_ts=text_at(action, "action_ts") or "",
    )


def submission(body: JsonObject) -> Submission:
    """Read a view_submission payload."""
    view = _object(body, "view")
    return Submission(
        user=_required(_object(body, "user"), "id"),
        view_id=_required(view, "id"),
        metadata=_optional(view, "private_metadata") or "",
        state=_state(view),
        trigger_id=_optional(body, "trigger_id") or "",
    )


def view_action(body: JsonObject) -> ViewAction:
    """Read a block_actions payload that came from a modal or Home."""
    action, view = first_action(body), _object(body, "view")
    return ViewAction(
        user=_required(_object(body, "user"), "id"),
        view_id=_required(view, "id"),
        metadata=_optional(view, "private_metadata") or "",
        state=_state(view),
        trigger_id=_optional(body, "trigger_id") or "",
        view_hash=_optional(view, "hash") or "",
        value=value_of(action),
        at=_optional(action, "action_ts") or "",
    )


def shortcut(body: JsonObject) -> Shortcut:
    """Read a shortcut payload."""
    return Shortcut(
        user=_required(_object(body, "user"), "id"),
        trigger_id=_optional(body, "trigger_id") or "",
    )


def command(body: JsonObject) -> Command:
    """Read a slash command."""
    return Command(
        user=_required(body, "user_id"),
        channel=_optional(body, "channel_id") or "",
        text=_optional(body, "text") or "",
        trigger_id=_optional(body, "trigger_id") or "",
        response_url=_optional(body, "response_url") or "",
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


def first_action(body: JsonObject) -> JsonObject:
    """What was done, in a block_actions payload: the button, or the menu; empty when nothing is there."""
    return next(_objects(body.get("actions")), {})


def value_of(action: JsonObject) -> str:
    """The value of a button, or of the one option that was chosen; empty for none."""
    return _optional(action, "value") or _option(action) or ""


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


def _values(element: JsonObject) -> list[str]:
    """What is typed, picked or chosen in an element."""
    held = [_optional(element, key) for key in ("value", "selected_date", "selected_time")]
    return [value for value in (*held, _option(element)) if value is not None and value.strip()] or _options(element)


def _option(element: JsonObject) -> str | None:
    return _optional(_object(element, "selected_option"), "value")


def _options(element: JsonObject) -> list[str]:
    options = element.get("selected_options")
    chosen = [_optional(option, "value") for option in _objects(options)]
    return [value for value in chosen if value is not None]


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
