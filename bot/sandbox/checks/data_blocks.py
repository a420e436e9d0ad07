"""The newer blocks that show data: tables, charts, containers, cards. Most exist in messages only."""

from bot.sandbox.checks.elements import BUTTON
from bot.sandbox.checks.rich_text import RICH_TEXT
from bot.sandbox.checks.schema import (
    Check,
    Fields,
    Problems,
    array,
    boolean,
    by_type,
    integer,
    number,
    one_of,
    record,
    string,
)
from bot.sandbox.checks.texts import BLOCK_ID, IMAGE_ELEMENT, plain, text
from bot.sandbox.json_types import Json, JsonObject

ID: Fields = {"block_id": BLOCK_ID}
LABEL = string(20)

RAW_TEXT = record({"text": string(least=0)}, {"emoji": boolean})
CELL = by_type({"raw_text": RAW_TEXT, "rich_text": RICH_TEXT})
COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
TABLE = record(
    {"rows": array(array(CELL, most=20), most=100)},
    {**ID, "column_settings": array(COLUMN, most=20)},
)

DATA_CELL = by_type(
    {
        "raw_text": record({"text": string()}, {"emoji": boolean}),
        "raw_number": record({"value": number, "text": string()}),
        "rich_text": RICH_TEXT,
    }
)
DATA_TEXT_MOST = 20_000


def _rows_agree(value: JsonObject, path: str, problems: Problems) -> None:
    widths = {len(row) for row in value["rows"]}
    if len(widths) != 1:
        problems.add("all rows must have the same number of cells", f"{path}/rows")
    if any(cell["type"] == "rich_text" for cell in value["rows"][0]):
        problems.add("header cells must not be rich text", f"{path}/rows/0")
    if _letters(value["rows"]) > DATA_TEXT_MOST:
        problems.add(f"must be less than {DATA_TEXT_MOST + 1} characters in all cells", f"{path}/rows")


def _letters(part: Json) -> int:
    if isinstance(part, dict):
        return sum(len(one) if key == "text" and isinstance(one, str) else _letters(one) for key, one in part.items())
    return sum(_letters(one) for one in part) if isinstance(part, list) else 0


DATA_TABLE = record(
    {"rows": array(array(DATA_CELL, most=20), least=2, most=201), "caption": string()},
    {**ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    also=_rows_agree,
)


def _positive(value: Json, path: str, problems: Problems) -> None:
    number(value, path, problems)
    if isinstance(value, int | float) and value <= 0:
        problems.add("must be more than 0", path)


def _series_agree(value: JsonObject, path: str, problems: Problems) -> None:
    names = [one["name"] for one in value["series"]]
    if len(set(names)) != len(names):
        problems.add("series names must be unique", f"{path}/series")
    categories = value["axis_config"]["categories"]
    if len(set(categories)) != len(categories):
        problems.add("categories must be unique", f"{path}/axis_config/categories")
    for position, one in enumerate(value["series"]):
        if sorted(point["label"] for point in one["data"]) != sorted(categories):
            problems.add("must have one point for every category", f"{path}/series/{position}/data")


SERIES = record({"name": LABEL, "data": array(record({"label": LABEL, "value": number}), most=20)})
AXES = record({"categories": array(LABEL, most=20)}, {"x_label": string(50), "y_label": string(50)})
AXIS_CHART = record({"series": array(SERIES, most=6), "axis_config": AXES}, also=_series_agree)
PIE = record({"segments": array(record({"label": LABEL, "value": _positive}), most=12)})
CHART = by_type({"pie": PIE, "bar": AXIS_CHART, "line": AXIS_CHART, "area": AXIS_CHART})
DATA_VISUALIZATION = record({"title": string(50), "chart": CHART}, ID)


def _has_content(value: JsonObject, path: str, problems: Problems) -> None:
    if not {"hero_image", "title", "body", "actions"} & value.keys():
        problems.add("must define at least one of hero_image, title, body, actions", path)
    if {"icon", "slack_icon"} <= value.keys():
        problems.add("must define either `icon` or `slack_icon`, and only one of them", path)


IMAGE = by_type({"image": IMAGE_ELEMENT})
CARD = record(
    {},
    {
        **ID,
        "hero_image": IMAGE,
        "icon": IMAGE,
        "slack_icon": record({"name": string(50)}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": array(by_type({"button": BUTTON}), most=3),
    },
    also=_has_content,
)
ALERT = record({"text": text(200)}, {**ID, "level": one_of("default", "info", "warning", "error", "success")})
MARKDOWN = record({"text": string(12_000)}, ID)


def container(child: Check) -> Check:
    """A titled group of blocks; `child` are the rules of those."""
    return record(
        {"child_blocks": array(child, most=10)},
        {
            **ID,
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "icon": IMAGE,
            "width": one_of("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        also=_titled,
    )


def _titled(value: JsonObject, path: str, problems: Problems) -> None:
    if not {"title", "rich_text_title"} & value.keys():
        problems.add("missing required field: title", path)
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        problems.add("default_collapsed requires is_collapsible", path)
    if value.get("has_header_divider") and value.get("is_collapsible"):
        problems.add("has_header_divider requires a container that is not collapsible", path)
