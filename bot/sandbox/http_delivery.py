"""Delivery over HTTP: signed requests to the bot's request URL.

The signature is Slack's: `v0=` HMAC-SHA256 of `v0:timestamp:body` with the signing secret. Its timestamp is
the machine's, not the workspace's: whoever checks it compares it with their own clock and refuses five
minutes of difference.
"""

import hashlib
import hmac
import http.client
import json
import threading
import time
from urllib.parse import urlencode, urlsplit

from bot.sandbox.delivery import Attempt, Delivery, Finish
from bot.sandbox.json_types import Json

OK = range(200, 300)


class HttpDelivery:
    """Posts each envelope to the request URL, in a thread of its own, as Slack posts them side by side."""

    timeout_reason = "http_timeout"

    def __init__(self, request_url: str, signing_secret: str, ack_seconds: float) -> None:
        parts = urlsplit(request_url)
        if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost"}:
            raise ValueError(f"The sandbox delivers to this machine over plain HTTP only, not to {request_url}.")
        self._host = parts.hostname
        self._port = parts.port or 80
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._secret = signing_secret.encode()
        self._ack_seconds = ack_seconds
        self._threads: set[threading.Thread] = set()

    def send(self, delivery: Delivery, attempt: Attempt, finish: Finish) -> None:
        """Post in a new thread; the answer's body is the acknowledgement's content."""
        thread = threading.Thread(target=self._post, args=(delivery, attempt, finish), name="sandbox-http", daemon=True)
        self._threads = {one for one in self._threads if one.is_alive()} | {thread}
        thread.start()

    def give_up(self, attempt: Attempt) -> None:
        """Nothing to do: the connection has the same time limit."""

    def close(self) -> None:
        """Wait for the posts on their way; each ends with its time limit."""
        for thread in self._threads:
            thread.join(self._ack_seconds + 1)

    def signed_headers(self, body: bytes, timestamp: int) -> dict[str, str]:
        """The two headers by which the bot knows that a request is Slack's."""
        digest = hmac.new(self._secret, b"v0:%d:%s" % (timestamp, body), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}

    def _post(self, delivery: Delivery, attempt: Attempt, finish: Finish) -> None:
        body, content_type = _encoded(delivery)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **self.signed_headers(body, int(time.time())),
        }
        if attempt.number:
            headers["X-Slack-Retry-Num"] = str(attempt.number)
            headers["X-Slack-Retry-Reason"] = attempt.reason or "unknown_error"
        # A little more time than the courier grants: it is the courier who calls it a timeout.
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._ack_seconds + 0.5)
        try:
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            answer = response.read()
        except TimeoutError:
            finish("timeout", None)
        except (OSError, http.client.HTTPException):
            finish("connection_failed", None)
        else:
            if response.status in OK:
                finish("acknowledged", _decoded(answer, response.headers.get_content_type()))
            else:
                finish("refused_retry" if response.headers.get("X-Slack-No-Retry") == "1" else "http_error", None)
        finally:
            connection.close()


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    form = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _decoded(body: bytes, content_type: str) -> Json:
    """The content of an acknowledgement: JSON, or plain text as the answer to a slash command."""
    text = body.decode("utf-8", "replace")
    if not text.strip():
        return None
    if content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return {"text": text}
    return {"text": text}
