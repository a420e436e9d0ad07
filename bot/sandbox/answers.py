"""Answers that need no token: to slash commands in the acknowledgement, and to response URLs afterwards."""

from typing import TYPE_CHECKING

from bot.sandbox.checks.messages import prepared_blocks
from bot.sandbox.errors import SlackError
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.response_urls import ResponseUrl
from bot.sandbox.state import Message

if TYPE_CHECKING:  # the workspace owns the answers
    from bot.sandbox.workspace import Workspace


class Answers:
    """Shows answers to the person who asked, or to the channel when the bot says so."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def from_command(self, user: str, channel: str, answer: JsonObject) -> str | None:
        """Show what a slash command's acknowledgement carries; returns what the person is told if it is wrong."""
        ws = self._ws
        with ws.changes.lock:
            try:
                self._show(user, channel, answer, "slash", None)
            except SlackError as refusal:
                return f"The app's answer was refused: {refusal.error} {refusal.messages}"
            ws.record.answered("slash_command", self._reader(answer, user, channel), answer, ws.clock.now())
        return None

    def reader(self, given: ResponseUrl, answer: JsonObject) -> str:
        """Who can read an answer posted to a response URL."""
        return self._reader(answer, given.user, given.channel)

    def to_url(self, given: ResponseUrl, answer: JsonObject) -> None:
        """Show what was posted to a response URL."""
        ws = self._ws
        original = self._original(given) if _wants(answer, "replace_original", "delete_original") else None
        if original is None:
            self._show(given.user, given.channel, answer, "response_url", given)
        elif answer.get("delete_original"):
            ws.conversations.delete(original)
        else:
            previous = ws.conversations.before(original)
            original.text, original.blocks = self._content(answer)
            ws.conversations.edited(original, previous)

    def _show(self, user: str, channel: str, answer: JsonObject, source: str, given: ResponseUrl | None) -> None:
        ws = self._ws
        kind = answer.get("response_type", "ephemeral")
        if kind not in {"ephemeral", "in_channel"}:
            raise SlackError("invalid_response_type", status=400)
        text, blocks = self._content(answer)
        message = Message(
            ts=ws.conversations.next_ts(),
            channel=channel,
            user=ws.bot_user_id,
            text=text,
            blocks=blocks,
            thread_ts=answer.get("thread_ts"),
            bot_id=ws.ids.bot_id,
            app_id=ws.ids.app_id,
            only_for=user if kind == "ephemeral" else None,
            source=source,
        )
        if given is not None and given.source_ts is not None and message.thread_ts is None:
            message.thread_ts = self._thread_of(given)
        if kind == "ephemeral":
            ws.conversations.show_only_to(message)
        else:
            ws.conversations.post(message)

    def _content(self, answer: JsonObject) -> tuple[str, list[JsonObject]]:
        text, blocks = answer.get("text"), answer.get("blocks")
        if not text and not blocks:
            raise SlackError("no_text", status=400)
        if text is not None and not isinstance(text, str):
            raise SlackError("invalid_payload", status=400)
        ws = self._ws
        return text or "", prepared_blocks(blocks, ws.limits, ws.files.is_showable) if blocks else []

    def _original(self, given: ResponseUrl) -> Message | None:
        if given.source_ts is None:
            return None
        try:
            message = self._ws.conversations.message(given.channel, given.source_ts)
        except SlackError:
            raise SlackError("message_not_found", status=404) from None
        if message.bot_id is None:  # a shortcut on somebody's message gives no power over it
            raise SlackError("message_not_found", status=404)
        return message

    def _thread_of(self, given: ResponseUrl) -> str | None:
        try:
            source = self._ws.conversations.message(given.channel, given.source_ts or "")
        except SlackError:
            return None
        return source.thread_ts if source.is_reply else None

    @staticmethod
    def _reader(answer: JsonObject, user: str, channel: str) -> str:
        return channel if answer.get("response_type") == "in_channel" else user


def _wants(answer: JsonObject, *flags: str) -> bool:
    return any(_truthy(answer.get(flag)) for flag in flags)


def _truthy(value: Json) -> bool:
    return value in (True, "true", "1")  # 1 is equal to True
