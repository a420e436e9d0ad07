"""What happens to messages: posted, edited, deleted, reacted to. Each change is told to the bot as an event."""

from itertools import count

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import SlackError
from bot.sandbox.events import Events, Identity
from bot.sandbox.json_types import JsonObject
from bot.sandbox.state import Channel, Message, User


class Conversations:
    """The channels, direct messages and private notes of the workspace."""

    def __init__(self, changes: Changes, clock: SandboxClock, ids: Identity, events: Events) -> None:
        self._changes = changes
        self._clock = clock
        self._ids = ids
        self._events = events
        self._numbers = count(1)
        self._last_ts = 0
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Message] = []

    def next_ts(self) -> str:
        """A timestamp of now, later than every one before it: it is a message's identity."""
        with self._changes.lock:
            micros = int(self._clock.now().timestamp() * 1_000_000)
            self._last_ts = max(micros, self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def direct(self, user: str) -> Channel:
        """The direct message between that person and the bot, made when first needed."""
        with self._changes.lock:
            for channel in self.channels.values():
                if channel.kind == "im" and channel.members[0] == user:
                    return channel
            created = int(self._clock.now().timestamp())
            channel = Channel(f"D0{user}", "", "im", [user, self._ids.bot_user_id], created)
            self.channels[channel.id] = channel
            self._changes.happened()
            return channel

    def message(self, channel: str, ts: str) -> Message:
        """A message that must be there; one that only one person saw is found too."""
        with self._changes.lock:
            found = self.channels[channel].find(ts) if channel in self.channels else None
            hidden = (one for one in self.ephemerals if one.ts == ts and one.channel == channel)
            found = found or next(hidden, None)
            if found is None:
                raise SlackError("message_not_found")
            return found

    def post(self, message: Message) -> Message:
        """Store a message and tell of it."""
        with self._changes.lock:
            channel = self.channels[message.channel]
            if message.is_reply:
                parent = channel.find(message.thread_ts or "")
                if parent is not None:
                    parent.thread_ts = parent.ts
            channel.messages.append(message)
            self._events.message_posted(channel, message)
            self._changes.happened()
            return message

    def show_only_to(self, message: Message) -> Message:
        """Show a message to one person: it is in nobody's history."""
        with self._changes.lock:
            self.ephemerals.append(message)
            self._changes.happened()
            return message

    def edited(self, message: Message, previous: JsonObject) -> None:
        """Tell of a message whose content was changed; `previous` is how it looked before."""
        with self._changes.lock:
            if message.only_for is None:
                self._events.message_changed(self.channels[message.channel], message, previous, self.next_ts())
            self._changes.happened()

    def before(self, message: Message) -> JsonObject:
        """How a message looks now, to be told of as its previous state."""
        return message.as_slack(team_id=self._ids.team_id, metadata=True)

    def delete(self, message: Message, previous: JsonObject | None = None) -> None:
        """Remove a message; one with replies leaves a stone in its place, as their thread hangs on it.

        `previous` is how it looked before, where that is not how it looks now.
        """
        with self._changes.lock:
            if message.only_for is not None:
                self.ephemerals.remove(message)
                self._changes.happened()
                return
            channel = self.channels[message.channel]
            previous = previous or self.before(message)
            if channel.replies(message.ts):
                message.subtype, message.text, message.blocks = "tombstone", "This message was deleted.", []
                message.metadata, message.user, message.files = None, "USLACKBOT", []
                self._events.message_changed(channel, message, previous, self.next_ts())
            else:
                channel.messages.remove(message)
                self._events.message_deleted(channel, previous, self.next_ts())
            self._changes.happened()

    def react(self, message: Message, user: str, name: str) -> None:
        """Add a reaction."""
        with self._changes.lock:
            users = message.reactions.setdefault(name, [])
            if user in users:
                raise SlackError("already_reacted")
            users.append(user)
            self._events.reaction_added(self.channels[message.channel], message, user, name, self.next_ts())
            self._changes.happened()

    def unreact(self, message: Message, user: str, name: str) -> None:
        """Take a reaction back."""
        with self._changes.lock:
            if user not in message.reactions.get(name, []):
                raise SlackError("no_reaction")
            message.reactions[name].remove(user)
            if not message.reactions[name]:
                del message.reactions[name]
            self._changes.happened()
