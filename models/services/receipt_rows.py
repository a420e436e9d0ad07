"""Every line of a session as it stands, as the rows of a receipt: what was expected, counted, accepted and posted.

Quantities are in base units, values in the company's currency; `value` is that of what was posted, at the unit cost of
the first count, so that the column adds up to the net value of the session. `expected` is the record at the moment of
the attempt that counts, by what the books know now. Times have the offset of the zone that `time_zone` names.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, Decision, DecisionKind, Judgement
from models.people import Member
from models.rules.lines import LineState
from models.rules.tolerance import variance_value
from models.services import exports, people, sheets
from models.services.lines import Attempt
from models.stock import StockEntry

BY_LIMIT = "tolerance limit"
_AND = "; "


class ReceiptRow(NamedTuple):
    """One line. The names are the columns of the file; `sign_off` is the number of the sign-off in its session."""

    session: int
    sign_off: int
    line: int
    bin: str
    sku: str
    name: str
    unit: str
    state: str
    expected: Decimal | None
    first_count: Decimal | None
    accepted: Decimal | None
    posted: Decimal | None
    unit_cost: Decimal | None
    value: Decimal | None
    currency: str
    counted_by: str
    counted_at: datetime | None
    decision: str
    decided_by: str
    decided_at: datetime | None
    cause: str
    note: str
    ledger_ids: str
    time_zone: str


def receipt_rows(session: Session, session_id: int, number: int) -> list[ReceiptRow]:
    """The lines of a session, in walk order."""
    company = people.company(session)
    found = session.exec(
        select(CountLine, Item, Location)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.session_id == session_id)
        .order_by(col(CountLine.position), col(CountLine.id))
    ).all()
    first = sheets.first_counts(session, session_id)
    decided, ledger = _decisions(session, session_id), _ledger_ids(session, session_id)
    attempted = _attempts(session, session_id)
    skipped = sheets.skip_reasons(session, session_id)
    rows = []
    for line, item, location in found:
        line_id = line.id or 0
        made = decided[line_id]
        attempts = attempted[line_id]
        posted = sum((decision.posted for decision, _ in made), Decimal(0))
        cost = first[line_id].judgement.unit_cost if line_id in first else None
        last, who = made[-1] if made else (None, None)
        rows.append(
            ReceiptRow(
                session=session_id,
                sign_off=number,
                line=line_id,
                bin=location.code,
                sku=item.sku,
                name=item.name,
                unit=item.unit,
                state=line.state.value.lower().replace("_", " "),
                expected=attempts[-1].judgement.expected if attempts else None,
                first_count=first[line_id].entry.quantity if line_id in first else None,
                accepted=_accepted(line, made),
                posted=posted if attempts else None,
                unit_cost=cost,
                value=variance_value(posted, cost) if attempts else None,
                currency=company.currency,
                counted_by=_counters(attempts),
                counted_at=attempts[-1].entry.counted_at if attempts else None,
                decision=last.kind.value if last else "",
                decided_by=_decider(last, who),
                decided_at=last.decided_at if last else None,
                cause=(last.reason if last else None) or "",
                note=skipped.get(line_id, "") if line.state is LineState.SKIPPED else last.note if last else "",
                ledger_ids=_AND.join(map(str, ledger[line_id])),
                time_zone=company.timezone,
            )
        )
    return rows


def as_file(session: Session, rows: Sequence[ReceiptRow]) -> bytes:
    """The rows as a CSV file."""
    stream = io.StringIO(newline="")
    exports.write_csv(session, stream, ReceiptRow._fields, rows)
    return stream.getvalue().encode()


def read_file(content: bytes) -> list[dict[str, str]]:
    """The cells of a receipt's file by column, row by row; [] for what is no such file."""
    try:
        text = content.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header, *rows = list(reader)
    except (UnicodeDecodeError, csv.Error, ValueError):
        return []
    return [dict(zip(header, row, strict=False)) for row in rows]


def _accepted(line: CountLine, made: Iterable[tuple[Decision, Member | None]]) -> Decimal | None:
    if line.state is not LineState.RECONCILED:
        return None
    undone = {decision.reverses_id for decision, _ in made}
    standing = [one.quantity for one, _ in made if one.quantity is not None and one.id not in undone]
    return standing[-1] if standing else None


def _counters(attempts: Sequence[Attempt]) -> str:
    return _AND.join(people.display_name(attempt.member) for attempt in attempts)


def _decider(decision: Decision | None, who: Member | None) -> str:
    if decision is None:
        return ""
    return people.display_name(who) if who else BY_LIMIT


def _attempts(session: Session, session_id: int) -> defaultdict[int, list[Attempt]]:
    """The attempts at each line that count, oldest first, by their newest judgements."""
    found: dict[int, Attempt] = {}
    replaced: set[int | None] = set()
    for entry, member, judgement in session.exec(
        select(CountEntry, Member, Judgement)
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(Member, col(Member.id) == col(CountEntry.member_id))
        .join(Judgement, col(Judgement.entry_id) == col(CountEntry.id))
        .where(CountLine.session_id == session_id)
        .order_by(col(CountEntry.id), col(Judgement.id))
    ):
        replaced.add(entry.replaces_id)
        if entry.settles:
            found[entry.id or 0] = Attempt(entry, member, judgement)
    by_line: defaultdict[int, list[Attempt]] = defaultdict(list)
    for entry_id, attempt in found.items():
        if entry_id not in replaced:
            by_line[attempt.entry.line_id].append(attempt)
    return by_line


def _decisions(session: Session, session_id: int) -> defaultdict[int, list[tuple[Decision, Member | None]]]:
    """The decisions about each line, oldest first, and who made them; recounts that were asked for decide nothing."""
    found: defaultdict[int, list[tuple[Decision, Member | None]]] = defaultdict(list)
    rows: Sequence[tuple[Decision, Member | None]] = session.exec(
        select(Decision, Member)
        .join(CountLine, col(CountLine.id) == col(Decision.line_id))
        .outerjoin(Member, col(Member.id) == col(Decision.member_id))
        .where(CountLine.session_id == session_id, Decision.kind != DecisionKind.RECOUNT)
        .order_by(col(Decision.id))
    ).all()
    for decision, who in rows:
        found[decision.line_id].append((decision, who))
    return found


def _ledger_ids(session: Session, session_id: int) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for entry_id, line_id in session.exec(
        select(StockEntry.id, StockEntry.line_id)
        .join(CountLine, col(CountLine.id) == col(StockEntry.line_id))
        .where(CountLine.session_id == session_id)
        .order_by(col(StockEntry.id))
    ):
        found[line_id or 0].append(entry_id or 0)
    return found
