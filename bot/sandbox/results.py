"""What a person gets back for doing something."""

from dataclasses import dataclass, field

from bot.sandbox.delivery import Delivery
from bot.sandbox.json_types import JsonObject

NO_ANSWER = "The app did not respond."
TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class ActionResult:
    """A click or a choice; `ok` says that the bot acknowledged it in time."""

    ok: bool
    problem: str | None
    """What the person is told when it failed."""
    delivery: Delivery


@dataclass(frozen=True)
class SlashResult:
    """A slash command, with the answer that came with the acknowledgement."""

    ok: bool
    problem: str | None
    text: str | None
    blocks: list[JsonObject]
    response_type: str
    delivery: Delivery


@dataclass(frozen=True)
class SubmitResult:
    """A submitted modal."""

    errors: dict[str, str] | None
    """Under which field (block_id) it says what."""
    closed: bool
    """Whether the submitted modal is gone; another one may show under it."""
    view: JsonObject | None
    """The modal that shows now."""
    problem: str | None = None
    """What the person is told when the bot's answer did not come or made no sense."""
    refused_locally: bool = False
    """Slack's client found the errors; the bot was never asked."""
    details: list[str] = field(default_factory=list)
    """What was wrong with the bot's answer, for whoever debugs it."""
    delivery: Delivery | None = None
