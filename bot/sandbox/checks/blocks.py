"""Blocks: their rules, the surfaces they exist on, and what they must not share (ids)."""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from itertools import count

from bot.sandbox.checks import data_blocks
from bot.sandbox.checks.elements import IN_ACTIONS, IN_INPUTS, IN_SECTIONS
from bot.sandbox.checks.rich_text import RICH_TEXT_FIELDS
from bot.sandbox.checks.schema import (
    Check,
    Fields,
    Problems,
    Surface,
    array,
    boolean,
    by_type,
    exactly_one,
    record,
    string,
)
from bot.sandbox.checks.texts import ADDRESS, BLOCK_ID, IMAGE_ELEMENT, SLACK_FILE, plain, text
from bot.sandbox.json_types import Json, JsonObject

ID: Fields = {"block_id": BLOCK_ID}
IN_CONTEXT = by_type(
    {
        "image": IMAGE_ELEMENT,
        "plain_text": record({"text": string(3000)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(3000)}, {"verbatim": boolean}),
    }
)


def _says_something(value: JsonObject, path: str, problems: Problems) -> None:
    if not {"text", "fields"} & value.keys():
        problems.add("must define either `text` or `fields`", path)


def _can_be_told_of(value: JsonObject, path: str, problems: Problems) -> None:
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        problems.add("unsupported type: file_input with dispatch_action", f"{path}/element/type")


EVERYWHERE: dict[str, Check] = {
    "section": record(
        {},
        {
            **ID,
            "text": text(3000),
            "fields": array(text(2000), most=10),
            "accessory": by_type(IN_SECTIONS),
            "expand": boolean,
        },
        also=_says_something,
    ),
    "actions": record({"elements": array(by_type(IN_ACTIONS), most=25)}, ID),
    "input": record(
        {"label": plain(2000), "element": by_type(IN_INPUTS)},
        {**ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        also=_can_be_told_of,
    ),
    "context": record({"elements": array(IN_CONTEXT, most=10)}, ID),
    "header": record({"text": plain(150)}, ID),
    "rich_text": record(RICH_TEXT_FIELDS, ID),
    "image": record(
        {"alt_text": string(2000)},
        {**ID, "image_url": ADDRESS, "slack_file": SLACK_FILE, "title": plain(2000)},
        also=exactly_one("image_url", "slack_file"),
    ),
    "divider": record({}, ID),
}
MESSAGE_ONLY: dict[str, Check] = {
    "table": data_blocks.TABLE,
    "data_table": data_blocks.DATA_TABLE,
    "data_visualization": data_blocks.DATA_VISUALIZATION,
    "container": data_blocks.container(by_type({**EVERYWHERE, "table": data_blocks.TABLE})),
    "markdown": data_blocks.MARKDOWN,
    "card": data_blocks.CARD,
}
ON_SURFACE: dict[Surface, dict[str, Check]] = {
    "message": {**EVERYWHERE, **MESSAGE_ONLY},
    "modal": {**EVERYWHERE, "alert": data_blocks.ALERT},
    "home": EVERYWHERE,
}


def check_blocks(blocks: Json, path: str, problems: Problems, most: int, least: int = 1) -> None:
    """Note everything that is wrong with the blocks of a message or view."""
    before = len(problems.found)
    array(by_type(ON_SURFACE[problems.surface]), most=most, least=least)(blocks, path, problems)
    if len(problems.found) == before:
        _ids_are_unique(blocks, path, problems)


def with_ids(blocks: list[JsonObject]) -> list[JsonObject]:
    """A copy in which every block has an id; Slack makes up those that were left out."""
    copied = deepcopy(blocks)
    taken = {str(block.get("block_id")) for block in _all_blocks(copied)}
    free = (name for name in (f"auto{number}" for number in count(1)) if name not in taken)
    for block in _all_blocks(copied):
        if "block_id" not in block:
            block["block_id"] = next(free)
    return copied


def _all_blocks(blocks: list[JsonObject]) -> list[JsonObject]:
    return [one for block in blocks for one in (block, *_all_blocks(block.get("child_blocks", [])))]


def _ids_are_unique(blocks: list[JsonObject], path: str, problems: Problems) -> None:
    everything = _all_blocks(blocks)
    for block_id in _repeated(block["block_id"] for block in everything if "block_id" in block):
        problems.add(f"block_id already exists: {block_id}", path)
    for block in everything:
        inside = [block.get("accessory"), block.get("element"), *block.get("elements", []), *block.get("actions", [])]
        actions = [element["action_id"] for element in inside if isinstance(element, dict) and "action_id" in element]
        for action_id in _repeated(actions):
            problems.add(f"action_id already exists: {action_id}", path)
    kinds = Counter(block["type"] for block in everything)
    if kinds["table"] > 1:
        problems.add("only_one_table_allowed", path)
    if kinds["data_visualization"] > 2:  # noqa: PLR2004 - Slack's number, of no other use
        problems.add("no more than 2 data_visualization blocks allowed", path)


def _repeated(ids: Iterable[str]) -> list[str]:
    return [one for one, times in Counter(ids).items() if times > 1]
