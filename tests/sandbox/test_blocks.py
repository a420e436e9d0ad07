"""Block Kit, as strict as Slack: every limit by one character or one item, both sides of it."""

from copy import deepcopy
from typing import Any

import pytest

from bot.sandbox.checks.blocks import ON_SURFACE, check_blocks, with_ids
from bot.sandbox.checks.schema import Problems, Surface

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def button(**over: Any) -> Block:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **over}


def option(number: int = 1, **over: Any) -> Block:
    return {"text": plain(f"Option {number}"), "value": str(number), **over}


def select(**over: Any) -> Block:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **over}


def section(**over: Any) -> Block:
    return {"type": "section", "text": mrkdwn("hello"), **over}


def actions(*elements: Block, **over: Any) -> Block:
    return {"type": "actions", "elements": list(elements) or [button()], **over}


def numbered_buttons(count: int) -> list[Block]:
    return [button(action_id=f"go{number}") for number in range(count)]


def question(element: Block | None = None, **over: Any) -> Block:
    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": True}
    return {"type": "input", "label": plain("How many?"), "element": element or number, **over}


def table(rows: int = 1, columns: int = 1) -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def chart(**over: Any) -> Block:
    points = [{"label": "Mon", "value": 1}]
    axes = {"series": [{"name": "IRA", "data": points}], "axis_config": {"categories": ["Mon"]}}
    return {"type": "data_visualization", "title": "Accuracy", "chart": {"type": "line", **axes, **over}}


def problems_of(blocks: Any, surface: Surface = "message", most: int = 50) -> list[str]:
    problems = Problems(surface)
    check_blocks(blocks, "/blocks", problems, most)
    return problems.found


ACCEPTED: dict[str, list[Block]] = {
    "section": [section(text=mrkdwn("x" * 3000))],
    "section with fields": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "section with a button": [section(accessory=button())],
    "section with an image": [section(accessory={"type": "image", "image_url": "https://x/y.png", "alt_text": "y"})],
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "divider": [{"type": "divider"}],
    "context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "25 buttons": [actions(*numbered_buttons(25))],
    "a full button": [actions(button(text=plain("x" * 75), value="v" * 2000, style="primary", action_id="a" * 255))],
    "an url button": [actions(button(url="https://example.com/x"))],
    "a confirmation": [
        actions(
            button(
                confirm={
                    "title": plain("Sure?"),
                    "text": mrkdwn("*Yes*?"),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                }
            )
        )
    ],
    "100 options": [actions(select(options=[option(number) for number in range(100)]))],
    "an option chosen at first": [actions(select(initial_option=option()))],
    "5 in an overflow": [actions({"type": "overflow", "action_id": "more", "options": [option(n) for n in range(5)]})],
    "number input": [question()],
    "hint and label": [question(label=plain("x" * 2000), hint=plain("y" * 2000), optional=True)],
    "a number with limits": [
        question(
            {
                "type": "number_input",
                "action_id": "n",
                "is_decimal_allowed": False,
                "min_value": "0",
                "max_value": "9",
                "initial_value": "3",
            }
        )
    ],
    "text input": [question({"type": "plain_text_input", "action_id": "t", "multiline": True, "max_length": 200})],
    "radio": [question({"type": "radio_buttons", "action_id": "r", "options": [option()]})],
    "date": [question({"type": "datepicker", "action_id": "d", "initial_date": "2026-11-23"})],
    "image": [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a chart"}],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]}
            ],
        }
    ],
    "a table": [table(rows=100, columns=20)],
    "two charts": [chart(), chart()],
    "markdown": [{"type": "markdown", "text": "x" * 12000}],
    "container": [{"type": "container", "title": plain("Parts"), "child_blocks": [section(), actions()]}],
    "card": [{"type": "card", "title": plain("BOLT-10"), "actions": [button()]}],
    "data table": [
        {"type": "data_table", "caption": "Stock", "rows": [[{"type": "raw_text", "text": "SKU"}]] * 2, "page_size": 5}
    ],
    "50 blocks": [{"type": "divider"}] * 50,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_slack_takes_is_taken(name: str) -> None:
    assert problems_of(ACCEPTED[name]) == []


