"""Looking at pictures in the threads of sheets: is there a label in one, and which line is it of?

Why not in the listener: fetching a photo of 3 MB and searching it takes a second and more, and Slack waits three for an
acknowledgement, with other events behind it. Why not in the outbox: the answer is for one person, now, and an ephemeral
message cannot be found again after a crash. So a picture is a row (`models.photos`) written by the listener, and this
reader takes one message's pictures at a time, in a thread of its own: each once, whichever process comes first, and
never more than one in memory. A crash in between loses an answer and no picture: it waits until its line is named.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from bot.errors import new_reference
from bot.gateway import Gateway
from bot.labels import read_codes
from bot.slack_errors import SlackRefused, SlackUnavailable
from bot.views.labels import pictures_answer
from models.database import Database
from models.services import labels
from models.services.labels import Unread

MOST_PICTURES = 3
"""Of one message, so many are searched for labels."""
IDLE_SECONDS = 1.0

log = logging.getLogger(__name__)


class PictureReader:
    """Reads pictures of one database through one gateway. `wake` is called after each commit."""

    def __init__(
        self,
        database: Database,
        gateway: Gateway,
        *,
        read_clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self.read_clock = read_clock
        self._database = database
        self._gateway = gateway
        self._wake = wake

    def read_one(self, now: datetime) -> bool:
        """Look at the pictures of one message. True: there were some, so there may be more."""
        with self._database.read() as session:
            if not labels.has_unread(session, now):
                return False
        with self._database.write() as session:
            unread = labels.claim_unread(session, now)
        if unread is None:
            return False
        codes = self._codes(unread)
        with self._database.write() as session:
            found = labels.use(session, unread, codes, self.read_clock())
        self._wake()
        if found is None:
            return True
        message = pictures_answer(found)
        try:
            self._gateway.post_ephemeral(
                channel=unread.channel, user=unread.slack_id, thread_ts=unread.thread_ts, message=message
            )
        except (SlackUnavailable, SlackRefused) as problem:
            log.warning("an answer about a picture was not shown: %s", problem)
        return True

    def _codes(self, unread: Unread) -> tuple[str, ...]:
        """What the labels in these pictures say, each once."""
        codes: dict[str, None] = {}
        for picture in unread.pictures[:MOST_PICTURES]:
            if not picture.url:
                continue
            try:
                codes |= dict.fromkeys(read_codes(self._gateway.download(picture.url)))
            except (SlackUnavailable, SlackRefused) as problem:
                log.warning("picture %s was not fetched: %s", picture.file_id, problem)
            except Exception:  # a mistake in a library: then it is a picture without a label
                log.exception("reference %s: picture %s could not be read", new_reference(), picture.file_id)
        return tuple(codes)


def run_reader(reader: PictureReader, stop: threading.Event, woken: threading.Event) -> None:
    """Read pictures until `stop` is set. When there are none, wait for `woken`, or a second."""
    while not stop.is_set():
        woken.clear()
        try:
            worked = reader.read_one(reader.read_clock())
        except Exception:  # a database that is away, say, must not end the reading
            log.exception("reference %s: looking at a picture failed and goes on", new_reference())
            worked = False
        if not worked and not stop.is_set():
            woken.wait(IDLE_SECONDS)
