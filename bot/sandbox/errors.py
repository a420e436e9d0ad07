"""A refusal, as the Web API gives it."""

from bot.sandbox.json_types import Json, JsonObject


class SlackError(Exception):
    """The call is answered with `{"ok": false, "error": ...}`."""

    def __init__(
        self,
        error: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        messages: list[str] | None = None,
        **details: Json,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers or {}
        self.messages = messages or []
        self.details = details

    def body(self) -> JsonObject:
        """The answer's JSON."""
        body: JsonObject = {"ok": False, "error": self.error, **self.details}
        if self.messages:
            body["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
            body["response_metadata"] = {"messages": self.messages}
        return body


def rate_limited(retry_after: int) -> SlackError:
    """The 429 that Slack sends when a method or a channel is used too fast."""
    return SlackError("ratelimited", status=429, headers={"Retry-After": str(retry_after)})
