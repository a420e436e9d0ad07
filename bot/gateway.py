"""The one place that calls Slack's Web API.

Two things are settled here for everybody. *What goes wrong* is sorted into two exceptions: `SlackUnavailable` (the
same call may work later) and `SlackRefused` (Slack understood and said no). *What must not go out* is stopped before
it does (`sendable`).

Nothing is retried here, and the SDK's own retries are off: a POST sent again after a lost answer posts twice. The
outbox retries, after it has looked for the message (`find_posted`) by the ids in its metadata.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot import downloads, ids, uploads
from bot.refused_blocks import RefusedBlocks
from bot.sendable import VIEW_BYTES, Unsendable, check_message, check_view
from bot.slack_errors import SlackRefused, SlackUnavailable, called
from bot.views.blocks import JsonObject, Rendered
from models.journal import Intent

__all__ = [
    "VIEW_BYTES",
    "Gateway",
    "SlackRefused",
    "SlackUnavailable",
    "SlackUser",
    "Unsendable",
    "check_message",
    "check_view",
    "tls",
    "web_client",
]

SLACK_API_URL = "https://slack.com/api/"
CLICK_TIMEOUT = 1
"""Seconds for calls that live only for a click: its trigger is gone after three."""
DELIVERY_TIMEOUT = 10
"""Seconds for what the outbox sends."""
HASH_CONFLICT = "hash_conflict"
"""The code of a refusal: the view has other content by now."""
LOOK_BACK = timedelta(seconds=60)
"""Our clock and Slack's may differ by this much: a lost message is looked for from that long before the attempt."""

_PAGE = 200  # messages a page when looking for one of ours


@dataclass(frozen=True)
class SlackUser:
    """A person, as Slack knows them. `tz` is an IANA zone, None when Slack does not say."""

    id: str
    name: str
    tz: str | None


def web_client(token: str, api_url: str = SLACK_API_URL, timeout: int = DELIVERY_TIMEOUT) -> WebClient:
    """A client for `api_url` (SLACK_API_URL) that gives up after `timeout` seconds and never retries by itself."""
    return WebClient(token=token, base_url=api_url, timeout=timeout, ssl=tls(), retry_handlers=[])


@cache
def tls() -> ssl.SSLContext:
    """How to reach Slack safely. One for the process: urllib would read the certificates anew (18 ms) for each call."""
    return ssl.create_default_context()


