"""Events as Slack sends them: their shapes, and who is told."""

from itertools import count

from bot.sandbox.delivery import Courier
from bot.sandbox.json_types import JsonObject
from bot.sandbox.state import Channel, Message

SUBSCRIPTION_BY_KIND = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Events:
    """Tells the bot what happened, if it subscribed to that and is in the conversation."""

    def __init__(self, courier: Courier, ids: "Identity", subscriptions: frozenset[str]) -> None:
        self._courier = courier
        self._ids = ids
        self._subscriptions = subscriptions
        self._numbers = count(1)

    def message_posted(self, channel: Channel, message: Message) -> None:
        """A new message, anybody's; the bot hears its own ones too."""
        event = message.as_slack(team_id=self._ids.team_id, metadata=True)
        event |= {"channel": channel.id, "channel_type": channel.channel_type, "event_ts": message.ts}
        if message.is_reply:
            parent = channel.find(message.thread_ts or "")
            event["parent_user_id"] = parent.user if parent else None
            if message.subtype == "thread_broadcast" and parent is not None:
                event["root"] = parent.as_slack(team_id=self._ids.team_id)
        self._tell_of_message(channel, event)

    def message_changed(self, channel: Channel, message: Message, previous: JsonObject, event_ts: str) -> None:
        """An edit, also one of the bot's own."""
        self._tell_of_message(
            channel,
            {
                "type": "message",
                "subtype": "message_changed",
                "message": message.as_slack(team_id=self._ids.team_id, metadata=True),
                "previous_message": previous,
                "channel": channel.id,
                "hidden": True,
                "ts": event_ts,
                "event_ts": event_ts,
                "channel_type": channel.channel_type,
            },
        )

    def message_deleted(self, channel: Channel, previous: JsonObject, event_ts: str) -> None:
        """A deletion."""
        self._tell_of_message(
            channel,
            {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": previous,
                "channel": channel.id,
                "hidden": True,
                "deleted_ts": previous["ts"],
                "ts": event_ts,
                "event_ts": event_ts,
                "channel_type": channel.channel_type,
            },
        )

    def reaction_added(self, channel: Channel, message: Message, user: str, name: str, event_ts: str) -> None:
        """A reaction."""
        if self._ids.bot_user_id in channel.members:
            item = {"type": "message", "channel": channel.id, "ts": message.ts}
            event = {"type": "reaction_added", "user": user, "reaction": name, "item": item}
            self.tell("reaction_added", {**event, "item_user": message.user, "event_ts": event_ts})

    def home_opened(self, user: str, channel: str, tab: str, view: JsonObject | None, event_ts: str) -> None:
        """Somebody looks at the bot's Home tab, or at its messages: the event has the same name."""
        event: JsonObject = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab}
        self.tell("app_home_opened", {**event, "event_ts": event_ts, **({"view": view} if view else {})})

    def tell(self, subscription: str, event: JsonObject) -> None:
        """Send one event, if the bot subscribed to its kind."""
        if subscription not in self._subscriptions:
            return
        number = next(self._numbers)
        authorization = {"enterprise_id": None, "team_id": self._ids.team_id, "user_id": self._ids.bot_user_id}
        self._courier.send(
            "events_api",
            {
                "token": "legacy-verification-token",
                "team_id": self._ids.team_id,
                "api_app_id": self._ids.app_id,
                "event": event,
                "type": "event_callback",
                "event_id": f"Ev{number:09d}",
                "event_time": int(float(event["event_ts"])),
                "authorizations": [{**authorization, "is_bot": True, "is_enterprise_install": False}],
                "is_ext_shared_channel": False,
                "event_context": f"4-sandbox-{number}",
            },
        )

    def _tell_of_message(self, channel: Channel, event: JsonObject) -> None:
        if self._ids.bot_user_id in channel.members:
            self.tell(SUBSCRIPTION_BY_KIND[channel.kind], event)


class Identity:
    """The made-up ids and secrets of one workspace with one app in it."""

    team_id = "T0SANDBOX"
    team_domain = "sandbox"
    app_id = "A0SANDBOX"
    bot_id = "B0SANDBOX"
    bot_user_id = "U0CYCLEBOT"
    bot_token = "xoxb-sandbox-bot"  # noqa: S105 - opens nothing but this sandbox
    app_token = "xapp-sandbox-app"  # noqa: S105 - opens nothing but this sandbox
    signing_secret = "sandbox-signing-secret"  # noqa: S105 - opens nothing but this sandbox
