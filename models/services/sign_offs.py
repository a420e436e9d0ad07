"""*Save & reconcile*: somebody who decides for the team signs a closed session off, and what they signed is kept.

Signing decides no variance: every line was settled, skipped or rejected before, by somebody with the authority for it.
So who counted a line may sign, if they decide for the team; who counted all of it signs only what posted nothing,
unless nobody else can sign. As long as a line is open there is nothing to sign, whatever its state: nothing is buried.

After that, nothing is added to the session and no late number counts. What opens it again is a decision that is taken
back and a movement that is recorded late, and then it is signed off anew, under the next number.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from sqlmodel import Session, col, func, select

from models.counts import CountEntry, CountLine, CountSession
from models.errors import BadInput, NotAllowed, WrongState
from models.journal import Intent
from models.people import Member, Team
from models.rules import sign_offs as rules
from models.rules import wording
from models.rules.lines import LineState
from models.services import journal, lines, people, receipt_rows, sheets, signed, times
from models.services.people import Person
from models.services.receipt_rows import ReceiptRow
from models.services.sheets import LineWord, SheetFacts, SheetResult
from models.services.signed import Signed
from models.sign_offs import SignOff
from models.stock import StockEntry

ACTION = "sign off"
"""The audit event of a sign-off."""

TOTALS = (
    "lines",
    "counted",
    "blind_counts",
    "right_at_first",
    "skipped",
    "rejected",
    "net_value",
    "gross_value",
    "unknown_cost",
)
"""What its audit event says of it, beside the file."""

LONGEST_NOTE = 500
_SMALLEST = Decimal("0.0001")

_STATES = {
    LineWord.TO_COUNT: LineState.TO_COUNT,
    LineWord.ADDING_UP: LineState.TO_COUNT,
    LineWord.RECOUNT: LineState.RECOUNT,
    LineWord.WITH_APPROVERS: LineState.IN_REVIEW,
}


class SignedAlready(WrongState):
    """Somebody signed what this person wished to sign; `sign_off` is theirs."""

    def __init__(self, message: str, sign_off: Signed) -> None:
        super().__init__(message)
        self.sign_off = sign_off

    def by_form(self, member_id: int, number: int) -> bool:
        """Whether it is what this very person submitted before."""
        return (self.sign_off.member_id, self.sign_off.number) == (member_id, number)


@dataclass(frozen=True)
class Unresolved:
    """An open line, and what has to happen to it first."""

    location: str
    name: str
    sku: str
    what: str


@dataclass(frozen=True)
class Preview:
    """What would be signed. `number` is that of the sign-off, `seen` the newest decision that it rests on.

    Without a `result` it cannot be signed: `unresolved` says why. `deciders` counts lines by who decided them.
    """

    session_id: int
    number: int
    seen: int
    facts: SheetFacts
    result: SheetResult | None
    deciders: tuple[tuple[str, int], ...]
    unresolved: tuple[Unresolved, ...]
    before: Signed | None


def preview(session: Session, *, person: Person, session_id: int, now: datetime) -> Preview:
    """What `person` would sign now; raises as `sign` does, except that a session with open lines is shown."""
    count_session = signed.lock_for_signing(session, session_id)
    before = _require_signer(session, person, count_session, now)
    facts = sheets.sheet_facts(session, session_id)
    rows = () if facts.result is None else receipt_rows.receipt_rows(session, session_id, 0)
    if facts.result is not None:
        _require_not_alone(session, person, count_session, rows, now)
    return Preview(
        session_id=session_id,
        number=1 + (before.number if before else 0),
        seen=signed.last_decision(session, session_id),
        facts=facts,
        result=facts.result,
        deciders=deciders([row.decided_by for row in rows]),
        unresolved=unresolved(facts),
        before=before,
    )


def sign(
    session: Session, *, person: Person, session_id: int, number: int, seen: int, note: str, now: datetime
) -> SignOff:
    """Sign a session off, as it was `seen` (the newest decision then), under the `number` that was offered.

    Raises:
        NotAllowed: for who does not decide for the team, or counted all of it while somebody else can sign.
        SignedAlready: somebody was faster, and nothing has changed since.
        WrongState: a line is open, or something was decided since it was seen.
        BadInput: the note is too long.
    """
    count_session = signed.lock_for_signing(session, session_id)
    before = _require_signer(session, person, count_session, now, number)
    if len(note := note.strip()) > LONGEST_NOTE:
        raise BadInput(f"The note has {len(note)} characters; make do with {LONGEST_NOTE}.")
    facts = sheets.sheet_facts(session, session_id)
    if facts.result is None:
        left = len(unresolved(facts))
        count = "1 line is" if left == 1 else f"{left} lines are"
        raise WrongState(f"{count} open again, so nothing was signed. Look at {count_session.name} once more.")
    last = signed.last_decision(session, session_id)
    if last != seen or number != 1 + (before.number if before else 0):
        raise WrongState("Something was decided since you opened this, so nothing was signed. Open it once more.")
    rows = receipt_rows.receipt_rows(session, session_id, number)
    _require_not_alone(session, person, count_session, rows, now)
    made = _keep(session, person, facts, facts.result, rows, number=number, last=last, note=note, now=now)
    team = session.get_one(Team, count_session.team_id)
    journal.notify(session, Intent.SUMMARY, session_id, channel=team.channel, now=now)
    journal.notify(session, Intent.RECEIPT, made.id or 0, channel=team.channel, now=now)
    journal.notify(session, Intent.RECEIPT_FILE, made.id or 0, channel=team.channel, now=now)
    return made


def unresolved(facts: SheetFacts) -> tuple[Unresolved, ...]:
    """The open lines of a session, in walk order, and what has to happen to each."""
    found = []
    for line in facts.lines:
        state = _STATES.get(line.word)
        if state is None:
            continue
        what = rules.what_first(state, is_adding_up=line.word is LineWord.ADDING_UP, asked=line.who)
        found.append(Unresolved(line.location, line.name, line.sku, what or ""))
    return tuple(found)


def deciders(names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """How many lines each decided, the busiest first, from the name beside each line ("" for none)."""
    return tuple(Counter(name for name in names if name).most_common())


def _require_signer(
    session: Session, person: Person, count_session: CountSession, now: datetime, number: int | None = None
) -> Signed | None:
    """Raise unless `person` may sign this session now; returns its last sign-off, which something changed since."""
    if not person.may_decide_for(count_session.team_id):
        team = session.get_one(Team, count_session.team_id)
        can = people.names_who_decide(session, count_session.team_id, now) or "Stock control"
        raise NotAllowed(f"Only approvers of {team.name} sign this off. {can} can.")
    by = signed.signed(session, count_session.id or 0)
    is_open = lines.has_open_lines(session, count_session.id or 0)
    if by is not None and (number == by.number or (by.stands and not is_open)):
        when = times.said(session, by.at, now)
        raise SignedAlready(f"{by.who} signed this off at {when}. Nothing was changed.", by)
    return by


def _require_not_alone(
    session: Session, person: Person, count_session: CountSession, rows: Sequence[ReceiptRow], now: datetime
) -> None:
    """Raise for who counted all of it, or acts for nobody but who did, while somebody else can sign."""
    counters = session.exec(
        select(CountEntry.member_id)
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .where(CountLine.session_id == count_session.id, col(CountEntry.settles))
        .distinct()
    ).all()
    team_id = count_session.team_id
    able = {
        one.id: one.name
        for one in people.deciders_of(session, team_id, now)
        if not _acts_only_for(one, team_id, counters)
    }
    able |= {one.id or 0: people.display_name(one) for one in people.controllers(session)}
    signer = counters[0] if _acts_only_for(person, team_id, counters) else person.id
    if rules.is_alone(signer, counters, able, has_posted=any(row.posted for row in rows)):
        can = wording.any_of([name for member_id, name in able.items() if member_id != signer])
        if signer == person.id:
            raise NotAllowed(f"You counted all of it, so somebody else signs it off. {can} can.")
        who = people.display_name(session.get_one(Member, signer))
        raise NotAllowed(f"You act for {who}, who counted all of it, so somebody else signs it off. {can} can.")


def _acts_only_for(person: Person, team_id: int, members: Sequence[int]) -> bool:
    """Whether somebody decides there by nothing but what one member handed over, who alone is in `members`."""
    holders = {one.holder_id for one in person.authorities_over(team_id)}
    return len(members) == 1 and holders == set(members) and person.id not in members


def _keep(
    session: Session, person: Person, facts: SheetFacts, result: SheetResult, rows: Sequence[ReceiptRow], *,
    number: int, last: int, note: str, now: datetime,
) -> SignOff:  # fmt: skip
    content = receipt_rows.as_file(session, rows)
    made = SignOff(
        session_id=facts.session_id,
        number=number,
        member_id=person.id,
        signed_at=now,
        note=note,
        lines=len(rows),
        counted=result.counted,
        blind_counts=result.counted - result.by_asker - result.left_open if facts.blind else 0,
        right_at_first=result.right_at_first if facts.blind else 0,
        skipped=len(facts.skipped),
        rejected=result.rejected,
        net_value=rounded(result.net_value),
        gross_value=rounded(result.gross_value),
        unknown_cost=result.unknown_cost,
        last_decision_id=last,
        last_ledger_id=_last_ledger_row(session, facts.session_id),
        audit_id=0,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    event = journal.audit(
        session, actor=person.slack_id, action=ACTION, subject=f"session {facts.session_id}", now=now,
        detail={name: getattr(made, name) for name in ("number", "sha256", "note", *TOTALS)},
    )  # fmt: skip
    session.flush()
    made.audit_id = event.id or 0
    session.add(made)
    session.flush()
    return made


def rounded(value: Decimal) -> Decimal:
    """A value as precise as it is kept."""
    return value.quantize(_SMALLEST, rounding=ROUND_HALF_EVEN)


def _last_ledger_row(session: Session, session_id: int) -> int:
    newest = (
        select(func.max(StockEntry.id))
        .join(CountLine, col(CountLine.id) == col(StockEntry.line_id))
        .where(CountLine.session_id == session_id)
    )
    return session.exec(newest).one() or 0
