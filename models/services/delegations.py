"""Handing authority over: an approver's, to somebody else, from one day to another.

Whoever it is handed to may decide what the approver may, and no more; they do not hand it on. It ends with its last
day, when somebody ends it, and when the approver loses the role that it comes from.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from models.authority import Delegation
from models.errors import BadInput, NotAllowed, NotFound, WrongState
from models.journal import Intent
from models.people import Member, Team
from models.rules import wording
from models.rules.delegating import FOR_OTHERS, FORMS, End, HandOver, Who
from models.services import grants, journal, people
from models.services.people import Person

SET = "delegate"
ENDED = "end delegation"
"""The actions in the audit trail."""

LONGEST = timedelta(days=366)
_MOST_LISTED = 30


@dataclass(frozen=True)
class Handed:
    """What one person handed over to another; `team` None: every team that they approve for.

    `unnamed` is the Slack id of a delegate whose name is not known yet.
    """

    delegation_id: int
    holder: str
    delegate: str
    team: str | None
    first: date
    last: date
    runs: bool
    is_over: bool
    unnamed: str | None = None


@dataclass(frozen=True)
class Told:
    """What the holder, or the delegate, is told of it; `to` is their Slack id, `by` who else set it."""

    handed: Handed
    to: str
    to_delegate: bool
    by: str | None


def hand_over(session: Session, *, person: Person, wish: HandOver, now: datetime) -> Handed:
    """Hand over what an approver may decide.

    Raises:
        NotAllowed: for who hands over what is not theirs, but for stock control.
        NotFound, BadInput: for people, teams and days that make no sense.
        WrongState: it is handed over already in these days.
    """
    holder = _holder(session, person, wish.holder)
    team_id = _team_id(session, holder, wish.team, is_own=holder.id == person.id)
    delegate = _find(session, wish.delegate, may_be_new=True)
    today = grants.today(session, now)
    first = wish.first or today
    if delegate.id == holder.id:
        raise BadInput("Name somebody else: one's authority is one's own already.")
    if wish.last < first:
        raise BadInput(f"The last day is before the first. {FORMS}")
    if first < today:
        raise BadInput(f"{first} is over; begin with {today} or later. {FORMS}")
    if wish.last - first > LONGEST:
        raise BadInput("That is longer than a year. Hand it over for less, and once more then.")
    _refuse_overlap(session, holder, team_id, first, wish.last)
    assert delegate.id is not None  # noqa: S101 - a stored row has an id
    row = Delegation(
        holder_id=holder.id, delegate_id=delegate.id, team_id=team_id, first_day=first, last_day=wish.last,
        set_by_id=person.id, set_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _write_down(session, row, SET, actor=person.slack_id, now=now)
    return _handed(session, row, today)


def end(session: Session, *, person: Person, wish: End, now: datetime) -> list[Handed]:
    """End what is handed over, or is to be; raises as `hand_over` does, WrongState when there is nothing to end."""
    holder = _holder(session, person, wish.holder)
    delegate = None if wish.delegate is None else _find(session, wish.delegate)
    today = grants.today(session, now)
    rows = [
        row
        for row in _not_over(session, today, Delegation.holder_id == holder.id)
        if delegate is None or row.delegate_id == delegate.id
    ]
    if not rows:
        raise WrongState(f"Nothing is handed over. {FORMS if holder.id == person.id else FOR_OTHERS}")
    for row in rows:
        _end(session, row, actor=person.slack_id, now=now)
    return [_handed(session, row, today) for row in rows]


def end_lapsed(session: Session, *, actor: str, now: datetime) -> list[Handed]:
    """End what was handed over by who has lost the role that it comes from."""
    today = grants.today(session, now)
    rows = [row for row in _not_over(session, today) if not _is_backed(session, row)]
    for row in rows:
        _end(session, row, actor=actor, now=now)
    return [_handed(session, row, today) for row in rows]


def listed(session: Session, person: Person, now: datetime) -> list[Handed]:
    """What is handed over by or to somebody, today or later; for stock control, by and to everybody."""
    today = grants.today(session, now)
    rows = [
        row
        for row in _not_over(session, today)
        if person.is_controller or person.id in (row.holder_id, row.delegate_id)
    ]
    return [_handed(session, row, today) for row in rows[:_MOST_LISTED] if _is_backed(session, row)]


def told(session: Session, delegation_id: int, member_id: int, now: datetime) -> Told:
    """Read what one of the two is told; NoResultFound for ids that are none."""
    row = session.get_one(Delegation, delegation_id)
    by = None if row.set_by_id == row.holder_id else _name(session, row.set_by_id)
    return Told(
        handed=_handed(session, row, grants.today(session, now)),
        to=session.get_one(Member, member_id).slack_id,
        to_delegate=member_id == row.delegate_id,
        by=by,
    )


def _holder(session: Session, person: Person, named: Who | None) -> Person:
    """Whose authority it is: one's own, or for stock control anybody's. Held until the transaction ends."""
    if named is None:
        holder = person
    else:
        holder = people.person_of(session, _find(session, named))
        if holder.id != person.id and not person.is_controller:
            raise NotAllowed(f"Only stock control hands over for others. {FORMS}")
    if not grants.own(session, holder.id):
        if holder.id == person.id:
            forms = FOR_OTHERS if person.is_controller else FORMS
            raise NotAllowed(f"You have no authority of your own that could be handed over. {forms}")
        raise NotAllowed(f"{holder.name} has no authority of their own that could be handed over. {FOR_OTHERS}")
    session.exec(select(Member.id).where(Member.id == holder.id).with_for_update(key_share=True)).one()
    return holder


def _team_id(session: Session, holder: Person, named: str, *, is_own: bool) -> int | None:
    if not named:
        return None
    own = grants.own(session, holder.id)
    teams = {team.id: team.name for team in session.exec(select(Team).where(col(Team.id).in_(own)))}
    for team_id, name in teams.items():
        if name.casefold() == named.casefold():
            return team_id
    whose = "You approve" if is_own else f"{holder.name} approves"
    raise NotFound(f"{whose} for {wording.all_of(sorted(teams.values()))}, not for “{named[:40]}”. {FORMS}")


def _find(session: Session, who: Who, *, may_be_new: bool = False) -> Member:
    """Somebody by Slack id, or by a name that only one has; `may_be_new`: also who Slack alone knows."""
    if who.slack_id is not None:
        found = session.exec(select(Member).where(Member.slack_id == who.slack_id)).one_or_none()
        if found is None and may_be_new and who.is_sure:
            found = Member(slack_id=who.slack_id)
            session.add(found)
            session.flush()
        if found is not None:
            return found
    named = [one for one in session.exec(select(Member)) if (one.name or "").casefold() == who.name.casefold()]
    if len(named) == 1:
        return named[0]
    how = "There are several called" if named else "I know nobody called"
    raise NotFound(f"{how} “{who.name[:40]}”. Choose the name from Slack's list behind the @.")


def _refuse_overlap(session: Session, holder: Person, team_id: int | None, first: date, last: date) -> None:
    for row in _not_over(session, first, Delegation.holder_id == holder.id):
        if row.first_day <= last and (None in (row.team_id, team_id) or row.team_id == team_id):
            until = f"{_name(session, row.delegate_id)}, {row.first_day} to {row.last_day}"
            raise WrongState(f"That is handed over already: to {until}. “/count delegate end” ends it first.")


def _not_over(session: Session, day: date, *bounds: bool) -> list[Delegation]:
    return list(
        session.exec(
            select(Delegation)
            .where(*bounds, col(Delegation.ended_at).is_(None), col(Delegation.last_day) >= day)
            .order_by(col(Delegation.first_day), col(Delegation.id))
        ).all()
    )


def _is_backed(session: Session, row: Delegation) -> bool:
    """Whether the holder still has the role that it comes from."""
    own = grants.own(session, row.holder_id)
    return bool(own) if row.team_id is None else row.team_id in own


def _end(session: Session, row: Delegation, *, actor: str, now: datetime) -> None:
    row.ended_at = now
    session.add(row)
    session.flush()
    _write_down(session, row, ENDED, actor=actor, now=now)


def _write_down(session: Session, row: Delegation, action: str, *, actor: str, now: datetime) -> None:
    """Keep it in the trail, and have both told."""
    journal.audit(
        session, actor=actor, action=action, subject=f"delegation {row.id}", now=now,
        detail={
            "from": session.get_one(Member, row.holder_id).slack_id,
            "to": session.get_one(Member, row.delegate_id).slack_id,
            "team": None if row.team_id is None else session.get_one(Team, row.team_id).name,
            "first": row.first_day,
            "last": row.last_day,
        },
    )  # fmt: skip
    team_id = row.team_id or next(iter(grants.own(session, row.holder_id)), None)
    team = session.get(Team, team_id) if team_id is not None else None
    for member_id in (row.holder_id, row.delegate_id):
        member = session.get_one(Member, member_id)
        # Whom Slack cannot write to in person is told where their decisions are made.
        channel = team.review_channel if team is not None else member.slack_id
        journal.notify(session, Intent.DELEGATION, f"{row.id}.{member_id}", channel=channel, now=now)


def _handed(session: Session, row: Delegation, today: date) -> Handed:
    assert row.id is not None  # noqa: S101 - a stored row has an id
    delegate = session.get_one(Member, row.delegate_id)
    return Handed(
        delegation_id=row.id,
        holder=_name(session, row.holder_id),
        delegate=people.display_name(delegate),
        team=None if row.team_id is None else session.get_one(Team, row.team_id).name,
        first=row.first_day,
        last=row.last_day,
        runs=row.ended_at is None and row.first_day <= today <= row.last_day,
        is_over=row.ended_at is not None or row.last_day < today,
        unnamed=delegate.slack_id if delegate.name is None else None,
    )


def _name(session: Session, member_id: int) -> str:
    return people.display_name(session.get_one(Member, member_id))
