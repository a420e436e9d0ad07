"""Whether what was signed still is what was signed, and says what the lines said then; and a receipt that somebody has.

The sign-off's audit event is sealed and names the SHA-256 of the file. So who changes a signed file must change its
sum, the event, and every seal since; and the head that was shown with the receipt in Slack is then in no chain.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sqlmodel import Session, col, select

from models.counts import CountLine, Decision, DecisionKind
from models.journal import AuditEvent
from models.rules.lines import LineState
from models.rules.receipts import changes
from models.services import sheets, sign_offs
from models.services.receipt_rows import read_file
from models.sign_offs import SignOff


def signed_files_are_as_signed(session: Session) -> Iterator[str]:
    """Each file of a sign-off has the sum that its audit event names, and so have the totals."""
    for signed in session.exec(select(SignOff).order_by(col(SignOff.id))):
        name = f"sign-off {signed.number} of session {signed.session_id}"
        if hashlib.sha256(signed.content).hexdigest() != signed.sha256:
            yield f"{name}: its file was changed after it was signed"
        event = session.get(AuditEvent, signed.audit_id)
        if event is None or event.action != sign_offs.ACTION or event.subject != f"session {signed.session_id}":
            yield f"{name}: its audit event {signed.audit_id} is not there"
            continue
        said = _detail(event)
        if said.get("sha256") != signed.sha256 or said.get("number") != signed.number:
            yield f"{name}: its audit event names another file"
        for total in sign_offs.TOTALS:
            if str(said.get(total)) != str(getattr(signed, total)):
                yield f"{name}: {total} is {getattr(signed, total)}, its audit event says {said.get(total)}"


def sign_offs_follow_each_other(session: Session) -> Iterator[str]:
    """The sign-offs of a session are numbered from 1, and something was decided between two of them."""
    found: dict[int, tuple[int, int]] = {}
    for signed in session.exec(select(SignOff).order_by(col(SignOff.session_id), col(SignOff.number))):
        number, decision = found.get(signed.session_id, (0, -1))
        name = f"sign-off {signed.number} of session {signed.session_id}"
        if signed.number != number + 1:
            yield f"{name} follows sign-off {number}"
        if signed.last_decision_id <= decision:
            yield f"{name} was made though nothing was decided since the one before"
        found[signed.session_id] = (signed.number, signed.last_decision_id)


def signed_totals_equal_the_lines(session: Session) -> Iterator[str]:
    """The totals of a sign-off are what the decisions about the lines had come to then."""
    for signed in session.exec(select(SignOff).order_by(col(SignOff.id))):
        for total, value in _totals(session, signed).items():
            if getattr(signed, total) != value:
                name = f"sign-off {signed.number} of session {signed.session_id}"
                yield f"{name}: {total} is {getattr(signed, total)}, its lines say {value}"


SIGN_OFF_CHECKS = (signed_files_are_as_signed, sign_offs_follow_each_other, signed_totals_equal_the_lines)


def compared(session: Session, content: bytes) -> Iterator[str]:
    """What differs between the file of a receipt and what was signed: nothing, when it is exactly that."""
    signed = _signed(session, content)
    if signed is None:
        yield "this is the receipt of no sign-off that is known here"
        return
    if content == signed.content:
        return
    found = [change.said for change in changes(read_file(signed.content), read_file(content))]
    yield from found
    if not found:
        yield "every cell is as it was signed, but not every byte: another program has saved it since"


def receipt_of(session: Session, content: bytes) -> SignOff | None:
    """The sign-off that a file is exactly the receipt of."""
    found = session.exec(select(SignOff).where(SignOff.sha256 == hashlib.sha256(content).hexdigest())).first()
    return found if found is not None and found.content == content else None


def _signed(session: Session, content: bytes) -> SignOff | None:
    """The sign-off that a file says it is of; what most of its rows say, for one of them may be wrong."""
    votes: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in read_file(content):
        votes[row.get("session", ""), row.get("sign_off", "")] += 1
    for (session_id, number), _ in sorted(votes.items(), key=lambda vote: -vote[1]):
        if session_id.isdecimal() and number.isdecimal() and len(session_id + number) < 18:  # noqa: PLR2004 - 64 bits
            found = session.exec(
                select(SignOff).where(SignOff.session_id == int(session_id), SignOff.number == int(number))
            ).one_or_none()
            if found is not None:
                return found
    return receipt_of(session, content)


def _totals(session: Session, signed: SignOff) -> dict[str, int | Decimal]:
    lines = session.exec(select(CountLine).where(CountLine.session_id == signed.session_id)).all()
    first = sheets.first_counts(session, signed.session_id)
    posted: defaultdict[int, Decimal] = defaultdict(Decimal)
    last: dict[int, DecisionKind] = {}
    for decision in session.exec(
        select(Decision)
        .where(col(Decision.line_id).in_([line.id for line in lines]), col(Decision.id) <= signed.last_decision_id)
        .order_by(col(Decision.id))
    ):
        posted[decision.line_id] += decision.posted
        last[decision.line_id] = decision.kind
    costs = {line_id: count.judgement.unit_cost for line_id, count in first.items()}
    values = [posted[line_id] * cost for line_id, cost in costs.items() if cost is not None]
    return {
        "lines": len(lines),
        "counted": len(first),
        "skipped": sum(line.state is LineState.SKIPPED for line in lines),
        "rejected": sum(kind is DecisionKind.REJECT for kind in last.values()),
        "net_value": sign_offs.rounded(sum(values, Decimal(0))),
        "gross_value": sign_offs.rounded(sum(map(abs, values), Decimal(0))),
        "unknown_cost": len(costs) - len(values),
    }


def _detail(event: AuditEvent) -> dict[str, object]:
    try:
        found = json.loads(event.detail)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
