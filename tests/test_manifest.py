"""`manifest.json` asks Slack for exactly what the code uses: a scope, event or command too many fails here too."""

import ast
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any  # Any: the manifest is JSON

import pytest
from slack_sdk import WebClient

from bot import ids
from bot.listeners import commands
from bot.sandbox.app_settings import AppSettings
from bot.views.help import COMMANDS
from models.database import Database
from models.rules.lines import LineState
from tests.bot.direct import inbox, write
from tests.bot.pictures import look, photo, post
from tests.bot.workplace import PARTS, workplace
from tests.conftest import NOW

CHECKOUT = Path(__file__).parents[1]
MANIFEST: dict[str, Any] = json.loads((CHECKOUT / "manifest.json").read_text("utf-8"))
SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
EVENTS = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])

# What Slack wants for each method the bot calls. Channels may be public or private.
NEEDED = {
    "auth_test": set(),
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_info": {"files:read"},
    "reactions_add": {"reactions:write"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
# An event `message` is several subscriptions, each with its scope; some need none.
SUBSCRIPTIONS: dict[str, dict[str, set[str]]] = {
    "app_home_opened": {"app_home_opened": set()},
    "message": {
        "message.channels": {"channels:history"},
        "message.groups": {"groups:history"},
        "message.im": {"im:history"},
    },
}

WEB_METHODS = {name for name in dir(WebClient) if "_" in name.strip("_") and not name.startswith("_")} - {"api_call"}


def code() -> Iterator[ast.Module]:
    """Every module of the bot that meets Slack; the sandbox is Slack's side, and the demo plays people."""
    for path in sorted((CHECKOUT / "bot").rglob("*.py")):
        if not {"sandbox", "demo"} & set(path.relative_to(CHECKOUT).parts):
            yield ast.parse(path.read_text("utf-8"))


def web_methods_used() -> set[str]:
    names = {node.attr for module in code() for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    return {name for name in names & WEB_METHODS if callable(getattr(WebClient, name))}


def takes_files() -> bool:
    """Whether files are fetched or asked for in a form; Slack has no method for either."""
    names = {node.id for module in code() for node in ast.walk(module) if isinstance(node, ast.Name)}
    return {"FileInput", "downloads"} <= names


def events_listened_for() -> set[str]:
    """The names given to `on_event`, which is how every listener of events is registered."""
    return {
        str(node.args[2].value)
        for module in code()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "on_event"
        and isinstance(node.args[2], ast.Constant)
    }


def test_every_scope_is_used_and_none_is_missing() -> None:
    used = web_methods_used()
    assert used == NEEDED.keys()
    needed = set.union(*(NEEDED[name] for name in used))
    needed |= {scope for name in events_listened_for() for scopes in SUBSCRIPTIONS[name].values() for scope in scopes}
    if takes_files():
        needed.add("files:read")
    assert needed | {"commands"} == SCOPES


def test_every_event_is_listened_for() -> None:
    assert {kind for name in events_listened_for() for kind in SUBSCRIPTIONS[name]} == EVENTS


def test_the_command_is_the_one_that_is_listened_for() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == commands.NAME
    assert "url" not in command  # Socket Mode has none
    for word in COMMANDS:
        assert word in command["usage_hint"]


def test_every_shortcut_of_messages_is_listened_for() -> None:
    named = {
        getattr(ids, node.args[2].attr)
        for module in code()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "on_message_shortcut"
        and isinstance(node.args[2], ast.Attribute)
    }
    assert {one["callback_id"] for one in MANIFEST["features"]["shortcuts"] if one["type"] == "message"} == named


def test_buttons_and_forms_reach_us_over_socket_mode() -> None:
    settings = MANIFEST["settings"]
    assert settings["interactivity"]["is_enabled"] is True
    assert settings["socket_mode_enabled"] is True
    # A token that is exchanged every twelve hours would need a place to be kept in.
    assert settings["token_rotation_enabled"] is False


@pytest.mark.parametrize("channel", ["public", "private"])
def test_the_loop_runs_with_these_scopes_and_events_and_nothing_more(sqlite_database: Database, channel: str) -> None:
    with workplace(sqlite_database, NOW, scopes=SCOPES, subscriptions=EVENTS, private=channel == "private") as place:
        bolts = place.world.stock("BOLT-10", "A-01-03", 100)
        with sqlite_database.write() as session:
            place.world.member(session, "ana").name = None  # so that it is asked for
        place.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
        assert "is started" in place.count("ben", "start Daily parts")
        for _ in range(3):
            place.once()
            place.wait(timedelta(minutes=2))  # the post of unknown outcome is looked for in the channel's history
        place.settle()
        post(place, "ana", content=photo("BOLT-10"))
        assert look(place) == 1
        assert "BOLT-10, A-01-03. How many?" in place.told("ana")
        place.reply("ana", "BOLT-10 90")
        place.click_sheet("dan", ids.CANNOT_COUNT)
        place.dan.close_view()
        place.click_sheet("dan")
        assert place.fill("dan", {bolts: "90"}).closed
        place.settle()
        place.click_card("ben", place.line(bolts), ids.APPROVE)
        place.settle()
        assert place.world.state(place.line(bolts)) is LineState.RECONCILED
        assert {call.error for call in place.ws.calls} <= {None}
        called = {call.method for call in place.ws.calls}
        assert {"conversations.history", "users.info", "reactions.add", "chat.postEphemeral", "views.open"} <= called
        assert len([one for one in place.ws.messages(PARTS) if one.bot_id]) == 1


def test_counting_by_direct_message_runs_with_these_scopes_and_events(sqlite_database: Database) -> None:
    app = AppSettings.from_file(CHECKOUT / "manifest.json")
    assert app.hears_people
    with workplace(sqlite_database, NOW, scopes=app.scopes, subscriptions=app.subscriptions) as place:
        bolts = place.world.stock("BOLT-10", "A-01-03", 100)
        place.start()
        place.count("ana", "dm")
        place.settle()
        write(place, "ana", "90")
        place.ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
        write(place, "ana", "stop")
        place.wait(timedelta(minutes=2))
        place.settle()
        assert ["please count" in text for text in inbox(place, "dan")] == [True]
        write(place, "dan", "count")
        write(place, "dan", "90")
        write(place, "dan", "stop")
        assert place.world.state(place.line(bolts)) is LineState.IN_REVIEW
        assert {call.error for call in place.ws.calls} <= {None}
        assert "conversations.history" in {call.method for call in place.ws.calls}
