"""Homes that people look at, shown anew as the outbox asks for it.

A Home is no message: nothing is searched for before it is published again, and one that Slack does not take is left as
it is until something changes, or its owner opens it. One that shows the same already is not published. Slack takes
about a hundred a minute of a workspace; so there is an allowance, which a quiet minute fills up again, and messages go
first. With several processes each has its own; what Slack says (429) sorts that out.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import outbox
from bot.gateway import Gateway
from bot.homes import DrawnHome, digest_of, home_of
from bot.outbox import Claim
from bot.pacing import Pacing
from bot.slack_errors import BAD_BLOCKS, SlackRefused
from models.database import Database
from models.journal import Intent
from models.services import homes, hosted_charts, journal

ALLOWANCE = 30
PACE = timedelta(seconds=0.75)
"""So much later there is room for one more."""

PICTURES_PAUSE = timedelta(hours=1)
"""Slack refused a Home for its picture, which it was said to show: so long no other is uploaded."""

_BAD_VIEW = BAD_BLOCKS | {"invalid_arguments"}

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Home:
    """A Home as it was drawn, and whether its owner has been shown the same already."""

    drawn: DrawnHome
    digest: str
    is_new: bool


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
        self._pictures_from = read_clock()

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
        home = self._draw(claim.subject)
        if home.is_new:
            self._take_room()
            home = self._publish(claim.subject, home)
        with self._database.write() as session:
            homes.shown(session, claim.subject, home.digest)
            now = self._read_clock()
            if home.drawn.lacks_picture and now >= self._pictures_from:
                journal.notify(session, Intent.CHART, claim.subject, channel=journal.PACED, now=now)
            outbox.mark_sent(session, claim, self._read_clock())

    def _draw(self, slack_id: str) -> _Home:
        with self._database.read() as session:
            drawn = home_of(session, slack_id, self._read_clock())
            digest = digest_of(drawn.view)
            return _Home(drawn, digest, homes.is_new(session, slack_id, digest))

    def _publish(self, slack_id: str, home: _Home) -> _Home:
        """Publish it; without its picture when Slack has lost that. Returns what is shown."""
        try:
            self._gateway.publish_home(user=slack_id, view=home.drawn.view)
        except SlackRefused as refusal:
            _LOG.warning("Home was not shown anew: %s", refusal)
            if home.drawn.picture and refusal.code in _BAD_VIEW:
                self._pictures_from = self._read_clock() + PICTURES_PAUSE
                with self._database.write() as session:
                    hosted_charts.forget(session, home.drawn.picture)
                return self._publish(slack_id, self._draw(slack_id))
        return home

    def _take_room(self) -> None:
        """Use one of the allowance; when it is used up, Homes wait until there is room again."""
        now = self._read_clock()
        self._full_at = max(self._full_at or now, now) + PACE
        ahead = self._full_at - now
        if ahead >= ALLOWANCE * PACE:
            self._pacing.hold(journal.PACED, self._full_at - (ALLOWANCE - 1) * PACE)
