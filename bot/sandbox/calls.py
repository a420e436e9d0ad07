"""The record of what the bot did: every Web API call, and everything of it that somebody could read."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.json_types import Json, JsonObject

READ_BY_PEOPLE = frozenset(
    {
        "chat.postMessage",
        "chat.update",
        "chat.postEphemeral",
        "views.open",
        "views.push",
        "views.update",
        "views.publish",
        "reactions.add",
        "files.completeUploadExternal",
        "response_url",
    }
)


@dataclass
class Call:
    """One call, as the sandbox understood it."""

    method: str
    params: JsonObject
    at: datetime
    status: int | None = None
    """HTTP status of the answer; None while it is being worked on, or when the answer was lost on purpose."""
    response: JsonObject | None = None
    error: str | None = None
    stored: bool = False
    """Whether it took effect, whatever became of the answer."""
    reader: str = ""
    """The person or the channel that can read what was sent."""

    @property
    def ok(self) -> bool:
        """Whether the bot was told that it worked."""
        return self.status == 200 and self.error is None  # noqa: PLR2004 - the one status that means success


@dataclass(frozen=True)
class SentToPeople:
    """Something of the bot's that a person could read, or find in the page's source."""

    method: str
    to: str
    payload: Json
    at: datetime


@dataclass
class Record:
    """Calls and what people could read, in order."""

    calls: list[Call] = field(default_factory=list)
    to_people: list[SentToPeople] = field(default_factory=list)

    def stored(self, call: Call) -> None:
        """Note that a call took effect."""
        call.stored = True
        if call.method in READ_BY_PEOPLE:
            self.to_people.append(SentToPeople(call.method, call.reader, call.params, call.at))

    def answered(self, how: str, to: str, payload: Json, at: datetime) -> None:
        """Note the content of an acknowledgement (a slash command's answer, errors or a view for a modal)."""
        self.to_people.append(SentToPeople(how, to, payload, at))
