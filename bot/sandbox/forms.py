"""What a person has entered into blocks: `state.values`, and what Slack's own client refuses to send.

Every element that holds a value has one key for it (`value`, `selected_option`, ...) and one for what it
begins with. A view keeps what was entered when it is updated, for elements that keep their ids.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.sandbox.json_types import Json, JsonObject


@dataclass(frozen=True)
class Holder:
    """How an element type holds its value."""

    key: str
    initial: str
    empty: Json = None
    by_option: bool = False


_TEXT = Holder("value", "initial_value")
HOLDERS = {
    "plain_text_input": _TEXT,
    "number_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "rich_text_input": Holder("rich_text_value", "initial_value"),
    "datepicker": Holder("selected_date", "initial_date"),
    "timepicker": Holder("selected_time", "initial_time"),
    "datetimepicker": Holder("selected_date_time", "initial_date_time"),
    "static_select": Holder("selected_option", "initial_option", by_option=True),
    "external_select": Holder("selected_option", "initial_option", by_option=True),
    "radio_buttons": Holder("selected_option", "initial_option", by_option=True),
    "multi_static_select": Holder("selected_options", "initial_options", [], by_option=True),
    "multi_external_select": Holder("selected_options", "initial_options", [], by_option=True),
    "checkboxes": Holder("selected_options", "initial_options", [], by_option=True),
    "users_select": Holder("selected_user", "initial_user"),
    "multi_users_select": Holder("selected_users", "initial_users", []),
    "conversations_select": Holder("selected_conversation", "initial_conversation"),
    "multi_conversations_select": Holder("selected_conversations", "initial_conversations", []),
    "channels_select": Holder("selected_channel", "initial_channel"),
    "multi_channels_select": Holder("selected_channels", "initial_channels", []),
    "file_input": Holder("files", "initial_files", []),
}
TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"})
"""What is typed, so that there is more than one moment to tell of it."""
State = dict[str, dict[str, JsonObject]]

PICKED = {
    "datepicker": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "timepicker": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
}
WRITTEN = {
    "email_text_input": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "email address"),
    "url_text_input": (re.compile(r"https?://\S+"), "URL"),
}
MOST_FILES, FILE_BYTES = 10, 10_000_000


def elements_of(blocks: list[JsonObject]) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Every (block, element) a person can act on, in order, also inside of containers and cards."""
    for block in blocks:
        inside = [block.get("accessory"), block.get("element"), *block.get("elements", []), *block.get("actions", [])]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element
        yield from elements_of(block.get("child_blocks", []))


def initial_state(blocks: list[JsonObject], before: State | None = None) -> State:
    """The values that elements begin with, or have kept from before an update."""
    state: State = {}
    for block, element in elements_of(blocks):
        holder = HOLDERS.get(element["type"])
        if holder is None:
            continue
        kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
        if kept is not None and kept["type"] == element["type"]:
            entry = kept
        else:
            entry = {"type": element["type"], holder.key: deepcopy(element.get(holder.initial, holder.empty))}
        state.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return state


def entry_for(element: JsonObject, given: Json) -> JsonObject:
    """The state of an element once a person has entered or chosen `given` (an option by its value or label)."""
    holder = HOLDERS[element["type"]]
    if holder.by_option:
        several = isinstance(holder.empty, list)
        wanted = given if isinstance(given, list) else [given] if given is not None else []
        chosen = [_option(element, one) for one in wanted]
        return {"type": element["type"], holder.key: chosen if several else (chosen[0] if chosen else None)}
    if isinstance(holder.empty, list):
        return {"type": element["type"], holder.key: list(given or [])}
    value = None if given is None or given == "" else given
    if element["type"] in PICKED and value is not None and not PICKED[element["type"]].fullmatch(str(value)):
        raise LookupError(f"{element['action_id']} is a {element['type']}; nobody can pick {value!r} in it.")
    if element["type"] == "rich_text_input" and isinstance(value, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        value = {"type": "rich_text", "elements": [section]}
    return {"type": element["type"], holder.key: str(value) if holder is _TEXT and value is not None else value}


def options_of(element: JsonObject) -> list[JsonObject]:
    """The options of an element, those in groups too."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _option(element: JsonObject, wanted: Json) -> JsonObject:
    if isinstance(wanted, dict):
        return wanted  # an external select's option, as it was offered
    for option in options_of(element):
        if wanted in {option.get("value"), option["text"]["text"]}:
            return {key: value for key, value in option.items() if key in {"text", "value", "description"}}
    offered = [option.get("value") for option in options_of(element)]
    raise LookupError(f"{element['action_id']} does not offer {wanted!r}, but {offered}.")


def complaints(blocks: list[JsonObject], state: State) -> dict[str, str]:
    """What Slack's client says under the fields instead of submitting, by block_id."""
    found: dict[str, str] = {}
    for block, element in elements_of(blocks):
        if block["type"] != "input":
            continue
        holder = HOLDERS[element["type"]]
        value = state[block["block_id"]][element["action_id"]][holder.key]
        if value in (None, "", []):
            if not block.get("optional", False):
                found[block["block_id"]] = "Please complete this required field."
            continue
        complaint = _complaint(element, value)
        if complaint is not None:
            found[block["block_id"]] = complaint
    return found


def _complaint(element: JsonObject, value: Json) -> str | None:
    kind = element["type"]
    if kind == "number_input":
        return _number_complaint(element, value)
    if kind == "plain_text_input":
        return _length_complaint(element, len(value))
    if kind in WRITTEN and not WRITTEN[kind][0].fullmatch(value):
        return f"Please enter a valid {WRITTEN[kind][1]}."
    if kind == "file_input":
        return _files_complaint(element, value)
    if "max_selected_items" in element and len(value) > element["max_selected_items"]:
        return f"Please choose at most {element['max_selected_items']}."
    return None


def _files_complaint(element: JsonObject, files: list[JsonObject]) -> str | None:
    most, kinds = element.get("max_files", MOST_FILES), element.get("filetypes")
    if len(files) > most:
        return f"Please choose at most {most} files."
    if kinds and any(file["filetype"] not in kinds for file in files):
        return f"Please choose files of these types: {', '.join(kinds)}."
    return "A file can have at most 10 MB." if any(file["size"] > FILE_BYTES for file in files) else None


def _length_complaint(element: JsonObject, length: int) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if length < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if length > most else None


def _number_complaint(element: JsonObject, value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
