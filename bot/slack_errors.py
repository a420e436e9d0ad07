"""What can go wrong in a call to Slack, sorted by what to do about it.

`SlackUnavailable`: no answer, or one that says "later"; the same call may work then. `SlackRefused`: Slack understood
and said no; mostly nothing changes that, and `permanent` says so.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import cast

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

_TEMPORARY = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format"})
"""Codes of a refusal that is about the blocks of a message."""
# Refusals that an administrator mends: the message is still worth sending when that is done.
_MENDABLE = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "not_in_channel",
        "channel_not_found",  # also said of a private channel that the bot was not invited to
        "is_archived",
    }
)


class SlackUnavailable(Exception):
    """No answer, or one that says "later". `retry_after` is Slack's own wish in seconds, if it had one."""

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class SlackRefused(Exception):
    """Slack said no. `code` is its error; `permanent`: sending the same again is of no use."""

    def __init__(self, code: str, *, permanent: bool, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.permanent = permanent


def called(call: Callable[[], SlackResponse]) -> Mapping[str, object]:
    """Make a call; what goes wrong becomes SlackUnavailable or SlackRefused."""
    try:
        answer = call()
    except SlackApiError as error:
        raise _sorted(cast("SlackResponse", error.response)) from error
    except (OSError, HTTPException, SlackClientError) as error:
        # Timeouts, refused and broken connections. The request may have arrived all the same.
        raise SlackUnavailable(f"{type(error).__name__}: {error}") from error
    return cast("Mapping[str, object]", answer.data)


def _sorted(answer: SlackResponse) -> SlackUnavailable | SlackRefused:
    data = answer.data if isinstance(answer.data, dict) else {}
    code = str(data.get("error") or "empty answer")
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SlackUnavailable(code, _seconds(answer.headers))
    # Slack's codes are words with underscores; the SDK puts a sentence there when the answer was not Slack's at all.
    if status != HTTPStatus.OK or code in _TEMPORARY or " " in code:
        return SlackUnavailable(f"{code} (HTTP {status})", _seconds(answer.headers))
    more = data.get("response_metadata")
    messages = more.get("messages") if isinstance(more, Mapping) else None
    detail = "; ".join(map(str, messages)) if isinstance(messages, list) else str(data.get("needed") or "")
    return SlackRefused(code, permanent=code not in _MENDABLE, detail=detail)


def _seconds(headers: Mapping[str, object]) -> float | None:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return max(0.0, float(str(value)))
            except ValueError:
                return None
    return None
