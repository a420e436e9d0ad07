"""Whether somebody may post a value: of one line, and with all that they posted in its session before.

Both limits are of absolute values in currency; what a person takes back is posted by them, too. A value that is not
known is over every limit, and so is a session in which they posted one. A transfer is posted in two bins and counts
once: it moves one value. Who acts for somebody posts in their name: it counts for them, with what they post themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, or_, select

from models.authority import CompanyApprover
from models.counts import CountLine, Decision
from models.errors import NotAllowed
from models.people import Role, TeamRole
from models.rules import wording
from models.rules.tolerance import has_authority, total_value, variance_value
from models.services import lines
from models.services.grants import Authority
from models.services.lines import LockedLine
from models.services.people import Person


@dataclass(frozen=True)
class OverLimit:
    """`value` (signed, None unknown) is over `limit`: by itself, or with the rest `of_session`, which makes `total`."""

    value: Decimal | None
    limit: Decimal
    of_session: bool = False
    total: Decimal | None = None

    def short(self, currency: str) -> str:
        """The same in a few words: “over your limit of 500.00 EUR a session”."""
        return (
            f"over your limit of {wording.exact_money(self.limit, currency)}{' a session' if self.of_session else ''}"
        )

    def sentence(self, currency: str) -> str:
        """What the person is told, before who else may decide it."""
        over = self.short(currency)
        if self.value is None:
            return f"This item has no unit cost, so its value may be {over}."
        if not self.of_session:
            return f"{wording.money_beside(self.value, self.limit, currency)} is {over}."
        if self.total is None:
            return f"You posted something without a unit cost in this session, so with this you may be {over}."
        total = wording.money_beside(self.total, self.limit, currency)
        return f"With {wording.money(self.value, currency)} you post {total}, {over}."


def claim(
    session: Session, locked: LockedLine, person: Person, value: Decimal | None, *, other_id: int | None = None
) -> Authority | OverLimit:
    """With what `person` posts `value` on a line; until the transaction ends, nobody else posts anything with it.

    `other_id` is the line at the other side of a transfer. What was handed over by who counted one is of no use.
    """
    barred = counted_by(session, locked, other_id)
    lock_limits(session, [locked.session.team_id], person)
    enough = sufficient(session, locked, person, value, barred=barred)
    return enough[0] if enough else what_is_over(session, locked, person, value, barred)


def lock_limits(session: Session, team_ids: Collection[int], *persons: Person) -> None:
    """Have nobody else post anything that counts against the session limits of `persons` in those teams.

    The last locks that a decision takes: two lines of one session would not see what the other adds to the total.
    Everybody takes them in one order.
    """
    holders = {
        authority.holder_id
        for person in persons
        for team_id in team_ids
        for authority in person.authorities_over(team_id)
        if authority.session_limit is not None
    }
    if not holders:
        return
    session.exec(
        select(TeamRole.id)
        .where(
            col(TeamRole.team_id).in_(team_ids),
            col(TeamRole.member_id).in_(holders),
            TeamRole.role == Role.APPROVER,
        )
        .order_by(col(TeamRole.id))
        .with_for_update()
    ).all()
    session.exec(
        select(CompanyApprover.id)
        .where(col(CompanyApprover.member_id).in_(holders))
        .order_by(col(CompanyApprover.id))
        .with_for_update()
    ).all()


def counted_by(session: Session, locked: LockedLine, other_id: int | None = None) -> frozenset[int]:
    """Ids of everybody who counted a line, or that of `other_id`."""
    counted = lines.counted_by(session, locked.id)
    return frozenset(counted if other_id is None else counted | lines.counted_by(session, other_id))


def sufficient(
    session: Session, locked: LockedLine, person: Person, value: Decimal | None, *, barred: Collection[int]
) -> list[Authority]:
    """Every authority of `person` that is enough to post `value` on a line, none of them held by who is `barred`."""
    return [
        authority for authority in _usable(locked, person, barred) if _passed(session, locked, authority, value) is None
    ]


def over_limit(
    session: Session, locked: LockedLine, person: Person, value: Decimal | None, *, barred: Collection[int]
) -> OverLimit | None:
    """Which limit of `person` the posting of `value` on a line would be over; None when they may; as `sufficient`.

    Raises:
        NotAllowed: who handed them their only authority over it is barred.
    """
    if sufficient(session, locked, person, value, barred=barred):
        return None
    return what_is_over(session, locked, person, value, barred)


def require_usable(locked: LockedLine, person: Person, barred: Collection[int]) -> Authority:
    """The first authority that `person` has over a line, whatever is posted; raises as `over_limit` does."""
    usable = _usable(locked, person, barred)
    if not usable:
        [first, *_] = person.authorities_over(locked.session.team_id)
        raise NotAllowed(f"You act for {first.lender}, who counted this line, so somebody else decides it.")
    return usable[0]


def left_in_session(session: Session, locked: LockedLine, person: Person) -> Decimal | None:
    """How much a person may still post in a session, in currency; None: any value, or what they posted is not known."""
    left: list[Decimal] = []
    for authority in person.authorities_over(locked.session.team_id):
        if authority.session_limit is None:
            return None
        total = total_value(_posted(session, authority.holder_id, locked.line.session_id))
        if total is not None:
            left.append(authority.session_limit - total)
    return max(left, default=None)


def _usable(locked: LockedLine, person: Person, barred: Collection[int]) -> list[Authority]:
    return [one for one in person.authorities_over(locked.session.team_id) if one.holder_id not in barred]


def what_is_over(
    session: Session, locked: LockedLine, person: Person, value: Decimal | None, barred: Collection[int]
) -> OverLimit:
    """What stands in the way of the authority that comes nearest to being enough, when none is."""
    require_usable(locked, person, barred)
    over = [_passed(session, locked, authority, value) for authority in _usable(locked, person, barred)]
    return max((one for one in over if one is not None), key=lambda one: (one.of_session, one.limit))


def _passed(session: Session, locked: LockedLine, authority: Authority, value: Decimal | None) -> OverLimit | None:
    """Which limit of an authority the posting of `value` would be over."""
    if authority.limit is not None and not has_authority(limit=authority.limit, value=value):
        return OverLimit(value, authority.limit)
    if authority.session_limit is None or value == 0:
        return None
    total = total_value([*_posted(session, authority.holder_id, locked.line.session_id), value])
    if has_authority(limit=authority.session_limit, value=total):
        return None
    return OverLimit(value, authority.session_limit, of_session=True, total=total)


def _posted(session: Session, holder_id: int, session_id: int) -> list[Decimal | None]:
    """The value of everything posted in a session with somebody's authority; of the two sides of a transfer, one."""
    rows = session.exec(
        select(col(Decision.posted), col(Decision.unit_cost))
        .join(CountLine, col(CountLine.id) == col(Decision.line_id))
        .where(
            CountLine.session_id == session_id,
            or_(
                func.coalesce(Decision.for_member_id, Decision.member_id) == holder_id,
                func.coalesce(Decision.confirmed_for_id, Decision.confirmed_by_id) == holder_id,
            ),
            or_(col(Decision.other_line_id).is_(None), col(Decision.line_id) < col(Decision.other_line_id)),
        )
    )
    return [variance_value(posted, unit_cost) for posted, unit_cost in rows]
