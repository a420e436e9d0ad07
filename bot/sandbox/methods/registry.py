"""What a Web API method is: its scopes, its tier, its required arguments, and the function that does it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.sandbox.calls import Call
from bot.sandbox.errors import SlackError
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.state import Channel

if TYPE_CHECKING:  # the Web API brings the workspace
    from bot.sandbox.workspace import Workspace

Token = Literal["bot", "app", "any"]
FALSE = (None, False, "", "0", "false")  # 0 is equal to False


@dataclass
class Ask:
    """One call being answered."""

    ws: "Workspace"
    params: JsonObject
    call: Call
    token: str
    before_store: Callable[[], None]
    """To be called when everything has been checked and nothing been done yet: faults happen here."""

    def text(self, name: str) -> str | None:
        """An argument that is a text, or absent."""
        value = self.params.get(name)
        return None if value is None else str(value)

    def required(self, name: str) -> str:
        """An argument that was checked to be there."""
        return str(self.params[name])

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument that is a yes or no, as JSON or as a form says it."""
        return self.params[name] not in FALSE if name in self.params else default

    def number(self, name: str, default: int) -> int:
        """An argument that is a whole number."""
        try:
            return int(self.params.get(name, default))
        except (TypeError, ValueError):
            raise SlackError("invalid_arguments", messages=[f"[ERROR] must be an integer: {name}"]) from None

    def json(self, name: str, error: str) -> Json:
        """An argument that is JSON, or a text holding JSON; None when absent or empty."""
        value = self.params.get(name)
        if isinstance(value, str):
            if not value.strip():
                return None
            try:
                return json.loads(value)
            except ValueError:
                raise SlackError(error) from None
        return value

    def channel(self, name: str = "channel") -> Channel:
        """A conversation that the bot can see: public, or one it is in."""
        channel = self.ws.conversations.channels.get(self.required(name))
        if channel is None or (channel.kind != "channel" and self.ws.bot_user_id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel") -> Channel:
        """A conversation that the bot is in."""
        channel = self.channel(name)
        if self.ws.bot_user_id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def need_scope(self, scope: str) -> None:
        """Refuse, as Slack does, naming what is missing and what there is."""
        if scope not in self.ws.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.ws.scopes)))


Handler = Callable[[Ask], JsonObject]


@dataclass(frozen=True)
class Method:
    """A Web API method."""

    name: str
    handler: Handler
    scope: str | None
    tier: int
    required: tuple[str, ...]
    kind: Token


METHODS: dict[str, Method] = {}


def method(
    name: str, *, tier: int, scope: str | None = None, required: tuple[str, ...] = (), kind: Token = "bot"
) -> Callable[[Handler], Handler]:
    """Register the function that answers a method; `tier` is Slack's rate limit tier, `kind` the token it takes."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, scope, tier, required, kind)
        return handler

    return register
