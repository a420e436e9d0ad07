"""Whether somebody may post a value: of one line, and with all that they posted in its session before.

Both limits are of absolute values in currency; what a person takes back is posted by them, too. A value that is not
known is over every limit, and so is a session in which they posted one. A transfer is posted in two bins and counts
once: it moves one value.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, or_, select

from models.counts import CountLine, Decision
from models.people import Role, TeamRole
from models.rules import wording
from models.rules.tolerance import has_authority, total_value, variance_value
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


def claim(session: Session, locked: LockedLine, person: Person, value: Decimal | None) -> OverLimit | None:
    """As `over_limit`; until the transaction ends, nobody else posts anything in this person's name."""
    if person.session_limit(locked.session.team_id) is not None:
        # The last lock that a decision takes: two lines of one session would not see what the other adds to the total.
        session.exec(
            select(TeamRole.id)
            .where(
                TeamRole.team_id == locked.session.team_id,
                TeamRole.member_id == person.id,
                TeamRole.role == Role.APPROVER,
            )
            .with_for_update()
        ).one_or_none()
    return over_limit(session, locked, person, value)


def over_limit(session: Session, locked: LockedLine, person: Person, value: Decimal | None) -> OverLimit | None:
    """Which limit of `person` the posting of `value` on a line would be over; None when they may."""
    team_id = locked.session.team_id
    limit, session_limit = person.approval_limit(team_id), person.session_limit(team_id)
    if limit is not None and not has_authority(limit=limit, value=value):
        return OverLimit(value, limit)
    if session_limit is None or value == 0:
        return None
    total = total_value([*_posted(session, person, locked.line.session_id), value])
    if has_authority(limit=session_limit, value=total):
        return None
    return OverLimit(value, session_limit, of_session=True, total=total)


def left_in_session(session: Session, locked: LockedLine, person: Person) -> Decimal | None:
    """How much a person may still post in a session, in currency; None: any value, or what they posted is not known."""
    limit = person.session_limit(locked.session.team_id)
    total = None if limit is None else total_value(_posted(session, person, locked.line.session_id))
    return None if limit is None or total is None else limit - total


def _posted(session: Session, person: Person, session_id: int) -> list[Decimal | None]:
    """The value of everything that a person posted in a session; of the two sides of a transfer, one."""
    rows = session.exec(
        select(col(Decision.posted), col(Decision.unit_cost))
        .join(CountLine, col(CountLine.id) == col(Decision.line_id))
        .where(
            CountLine.session_id == session_id,
            Decision.member_id == person.id,
            or_(col(Decision.other_line_id).is_(None), col(Decision.line_id) < col(Decision.other_line_id)),
        )
    )
    return [variance_value(posted, unit_cost) for posted, unit_cost in rows]
