"""Whether a session was signed off, by whom and when, and whether it changed since; for who needs no more than that.

A sign-off and whatever opens a line of its session again must see each other. The sign-off locks the session against
everybody (`lock_for_signing`); who opens a line waits for that at the very end of their transaction, where they hold
their lines but no row of the outbox (`tell_of_change`). So either the sign-off finds the line open, or who opens it
finds the sign-off and has it told in the thread.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from models.counts import CountLine, CountSession, Decision
from models.errors import NotFound, WrongState
from models.journal import Intent
from models.people import Member
from models.services import journal, people, times
from models.sign_offs import SignOff


@dataclass(frozen=True)
class Signed:
    """The newest sign-off of a session. `stands`: nothing was decided since."""

    sign_off_id: int
    number: int
    member_id: int
    who: str
    at: datetime
    stands: bool


def signed(session: Session, session_id: int) -> Signed | None:
    """The newest sign-off of a session; None for one that nobody signed."""
    found = session.exec(
        select(SignOff)
        .where(SignOff.session_id == session_id)
        .options(defer(SignOff.content))  # type: ignore[arg-type]  # SQLModel types a column as what it holds
        .order_by(col(SignOff.number).desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    stands = last_decision(session, session_id) <= found.last_decision_id
    who = people.display_name(session.get_one(Member, found.member_id))
    return Signed(found.id or 0, found.number, found.member_id, who, found.signed_at, stands)


def last_decision(session: Session, session_id: int) -> int:
    """The id of the newest decision about a line of the session; 0 for none."""
    return (
        session.exec(
            select(func.max(Decision.id))
            .join(CountLine, col(CountLine.id) == col(Decision.line_id))
            .where(CountLine.session_id == session_id)
        ).one()
        or 0
    )


def lock_for_signing(session: Session, session_id: int) -> CountSession:
    """Keep everybody from opening a line of the session, or adding one, until the transaction ends."""
    found = session.exec(
        select(CountSession)
        .where(CountSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("That count is not there any more.")
    return found


def require_not_signed(session: Session, count_session: CountSession, sku: str, now: datetime) -> None:
    """Refuse that a line is added to a session that was signed off; to be called before and after it is written."""
    by = signed(session, count_session.id or 0)
    if by is not None:
        when = times.said(session, by.at, now)
        again = f"“/count now {sku}” has it counted."
        raise WrongState(f"{by.who} signed {count_session.name} off at {when}, so nothing is added to it. {again}")


def said(session: Session, session_id: int, now: datetime) -> str:
    """What somebody is told whose count comes too late, behind why: who signed the session off; empty for nobody."""
    by = signed(session, session_id)
    return "" if by is None else f" {by.who} signed the count off at {times.said(session, by.at, now)}."


def tell_of_change(session: Session, session_id: int, channel: str, now: datetime) -> None:
    """A line of the session is opened again: if it was signed off, its thread is told."""
    before = signed(session, session_id)

    def is_signed(at_end: Session) -> bool:
        # Not the lock that who adds a line takes, nor one that they have to wait for: only a sign-off is waited for.
        wanted = select(CountSession.id).where(CountSession.id == session_id)
        at_end.exec(wanted.with_for_update(read=True, key_share=True)).one()
        return signed(at_end, session_id) is not None

    subject = f"{session_id}.{0 if before is None else before.number}"
    journal.notify(session, Intent.SIGN_OFF_CHANGED, subject, channel=channel, now=now, only_if=is_signed)