class Gateway:
    """Sends, updates and finds messages through one client.

    `refused` is what its workspace has refused so far; the gateways of a process share it.
    """

    def __init__(self, client: WebClient, refused: RefusedBlocks | None = None) -> None:
        self._client = client
        self.refused = refused or RefusedBlocks()
        self._workspace_url: str | None = None

    def workspace_url(self) -> str | None:
        """Where the workspace is, with a slash at the end; asked once. None when Slack does not say it now."""
        if self._workspace_url is None:
            try:
                url = called(self._client.auth_test).get("url")
            except (SlackUnavailable, SlackRefused):
                return None
            self._workspace_url = f"{str(url).rstrip('/')}/" if url else None
        return self._workspace_url

    def post(
        self, *, channel: str, message: Rendered, intent: Intent, subject: str, thread_ts: str | None = None
    ) -> str:
        """Post a message (in a thread, when given) and return its `ts`. The metadata holds ids only."""
        answer = self._show(
            message,
            self._client.chat_postMessage,
            channel=channel,
            thread_ts=thread_ts,
            metadata=_metadata(intent, subject),
            unfurl_links=False,
            unfurl_media=False,
        )
        return _text(answer, "ts")

    def update(self, *, channel: str, ts: str, message: Rendered, intent: Intent, subject: str) -> None:
        """Show a message anew, in place."""
        self._show(message, self._client.chat_update, channel=channel, ts=ts, metadata=_metadata(intent, subject))

    def find_posted(
        self, *, channel: str, intent: Intent, subject: str, thread_ts: str | None, attempted_at: datetime
    ) -> str | None:
        """The `ts` of what was posted for an intent since `attempted_at` (less a minute), None when nothing was.

        Posts in threads are only found in their thread, others only outside of one: Slack lists them apart.
        """
        wanted = _metadata(intent, subject)
        for message in self._messages(channel, thread_ts, _since(attempted_at)):
            found = message.get("metadata")
            if isinstance(found, Mapping) and _same(found, wanted):
                return _text(message, "ts")
        return None

    def upload(
        self, *, channel: str, thread_ts: str | None, name: str, title: str, comment: str, content: bytes
    ) -> None:
        """Share a file with a text (mrkdwn), in a thread if one is given.

        Slack makes the message a moment later, without metadata. It is found again by its name (`find_file`), which
        therefore must be of one file only.
        """
        shared = uploads.Sharing(channel, thread_ts, comment)
        uploads.upload(self._client, name=name, title=title, content=content, tls=tls(), sharing=shared)

    def host(self, *, name: str, title: str, alt: str, content: bytes) -> str:
        """Give Slack a picture that is in no conversation; returns its id, by which blocks show it (`slack_file`).

        `is_hosted` says when they may: Slack looks through it first.
        """
        return uploads.upload(self._client, name=name, title=title, content=content, tls=tls(), alt=alt)

    def is_hosted(self, file_id: str) -> bool:
        """Whether blocks may show a file by now; until then Slack refuses them. False when it was deleted, too."""
        try:
            found = called(lambda: self._client.files_info(file=file_id)).get("file")
        except SlackRefused as refusal:
            if refusal.code not in {"file_not_found", "file_deleted"}:
                raise
            return False
        return isinstance(found, Mapping) and bool(found.get("mimetype"))

    def find_file(self, *, channel: str, thread_ts: str | None, name: str, attempted_at: datetime) -> str | None:
        """The `ts` of the message that shares a file of that name, since `attempted_at` (less a minute)."""
        for message in self._messages(channel, thread_ts, _since(attempted_at)):
            files = message.get("files")
            shared = files if isinstance(files, list) else []
            if any(isinstance(file, Mapping) and file.get("name") == name for file in shared):
                return _text(message, "ts")
        return None

    def react(self, *, channel: str, ts: str, name: str) -> None:
        """Put a reaction on a message; fine when it is there already."""
        try:
            called(lambda: self._client.reactions_add(channel=channel, timestamp=ts, name=name))
        except SlackRefused as refusal:
            if refusal.code != "already_reacted":
                raise

    def post_ephemeral(self, *, channel: str, user: str, message: Rendered, thread_ts: str | None = None) -> None:
        """Show something to one person, who sees it if they are there now. Nothing that matters goes here."""
        self._show(message, self._client.chat_postEphemeral, channel=channel, user=user, thread_ts=thread_ts)

    def open_view(self, *, trigger_id: str, view: JsonObject) -> str:
        """Open a modal; returns its view id. The trigger of a click lives three seconds."""
        check_view(view)
        return _view_id(called(lambda: self._client.views_open(trigger_id=trigger_id, view=view)))

    def push_view(self, *, trigger_id: str, view: JsonObject) -> str:
        """Put a modal on top of the open one; returns its view id."""
        check_view(view)
        return _view_id(called(lambda: self._client.views_push(trigger_id=trigger_id, view=view)))

    def update_view(self, *, view_id: str, view: JsonObject, view_hash: str | None = None) -> str:
        """Replace the content of an open modal; returns its new hash.

        With a hash, only while the content is that one still; else Slack refuses (`HASH_CONFLICT`).
        """
        check_view(view)
        answer = called(lambda: self._client.views_update(view_id=view_id, view=view, hash=view_hash))
        shown = answer.get("view")
        return _text(shown if isinstance(shown, Mapping) else {}, "hash")

    def open_direct(self, user: str) -> str:
        """Open the direct messages with somebody; returns their channel."""
        opened = called(lambda: self._client.conversations_open(users=user)).get("channel")
        return _text(opened if isinstance(opened, Mapping) else {}, "id")

    def publish_home(self, *, user: str, view: JsonObject) -> None:
        """Show somebody's Home."""
        check_view(view)
        called(lambda: self._client.views_publish(user_id=user, view=view))

    def user_info(self, user: str) -> SlackUser:
        """Who somebody is: the name Slack shows, and their time zone."""
        found = called(lambda: self._client.users_info(user=user)).get("user")
        person = found if isinstance(found, Mapping) else {}
        profile = person.get("profile")
        shown = profile if isinstance(profile, Mapping) else {}
        names = (shown.get("display_name"), shown.get("real_name"), person.get("real_name"), person.get("name"))
        tz = person.get("tz")
        return SlackUser(user, str(next((name for name in names if name), user)), str(tz) if tz else None)

    def download(self, url: str) -> bytes:
        """The content of a file, at most 10 MB, from where the files of this workspace are and from nowhere else."""
        host = downloads.file_host(self._client.base_url)
        return downloads.fetch(url, token=self._client.token or "", host=host)

    def _show(self, message: Rendered, method: Callable[..., SlackResponse], **where: object) -> Mapping[str, object]:
        """Call a method that shows a message, with the blocks that the workspace takes."""

        def send(fitting: Rendered) -> Mapping[str, object]:
            check_message(fitting)
            return called(lambda: method(text=fitting.text, blocks=fitting.blocks or None, **where))

        return self.refused.send(message, send)

    def _messages(self, channel: str, thread_ts: str | None, oldest: str) -> Iterator[Mapping[str, object]]:
        cursor = ""
        while True:
            page = called(lambda: self._page(channel, thread_ts, oldest, cursor))  # noqa: B023 - called at once
            messages = page.get("messages")
            yield from messages if isinstance(messages, list) else []
            more = page.get("response_metadata")
            cursor = str(more.get("next_cursor") or "") if isinstance(more, Mapping) else ""
            if not cursor:
                return

    def _page(self, channel: str, thread_ts: str | None, oldest: str, cursor: str) -> SlackResponse:
        if thread_ts is None:
            return self._client.conversations_history(
                channel=channel, oldest=oldest, include_all_metadata=True, limit=_PAGE, cursor=cursor or None
            )
        return self._client.conversations_replies(
            channel=channel,
            ts=thread_ts,
            oldest=oldest,
            include_all_metadata=True,
            limit=_PAGE,
            cursor=cursor or None,
        )


def _metadata(intent: Intent, subject: str) -> dict[str, object]:
    return {"event_type": ids.METADATA_EVENT, "event_payload": {"intent": intent.value, "subject": subject}}


def _since(attempted_at: datetime) -> str:
    return f"{(attempted_at - LOOK_BACK).timestamp():.6f}"


def _same(found: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return all(found.get(key) == value for key, value in wanted.items())


def _text(answer: Mapping[str, object], key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str):
        raise SlackUnavailable(f"Slack's answer has no {key}")
    return value


def _view_id(answer: Mapping[str, object]) -> str:
    view = answer.get("view")
    return _text(view if isinstance(view, Mapping) else {}, "id")
