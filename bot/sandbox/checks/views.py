"""Views: modals and Home tabs."""

import json

from bot.sandbox.checks.blocks import check_blocks, with_ids
from bot.sandbox.checks.schema import Check, Problems, Surface, anything, boolean, record, string
from bot.sandbox.checks.slack_files import IsShowable, check_slack_files
from bot.sandbox.checks.texts import plain
from bot.sandbox.errors import SlackError
from bot.sandbox.forms import elements_of
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.limits import Limits

_COMMON: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_NEEDED: dict[str, Check] = {"type": anything, "blocks": anything}
_VIEWS: dict[Surface, Check] = {
    "modal": record(
        {**_NEEDED, "title": plain(24)},
        {
            **_COMMON,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": record(_NEEDED, _COMMON),
}


def prepared_view(view: Json, limits: Limits, kind: Surface, is_showable: IsShowable) -> JsonObject:
    """The view as Slack stores it; refuses one it would refuse."""
    problems = Problems(kind)
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=["[ERROR] must provide an object [json-pointer:/view]"])
    given = _without_empty(view)
    if given.get("type") != kind:
        problems.add(f"unsupported type: {given.get('type')}", "/view/type")
    _VIEWS[kind](given, "/view", problems)
    if "blocks" in given:
        least = 0 if kind == "home" else 1
        check_blocks(given["blocks"], "/view/blocks", problems, limits.view_blocks, least)
    if not problems.found:
        _whole(given, problems)
        check_slack_files(given["blocks"], "/view/blocks", problems, is_showable)
    if problems.found:
        raise SlackError("invalid_arguments", messages=problems.found)
    if len(json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()) > limits.view_bytes:
        raise SlackError("view_too_large")
    return {**given, "blocks": with_ids(given["blocks"])}


def _without_empty(view: JsonObject) -> JsonObject:
    """Null is as good as absent; SDKs send it for what was left out."""
    return {key: value for key, value in view.items() if value is not None}


def _whole(view: JsonObject, problems: Problems) -> None:
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    if has_inputs and view["type"] == "modal" and "submit" not in view:
        problems.add("must define `submit` when blocks contain an input", "/view")
    focused = [element for _, element in elements_of(view["blocks"]) if element.get("focus_on_load")]
    if len(focused) > 1:
        problems.add("only one element can have focus_on_load", "/view/blocks")
