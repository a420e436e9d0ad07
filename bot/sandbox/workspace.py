"""The workspace: its state put together, what a test sets up in it and what it looks at.

`AppSettings`, `Limits` and `SandboxClock` are re-exported, so that one import line is enough.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.sandbox.answers import Answers
from bot.sandbox.app_settings import (
    DEFAULT_SCOPES,
    DEFAULT_SUBSCRIPTIONS,
    AppSettings,
    Shortcut,
    ShortcutKind,
)
from bot.sandbox.calls import Call, Record, SentToPeople
from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.conversations import Conversations
from bot.sandbox.delivery import RETRY, Attempt, Courier, Delivery
from bot.sandbox.events import Events, Identity
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.forms import State
from bot.sandbox.http_delivery import HttpDelivery
from bot.sandbox.json_types import JsonObject
from bot.sandbox.limits import Limits
from bot.sandbox.modals import Views
from bot.sandbox.person import Person
from bot.sandbox.rates import Rates
from bot.sandbox.response_urls import ResponseUrls
from bot.sandbox.socket_mode import Sockets
from bot.sandbox.state import Channel, Message, User
from bot.sandbox.timers import Timers
from bot.sandbox.uploads import Uploads

__all__ = ["DEFAULT_SCOPES", "DEFAULT_SUBSCRIPTIONS", "AppSettings", "Limits", "SandboxClock", "Workspace"]

T = TypeVar("T")


class Workspace:
    """A workspace with one app installed in it: the bot.

    `app` says what the app may do and offers, `AppSettings.from_file` reads it from a manifest; scopes,
    subscriptions and name, where given, go before it.
    """

    def __init__(
        self,
        *,
        clock: SandboxClock | None = None,
        limits: Limits | None = None,
        app: AppSettings | None = None,
        scopes: Iterable[str] | None = None,
        subscriptions: Iterable[str] | None = None,
        bot_name: str | None = None,
    ) -> None:
        self.clock = clock or SandboxClock.real()
        self.limits = limits or Limits()
        given = app or AppSettings()
        self.app = replace(
            given,
            scopes=given.scopes if scopes is None else frozenset(scopes),
            subscriptions=given.subscriptions if subscriptions is None else frozenset(subscriptions),
            name=bot_name or given.name,
        )
        self.ids = Identity()
        self.changes = Changes()
        self.timers = Timers(self.clock)
        self.faults = Faults()
        self.record = Record()
        self.rates = Rates(self.limits)
        self.courier = Courier(self.changes, self.clock, self.limits, self.timers)
        self.events = Events(self.courier, self.ids, self.app.subscriptions)
        self.conversations = Conversations(self.changes, self.clock, self.ids, self.events)
        self.views = Views(self.limits, team_id=self.ids.team_id, app_id=self.ids.app_id, bot_id=self.ids.bot_id)
        self.response_urls = ResponseUrls(self.limits)
        self.answers = Answers(self)
        self.files = Files(self)
        self.uploads = Uploads(self)
        self.entered: dict[tuple[str, str], State] = {}
        """What people have chosen in messages, by person and message."""
        self.sockets = Sockets(self.changes, self.limits, self.ids.app_id)
        self.courier.transport = self.sockets
        self.conversations.users[self.bot_user_id] = User(self.bot_user_id, self.app.name, is_bot=True)

    # --- who the bot is

    @property
    def scopes(self) -> frozenset[str]:
        """What its token may do."""
        return self.app.scopes

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.ids.team_id

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self.ids.bot_user_id

    @property
    def bot_token(self) -> str:
        """SLACK_BOT_TOKEN."""
        return self.ids.bot_token

    @property
    def app_token(self) -> str:
        """SLACK_APP_TOKEN."""
        return self.ids.app_token

    @property
    def signing_secret(self) -> str:
        """SLACK_SIGNING_SECRET."""
        return self.ids.signing_secret

    # --- setting it up

    def add_user(self, user_id: str, *, name: str, tz: str = "UTC") -> Person:
        """Somebody joins the workspace."""
        ZoneInfo(tz)  # an unknown zone is a mistake in the set-up: say so here
        with self.changes.lock:
            self.conversations.users[user_id] = User(user_id, name, tz)
            self.changes.happened()
        return self.person(user_id)

    def add_channel(
        self,
        channel_id: str,
        *,
        name: str,
        members: Iterable[str] = (),
        private: bool = False,
        bot_member: bool = True,
    ) -> Channel:
        """A channel, with the bot in it unless said otherwise."""
        with self.changes.lock:
            everybody = [*members, *([self.bot_user_id] if bot_member else [])]
            unknown = [user for user in everybody if user not in self.conversations.users]
            if unknown:
                raise LookupError(f"Nobody here is called {', '.join(unknown)}; add_user first.")
            created = int(self.clock.now().timestamp())
            channel = Channel(channel_id, name, "group" if private else "channel", everybody, created)
            self.conversations.channels[channel_id] = channel
            self.changes.happened()
            return channel

    def add_shortcut(self, name: str, kind: ShortcutKind, callback_id: str, description: str = "Does it") -> Shortcut:
        """One more shortcut of the app, as its manifest would say it."""
        shortcut = Shortcut(name, kind, callback_id, description)
        with self.changes.lock:
            self.app = self.app.with_shortcut(shortcut)
            self.changes.happened()
        return shortcut

    def archive(self, channel_id: str) -> None:
        """Archive a channel."""
        with self.changes.lock:
            self.conversations.channels[channel_id].is_archived = True
            self.changes.happened()

    def use_http(self, request_url: str) -> None:
        """Deliver to this URL, signed, instead of over Socket Mode."""
        self.courier.transport = HttpDelivery(request_url, self.signing_secret, self.limits.ack_seconds)

    def use_socket_mode(self) -> None:
        """Deliver over Socket Mode, as at first."""
        self.courier.transport = self.sockets

    def person(self, user_id: str) -> Person:
        """Act as that person."""
        if user_id not in self.conversations.users:
            raise LookupError(f"Nobody here is called {user_id}.")
        return Person(self, user_id)

    # --- looking

    def channel(self, channel_id: str) -> Channel:
        """A channel, live."""
        return self.conversations.channels[channel_id]

    def dm_channel(self, user_id: str) -> str:
        """The id of the direct message between that person and the bot."""
        return self.conversations.direct(user_id).id

    def messages(self, channel_id: str) -> list[Message]:
        """What a channel shows, oldest first: parents, and replies also sent to the channel. Copies."""
        with self.changes.lock:
            return deepcopy(self.channel(channel_id).parents())

    def thread(self, channel_id: str, ts: str) -> list[Message]:
        """The replies to a message, oldest first. Copies."""
        with self.changes.lock:
            return deepcopy(self.channel(channel_id).replies(ts))

    def message(self, channel_id: str, ts: str) -> Message:
        """One message, parent, reply or ephemeral. A copy."""
        with self.changes.lock:
            return deepcopy(self.conversations.message(channel_id, ts))

    def home(self, user_id: str) -> JsonObject | None:
        """The Home tab published for that person."""
        with self.changes.lock:
            view = self.views.homes.get(user_id)
            return self.views.as_slack(view) if view else None

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, in order."""
        with self.changes.lock:
            return list(self.record.calls)

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything sent to the bot so far, in order, with every attempt."""
        with self.changes.lock:
            return list(self.courier.deliveries)

    def payloads_to_people(self) -> list[SentToPeople]:
        """Everything the bot sent that a person could read, in order."""
        with self.changes.lock:
            return deepcopy(self.record.to_people)

    def wait_for(self, look: Callable[[], T], timeout: float = 10.0, *, every: float | None = None) -> T:
        """Return `look()` once it is truthy, looking again after every change in the workspace.

        `every`: look again this often too, for what the workspace cannot know of (a row in a database).
        """
        return self.changes.wait_for(look, timeout, self.describe, every)

    def wait_until_quiet(self, timeout: float = 10.0) -> None:
        """Wait until everything sent to the bot so far has been answered or given up."""
        self.wait_for(lambda: not self.courier.unsettled(), timeout)

    def describe(self) -> str:
        """The last calls and deliveries, for the message of a failed wait."""
        with self.changes.lock:
            calls = [f"{call.method} -> {call.error or call.status}" for call in self.record.calls[-8:]]
            sent = [
                f"{one.payload.get('type', one.kind)} {[attempt.outcome for attempt in one.attempts]}"
                for one in self.courier.deliveries[-8:]
            ]
        connected = f"{self.sockets.connected} Socket Mode connections"
        return f"Last calls: {calls or 'none'}. Last deliveries: {sent or 'none'}. {connected}."

    # --- what goes wrong between Slack and the bot

    def deliver_again(self, number: int = -1) -> Attempt:
        """Send the delivery of that index once more, marked as a retry, as Slack does when an ack was lost."""
        return self.courier.send_again(self.deliveries[number])

    def redeliver_last_event(self, times: int = 2) -> list[Attempt]:
        """The same for the last event that was told."""
        last = [one for one in self.deliveries if one.kind == "events_api"][-1]
        return [self.courier.send_again(last) for _ in range(times)]

    def retry_now(self) -> int:
        """Send what waits for its retry, without waiting for the minute; returns how much that was."""
        return self.timers.hurry(RETRY)

    def disconnect_sockets(self) -> None:
        """Cut every Socket Mode connection."""
        self.sockets.hang_up()

    def close(self) -> None:
        """End connections and threads (the server does this when it stops)."""
        self.timers.stop()
        self.sockets.hang_up()
        self.courier.close()
        if isinstance(self.courier.transport, HttpDelivery):
            self.courier.transport.close()
