"""The file that somebody asked for with `/count export`: made when it is sent, and shared in their direct messages.

It is made from one state of the database, for who they are then. Slack lets a file carry no metadata, so after an
attempt of unknown outcome it is found again by its name, which no other export has.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot import ids, outbox
from bot.errors import new_reference
from bot.file_sender import FileSender
from bot.outbox import Claim
from bot.slack_errors import SlackRefused
from bot.views.exported import comment
from models.errors import BadInput, CycleCountError
from models.export_requests import ExportRequest
from models.milestones import Milestone, reached
from models.services import export_requests, exports, people
from models.services.export_requests import Wish
from models.services.export_tables import Cell, Table
from models.services.export_xlsx import About, about, write_xlsx

MOST_ROWS = 20_000
"""Rows of a file that is sent: while it is made, in a few seconds, no message goes out."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExportFile:
    """What is uploaded, and where to."""

    channel: str
    name: str
    title: str
    comment: str
    content: bytes


class ExportFiles(FileSender):
    """Makes and uploads them."""

    def send(self, claim: Claim) -> None:
        """Have the file in the direct messages, once, or why there is none; and mark the row.

        Raises SlackUnavailable and SlackRefused: whether it went out is then for the next try to find out.
        """
        with self._database.read() as session:
            request = session.get_one(ExportRequest, ids.parse_id(claim.subject))
        if request.done_at is None and not self._is_there(claim, request):
            file = self._made(claim, request)
            if file is None:
                return
            with self._database.write() as session:
                if not outbox.attempt(session, claim, self._read_clock()):
                    return
            try:
                self._gateway.upload(
                    channel=file.channel, thread_ts=None, name=file.name, title=file.title, comment=file.comment,
                    content=file.content,
                )  # fmt: skip
            except SlackRefused as refusal:
                if not refusal.permanent:
                    raise
                _LOG.error("Slack does not take export %s: %s", claim.subject, refusal)
                self.refuse(claim, f"Slack did not take the file ({refusal.code}). Ask stock control for it.")
                return
            self._pacing.posted(file.channel, self._read_clock())
        reached(Milestone.DELIVERY_SENT)
        self._close(claim, "")
        reached(Milestone.DELIVERY_MARKED)

    def refuse(self, claim: Claim, problem: str) -> None:
        """Say why there is no file, and do not try again."""
        self._close(claim, problem)

    def _close(self, claim: Claim, problem: str) -> None:
        with self._database.write() as session:
            now = self._read_clock()
            export_requests.finish(session, ids.parse_id(claim.subject), now=now, problem=problem)
            outbox.mark_sent(session, claim, now)

    def _made(self, claim: Claim, request: ExportRequest) -> ExportFile | None:
        """The file; None when there is none, which is told then."""
        try:
            with self._database.snapshot() as session:
                return made(session, request, self._read_clock())
        except CycleCountError as refusal:
            self.refuse(claim, str(refusal))
        except OperationalError:
            raise  # the database is away: later it is not
        except Exception:  # noqa: BLE001 - whoever waits for it is told at once, and other messages go on
            reference = new_reference()
            _LOG.exception("reference %s: export %s could not be made", reference, request.id)
            self.refuse(claim, f"That broke on my side (reference {reference}). Please ask for it again.")
        return None

    def _is_there(self, claim: Claim, request: ExportRequest) -> bool:
        """Whether an attempt of unknown outcome has put it there."""
        if claim.attempted_at is None:
            return False
        with self._database.read() as session:
            name = _name(request, ZoneInfo(people.company(session).timezone))
        found = self._gateway.find_file(
            channel=request.channel, thread_ts=None, name=name, attempted_at=claim.attempted_at
        )
        return found is not None


def made(session: Session, request: ExportRequest, now: datetime) -> ExportFile:
    """The file that was asked for, from what `session` sees.

    Raises:
        CycleCountError: there are no such rows, or too many, or they are not for this person any more.
    """
    wish = Wish(request.what, request.form, request.words)
    filters = export_requests.filters_of(session, wish, asked_at=request.asked_at)
    wanted = export_requests.for_reader(session, request, filters.wanted, now)
    table = exports.table(session, request.what, since=filters.since, wanted=wanted)
    left = export_requests.left_out(session, wanted)
    told = about(session, request.what, filters.said, now)
    content, rows = _written(session, replace(table, rows=_limited(table.rows, request.what)), request.form, told)
    if not rows:
        skipped = left.skus or left.open_lines
        more = " What you may have to count, and what is still open, is left out." if skipped else ""
        raise BadInput(f"There are no such rows.{more}")
    return ExportFile(
        channel=request.channel,
        name=_name(request, told.zone),
        title=request.what.capitalize(),
        comment=comment(request.what, request.words, rows, told.zone, left),
        content=content,
    )


def _written(session: Session, table: Table, form: str, told: About) -> tuple[bytes, int]:
    """The content of the file, and how many rows it has."""
    if form == "csv":
        stream = StringIO(newline="")
        rows = exports.write_csv(session, stream, table.names, table.rows)
        return stream.getvalue().encode(), rows
    with tempfile.TemporaryDirectory(prefix="cycle-count-export-") as folder:
        path = Path(folder) / "export.xlsx"
        rows = write_xlsx(path, table, told)
        return path.read_bytes(), rows


def _limited(rows: Iterable[tuple[Cell, ...]], what: str) -> Iterator[tuple[Cell, ...]]:
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            raise BadInput(
                f"That is more than {MOST_ROWS:,} rows. Ask for fewer, such as “last month”; "
                f"stock control has all of them by: python -m bot export {what} --out {what}.xlsx"
            )
        yield row


def _name(request: ExportRequest, zone: ZoneInfo) -> str:
    """A name that no other export has."""
    return f"{request.what}-{request.asked_at.astimezone(zone):%Y-%m-%d}-{request.id}.{request.form}"
