"""Reading `message` events: which of them are a person's reply in a thread, its correction, or its deletion.

And which are a direct message to the bot; those are read wherever they stand, in a thread or not.

Slack tells of everything that is said in a channel the bot is in, its own posts included. Only four kinds matter:
a reply that a person wrote (perhaps with pictures, or also sent to the channel), an edit of one by its author that
changed the text (unfurled links are edits too), a deletion, and a reply that lost files. `None` is everything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from bot.payloads import JsonObject, text_at
from bot.pictures import files_gone, pictures_in
from models.errors import BadInput
from models.services.photos import Picture

WRITTEN_BY_PEOPLE = (None, "file_share", "thread_broadcast")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """A reply in a thread as it reads now. `edited_ts`: it is a correction, made at that time."""

    event_id: str
    channel: str
    thread_ts: str
    ts: str
    user: str
    text: str
    edited_ts: str | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def written_at(self) -> datetime:
        """When it was written, to the microsecond; an edit does not change that."""
        return instant_of(self.ts)


@dataclass(frozen=True)
class Direct:
    """A direct message to the bot as it reads now. `edited_ts`: it was edited at that time; `is_gone`: deleted.

    `has_pictures`: it brings some, which are kept only in the thread of a sheet.
    """

    event_id: str
    channel: str
    ts: str
    user: str
    text: str
    edited_ts: str | None = None
    is_gone: bool = False
    has_pictures: bool = False


@dataclass(frozen=True)
class Deletion:
    """A reply that is gone, and its pictures with it."""

    event_id: str
    channel: str
    thread_ts: str
    ts: str
    user: str
    file_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilesGone:
    """Files of a reply are gone, the reply is not."""

    event_id: str
    file_ids: tuple[str, ...]


def read_message(body: JsonObject) -> Reply | Deletion | FilesGone | None:
    """Read the envelope of a message event."""
    found = body.get("event")
    event: JsonObject = found if isinstance(found, dict) else {}
    event_id, channel = text_at(body, "event_id"), text_at(event, "channel")
    if event_id is None or channel is None:
        return None
    if _is_under_somebody_else(body, event) or _is_mine(body, event):
        return None
    subtype = text_at(event, "subtype")
    if subtype == "message_changed":
        return _edit(event, event_id, channel) or _without_files(event, event_id)
    if subtype == "message_deleted":
        return _deletion(event, event_id, channel)
    return _reply(event, event_id, channel, None)


def read_direct(body: JsonObject) -> Direct | None:
    """Read the envelope of a message event; None when it is no direct message of a person."""
    found = body.get("event")
    event: JsonObject = found if isinstance(found, dict) else {}
    event_id, channel = text_at(body, "event_id"), text_at(event, "channel")
    if event_id is None or channel is None or text_at(event, "channel_type") != "im":
        return None
    subtype = text_at(event, "subtype")
    is_gone = subtype == "message_deleted"
    message = event.get("previous_message") if is_gone else _edited(event) if subtype == "message_changed" else event
    if not isinstance(message, dict) or (spoken := _spoken(message)) is None:
        return None
    user, ts = spoken
    edited_ts = text_at(message, "edited", "ts") if subtype == "message_changed" else None
    has_pictures = subtype == "file_share" and bool(pictures_in(message.get("files")))
    return Direct(event_id, channel, ts, user, text_at(message, "text") or "", edited_ts, is_gone, has_pictures)


def _is_under_somebody_else(body: JsonObject, event: JsonObject) -> bool:
    """Whether Slack says that the thread's first message is not the bot's: then it is no sheet, and nobody need look.

    It saves a read for each reply in every channel, and when the database is away nobody who only talks is told so.
    """
    parent = text_at(event, "parent_user_id") or text_at(event, "message", "parent_user_id")
    me = _my_user(body)
    return parent is not None and me is not None and parent != me


def _is_mine(body: JsonObject, event: JsonObject) -> bool:
    """Whether the bot's own user wrote it: of a shared file Slack need not say that an app did."""
    me = _my_user(body)
    return me is not None and me in {text_at(event, "user"), text_at(event, "message", "user")}


def _my_user(body: JsonObject) -> str | None:
    """The bot's user id, as the envelope says it."""
    installed = body.get("authorizations")
    mine = installed[0] if isinstance(installed, list) and installed else None
    return text_at(mine, "user_id") if isinstance(mine, dict) and mine.get("is_bot") is True else None


def instant_of(ts: str) -> datetime:
    """A Slack timestamp as an instant, exactly: a float would lose the last microseconds."""
    try:
        return _EPOCH + timedelta(microseconds=int(Decimal(ts) * 1_000_000))
    except (InvalidOperation, OverflowError, ValueError):
        raise BadInput("Slack sent a message without a time. Please send it again.") from None


def _edit(event: JsonObject, event_id: str, channel: str) -> Reply | None:
    message = _edited(event)
    return None if message is None else _reply(message, event_id, channel, text_at(message, "edited", "ts"))


def _edited(event: JsonObject) -> JsonObject | None:
    """The message of an edit by its author that changed the text."""
    message = event.get("message")
    if not isinstance(message, dict) or text_at(event, "previous_message", "text") == text_at(message, "text"):
        return None
    if text_at(message, "edited", "ts") is None or text_at(message, "edited", "user") != text_at(message, "user"):
        return None
    return message


def _deletion(event: JsonObject, event_id: str, channel: str) -> Deletion | None:
    gone = event.get("previous_message")
    reply = _reply(gone, event_id, channel, None) if isinstance(gone, dict) else None
    if reply is None:
        return None
    file_ids = tuple(picture.file_id for picture in reply.pictures)
    return Deletion(event_id, channel, reply.thread_ts, reply.ts, reply.user, file_ids)


def _without_files(event: JsonObject, event_id: str) -> FilesGone | None:
    message = event.get("message")
    gone = files_gone(message.get("files")) if isinstance(message, dict) else ()
    return FilesGone(event_id, gone) if gone else None


def _reply(message: Mapping[str, object], event_id: str, channel: str, edited_ts: str | None) -> Reply | None:
    """The message as a reply of a person; None when it is the bot's, somebody's app's, or not in a thread."""
    spoken, thread_ts = _spoken(message), text_at(message, "thread_ts")
    if spoken is None or thread_ts is None or thread_ts == spoken[1]:
        return None
    user, ts = spoken
    pictures = pictures_in(message.get("files"))
    return Reply(event_id, channel, thread_ts, ts, user, text_at(message, "text") or "", edited_ts, pictures)


def _spoken(message: Mapping[str, object]) -> tuple[str, str] | None:
    """Who wrote a message, and its `ts`; None when it is the bot's or somebody's app's."""
    if text_at(message, "subtype") not in WRITTEN_BY_PEOPLE or text_at(message, "bot_id") is not None:
        return None
    user, ts = text_at(message, "user"), text_at(message, "ts")
    return None if user is None or ts is None else (user, ts)
