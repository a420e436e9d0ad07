"""Acting as a person, as a test or the page does it: talk, click, type, submit.

What Slack's own client would not let a person do raises `CannotDo` (a LookupError when the thing is not
there): clicking a button that is gone, talking in a channel one is not in. What the *bot* then does wrong is in
the result instead.
"""

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy

from bot.sandbox import interactions
from bot.sandbox.acting import act_on_message, enter_in_message, use_global_shortcut, use_message_shortcut
from bot.sandbox.files import StoredFile
from bot.sandbox.finding import CannotDo, find_element
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.person_views import InViews
from bot.sandbox.reading import as_lines, reader_for, view_as_lines
from bot.sandbox.results import ActionResult, SlashResult, SubmitResult
from bot.sandbox.state import Channel, Message
from bot.sandbox.typed import as_rich_text, escaped, typed

__all__ = ["ActionResult", "CannotDo", "Person", "SlashResult", "SubmitResult"]


SLASH_ERRORS = defaultdict(lambda: "dispatch_failed", timeout="operation_timeout")


class Person(InViews):
    """Somebody in the workspace; any number of these objects may stand for the same person."""

    # --- talking

    def upload(self, name: str, content: bytes, mimetype: str) -> StoredFile:
        """Choose a file, to be sent with a message or entered in a modal."""
        if not content:
            raise CannotDo(f"{name} is empty; Slack takes no empty files.")
        return self._ws.files.add(self.id, name, content, mimetype)

    def delete_file(self, file_id: str) -> None:
        """Delete a file of one's own: messages lose it, and one that was nothing else goes too."""
        ws = self._ws
        with ws.changes.lock:
            file = ws.files.find(file_id)
            if file.user != self.id:
                raise CannotDo(f"{self.user.name} has no file {file_id}.")
            shown = [one for place in ws.conversations.channels.values() for one in place.messages if file in one.files]
            before = [ws.conversations.before(message) for message in shown]
            file.is_deleted = True
            for message, previous in zip(shown, before, strict=True):
                if message.text or not all(one.is_deleted for one in message.files):
                    ws.conversations.edited(message, previous)
                else:
                    ws.conversations.delete(message, previous)

    def say(
        self,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: Sequence[StoredFile] = (),
    ) -> str:
        """Send a message as typed: the client escapes `&<>` and turns `@Name` into a mention. Returns its ts."""
        ws = self._ws
        with ws.changes.lock:
            place = self._channel(channel)
            if place.is_archived:
                raise CannotDo(f"{channel} is archived.")
            self._may_write(place)
            parent = place.find(thread_ts) if thread_ts else None
            if thread_ts and parent is None:
                raise CannotDo(f"There is no message {thread_ts} in {channel} to reply to.")
            ts = ws.conversations.next_ts()
            message = Message(
                ts=ts,
                channel=channel,
                user=self.id,
                text=typed(text, ws.conversations.users.values()),
                thread_ts=(parent.thread_ts or parent.ts) if parent else None,
                reply_broadcast=broadcast and parent is not None,
                subtype="file_share" if files else "thread_broadcast" if broadcast and parent else None,
                client_msg_id=f"client-{ts}",
                files=list(files),
            )
            message.blocks = as_rich_text(message.text, f"b{message.ts}") if message.text else []
            ws.conversations.post(message)
        return message.ts

    def edit(self, channel: str, ts: str, text: str) -> None:
        """Edit a message of one's own."""
        ws = self._ws
        with ws.changes.lock:
            message = self._own_message(channel, ts)
            previous = ws.conversations.before(message)
            message.text = typed(text, ws.conversations.users.values())
            message.blocks = as_rich_text(message.text, f"b{message.ts}")
            message.edited = {"user": self.id, "ts": ws.conversations.next_ts()}
            ws.conversations.edited(message, previous)

    def delete(self, channel: str, ts: str) -> None:
        """Delete a message of one's own."""
        with self._ws.changes.lock:
            self._ws.conversations.delete(self._own_message(channel, ts))

    def react(self, channel: str, ts: str, name: str) -> None:
        """Add a reaction."""
        with self._ws.changes.lock:
            self._channel(channel)
            self._ws.conversations.react(self._ws.conversations.message(channel, ts), self.id, name)

    def slash(self, channel: str, line: str) -> SlashResult:
        """Send a slash command, `/count status`, and wait for the acknowledgement."""
        ws = self._ws
        command, _, text = line.partition(" ")
        if not command.startswith("/"):
            raise CannotDo(f"A slash command begins with a slash, not with {command!r}.")
        with ws.changes.lock:
            place = self._channel(channel)
            self._may_write(place)
            if ws.app.commands is not None and command not in ws.app.commands:
                raise CannotDo(f"{command} is not a valid command.")
            payload = interactions.slash_command(ws, self.user, place, command, escaped(text.strip()))
        delivery = ws.courier.send_and_wait("slash_commands", payload)
        answer: JsonObject = delivery.attempts[0].answer or {}
        problem = delivery.problem and f'{command} failed with the error "{SLASH_ERRORS[delivery.problem]}"'
        said, blocks, kind = answer.get("text"), answer.get("blocks") or [], answer.get("response_type", "ephemeral")
        if said or blocks:
            problem = ws.answers.from_command(self.id, channel, answer) or problem
        return SlashResult(problem is None, problem, said, blocks, kind, delivery)

    # --- shortcuts

    def global_shortcut(self, callback_id: str) -> ActionResult:
        """Use a shortcut of the menu beside the composer."""
        return use_global_shortcut(self._ws, self.user, callback_id)

    def message_shortcut(self, callback_id: str, channel: str, message_ts: str) -> ActionResult:
        """Use a shortcut of a message's menu; it works on everybody's messages, in every channel one is in."""
        self._channel(channel)
        return use_message_shortcut(self._ws, self.user, callback_id, self._ws.message(channel, message_ts))

    # --- acting on messages

    def click(
        self,
        channel: str,
        message_ts: str,
        *,
        action_id: str | None = None,
        block_id: str | None = None,
        value: str | None = None,
        text: str | None = None,
        seen: Message | None = None,
    ) -> ActionResult:
        """Click a button of a message, found by any of its ids, its value or its label.

        `seen`: the message as this person's screen still shows it, when it has changed since.
        """
        message = seen or self._ws.message(channel, message_ts)
        return act_on_message(
            self._ws,
            self.user,
            message,
            find_element(message.blocks, action_id=action_id, block_id=block_id, value=value, text=text),
            None,
        )

    def click_ephemeral(
        self,
        message_ts: str | None = None,
        *,
        action_id: str | None = None,
        block_id: str | None = None,
        value: str | None = None,
        text: str | None = None,
    ) -> ActionResult:
        """Click a button of a message that only this person sees; the last such message if not said which."""
        shown = [one for one in self.ephemerals() if message_ts in {None, one.ts}]
        if not shown:
            raise CannotDo(f"{self.user.name} sees no such ephemeral message.")
        return act_on_message(
            self._ws,
            self.user,
            shown[-1],
            find_element(shown[-1].blocks, action_id=action_id, block_id=block_id, value=value, text=text),
            None,
        )

    def choose(
        self,
        channel: str,
        message_ts: str,
        option: Json,
        *,
        action_id: str | None = None,
        block_id: str | None = None,
    ) -> ActionResult:
        """Choose in a select, overflow or picker of a message: an option by its value or label, a date, a user."""
        message = self._ws.message(channel, message_ts)
        return act_on_message(
            self._ws, self.user, message, find_element(message.blocks, action_id=action_id, block_id=block_id), option
        )

    def fill_in(
        self, channel: str, message_ts: str, given: Json, *, action_id: str, block_id: str | None = None
    ) -> None:
        """Fill in an input of a message; the bot hears of it with the next click."""
        message = self._ws.message(channel, message_ts)
        found = find_element(message.blocks, action_id=action_id, block_id=block_id)
        enter_in_message(self._ws, self.user, message, found, given)

    # --- looking

    def ephemerals(self, channel: str | None = None) -> list[Message]:
        """Messages only this person sees: ephemerals, and answers to slash commands and response URLs. Copies."""
        with self._ws.changes.lock:
            shown = [one for one in self._ws.conversations.ephemerals if one.only_for == self.id]
            return deepcopy([one for one in shown if channel in {None, one.channel}])

    def inbox(self) -> list[Message]:
        """The direct messages with the bot."""
        return self._ws.messages(self._ws.dm_channel(self.id))

    def reads(self, shown: Message | JsonObject) -> str:
        """A message or a view as this person reads it: names, local times, buttons in brackets."""
        reader = reader_for(self._ws, self.id)
        return as_lines(reader, shown) if isinstance(shown, Message) else view_as_lines(reader, shown)

    # --- how it is done

    def _channel(self, channel_id: str) -> Channel:
        channel = self._ws.conversations.channels.get(channel_id)
        if channel is None or self.id not in channel.members:
            raise CannotDo(f"{self.user.name} is not in {channel_id}.")
        return channel

    def _may_write(self, channel: Channel) -> None:
        if channel.kind == "im" and not self._ws.app.hears_people:
            raise CannotDo("Sending messages to this app has been turned off.")

    def _own_message(self, channel: str, ts: str) -> Message:
        message = self._channel(channel).find(ts)
        if message is None or message.user != self.id:
            raise CannotDo(f"{self.user.name} has no message {ts} in {channel}.")
        return message
