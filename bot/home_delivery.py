"""Homes that people look at, shown anew as the outbox asks for it.

A Home is no message: nothing is searched for before it is published again, and one that Slack does not take is left as
it is until something changes, or its owner opens it. One that shows the same already is not published. Slack takes
about a hundred a minute of a workspace; so there is an allowance, which a quiet minute fills up again, and messages go
first. With several processes each has its own; what Slack says (429) sorts that out.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot import outbox
from bot.gateway import Gateway
from bot.homes import digest_of, home_of
from bot.outbox import Claim
from bot.pacing import Pacing
from bot.slack_errors import SlackRefused
from models.database import Database
from models.services import homes, journal

ALLOWANCE = 30
PACE = timedelta(seconds=0.75)
"""So much later there is room for one more."""

_LOG = logging.getLogger(__name__)


class HomeDelivery:
    """Shows Homes of one database through one gateway."""

    def __init__(
        self, database: Database, gateway: Gateway, pacing: Pacing, *, read_clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._pacing = pacing
        self._read_clock = read_clock
        self._full_at: datetime | None = None

    def ask_for_viewers(self, claim: Claim) -> None:
        """Ask for the Homes of everybody who looks at theirs now and sees a channel's teams."""
        with self._database.write() as session:
            homes.ask_for_viewers(session, claim.subject, self._read_clock())
            outbox.mark_sent(session, claim, self._read_clock())

    def show(self, claim: Claim) -> None:
        """Show a person's Home if it changed.

        Raises:
            SlackUnavailable: Slack may take it later.
        """
        with self._database.read() as session:
            view = home_of(session, claim.subject, self._read_clock())
            digest = digest_of(view)
            is_new = homes.is_new(session, claim.subject, digest)
        if is_new:
            self._take_room()
            try:
                self._gateway.publish_home(user=claim.subject, view=view)
            except SlackRefused as refusal:
                _LOG.warning("Home was not shown anew: %s", refusal)
        with self._database.write() as session:
            homes.shown(session, claim.subject, digest)
            outbox.mark_sent(session, claim, self._read_clock())

    def _take_room(self) -> None:
        """Use one of the allowance; when it is used up, Homes wait until there is room again."""
        now = self._read_clock()
        self._full_at = max(self._full_at or now, now) + PACE
        ahead = self._full_at - now
        if ahead >= ALLOWANCE * PACE:
            self._pacing.hold(journal.PACED, self._full_at - (ALLOWANCE - 1) * PACE)
