"""An app's manifest: what Slack refuses in the parts that a workspace acts on."""

from collections import Counter

from bot.sandbox.checks.schema import (
    Check,
    Fields,
    Problems,
    Rule,
    anything,
    array,
    boolean,
    one_of,
    record,
    string,
)
from bot.sandbox.json_types import Json, JsonObject

SHORTCUTS_OF_A_KIND = 5
COMMAND = record(
    {"command": string(32, pattern=r"/\S+"), "description": string(2000)},
    {"usage_hint": string(1000), "should_escape": boolean, "url": string()},
)
SHORTCUT = record(
    {
        "name": string(24),
        "type": one_of("global", "message"),
        "callback_id": string(255),
        "description": string(150),
    }
)
APP_HOME = record(
    {},
    {"home_tab_enabled": boolean, "messages_tab_enabled": boolean, "messages_tab_read_only_enabled": boolean},
)


def _shortcuts_agree(value: JsonObject, path: str, problems: Problems) -> None:
    shortcuts = value.get("shortcuts", [])
    for kind, number in Counter(one["type"] for one in shortcuts).items():
        if number > SHORTCUTS_OF_A_KIND:
            problems.add(f"no more than {SHORTCUTS_OF_A_KIND} {kind} shortcuts allowed", f"{path}/shortcuts")
    for callback_id, times in Counter(one["callback_id"] for one in shortcuts).items():
        if times > 1:
            problems.add(f"callback_id already exists: {callback_id}", f"{path}/shortcuts")


def _open(known: Fields, also: Rule | None = None, required: Fields | None = None) -> Check:
    """An object of which only these fields matter here."""

    def check(value: Json, path: str, problems: Problems) -> None:
        others = dict.fromkeys(value, anything) if isinstance(value, dict) else {}
        record(required, {**others, **known, **(required or {})}, also)(value, path, problems)

    return check


def _commands_are_allowed(value: JsonObject, path: str, problems: Problems) -> None:
    features = value.get("features", {})
    scopes = value.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    if (features.get("shortcuts") or features.get("slash_commands")) and "commands" not in scopes:
        problems.add("shortcuts and slash commands need the bot scope `commands`", f"{path}/oauth_config/scopes/bot")


FEATURES = _open(
    {
        "app_home": APP_HOME,
        "bot_user": record({"display_name": string(80)}, {"always_online": boolean}),
        "shortcuts": array(SHORTCUT, most=10, least=0),
        "slash_commands": array(COMMAND, most=50, least=0),
    },
    also=_shortcuts_agree,
)
NAMES = array(string(), most=255, least=0)
MANIFEST = _open(
    {
        "features": FEATURES,
        "oauth_config": _open({"scopes": _open({"bot": NAMES})}),
        "settings": _open({"event_subscriptions": _open({"bot_events": NAMES})}),
    },
    also=_commands_are_allowed,
    required={"display_information": _open({"description": string(140)}, required={"name": string(35)})},
)


def manifest_problems(manifest: Json) -> list[str]:
    """Everything Slack would refuse in that manifest, as far as a workspace can see it."""
    problems = Problems("home")  # the surface matters to blocks only, and there are none
    MANIFEST(manifest, "", problems)
    return problems.found
