"""What Slack allows, as one value, so that a test can tighten or loosen a single number."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

UNLIMITED = 1_000_000_000


def _calls_per_minute() -> dict[int, int]:
    # Slack promises "1+, 20+, 50+, 100+ a minute"; these are a little above the promise, as Slack is.
    return {1: 10, 2: 30, 3: 75, 4: 150}


@dataclass(frozen=True)
class Limits:
    """Times in seconds, sizes in characters or items.

    Limits of single blocks and elements are not here: they are part of what a block *is*, in `checks`.
    """

    ack_seconds: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger_seconds: float = 3.0
    response_url_uses: int = 5
    response_url_seconds: float = 30 * 60.0

    post_interval: float = 1.0
    post_burst: int = 3
    calls_per_minute: Mapping[int, int] = field(default_factory=_calls_per_minute)

    message_text: int = 40_000
    message_blocks: int = 50
    view_blocks: int = 100
    view_bytes: int = 250_000
    view_stack: int = 3
    sockets: int = 10

    file_processing: float = 0.0
    """Seconds for which Slack looks through what the app has uploaded; until then it is shown in no block."""

    refused_blocks: frozenset[str] = frozenset()
    """Kinds of blocks that this workspace has not got yet: a message with one is `invalid_blocks`."""

    def without_rates(self) -> "Limits":
        """The same, but any number of calls at any speed: for tests that are about something else."""
        return replace(self, post_interval=0.0, calls_per_minute=dict.fromkeys((1, 2, 3, 4), UNLIMITED))
