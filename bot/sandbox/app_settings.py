"""What the app in the workspace may do and offers: what Slack learns from its manifest.

A workspace without a manifest is generous: any slash command reaches the bot, and its Home and its direct messages
are open. One that was given a manifest holds the app to it, as Slack does: what the manifest does not ask for does
not happen.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from bot.sandbox.checks.manifest import manifest_problems
from bot.sandbox.json_types import JsonObject

ShortcutKind = Literal["global", "message"]

DEFAULT_SCOPES = frozenset(
    {
        "chat:write",
        "commands",
        "channels:history",
        "groups:history",
        "im:history",
        "files:read",
        "files:write",
        "users:read",
        "im:write",
        "reactions:write",
    }
)
DEFAULT_SUBSCRIPTIONS = frozenset({"message.channels", "message.groups", "message.im", "app_home_opened"})


@dataclass(frozen=True)
class Shortcut:
    """An entry of the menu beside the composer (global), or of every message's menu."""

    name: str
    kind: ShortcutKind
    callback_id: str
    description: str


@dataclass(frozen=True)
class AppSettings:
    """The settings of an app, as installed."""

    name: str = "Cycle Count"
    scopes: frozenset[str] = DEFAULT_SCOPES
    subscriptions: frozenset[str] = DEFAULT_SUBSCRIPTIONS
    commands: frozenset[str] | None = None
    """Its slash commands; None: whatever begins with a slash."""
    shortcuts: tuple[Shortcut, ...] = ()
    home_tab: bool = True
    messages_tab: bool = True
    hears_people: bool = True
    """Whether people may write to it in the direct message."""

    @classmethod
    def from_manifest(cls, manifest: JsonObject) -> Self:
        """Read a manifest; raises ValueError for one that Slack would refuse."""
        problems = manifest_problems(manifest)
        if problems:
            raise ValueError(f"Slack would refuse this manifest: {'; '.join(problems)}")
        features = manifest.get("features", {})
        home = features.get("app_home", {})
        settings = manifest.get("settings", {})
        messages_tab = home.get("messages_tab_enabled", True)
        return cls(
            name=features.get("bot_user", {}).get("display_name") or manifest["display_information"]["name"],
            scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            subscriptions=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            commands=frozenset(one["command"] for one in features.get("slash_commands", [])),
            shortcuts=tuple(shortcut_of(one) for one in features.get("shortcuts", [])),
            home_tab=home.get("home_tab_enabled", False),
            messages_tab=messages_tab,
            # What an app does not say is as Slack's settings page first has it: messages are shown, not taken.
            hears_people=messages_tab and not home.get("messages_tab_read_only_enabled", True),
        )

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a manifest's JSON file."""
        return cls.from_manifest(json.loads(path.read_text("utf-8")))

    def with_shortcut(self, shortcut: Shortcut) -> Self:
        """The same with one shortcut more; raises ValueError for one that Slack would refuse."""
        shortcuts = (*self.shortcuts, shortcut)
        problems = manifest_problems(
            {
                "display_information": {"name": self.name},
                "features": {"shortcuts": [as_manifest(one) for one in shortcuts]},
                "oauth_config": {"scopes": {"bot": sorted(self.scopes)}},
            }
        )
        if problems:
            raise ValueError(f"Slack would refuse this shortcut: {'; '.join(problems)}")
        return replace(self, shortcuts=shortcuts)


def shortcut_of(entry: JsonObject) -> Shortcut:
    """A shortcut from its entry in a manifest."""
    return Shortcut(entry["name"], entry["type"], entry["callback_id"], entry["description"])


def as_manifest(shortcut: Shortcut) -> JsonObject:
    """A shortcut's entry in a manifest."""
    return {
        "name": shortcut.name,
        "type": shortcut.kind,
        "callback_id": shortcut.callback_id,
        "description": shortcut.description,
    }
