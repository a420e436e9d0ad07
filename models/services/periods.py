"""Locking a period, and unlocking it: by stock control, in Slack or on the command line."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from models.counts import OPEN_STATES, CountEntry, CountLine, CountSession
from models.errors import BadInput, NotAllowed, WrongState
from models.journal import Intent
from models.people import Company, Member, Team
from models.periods import PeriodLock
from models.rules import months
from models.rules.lines import LineState
from models.rules.months import Period, read_period
from models.services import journal, people, posting_days, times
from models.services.people import Person
from models.stock import StockEntry

COMMAND_LINE = "command line"
LONGEST_REASON = 500


class Waiting(NamedTuple):
    """Lines counted in a period that are not settled: `in_review` of the `all` wait for a decision."""

    all: int
    in_review: int


def lock(session: Session, text: str, *, by: Person | None, now: datetime) -> str:
    """Lock the month that `text` names; returns what was done. `by` None: the command line.

    Raises:
        NotAllowed: for who is not of stock control.
        BadInput: `text` is no month.
        WrongState: it is locked already, or not over.
    """
    _require_stock_control(session, by, "locks")
    period = read_period(text)
    company = _alone(session)
    before = _in_force(session, period)
    if before is not None:
        raise WrongState(f"{period.name} is locked already, by {_who(session, before.locked_by)} "
                         f"at {times.said(session, before.locked_at, now)}.")  # fmt: skip
    begins, ends = period.bounds(ZoneInfo(company.timezone))
    if now < ends:
        raise WrongState(f"{period.name} is not over: it can be locked from {period.after.first_day} on.")
    made = PeriodLock(
        period=str(period),
        begins=begins,
        ends=ends,
        last_entry_id=session.exec(select(func.max(StockEntry.id))).one() or 0,
        locked_at=now,
        locked_by=by.slack_id if by else COMMAND_LINE,
    )
    session.add(made)
    session.flush()
    waiting = _waiting(session, made, now)
    journal.audit(
        session, actor=made.locked_by, action="lock period", subject=f"period {period}", now=now,
        detail=waiting._asdict(),
    )  # fmt: skip
    locked = {one.period for one in posting_days.in_force(session)}
    opens = months.said(months.first_open_day(period.first_day, locked), with_year=True)
    return f"{period.name} is locked.{_about(waiting)} What is decided about counts in it is dated {opens}."


def unlock(session: Session, text: str, reason: str, *, by: Person | None, now: datetime) -> str:
    """Unlock a month, saying why; returns what was done. What was dated after it meanwhile stays there.

    Raises:
        NotAllowed: for who is not of stock control.
        BadInput: `text` is no month, or there is no reason, or it is too long.
        WrongState: it is not locked.
    """
    _require_stock_control(session, by, "unlocks")
    period, reason = read_period(text), " ".join(reason.split())
    if not reason:
        raise BadInput(f"Say why: unlock {period} and the reason. It is kept.")
    if len(reason) > LONGEST_REASON:
        raise BadInput(f"The reason has {len(reason)} characters; make do with {LONGEST_REASON}.")
    _alone(session)
    found = _in_force(session, period)
    if found is None:
        raise WrongState(f"{period.name} is not locked.")
    found.unlocked_at, found.unlocked_by, found.unlock_reason = now, by.slack_id if by else COMMAND_LINE, reason
    session.add(found)
    session.flush()
    _waiting(session, found, now)
    journal.audit(
        session, actor=found.unlocked_by, action="unlock period", subject=f"period {period}", now=now,
        detail={"reason": reason},
    )  # fmt: skip
    return f"{period.name} is open again. What was dated after it meanwhile stays there."


def listed(session: Session, *, by: Person | None, now: datetime) -> list[str]:
    """Every lock there was, the newest month first, a sentence each."""
    _require_stock_control(session, by, "locks")
    found = session.exec(select(PeriodLock).order_by(col(PeriodLock.period).desc(), col(PeriodLock.id).desc())).all()
    return [_listed(session, one, now) for one in found] or ["No period is locked."]


def _listed(session: Session, one: PeriodLock, now: datetime) -> str:
    by = f"by {_who(session, one.locked_by)}, {times.said(session, one.locked_at, now)}"
    if one.unlocked_at is None or one.unlocked_by is None:
        return f"{one.period} locked {by}"
    undone = f"by {_who(session, one.unlocked_by)}, {times.said(session, one.unlocked_at, now)}"
    return f"{one.period} open: locked {by}; unlocked {undone}: “{one.unlock_reason}”"


def _require_stock_control(session: Session, by: Person | None, does: str) -> None:
    if by is not None and not by.is_controller:
        raise NotAllowed(f"Only stock control {does} periods. Ask {people.stock_control(session)}.")


def _alone(session: Session) -> Company:
    """Wait until nobody is posting; until the transaction ends nobody else posts (`models.services.posting_days`)."""
    company = session.exec(
        select(Company).where(Company.id == 1).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if company is None:
        raise WrongState("The company's zone is not known yet. First: python -m bot apply setup.toml")
    return company


def _in_force(session: Session, period: Period) -> PeriodLock | None:
    return session.exec(
        select(PeriodLock).where(PeriodLock.period == str(period), col(PeriodLock.unlocked_at).is_(None))
    ).one_or_none()


def _waiting(session: Session, lock: PeriodLock, now: datetime) -> Waiting:
    """Count the lines that are not settled and were counted in the period; their cards say how they are dated."""
    counted = select(CountEntry.line_id).where(
        col(CountEntry.counted_at) >= lock.begins, col(CountEntry.counted_at) < lock.ends
    )
    found = session.exec(
        select(CountLine.id, CountLine.state, Team.review_channel)
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .where(col(CountLine.state).in_(OPEN_STATES), col(CountLine.id).in_(counted))
    ).all()
    in_review = [(line_id, channel) for line_id, state, channel in found if state is LineState.IN_REVIEW]
    for line_id, channel in in_review:
        journal.notify(session, Intent.REVIEW_CARD, line_id or 0, channel=channel, now=now)
    return Waiting(len(found), len(in_review))


def _about(waiting: Waiting) -> str:
    if not waiting.all:
        return ""
    lines = "1 line counted in it still waits" if waiting.all == 1 else f"{waiting.all} lines counted in it still wait"
    return f" {lines}, {waiting.in_review} of them for a decision."


def _who(session: Session, actor: str) -> str:
    member = session.exec(select(Member).where(Member.slack_id == actor)).one_or_none()
    return people.display_name(member) if member else f"the {actor}" if actor == COMMAND_LINE else actor
