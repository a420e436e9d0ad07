"""The receipt of a sign-off, as it is told in the thread of the sheet, and when it may be.

It says what was signed, whatever happened since. Two things hold it back. Its numbers tell the record of what it
lists, and who counts reads the thread: as long as somebody of this channel is counting one of these items, here or in
another session, it waits. And it shows the head of the newest seal, which proves the sign-off only when that seal came
after it; for this it waits `PATIENCE`, and then says that the seal is still to come.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from models.counts import OPEN_STATES, CountLine, CountSession
from models.people import Company, Member, Role, TeamRole
from models.rules.lines import LineState
from models.rules.receipts import TOLD, Cells, Change, changes
from models.services import people, receipt_rows, seal_receipts, seals, sign_offs
from models.services.seal_receipts import Head
from models.sign_offs import SignOff

PATIENCE = timedelta(minutes=1)
_LATER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ReceiptFacts:
    """What is told of a sign-off. `counters` and `deciders` count lines by person, `skipped` are bins.

    `before` is who signed the session before and when, `changed` what has become another since. `is_sealed`: the seal
    of `head` covers the sign-off and all that its lines posted. `is_being_counted`: by somebody who may read this.
    """

    signed: SignOff
    who: str
    name: str
    zone: ZoneInfo
    currency: str
    counters: tuple[tuple[str, int], ...]
    deciders: tuple[tuple[str, int], ...]
    skipped: tuple[str, ...]
    before: tuple[str, datetime] | None
    changed: tuple[Change, ...]
    head: Head | None
    is_sealed: bool
    is_being_counted: bool

    @property
    def not_before(self) -> datetime | None:
        """Until when it is held back at most; None: not at all."""
        if self.is_being_counted:
            return _LATER
        return None if self.is_sealed else self.signed.signed_at + PATIENCE


def receipt_facts(session: Session, sign_off_id: int) -> ReceiptFacts:
    """Read a sign-off; NoResultFound for an id that is none."""
    signed = session.get_one(SignOff, sign_off_id)
    count_session = session.get_one(CountSession, signed.session_id)
    company: Company = people.company(session)
    rows = receipt_rows.read_file(signed.content)
    before = _before(session, signed)
    head = seal_receipts.newest_head(session)
    return ReceiptFacts(
        signed=signed,
        who=_name(session, signed),
        name=count_session.name,
        zone=ZoneInfo(company.timezone),
        currency=company.currency,
        counters=tuple(Counter(_first_counter(row) for row in rows if row["counted_by"]).most_common()),
        deciders=sign_offs.deciders([row["decided_by"] for row in rows]),
        skipped=tuple(row["bin"] for row in rows if row["state"] == LineState.SKIPPED.value.lower()),
        before=None if before is None else (_name(session, before), before.signed_at),
        changed=() if before is None else tuple(_changed(before, rows)),
        head=head,
        is_sealed=_is_sealed(session, signed),
        is_being_counted=_is_being_counted(session, signed),
    )


def _is_sealed(session: Session, signed: SignOff) -> bool:
    reached = {"auditevent": signed.audit_id, "stockentry": signed.last_ledger_id}
    return all((seals.last_sealed(session, table) or 0) >= row_id for table, row_id in reached.items())


def _is_being_counted(session: Session, signed: SignOff) -> bool:
    """Whether an item of it is being counted by somebody who may read this thread, as far as we know who does.

    What was skipped tells nothing of the record.
    """
    team_id = session.get_one(CountSession, signed.session_id).team_id
    readers = set(
        session.exec(select(TeamRole.member_id).where(TeamRole.team_id == team_id, col(TeamRole.is_active))).all()
    )
    teams = {
        team_id,
        *session.exec(
            select(TeamRole.team_id).where(
                col(TeamRole.member_id).in_(readers), TeamRole.role == Role.COUNTER, col(TeamRole.is_active)
            )
        ).all(),
    }
    told = select(CountLine.item_id).where(
        CountLine.session_id == signed.session_id, CountLine.state != LineState.SKIPPED
    )
    found = session.exec(
        select(CountLine.id)
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .where(
            col(CountLine.state).in_(OPEN_STATES),
            col(CountLine.item_id).in_(told),
            or_(col(CountSession.team_id).in_(teams), col(CountLine.asked_member_id).in_(readers)),
        )
        .limit(1)
    ).first()
    return found is not None


def _before(session: Session, signed: SignOff) -> SignOff | None:
    return session.exec(
        select(SignOff).where(SignOff.session_id == signed.session_id, SignOff.number == signed.number - 1)
    ).one_or_none()


def _changed(before: SignOff, rows: Sequence[Cells]) -> Sequence[Change]:
    return list(changes(receipt_rows.read_file(before.content), rows, TOLD))


def _first_counter(row: Cells) -> str:
    return row["counted_by"].split("; ", 1)[0]


def _name(session: Session, signed: SignOff) -> str:
    return people.display_name(session.get_one(Member, signed.member_id))
