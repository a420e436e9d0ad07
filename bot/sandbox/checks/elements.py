"""Interactive elements: what each one needs, may have, and where it may stand."""

from datetime import date
from decimal import Decimal

from bot.sandbox.checks.rich_text import RICH_TEXT
from bot.sandbox.checks.schema import (
    Check,
    Fields,
    Problems,
    Rule,
    array,
    boolean,
    exactly_one,
    integer,
    one_of,
    only_on,
    record,
    string,
)
from bot.sandbox.checks.texts import (
    ACTION_ID,
    ADDRESS,
    CONFIRM,
    IMAGE_ELEMENT,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    initial_among,
    plain,
)
from bot.sandbox.json_types import Json, JsonObject

TEXT_MOST = 3000
NUMBER = string(pattern=r"-?\d+(\.\d+)?")
TIME = string(pattern=r"([01]\d|2[0-3]):[0-5]\d")
ID = string(255)
IDS = array(ID, most=100)


def _date(value: Json, path: str, problems: Problems) -> None:
    before = len(problems.found)
    string(pattern=r"\d{4}-\d{2}-\d{2}")(value, path, problems)
    if len(problems.found) == before:
        try:
            date.fromisoformat(value)
        except ValueError:
            problems.add("must be a date", path)


PLACEHOLDER: Fields = {"placeholder": plain(150)}
FOCUS: Fields = {"focus_on_load": boolean}
CONFIRMED: Fields = {"confirm": CONFIRM}
MANY: Fields = {"max_selected_items": integer(1, 100)}
_TRIGGERS = array(one_of("on_enter_pressed", "on_character_entered"), most=2)
DISPATCH: Fields = {"dispatch_action_config": record({"trigger_actions_on": _TRIGGERS})}
FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
CONVERSATIONS: Fields = {"default_to_current_conversation": boolean, "filter": FILTER}
OPTIONS: Fields = {"options": array(OPTION, most=100), "option_groups": array(OPTION_GROUP, most=100)}
EXTERNAL: Fields = {"min_query_length": integer(0, 100)}


def _element(required: Fields, *optional: Fields, also: Rule | None = None) -> Check:
    merged = {key: check for fields in optional for key, check in fields.items()}
    return record({"action_id": ACTION_ID, **required}, merged, also)


def _menu(*optional: Fields, also: Rule | None = None) -> Check:
    return _element({}, PLACEHOLDER, FOCUS, CONFIRMED, *optional, also=also)


def _typed(*optional: Fields, also: Rule | None = None, **required: Check) -> Check:
    return _element(required, PLACEHOLDER, FOCUS, DISPATCH, *optional, also=also)


def _numbers_agree(value: JsonObject, path: str, problems: Problems) -> None:
    numbers = {key: Decimal(value[key]) for key in ("min_value", "max_value", "initial_value") if key in value}
    low, high, first = (numbers.get(key) for key in ("min_value", "max_value", "initial_value"))
    if low is not None and high is not None and low > high:
        problems.add("min_value must not be more than max_value", path)
    if first is not None and ((low is not None and first < low) or (high is not None and first > high)):
        problems.add("initial_value must be between min_value and max_value", path)
    if not value["is_decimal_allowed"] and any(one != one.to_integral_value() for one in numbers.values()):
        problems.add("must be an integer when is_decimal_allowed is false", path)


def _lengths_agree(value: JsonObject, path: str, problems: Problems) -> None:
    least, most = value.get("min_length", 0), value.get("max_length", TEXT_MOST)
    if least > most:
        problems.add("min_length must not be more than max_length", path)
    if "initial_value" in value and not least <= len(value["initial_value"]) <= most:
        problems.add("initial_value must be between min_length and max_length", path)


def _options_agree(value: JsonObject, path: str, problems: Problems) -> None:
    exactly_one("options", "option_groups")(value, path, problems)
    initial_among(value, path, problems)


BUTTON = _element(
    {"text": plain(75)},
    {"url": ADDRESS, "value": string(2000), "style": one_of("primary", "danger"), "accessibility_label": string(75)},
    CONFIRMED,
)
OVERFLOW = _element({"options": array(OVERFLOW_OPTION, most=5)}, CONFIRMED, also=initial_among)
CHECKBOXES = _element(
    {"options": array(RICH_OPTION, most=10)},
    {"initial_options": array(RICH_OPTION, most=10)},
    CONFIRMED,
    FOCUS,
    also=initial_among,
)
RADIO_BUTTONS = _element(
    {"options": array(RICH_OPTION, most=10)}, {"initial_option": RICH_OPTION}, CONFIRMED, FOCUS, also=initial_among
)

SINGLE_MENUS: dict[str, Check] = {
    "static_select": _menu(OPTIONS, {"initial_option": OPTION}, also=_options_agree),
    "external_select": _menu(EXTERNAL, {"initial_option": OPTION}),
    "users_select": _menu({"initial_user": ID}),
    "conversations_select": _menu(CONVERSATIONS, {"initial_conversation": ID, "response_url_enabled": boolean}),
    "channels_select": _menu({"initial_channel": ID, "response_url_enabled": boolean}),
}
MULTI_MENUS: dict[str, Check] = {
    "multi_static_select": _menu(OPTIONS, MANY, {"initial_options": array(OPTION, most=100)}, also=_options_agree),
    "multi_external_select": _menu(EXTERNAL, MANY, {"initial_options": array(OPTION, most=100)}),
    "multi_users_select": _menu(MANY, {"initial_users": IDS}),
    "multi_conversations_select": _menu(CONVERSATIONS, MANY, {"initial_conversations": IDS}),
    "multi_channels_select": _menu(MANY, {"initial_channels": IDS}),
}
PICKERS: dict[str, Check] = {
    "datepicker": _menu({"initial_date": _date}),
    "timepicker": _menu({"initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": _element({}, FOCUS, CONFIRMED, {"initial_date_time": integer(10**9, 10**10 - 1)}),
}
CHOICES: dict[str, Check] = {"checkboxes": CHECKBOXES, "radio_buttons": RADIO_BUTTONS}
TYPED: dict[str, Check] = {
    "plain_text_input": _typed(
        {
            "initial_value": string(TEXT_MOST, least=0),
            "multiline": boolean,
            "min_length": integer(0, TEXT_MOST),
            "max_length": integer(1, TEXT_MOST),
        },
        also=_lengths_agree,
    ),
    "number_input": _typed(
        {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
        also=_numbers_agree,
        is_decimal_allowed=boolean,
    ),
    "email_text_input": _typed({"initial_value": string(TEXT_MOST)}),
    "url_text_input": _typed({"initial_value": string(TEXT_MOST)}),
    "rich_text_input": _typed({"initial_value": RICH_TEXT}),
    "file_input": only_on(
        "modal", _element({}, {"filetypes": array(string(20), most=100), "max_files": integer(1, 10)})
    ),
}

IN_ACTIONS: dict[str, Check] = {"button": BUTTON, "overflow": OVERFLOW, **CHOICES, **SINGLE_MENUS, **PICKERS}
IN_SECTIONS: dict[str, Check] = {**IN_ACTIONS, **MULTI_MENUS, "image": IMAGE_ELEMENT}
IN_INPUTS: dict[str, Check] = {**TYPED, **CHOICES, **SINGLE_MENUS, **MULTI_MENUS, **PICKERS}
