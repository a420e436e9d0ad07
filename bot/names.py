"""What people are called. Messages name people instead of mentioning them, because a mention rings.

Names come from Slack (users.info) and are kept on the member. Until one is known, the Slack id stands in its place;
nothing waits for a name.
"""

import logging
import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from bot.gateway import Gateway
from bot.slack_errors import SlackRefused, SlackUnavailable
from models.database import Database
from models.people import Member

log = logging.getLogger(__name__)

MOST = 50
"""Names asked for in one go: Slack takes about a hundred such calls a minute."""
NAME_LENGTH = 120
_AGAIN_AFTER = timedelta(minutes=10)
_LOOK_EVERY = timedelta(minutes=1)
_MOST_AT_ONCE = 3  # while a message waits to be sent


def refresh_names(database: Database, gateway: Gateway, only: Collection[str] | None = None) -> int:
    """Ask Slack for the names of members without one (of those Slack ids alone, when given); returns how many it got.

    Stops at the first answer that is none: whoever is left is asked for again some other time.
    """
    with database.read() as session:
        missing = select(Member.slack_id).where(col(Member.name).is_(None)).order_by(col(Member.id)).limit(MOST)
        if only is not None:
            missing = missing.where(col(Member.slack_id).in_(only))
        wanted = session.exec(missing).all()
    found: dict[str, str] = {}
    for slack_id in wanted:
        try:
            found[slack_id] = gateway.user_info(slack_id).name[:NAME_LENGTH]
        except SlackUnavailable as error:
            log.warning("Slack gave no name for %s (%s); its id is shown instead for now", slack_id, error)
            break
        except SlackRefused as refusal:
            log.warning("Slack knows no name for %s (%s); its id is shown instead", slack_id, refusal)
            if refusal.code != "user_not_found":
                break
    if found:
        with database.write() as session:
            _store(session, found)
    return len(found)


class NameSeeker:
    """Looks names up while messages are delivered: a few at a time, and nobody twice in ten minutes."""

    def __init__(self, database: Database, gateway: Gateway) -> None:
        self._database = database
        self._gateway = gateway
        self._asked: dict[str, datetime] = {}
        self._next_look = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def seek(self, slack_ids: Collection[str], now: datetime) -> bool:
        """Try to learn these names; True when one was learned."""
        with self._lock:
            fresh = [one for one in slack_ids if now - self._asked.get(one, now - _AGAIN_AFTER) >= _AGAIN_AFTER]
            chosen = fresh[:_MOST_AT_ONCE]
            self._asked.update(dict.fromkeys(chosen, now))
        return bool(chosen) and refresh_names(self._database, self._gateway, chosen) > 0

    def seek_missing(self, now: datetime) -> None:
        """Learn the names of members without one, at most once a minute."""
        with self._lock:
            if now < self._next_look:
                return
            self._next_look = now + _LOOK_EVERY
        refresh_names(self._database, self._gateway)


def _store(session: Session, found: dict[str, str]) -> None:
    for member in session.exec(select(Member).where(col(Member.slack_id).in_(found))):
        member.name = found[member.slack_id]
        session.add(member)
