"""Fetching the content of a file from Slack: from Slack's own host and from no other, never more than fits, in time.

The bot's token goes with the request, and the address comes from a payload. So the host is compared before anything
is sent, and a redirection is never followed: Slack sends whoever may not read a file to its sign-in page.
"""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.parse import urlsplit

from bot.slack_errors import SlackRefused, SlackUnavailable

MOST_BYTES = 10_000_000
SECONDS = 10.0
"""For all of it: a content that drips in is given up."""
FILE_HOST = "https://files.slack.com"

_CHUNK = 64 * 1024


class NoDetours(urllib.request.HTTPRedirectHandler):
    """A redirection ends the request, as an answer with its own status."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing."""
        del req, fp, code, msg, headers, newurl


def file_host(api_url: str) -> str:
    """Where the files of a workspace are whose Web API is at `api_url`: Slack's host, or the local workspace."""
    api = urlsplit(api_url)
    host = api.hostname or ""
    return FILE_HOST if host == "slack.com" or host.endswith(".slack.com") else f"{api.scheme}://{api.netloc}"


def fetch(
    url: str, *, token: str, host: str, seconds: float = SECONDS, read_ticks: Callable[[], float] = time.monotonic
) -> bytes:
    """The content at `url`, which must be on `host` (scheme and name).

    Raises SlackRefused for another host, for what the token may not read or is gone, and for more than 10 MB;
    SlackUnavailable when Slack does not answer in time.
    """
    if _origin(url) != host:
        raise SlackRefused("foreign_host", permanent=True, detail=_origin(url))
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme is the host's, a setting of ours
    opener = urllib.request.build_opener(NoDetours)
    until = read_ticks() + seconds
    try:
        with opener.open(request, timeout=seconds) as answer:
            return _content(answer, until, read_ticks)
    except urllib.error.HTTPError as error:
        with error:
            if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code == HTTPStatus.TOO_MANY_REQUESTS:
                raise SlackUnavailable(f"HTTP {error.code}") from error
            raise SlackRefused("file_not_readable", permanent=True, detail=f"HTTP {error.code}") from error
    except (OSError, HTTPException) as error:
        raise SlackUnavailable(f"{type(error).__name__}: {error}") from error


def _origin(url: str) -> str:
    try:
        address = urlsplit(url)
    except ValueError:
        return "no address"
    return f"{address.scheme}://{address.netloc}"


def _content(answer: HTTPResponse, until: float, read_ticks: Callable[[], float]) -> bytes:
    content = bytearray()
    while chunk := answer.read1(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise SlackRefused("file_too_large", permanent=True, detail=f"more than {MOST_BYTES:,} bytes")
        if read_ticks() > until:
            raise SlackUnavailable("the content of a file did not come in time")
    return bytes(content)
