"""The pictures on Homes: uploaded by who delivers, not by who draws a Home, and once for as long as they look alike.

A Home that was drawn without its picture asks for it (`Intent.CHART`). Whoever delivers that uploads it, looks again
until Slack has looked through it, and has the Home shown anew. Which file it is stays in the database.
"""

import logging
from collections.abc import Callable, Iterator, MutableMapping
from datetime import datetime, timedelta

from sqlmodel import select

from bot import outbox
from bot.charts.hosting import HostedCharts
from bot.charts.picture import key_of
from bot.gateway import Gateway
from bot.outbox import Claim
from bot.slack_errors import SlackRefused
from models.database import Database
from models.hosted import HostedChart
from models.journal import Intent
from models.services import hosted_charts, journal, people
from models.services.home_numbers import company_weeks

LONGEST_LOOK = timedelta(minutes=10)
"""A file that Slack does not show by then is lost, and uploaded again when a Home wants it."""

_LOG = logging.getLogger(__name__)


class StoredCharts(MutableMapping[str, str]):
    """File ids by the keys of pictures, as the database has them."""

    def __init__(self, database: Database, read_clock: Callable[[], datetime]) -> None:
        self._database = database
        self._read_clock = read_clock

    def __getitem__(self, key: str) -> str:
        with self._database.read() as session:
            found = hosted_charts.file_of(session, key)
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, file_id: str) -> None:
        with self._database.write() as session:
            hosted_charts.uploaded(session, key, file_id, self._read_clock())

    def __delitem__(self, key: str) -> None:
        with self._database.write() as session:
            hosted_charts.forget(session, key)

    def __iter__(self) -> Iterator[str]:
        with self._database.read() as session:
            return iter(session.exec(select(HostedChart.key)).all())

    def __len__(self) -> int:
        return sum(1 for _ in self)


class HomePictures:
    """Has Slack host the pictures of Homes."""

    def __init__(self, database: Database, gateway: Gateway, *, read_clock: Callable[[], datetime]) -> None:
        self._database = database
        self._read_clock = read_clock
        self._hosted = HostedCharts(gateway, StoredCharts(database, read_clock))

    def host(self, claim: Claim) -> bool:
        """Upload what a person's Home lacks; False: Slack still looks through it.

        Raises:
            SlackUnavailable: Slack may take it later.
        """
        with self._database.read() as session:
            person = people.find_person(session, claim.subject, self._read_clock())
            is_theirs = person is not None and person.is_controller
            chart = company_weeks(session, person, self._read_clock()) if person is not None and is_theirs else None
        if chart is None or not chart.measured:
            self._done(claim)
            return True
        try:
            file_id = self._hosted.upload(chart)
            is_shown = self._hosted.file_id(chart) is not None
        except SlackRefused as refusal:
            _LOG.warning("Home goes without its picture: %s", refusal)
            self._done(claim)
            return True
        if is_shown:
            self._done(claim, key_of(chart))
        elif self._read_clock() - claim.created_at > LONGEST_LOOK:
            self._hosted.forget(file_id)
            self._done(claim)
        else:
            return False
        return True

    def _done(self, claim: Claim, key: str | None = None) -> None:
        now = self._read_clock()
        with self._database.write() as session:
            if key is not None:
                hosted_charts.ready(session, key)
                journal.notify(session, Intent.HOME, claim.subject, channel=journal.PACED, now=now)
            outbox.mark_sent(session, claim, now)
