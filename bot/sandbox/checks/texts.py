"""Text objects and the other small things blocks are made of: options, confirmations, images."""

from bot.sandbox.checks.schema import (
    Check,
    Problems,
    array,
    boolean,
    by_type,
    exactly_one,
    one_of,
    record,
    string,
)
from bot.sandbox.json_types import Json, JsonObject

ACTION_ID = string(255)
BLOCK_ID = string(255)
ADDRESS = string(3000, pattern=r"https?://\S+|mailto:\S+|slack://\S+")


def plain(most: int) -> Check:
    """A plain_text object; Slack shows it as it is, so nothing in it rings or links."""
    return by_type({"plain_text": record({"text": string(most)}, {"emoji": boolean})})


def text(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    kinds = {
        "plain_text": record({"text": string(most)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(most)}, {"verbatim": boolean}),
    }
    return by_type(kinds)


CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75)})
OVERFLOW_OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": ADDRESS})
# Checkboxes and radio buttons alone may have mrkdwn labels.
RICH_OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75)})
OPTION_GROUP = record({"label": plain(75), "options": array(OPTION, most=100)})
SLACK_FILE = record({}, {"id": string(pattern=r"F[A-Z0-9]{8,}"), "url": string(3000)}, also=exactly_one("id", "url"))
IMAGE_ELEMENT = record(
    {"alt_text": string(2000)},
    {"image_url": ADDRESS, "slack_file": SLACK_FILE},
    also=exactly_one("image_url", "slack_file"),
)


def initial_among(value: JsonObject, path: str, problems: Problems) -> None:
    """What is chosen at first must be one of the options, to the letter; nothing is offered twice."""
    options: list[Json] = list(value.get("options", []))
    options += [one for group in value.get("option_groups", []) for one in group["options"]]
    chosen = [*value.get("initial_options", []), *([value["initial_option"]] if "initial_option" in value else [])]
    if any(one not in options for one in chosen):
        problems.add("initial option must match one of the options", path)
    values = [option["value"] for option in options]
    if len(set(values)) != len(values):
        problems.add("option values must be unique", path)
