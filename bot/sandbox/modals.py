"""Triggers, and the views people have open: a stack of at most three modals each, and a Home tab each."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot.sandbox.errors import SlackError
from bot.sandbox.forms import State, initial_state
from bot.sandbox.json_types import JsonObject
from bot.sandbox.limits import Limits


@dataclass
class Trigger:
    """The right to open one modal, given by a person's action."""

    id: str
    user: str
    issued_at: datetime
    from_view: str | None
    used: bool = False


@dataclass(eq=False)
class View:
    """A modal or a Home tab as one person has it."""

    id: str
    user: str
    payload: JsonObject
    hash: str
    root_id: str
    previous_id: str | None
    state: State = field(default_factory=dict)


class Views:
    """All open views; guarded by the workspace's lock."""

    def __init__(self, limits: Limits, *, team_id: str, app_id: str, bot_id: str) -> None:
        self._limits = limits
        self._ids = {"team_id": team_id, "app_id": app_id, "bot_id": bot_id, "app_installed_team_id": team_id}
        self._numbers = count(1)
        self._hashes = count(1)
        self._triggers: dict[str, Trigger] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def issue_trigger(self, user: str, now: datetime, from_view: str | None = None) -> str:
        """A trigger_id for what that person just did."""
        trigger = Trigger(f"{next(self._numbers)}.0.sandbox", user, now, from_view)
        self._triggers[trigger.id] = trigger
        return trigger.id

    def owner(self, trigger_id: str) -> str:
        """Whose action gave that trigger; empty when it is unknown."""
        trigger = self._triggers.get(trigger_id)
        return trigger.user if trigger else ""

    def redeem(self, trigger_id: str, now: datetime) -> Trigger:
        """Use a trigger; it works once, and for three seconds."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if now - trigger.issued_at > timedelta(seconds=self._limits.trigger_seconds):
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def open(self, user: str, payload: JsonObject, *, on_top: bool) -> View:
        """Show a modal, on top of those already open or instead of them."""
        stack = self.stacks.get(user, []) if on_top else []
        if len(stack) >= self._limits.view_stack:
            raise SlackError("push_limit_reached")
        self._refuse_second_external_id(payload, None)
        view_id = f"V{next(self._numbers):08d}"
        root, previous = (stack[0].id, stack[-1].id) if stack else (view_id, None)
        view = View(view_id, user, deepcopy(payload), self._new_hash(), root, previous)
        view.state = initial_state(view.payload["blocks"])
        self.stacks[user] = [*stack, view]
        return view

    def publish(self, user: str, payload: JsonObject, expected_hash: str | None) -> View:
        """Show a Home tab."""
        view = self.homes.get(user)
        if view is None:
            view_id = f"V{next(self._numbers):08d}"
            view = self.homes[user] = View(view_id, user, {}, "", view_id, None)
        elif expected_hash is not None and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        return self.replace(view, payload)

    def find(self, view_id: str | None, external_id: str | None = None) -> View:
        """An open view by its id or by the bot's name for it."""
        for view in self._all():
            if view_id == view.id or (external_id is not None and external_id == view.payload.get("external_id")):
                return view
        raise SlackError("not_found")

    def replace(self, view: View, payload: JsonObject) -> View:
        """New content for an open view; what was entered stays where ids stay."""
        self._refuse_second_external_id(payload, view)
        view.payload = deepcopy(payload)
        view.hash = self._new_hash()
        view.state = initial_state(view.payload["blocks"], view.state)
        return view

    def top(self, user: str) -> View | None:
        """The modal that person sees."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def close_top(self, user: str) -> None:
        """Take the top modal away; the one under it shows again."""
        self.stacks[user] = self.stacks.get(user, [])[:-1]

    def clear(self, user: str) -> None:
        """Take all modals away."""
        self.stacks[user] = []

    def as_slack(self, view: View) -> JsonObject:
        """The view object of answers and interactions."""
        sent = view.payload
        return {
            "id": view.id,
            **self._ids,
            "type": sent["type"],
            "title": sent.get("title"),
            "submit": sent.get("submit"),
            "close": sent.get("close"),
            "blocks": deepcopy(sent["blocks"]),
            "private_metadata": sent.get("private_metadata", ""),
            "callback_id": sent.get("callback_id", ""),
            "external_id": sent.get("external_id", ""),
            "clear_on_close": sent.get("clear_on_close", False),
            "notify_on_close": sent.get("notify_on_close", False),
            "state": {"values": deepcopy(view.state)},
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
        }

    def _all(self) -> list[View]:
        return [*self.homes.values(), *(view for stack in self.stacks.values() for view in stack)]

    def _new_hash(self) -> str:
        return f"{next(self._hashes):010d}.sandbox"

    def _refuse_second_external_id(self, payload: JsonObject, view: View | None) -> None:
        wanted = payload.get("external_id")
        if wanted and any(one is not view and one.payload.get("external_id") == wanted for one in self._all()):
            raise SlackError("duplicate_external_id")
