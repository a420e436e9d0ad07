"""Handing Slack the content of a file, at the address that it gave out for it.

The address is the permission: no token goes with it, and it works once. Nothing is followed and nothing is retried.
"""

import ssl
import urllib.error
import urllib.request
from http.client import HTTPException
from urllib.parse import urlsplit

from bot.downloads import NoDetours
from bot.slack_errors import SlackRefused, SlackUnavailable

SECONDS = 5.0


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
