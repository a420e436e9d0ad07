"""The audit trail as rows for other systems, each with the seal it is in; streamed like the other exports."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models.counts import OPEN_STATES, CountLine
from models.journal import AuditEvent
from models.seals import Seal
from models.services import export_tables
from models.services.export_tables import BEGINNING, EVERYTHING, Wanted

_OF_LINE = re.compile(r"line ([0-9]+)")


class AuditRow(NamedTuple):
    """One event of the audit trail. The names are the columns of the file; without a seal it is not sealed yet."""

    audit_id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    seal: int | None
    seal_head: str | None


class _Sealed(NamedTuple):
    first_id: int
    last_id: int
    seal_id: int | None
    head: str | None


_NO_SEAL = _Sealed(0, 0, None, None)


def audit_rows(session: Session, *, since: datetime = BEGINNING, wanted: Wanted = EVERYTHING) -> Iterator[AuditRow]:
    """Every event at or after `since`, in the order in which they were written down.

    Of what is wanted, the time and what is left out matter here.
    """
    statement = select(AuditEvent).where(col(AuditEvent.at) >= since)
    if wanted.until is not None:
        statement = statement.where(col(AuditEvent.at) < wanted.until)
    statement = statement.order_by(col(AuditEvent.id)).limit(export_tables.PAGE)
    last_id = 0
    while page := session.execute(statement.where(col(AuditEvent.id) > last_id)).scalars().all():
        first_id, last_id = page[0].id or 0, page[-1].id or 0
        sealed = _seals(session, first_id, last_id)
        ends = [seal.last_id for seal in sealed]
        left_out = _left_out(session, page, wanted)
        for event in page:
            if event.subject in left_out:
                continue
            row_id = event.id or 0
            place = bisect_left(ends, row_id)
            seal = sealed[place] if place < len(sealed) and sealed[place].first_id <= row_id else _NO_SEAL
            yield AuditRow(
                row_id, event.at, event.actor, event.action, event.subject, event.detail, seal.seal_id, seal.head
            )


def _left_out(session: Session, page: Sequence[AuditEvent], wanted: Wanted) -> set[str]:
    """The subjects among these that are lines to leave out."""
    if not (wanted.hidden or wanted.settled):
        return set()
    named = {int(found[1]) for event in page if (found := _OF_LINE.fullmatch(event.subject))}
    states = OPEN_STATES if wanted.settled else ()
    lines = select(col(CountLine.id)).where(
        col(CountLine.id).in_(named),
        or_(col(CountLine.item_id).in_(wanted.hidden), col(CountLine.state).in_(states)),
    )
    return {f"line {line_id}" for line_id in session.execute(lines).scalars()}


def _seals(session: Session, first_id: int, last_id: int) -> list[_Sealed]:
    """The seals of the events between two ids, in the order of these, without their lists."""
    rows = session.execute(
        select(col(Seal.first_id), col(Seal.last_id), col(Seal.id), col(Seal.head))
        .where(
            col(Seal.of_table) == AuditEvent.__tablename__, col(Seal.last_id) >= first_id, col(Seal.first_id) <= last_id
        )
        .order_by(col(Seal.last_id))
    )
    return [_Sealed(*row) for row in rows]
