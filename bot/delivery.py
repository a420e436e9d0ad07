"""Getting the outbox to Slack: each thing told once, in order, and as it is when it is told.

A worker claims one row, renders it, sends it and marks it, each step in a transaction of its own, because Slack's side
cannot be rolled back. A crash between sending and marking leaves a message that the database does not know of: the row
says since when it may have gone out, and before it is sent again the channel is searched for the ids in its metadata.

What goes wrong is answered by leaving the row for later: as long as Slack says (429), or twice as long each time, up
to five minutes. After `ATTEMPTS` tries, or at once when Slack will never take it, the row is FAILED and logged. No
worker ever sleeps on one message while others could go out.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import outbox, plain, rendering
from bot.directs import Directs
from bot.errors import new_reference
from bot.export_files import ExportFiles
from bot.gateway import Gateway
from bot.home_delivery import HomeDelivery
from bot.home_pictures import HomePictures
from bot.names import NameSeeker
from bot.outbox import Claim
from bot.pacing import Pacing
from bot.receipt_files import SETTLING, ReceiptFiles
from bot.rendering import Placed
from bot.slack_errors import BAD_BLOCKS, NO_THREAD, SlackRefused, SlackUnavailable
from bot.views.blocks import Rendered
from models.database import Database
from models.journal import Intent, SentMessage
from models.milestones import Milestone, reached
from models.services.journal import PACED
from models.services.seal_receipts import published

log = logging.getLogger(__name__)

ATTEMPTS = 12
TICK_ATTEMPTS = 3
LONGEST_WAIT = timedelta(minutes=5)
IDLE_SECONDS = 0.25
TICK = "white_check_mark"

_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_FILES = frozenset({Intent.RECEIPT_FILE, Intent.EXPORT})
_WAIT_FOR_PARENT = (timedelta(seconds=1), timedelta(seconds=60))


class Delivery:
    """Delivers the outbox of one database through one gateway. `name` tells workers apart: no two may share one.

    `read_clock` is asked for the time wherever time has passed, above all after a call to Slack.
    """

    def __init__(self, database: Database, gateway: Gateway, *, read_clock: Callable[[], datetime], name: str) -> None:
        self.read_clock = read_clock
        self._database = database
        self._gateway = gateway
        self._name = name
        self._pacing = Pacing()
        self._names = NameSeeker(database, gateway)
        self._directs = Directs(database, gateway, read_clock)
        homes = HomeDelivery(database, gateway, self._pacing, read_clock=read_clock)
        self._exports = ExportFiles(database, gateway, self._pacing, read_clock)
        # What is no message has a way of its own; one that answers False has to wait.
        self._ways: dict[Intent, Callable[[Claim], bool | None]] = {
            Intent.TICK: self._tick,
            Intent.RECEIPT_FILE: ReceiptFiles(database, gateway, self._pacing, read_clock).send,
            Intent.EXPORT: self._exports.send,
            Intent.HOMES: homes.ask_for_viewers,
            Intent.HOME: homes.show,
            Intent.CHART: HomePictures(database, gateway, read_clock=read_clock).host,
        }
        self._plain: set[Intent] = set()

    def deliver_one(self, now: datetime) -> bool:
        """Deliver one row that is due. True: one was worked on, so there may be more. False: nothing to do now."""
        # Messages go before Homes.
        claim = outbox.claim_next(self._database, by=self._name, now=now, busy=self._pacing.busy(now), last=PACED)
        if claim is None:
            return False
        reached(Milestone.DELIVERY_CLAIMED)
        try:
            self._deliver(claim)
        except SlackUnavailable as error:
            self._later(claim, error)
        except SlackRefused as refusal:
            self._refused(claim, refusal)
        except Exception as error:  # one broken row must not stop the others; it is logged, and tried again later
            reference = new_reference()
            log.exception("reference %s: %s %s could not be delivered", reference, claim.intent, claim.subject)
            self._later(claim, SlackUnavailable(f"reference {reference}: {error}"))
        return True

    def while_idle(self, now: datetime) -> None:
        """What can wait until there is nothing to send: learning what new members are called."""
        self._names.seek_missing(now)

    def _deliver(self, claim: Claim) -> None:
        way = self._ways.get(claim.intent)
        if way is None:
            self._deliver_message(claim)
        elif way(claim) is False:
            self._wait(claim)

    def _deliver_message(self, claim: Claim) -> None:
        workspace = self._gateway.workspace_url() if claim.intent is Intent.DIGEST else None
        placed = rendering.place(self._database, claim.intent, claim.subject, self.read_clock(), workspace)
        if placed.picture.unnamed and self._names.seek(placed.picture.unnamed, self.read_clock()):
            placed = rendering.place(self._database, claim.intent, claim.subject, self.read_clock(), workspace)
        may_be_there = not placed.picture.only_if_posted or claim.attempted_at is not None
        if placed.sent is None and placed.picture.direct_to is not None and may_be_there:
            placed = replace(placed, direct=self._directs.channel_of(placed.picture.direct_to))
        if placed.picture.not_before is not None and self.read_clock() < placed.picture.not_before:
            self._wait(claim)
            return
        if placed.is_waiting:
            self._wait_for_parent(claim, placed)
            return
        target = self._standing(claim, placed)
        if target is None and placed.picture.only_if_posted:
            with self._database.write() as session:
                outbox.mark_sent(session, claim, self.read_clock())
            return
        self._send(claim, placed, target)

    def _standing(self, claim: Claim, placed: Placed) -> "_Target | None":
        """Where the thing stands in Slack already: as remembered, or as found after an attempt of unknown outcome."""
        if placed.sent is not None:
            return _Target(placed.sent.channel, placed.sent.ts)
        if claim.attempted_at is None:
            return None
        channel = placed.channel(claim.channel)
        try:
            ts = self._gateway.find_posted(
                channel=channel,
                intent=claim.intent,
                subject=claim.subject,
                thread_ts=placed.thread.ts if placed.thread else None,
                attempted_at=claim.attempted_at,
            )
        except SlackRefused as refusal:
            self._in_the_open_if_direct(placed, refusal)
            if refusal.code not in NO_THREAD or placed.thread is None:
                raise
            outbox.post_anew(self._database, placed.thread, self.read_clock())
            raise SlackUnavailable(f"{refusal.code}: its thread is posted anew") from refusal
        return None if ts is None else _Target(channel, ts)

    def _send(self, claim: Claim, placed: Placed, target: "_Target | None") -> None:
        """Post or update, and mark the row. Nothing is sent when the lease is over: the row is another's by then."""
        with self._database.write() as session:
            if not outbox.attempt(session, claim, self.read_clock()):
                log.warning("%s %s took too long to prepare and is left to others", claim.intent, claim.subject)
                return
        message = placed.picture.message
        if claim.intent in self._plain:
            message = plain.plain_version(message)
        try:
            target = self._put(claim, placed, target, message)
        except SlackRefused as refusal:
            if refusal.code not in BAD_BLOCKS or claim.intent in self._plain:
                raise
            log.warning("Slack refused the blocks of %s, plain ones are used from now on: %s", claim.intent, refusal)
            self._plain.add(claim.intent)
            target = self._put(claim, placed, target, plain.plain_version(message))
        reached(Milestone.DELIVERY_SENT)
        with self._database.write() as session:
            outbox.mark_sent(session, claim, self.read_clock(), channel=target.channel, ts=target.ts)
            if placed.picture.head is not None:
                published(session, placed.picture.head, channel=target.channel, ts=target.ts, now=self.read_clock())
        reached(Milestone.DELIVERY_MARKED)

    def _put(self, claim: Claim, placed: Placed, target: "_Target | None", message: Rendered) -> "_Target":
        """Update the message that stands, or post one; a message that somebody deleted is posted anew."""
        if target is not None:
            try:
                self._gateway.update(
                    channel=target.channel, ts=target.ts, message=message, intent=claim.intent, subject=claim.subject
                )
            except SlackRefused as refusal:
                if refusal.code not in _GONE:
                    raise
                log.info("%s %s was deleted in Slack and is posted anew", claim.intent, claim.subject)
                self._forget(placed.sent)
            else:
                self._pacing.updated(target.channel, self.read_clock())
                return target
        channel = placed.channel(claim.channel)
        try:
            ts = self._gateway.post(
                channel=channel,
                message=message,
                intent=claim.intent,
                subject=claim.subject,
                thread_ts=placed.thread.ts if placed.thread else None,
            )
        except SlackRefused as refusal:
            self._in_the_open_if_direct(placed, refusal)
            if refusal.code not in NO_THREAD or placed.thread is None:
                raise
            outbox.post_anew(self._database, placed.thread, self.read_clock())
            raise SlackUnavailable(f"{refusal.code}: its thread is posted anew") from refusal
        self._pacing.posted(channel, self.read_clock())
        if placed.direct is not None:
            self._pacing.posted(claim.channel, self.read_clock())  # by which the next such row is chosen
        return _Target(channel, ts)

    def _in_the_open_if_direct(self, placed: Placed, refusal: SlackRefused) -> None:
        """What Slack does not take as a direct message goes where it is seen by others too, at the next try."""
        if placed.direct is not None and placed.picture.direct_to is not None and refusal.code not in BAD_BLOCKS:
            self._directs.refused(placed.picture.direct_to, refusal)
            raise SlackUnavailable(f"{refusal.code}: it goes into the thread instead") from refusal

    def _tick(self, claim: Claim) -> None:
        channel, _, ts = claim.subject.partition(".")
        try:
            self._gateway.react(channel=channel, ts=ts, name=TICK)
        except SlackRefused as refusal:
            if refusal.code != "message_not_found":  # whoever wrote the reply has deleted it: nothing to tick
                raise
        reached(Milestone.DELIVERY_SENT)
        with self._database.write() as session:
            outbox.mark_sent(session, claim, self.read_clock(), channel=channel, ts=ts)
        reached(Milestone.DELIVERY_MARKED)

    def _wait_for_parent(self, claim: Claim, placed: Placed) -> None:
        if placed.picture.only_if_posted and claim.attempted_at is None:
            with self._database.write() as session:
                outbox.mark_sent(session, claim, self.read_clock())
            return
        self._wait(claim)

    def _wait(self, claim: Claim) -> None:
        now = self.read_clock()
        shortest, longest = _WAIT_FOR_PARENT
        # A parent that cannot be posted keeps its thread waiting: the longer it does, the less often we look.
        wait = min(max(shortest, (now - claim.created_at) / 10), longest)
        outbox.put_back(self._database, claim, not_before=now + wait, attempts=claim.attempts, error=None)

    def _forget(self, sent: SentMessage | None) -> None:
        if sent is not None:
            with self._database.write() as session:
                outbox.forget(session, sent)

    def _later(self, claim: Claim, error: SlackUnavailable) -> None:
        now, wait = self.read_clock(), error.retry_after
        if wait is not None and claim.intent is not Intent.TICK:
            # Slack is there and says when to come back: that is not a failed attempt.
            self._pacing.hold(claim.channel, now + timedelta(seconds=wait))
            not_before = now + timedelta(seconds=wait)
            outbox.put_back(self._database, claim, not_before=not_before, attempts=claim.attempts, error=str(error))
            return
        attempts = claim.attempts + 1
        if attempts >= (TICK_ATTEMPTS if claim.intent is Intent.TICK else ATTEMPTS):
            self._give_up(claim, attempts, error)
            return
        log.warning("%s %s is tried again later: %s", claim.intent, claim.subject, error)
        pause = min(timedelta(seconds=wait or 2**attempts), LONGEST_WAIT)
        if claim.intent in _FILES:  # it may appear where it goes a moment after it was taken
            pause = max(pause, SETTLING)
        outbox.put_back(self._database, claim, not_before=now + pause, attempts=attempts, error=str(error))

    def _refused(self, claim: Claim, refusal: SlackRefused) -> None:
        if refusal.permanent:
            self._give_up(claim, claim.attempts + 1, refusal)
        else:
            # People mend it in their own time (an invitation, a token): it is never given up.
            log.error(
                "%s %s for %s waits until somebody mends this: %s", claim.intent, claim.subject, claim.channel, refusal
            )
            attempts = min(claim.attempts + 1, ATTEMPTS - 1)
            not_before = self.read_clock() + min(timedelta(seconds=2**attempts), LONGEST_WAIT)
            outbox.put_back(self._database, claim, not_before=not_before, attempts=attempts, error=str(refusal))

    def _give_up(self, claim: Claim, attempts: int, error: Exception) -> None:
        log.error("%s %s for %s is given up: %s", claim.intent, claim.subject, claim.channel, error)
        if claim.intent is Intent.EXPORT:
            self._exports.refuse(claim, "Slack did not take the file. Please ask for it again.")
            return
        with self._database.write() as session:
            outbox.fail(session, claim, attempts=attempts, error=str(error))


@dataclass(frozen=True)
class _Target:
    """A message in Slack."""

    channel: str
    ts: str


def run_delivery(delivery: Delivery, stop: threading.Event, wake: threading.Event) -> None:
    """Deliver until `stop` is set. When nothing is due, wait for `wake`, or a quarter of a second."""
    while not stop.is_set():
        wake.clear()
        try:
            worked = delivery.deliver_one(delivery.read_clock())
            if not worked:
                delivery.while_idle(delivery.read_clock())
        except Exception:  # the database may be away for a moment; delivery must still be there when it is back
            log.exception("reference %s: delivery itself failed and goes on", new_reference())
            worked = False
        if not worked and not stop.is_set():
            wake.wait(IDLE_SECONDS)
