"""The file of a sign-off, in the thread of its sheet behind the message of the receipt.

Slack says neither which message a file came in nor lets it carry metadata; so a file is found again by its name, which
no other sign-off has. It may be there a moment later only: whoever tries again gives it `SETTLING` to appear.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot import ids, outbox
from bot.file_sender import FileSender
from bot.outbox import Claim
from bot.slack_errors import NO_THREAD, SlackRefused, SlackUnavailable
from bot.views.sign_off import file_comment
from models.journal import Intent, SentMessage
from models.milestones import Milestone, reached
from models.services.receipts import receipt_facts

SETTLING = timedelta(seconds=15)


@dataclass(frozen=True)
class ReceiptFile:
    """What is uploaded, and where to. `thread` None: the message it follows is not there yet, or it must wait."""

    name: str
    title: str
    comment: str
    content: bytes
    thread: SentMessage | None


class ReceiptFiles(FileSender):
    """Uploads them."""

    def send(self, claim: Claim) -> bool:
        """Have the file of a row in its thread, once, and mark the row; False when it has to wait.

        Raises SlackUnavailable and SlackRefused: whether it went out is then for the next try to find out.
        """
        file = self._prepare(claim.subject)
        if file.thread is None:
            return False
        try:
            if not self._is_there(claim, file, file.thread) and not self._upload(claim, file, file.thread):
                return True
        except SlackRefused as refusal:
            if refusal.code not in NO_THREAD:
                raise
            outbox.post_anew(self._database, file.thread, self._read_clock())
            raise SlackUnavailable(f"{refusal.code}: its thread is posted anew") from refusal
        reached(Milestone.DELIVERY_SENT)
        with self._database.write() as session:
            outbox.mark_sent(session, claim, self._read_clock())
        reached(Milestone.DELIVERY_MARKED)
        return True

    def _upload(self, claim: Claim, file: ReceiptFile, thread: SentMessage) -> bool:
        """Upload it; False when the lease is over: the row is another's by then."""
        with self._database.write() as session:
            if not outbox.attempt(session, claim, self._read_clock()):
                return False
        self._gateway.upload(
            channel=thread.channel, thread_ts=thread.ts, name=file.name, title=file.title, comment=file.comment,
            content=file.content,
        )  # fmt: skip
        self._pacing.posted(thread.channel, self._read_clock())
        return True

    def _prepare(self, subject: str) -> ReceiptFile:
        """Read the file of a sign-off, as it was signed."""
        with self._database.read() as session:
            facts = receipt_facts(session, ids.parse_id(subject))
            told = outbox.sent_message(session, Intent.RECEIPT, subject)
            sheet = outbox.sent_message(session, Intent.SHEET, str(facts.signed.session_id))
        return ReceiptFile(
            name=facts.signed.file_name,
            title=f"{facts.name}, sign-off {facts.signed.number}",
            comment=file_comment(facts),
            content=facts.signed.content,
            # Whether it is sealed was for the message to say. An item that is being counted holds the file back too.
            thread=None if told is None or facts.is_being_counted else sheet,
        )

    def _is_there(self, claim: Claim, file: ReceiptFile, thread: SentMessage) -> bool:
        """Whether an attempt of unknown outcome has put it into the thread."""
        if claim.attempted_at is None:
            return False
        found = self._gateway.find_file(
            channel=thread.channel, thread_ts=thread.ts, name=file.name, attempted_at=claim.attempted_at
        )
        return found is not None
