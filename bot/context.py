"""What every listener works with: the database, the way to Slack, the clock, and what to do after a commit.

A listener reads its payload, runs one short transaction and answers. Whatever it then shows to the person who clicked
is of the moment: it is tried once, and when Slack does not take it, that is logged and nothing else happens. By then
the work is committed, and a failed call must not make it look as if it were not.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.gateway import Gateway, SlackRefused, SlackUnavailable, Unsendable
from bot.payloads import Click, JsonObject
from bot.views import blocks
from bot.views.blocks import Rendered
from models.database import Database
from models.milestones import Milestone, reached

SLOW_SECONDS = 2.0
"""Slack gives up after three: a listener that takes this long is on its way there."""

_LOG = logging.getLogger(__name__)


def do_nothing() -> None:
    """Wake nobody: whoever delivers looks by itself."""


@dataclass(frozen=True)
class Context:
    """The parts of a running bot that its listeners share. `gateway` has the short timeout of clicks.

    `wake` is called after each commit, so that a delivery in this process looks at once; `read_ticks` counts seconds
    from anywhere, for measuring.
    """

    database: Database
    gateway: Gateway
    read_clock: Callable[[], datetime]
    wake: Callable[[], None] = do_nothing
    read_ticks: Callable[[], float] = time.monotonic

    def committed(self, milestone: Milestone | None = None) -> None:
        """Say that a transaction is committed, before Slack is answered."""
        if milestone is not None:
            reached(milestone)
        self.wake()

    def tell(self, channel: str, user: str, sentences: Sequence[str], *, thread_ts: str | None = None) -> bool:
        """Show sentences (plain text) to one person alone, if Slack takes them now; returns whether it did."""
        if not sentences:
            return True
        return self.show(channel, user, "\n".join(map(blocks.escape, sentences)), thread_ts=thread_ts)

    def show(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> bool:
        """The same for mrkdwn, a line a sentence."""
        message = blocks.rendered(text, blocks.sections(text.split("\n"), "answer"))
        return self.show_message(channel, user, message, thread_ts=thread_ts)

    def show_message(self, channel: str, user: str, message: Rendered, *, thread_ts: str | None = None) -> bool:
        """The same for a message with buttons."""
        try:
            self.gateway.post_ephemeral(channel=channel, user=user, thread_ts=thread_ts, message=message)
        except (SlackUnavailable, SlackRefused, Unsendable) as problem:
            _LOG.warning("an answer to one person was not shown: %s", problem)
            return False
        return True

    def answer(self, click: Click, *sentences: str) -> None:
        """Tell the person who clicked, where they clicked."""
        self.tell(click.channel, click.user, sentences, thread_ts=click.thread_ts)

    def open(self, click: Click, view: JsonObject) -> None:
        """Open a modal for a click; when Slack does not, ask for another click."""
        try:
            self.gateway.open_view(trigger_id=click.trigger_id, view=view)
        except (SlackUnavailable, SlackRefused) as problem:
            _LOG.warning("a form was not opened: %s", problem)
            self.answer(click, "Slack did not open the form. Please click again.")

    def timed(self, name: str, work: Callable[[], None]) -> None:
        """Do a listener's work; log when it took so long that Slack may have given up."""
        started = self.read_ticks()
        try:
            work()
        finally:
            seconds = self.read_ticks() - started
            if seconds >= SLOW_SECONDS:
                _LOG.warning("listener %s took %.1f s", name, seconds)
