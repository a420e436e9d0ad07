"""Handing Slack a file: it is announced, its content goes to the address that Slack gives out, and it is completed.

The address is the permission: no token goes with it, and it works once. Nothing is followed and nothing is retried.
"""

import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlsplit

from slack_sdk import WebClient

from bot.downloads import NoDetours
from bot.slack_errors import SlackRefused, SlackUnavailable, called
from bot.views.blocks import cut

SECONDS = 5.0
ALT_LENGTH = 1000  # of a file; of a block it is 2000
_LOST = frozenset({"file_not_found", "file_update_failed"})


@dataclass(frozen=True)
class Sharing:
    """Where a file is shared: in a conversation or a thread of it, under a comment (mrkdwn)."""

    channel: str
    thread_ts: str | None
    comment: str


def upload(
    client: WebClient,
    *,
    name: str,
    title: str,
    content: bytes,
    tls: ssl.SSLContext,
    alt: str | None = None,
    sharing: Sharing | None = None,
) -> str:
    """Hand over a file, share it where it is to be shared, and return its id.

    Raises SlackUnavailable also when Slack has lost it on the way: the next try hands it over under another id.
    """
    said = None if alt is None else cut(alt, ALT_LENGTH)
    announced = called(lambda: client.files_getUploadURLExternal(filename=name, length=len(content), alt_txt=said))
    file_id, url = announced.get("file_id"), announced.get("upload_url")
    if not isinstance(file_id, str) or not isinstance(url, str):
        raise SlackUnavailable("Slack gave out no address for a file")
    put(url, content, scheme=urlsplit(client.base_url).scheme, tls=tls)
    try:
        called(
            lambda: client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title}],
                channel_id=sharing.channel if sharing else None,
                thread_ts=sharing.thread_ts if sharing else None,
                initial_comment=sharing.comment if sharing else None,
            )
        )
    except SlackRefused as refusal:
        if refusal.code in _LOST:
            raise SlackUnavailable(refusal.code) from refusal
        raise
    return file_id


def put(url: str, content: bytes, *, scheme: str, tls: ssl.SSLContext) -> None:
    """Post the content to `url`, whose scheme must be that of the Web API.

    Raises SlackRefused for another scheme, SlackUnavailable when Slack does not take it there in time.
    """
    if urlsplit(url).scheme != scheme:
        raise SlackRefused("foreign_scheme", permanent=True, detail=urlsplit(url).scheme)
    headers = {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(url, data=content, headers=headers, method="POST")  # noqa: S310 - compared above
    opener = urllib.request.build_opener(NoDetours, urllib.request.HTTPSHandler(context=tls))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        with error:  # an address that is used up is refused too: the next try asks for a new one
            raise SlackUnavailable(f"the content was not taken (HTTP {error.code})") from error
    except (OSError, HTTPException) as error:
        raise SlackUnavailable(f"{type(error).__name__}: {error}") from error
