"""A workspace that was given a manifest holds the app to it."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox.person import CannotDo
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import AppSettings, Limits, Workspace
from tests.sandbox.bolt import PARTS
from tests.sandbox.refusals import error, refusal

HOME = {"type": "home", "blocks": [{"type": "divider"}]}
SHORTCUT = {"name": "New cycle count", "type": "global", "callback_id": "new_count", "description": "Plans one"}
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Counter"},
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Counting bot"},
        "shortcuts": [SHORTCUT],
        "slash_commands": [{"command": "/count", "description": "Counts"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "interactivity": {"is_enabled": True},
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The manifest with one value changed, or left out when it is None."""
    manifest = deepcopy(MANIFEST)
    *way, last = path.split("/")
    part = manifest
    for step in way:
        part = part.setdefault(step, {})
    part[last] = value
    if value is None:
        del part[last]
    return manifest


WITHOUT_HOME = changed("features/app_home", None)
WITHOUT_MESSAGES = changed("features/app_home", {"home_tab_enabled": True, "messages_tab_enabled": False})


def workspace(manifest: dict[str, Any]) -> Workspace:
    ws = Workspace(app=AppSettings.from_manifest(manifest), limits=Limits(retry_delays=()).without_rates())
    ws.add_user("U01ANA", name="Ana")
    ws.add_channel(PARTS, name="parts", members=["U01ANA"])
    return ws


def client_of(server: SandboxServer) -> WebClient:
    return WebClient(server.ws.bot_token, base_url=server.api_url, retry_handlers=[])


def test_what_is_read_from_a_manifest() -> None:
    ws = workspace(MANIFEST)
    assert ws.conversations.users[ws.bot_user_id].name == "Counting bot"
    assert ws.scopes == {"chat:write", "commands"}
    assert [one.callback_id for one in ws.app.shortcuts] == ["new_count"]
    assert ws.app.commands == {"/count"}
    assert workspace(changed("features/bot_user", None)).app.name == "Counter"


def test_this_projects_own_manifest(tmp_path: Path) -> None:
    own = AppSettings.from_file(Path(__file__).parents[2] / "manifest.json")
    assert own.commands == {"/count"}
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(MANIFEST), "utf-8")
    assert AppSettings.from_file(file) == AppSettings.from_manifest(MANIFEST)


def test_only_scopes_and_events_that_were_asked_for() -> None:
    ws = workspace(MANIFEST)
    with SandboxServer(ws) as server:
        answer = refusal(client_of(server).users_info, user="U01ANA")
        assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
    ana = ws.person("U01ANA")
    ana.say(PARTS, "not subscribed to")
    ana.open_home()
    ana.open_messages()
    ws.wait_until_quiet()
    events = [one.payload["event"] for one in ws.deliveries]
    assert [(event["type"], event["tab"]) for event in events] == [
        ("app_home_opened", "home"),
        ("app_home_opened", "messages"),
    ]
    assert {event["channel"] for event in events} == {ws.dm_channel("U01ANA")}
    ws.close()


def test_a_command_that_the_app_does_not_have() -> None:
    ws = workspace(MANIFEST)
    with pytest.raises(CannotDo, match="/stock is not a valid command"):
        ws.person("U01ANA").slash(PARTS, "/stock A-01")
    ws.person("U01ANA").slash(PARTS, "/count status")
    ws.close()


@pytest.mark.parametrize("manifest", [WITHOUT_HOME, changed("features/app_home", {})])
def test_home_is_shown_only_when_enabled(manifest: dict[str, Any]) -> None:
    with SandboxServer(workspace(manifest)) as server:
        assert error(client_of(server).views_publish, user_id="U01ANA", view=HOME) == "not_enabled"
        with pytest.raises(CannotDo, match="no Home tab"):
            server.ws.person("U01ANA").open_home()
    with SandboxServer(workspace(MANIFEST)) as server:
        assert client_of(server).views_publish(user_id="U01ANA", view=HOME)["ok"]


def test_people_write_to_the_app_only_when_allowed() -> None:
    for manifest in (WITHOUT_HOME, WITHOUT_MESSAGES):
        ws = workspace(manifest)
        with pytest.raises(CannotDo, match="turned off"):
            ws.person("U01ANA").say(ws.dm_channel("U01ANA"), "hello?")
        with pytest.raises(CannotDo, match="turned off"):
            ws.person("U01ANA").slash(ws.dm_channel("U01ANA"), "/count status")
    ws = workspace(MANIFEST)
    ws.person("U01ANA").say(ws.dm_channel("U01ANA"), "hello!")


def test_without_its_messages_tab_the_app_writes_to_nobody() -> None:
    with SandboxServer(workspace(WITHOUT_MESSAGES)) as server:
        post = client_of(server).chat_postMessage
        assert error(post, channel="U01ANA", text="x") == "messages_tab_disabled"
        assert error(post, channel=server.ws.dm_channel("U01ANA"), text="x") == "messages_tab_disabled"
        assert post(channel=PARTS, text="x")["ok"]
        with pytest.raises(CannotDo, match="no Messages tab"):
            server.ws.person("U01ANA").open_messages()
    with SandboxServer(workspace(WITHOUT_HOME)) as server:
        assert client_of(server).chat_postMessage(channel="U01ANA", text="x")["ok"]


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("display_information", None, "missing required field: display_information"),
        ("display_information/name", "x" * 36, "less than 36 characters .*/display_information/name"),
        ("features/slash_commands", [{"command": "count", "description": "d"}], "failed to match pattern"),
        ("features/slash_commands", [{"command": "/" + "c" * 32, "description": "d"}], "less than 33 characters"),
        ("features/shortcuts", [{**SHORTCUT, "type": "button"}], "must be one of: global, message"),
        ("features/shortcuts", [{**SHORTCUT, "description": ""}], "more than 0 characters"),
        ("features/shortcuts", [{"name": "x", "type": "global"}], "missing required field: callback_id"),
        ("features/shortcuts", [{**SHORTCUT, "callback_id": str(n)} for n in range(6)], "no more than 5 global"),
        ("features/app_home", {"home_tab": True}, "invalid additional property: home_tab"),
        ("features/app_home", {"home_tab_enabled": "yes"}, "must provide a boolean"),
        ("oauth_config/scopes/bot", ["chat:write"], "need the bot scope `commands`"),
    ],
)
def test_a_manifest_that_slack_would_refuse(path: str, value: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        AppSettings.from_manifest(changed(path, value))