REFUSED: dict[str, tuple[list[Block], str]] = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "no blocks": ([], "no fewer than 1 items"),
    "unknown block": ([{"type": "sheet"}], "unsupported type: sheet [json-pointer:/blocks/0/type]"),
    "block without type": ([{"text": mrkdwn("x")}], "missing required field: type"),
    "block of another shape": (["hello"], "must provide an object"),  # type: ignore[list-item]  # on purpose
    "unknown key": ([section(colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]"),
    "long section": ([section(text=mrkdwn("x" * 3001))], "must be less than 3001 characters"),
    "empty section": ([{"type": "section"}], "must define either `text` or `fields`"),
    "empty text": ([section(text=mrkdwn(""))], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "11 fields": ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items"),
    "long field": ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "must be less than 2001 characters"),
    "long header": ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters"),
    "mrkdwn header": ([{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn"),
    "text that is no object": ([section(text="hello")], "must provide an object [json-pointer:/blocks/0/text]"),
    "emoji on mrkdwn": ([section(text={**mrkdwn("x"), "emoji": True})], "invalid additional property: emoji"),
    "11 in a context": ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10 items"),
    "26 buttons": ([actions(*numbered_buttons(26))], "no more than 25 items"),
    "no buttons": ([{"type": "actions", "elements": []}], "no fewer than 1 items"),
    "long button": ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters"),
    "mrkdwn button": ([actions(button(text=mrkdwn("x")))], "unsupported type: mrkdwn"),
    "long value": ([actions(button(value="x" * 2001))], "must be less than 2001 characters"),
    "button without text": ([actions({"type": "button", "action_id": "go"})], "missing required field: text"),
    "button without action_id": (
        [actions({"type": "button", "text": plain("x")})],
        "missing required field: action_id",
    ),
    "long action_id": ([actions(button(action_id="x" * 256))], "must be less than 256 characters"),
    "long block_id": ([section(block_id="x" * 256)], "must be less than 256 characters"),
    "a style of one's own": ([actions(button(style="blue"))], "must be one of: primary, danger"),
    "a javascript link": ([actions(button(url="javascript:alert(1)"))], "failed to match pattern"),
    "unknown element": ([actions({"type": "slider", "action_id": "s"})], "unsupported type: slider"),
    "element in the wrong block": ([actions({"type": "plain_text_input", "action_id": "t"})], "unsupported type"),
    "button as an input": ([question(button())], "unsupported type: button"),
    "101 options": ([actions(select(options=[option(n) for n in range(101)]))], "no more than 100 items"),
    "long option": ([actions(select(options=[option(text=plain("x" * 76))]))], "must be less than 76 characters"),
    "no options": ([actions({"type": "static_select", "action_id": "s"})], "must define either `options`"),
    "options twice": ([actions(select(options=[option(), option()]))], "option values must be unique"),
    "a strange first option": ([actions(select(initial_option=option(2)))], "initial option must match one of"),
    "6 in an overflow": (
        [actions({"type": "overflow", "action_id": "more", "options": [option(n) for n in range(6)]})],
        "no more than 5 items",
    ),
    "long label": ([question(label=plain("x" * 2001))], "must be less than 2001 characters"),
    "mrkdwn label": ([question(label=mrkdwn("x"))], "unsupported type: mrkdwn"),
    "long hint": ([question(hint=plain("x" * 2001))], "must be less than 2001 characters"),
    "input without label": ([{"type": "input", "element": question()["element"]}], "missing required field: label"),
    "number without is_decimal_allowed": (
        [question({"type": "number_input", "action_id": "n"})],
        "missing required field: is_decimal_allowed",
    ),
    "minimum as a number": (
        [question({"type": "number_input", "action_id": "n", "is_decimal_allowed": True, "min_value": 0})],
        "must provide a string",
    ),
    "minimum above maximum": (
        [
            question(
                {
                    "type": "number_input",
                    "action_id": "n",
                    "is_decimal_allowed": True,
                    "min_value": "2",
                    "max_value": "1",
                }
            )
        ],
        "min_value must not be more than max_value",
    ),
    "file input in a message": (
        [question({"type": "file_input", "action_id": "f"})],
        "unsupported type on this surface",
    ),
    "a select with triggers": (
        [question(select(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}))],
        "invalid additional property: dispatch_action_config",
    ),
    "a trigger there is not": (
        [
            question(
                {
                    "type": "plain_text_input",
                    "action_id": "t",
                    "dispatch_action_config": {"trigger_actions_on": ["on_change"]},
                }
            )
        ],
        "must be one of: on_enter_pressed, on_character_entered",
    ),
    "the 31st of February": (
        [actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-31"})],
        "must be a date",
    ),
    "a quarter past 24": (
        [actions({"type": "timepicker", "action_id": "t", "initial_time": "24:15"})],
        "failed to match pattern",
    ),
    "image without alt text": ([{"type": "image", "image_url": "https://x/y"}], "missing required field: alt_text"),
    "image from nowhere": ([{"type": "image", "alt_text": "x"}], "must define either `image_url`"),
    "same block_id": ([section(block_id="a"), section(block_id="a")], "block_id already exists: a"),
    "same block_id inside": (
        [
            section(block_id="a"),
            {"type": "container", "title": plain("x"), "child_blocks": [section(block_id="a")]},
        ],
        "block_id already exists: a",
    ),
    "same action_id": ([actions(button(), button())], "action_id already exists: go"),
    "two tables": ([table(), table()], "only_one_table_allowed"),
    "101 rows": ([table(rows=101)], "no more than 100 items"),
    "21 columns": ([table(columns=21)], "no more than 20 items"),
    "three charts": ([chart(), chart(), chart()], "no more than 2 data_visualization"),
    "long chart title": ([{**chart(), "title": "x" * 51}], "must be less than 51 characters"),
    "7 series": (
        [chart(series=[{"name": str(n), "data": [{"label": "Mon", "value": 1}]} for n in range(7)])],
        "no more than 6 items",
    ),
    "21 points": (
        [chart(series=[{"name": "IRA", "data": [{"label": f"{n}", "value": n} for n in range(21)]}])],
        "no more than 20 items",
    ),
    "an alert": ([{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    "long markdown": ([{"type": "markdown", "text": "x" * 12001}], "must be less than 12001 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_slack_refuses_is_refused_in_its_words(name: str) -> None:
    blocks, complaint = REFUSED[name]
    assert complaint in " ".join(problems_of(blocks))


EVERYWHERE = {"section", "actions", "input", "context", "header", "rich_text", "image", "divider"}
MESSAGES = {"table", "data_table", "data_visualization", "container", "markdown", "card"}


@pytest.mark.parametrize(
    ("surface", "more"),
    [("message", MESSAGES), ("modal", {"alert"}), ("home", set())],
    ids=["message", "modal", "home"],
)
def test_blocks_exist_on_their_surfaces_only(surface: Surface, more: set[str]) -> None:
    assert set(ON_SURFACE[surface]) == EVERYWHERE | more


def test_a_file_input_cannot_dispatch() -> None:
    file = {"type": "file_input", "action_id": "f"}
    assert problems_of([question(file)], "modal") == []
    assert "unsupported type" in " ".join(problems_of([question(file, dispatch_action=True)], "modal"))


def test_a_modal_takes_100_blocks() -> None:
    assert problems_of([{"type": "divider"}] * 100, "modal", 100) == []
    assert problems_of([{"type": "divider"}] * 101, "modal", 100)


def test_blocks_without_an_id_get_one_that_is_free() -> None:
    blocks = with_ids([section(), section(block_id="auto1"), section()])
    assert len({block["block_id"] for block in blocks}) == 3
    assert blocks[1]["block_id"] == "auto1"


def test_checking_changes_nothing() -> None:
    for blocks in ACCEPTED.values():
        before = deepcopy(blocks)
        problems_of(blocks)
        assert blocks == before
