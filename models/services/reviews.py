"""What an approver is asked to decide: the quantity proposed, its variance, and who has the authority."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, select

from models.counts import CountEntry, CountLine, CountSession
from models.people import Member, Team
from models.rules.tolerance import variance_value
from models.services import authority, judging, lines, people
from models.services.lines import LockedLine
from models.services.people import Person
from models.services.standing import standing_decisions
from models.stock import StockLevel


@dataclass(frozen=True)
class Proposal:
    """What *Approve* would do: accept `quantity` as of `instant`, which posts `variance`.

    `unit_cost` is that of the count, None when it is unknown. `counter` made the entry that it rests on.
    """

    quantity: Decimal
    instant: datetime
    entry: CountEntry
    counter: Member
    variance: Decimal
    unit_cost: Decimal | None

    @property
    def value(self) -> Decimal | None:
        """The variance in currency; None when the unit cost is unknown."""
        return variance_value(self.variance, self.unit_cost)


def read_line(session: Session, line_id: int) -> LockedLine:
    """A line and what belongs to it, in the shape that the services take; for who only reads, so nothing is locked."""
    line = session.get_one(CountLine, line_id)
    count_session = session.get_one(CountSession, line.session_id)
    team = session.get_one(Team, count_session.team_id)
    level = session.exec(
        select(StockLevel).where(
            StockLevel.item_id == line.item_id,
            StockLevel.location_id == line.location_id,
        )
    ).one()
    return LockedLine(line, line_id, level, count_session, team)


def proposal(session: Session, locked: LockedLine) -> Proposal:
    """The last attempt, against its own expected; or what was accepted since, when the line came back after that."""
    last = lines.attempts_of(session, locked.id)[-1]
    quantity, instant = last.entry.quantity, last.entry.counted_at
    for decision in (d for d in standing_decisions(session, locked.id) if d.entry_id == last.entry.id):
        if decision.quantity is not None and decision.count_instant is not None:
            quantity, instant = decision.quantity, decision.count_instant
    variance = judging.unposted_variance(session, locked, quantity, instant)
    cost = judging.unit_cost_at(session, locked, last.entry)
    return Proposal(quantity, instant, last.entry, last.member, variance, cost)


def with_authority(
    session: Session,
    locked: LockedLine,
    value: Decimal | None,
    *,
    now: datetime | None,
    other_id: int | None = None,
    apart_from: Collection[int] = (),
) -> list[Person]:
    """Who may post `value` (currency, signed; None unknown) on a line, or else the controllers.

    Those are its team's approvers, those of every team, and who acts for one of them today. Nobody who counted the
    line is among them, or that of `other_id`, the other side of a transfer, or acts for who did; and nobody of
    `apart_from`. An empty list means that nobody is left.
    """
    barred = authority.counted_by(session, locked, other_id).union(apart_from)
    approvers = [
        person
        for person in people.deciders_of(session, locked.session.team_id, now)
        if person.id not in barred and authority.sufficient(session, locked, person, value, barred=barred)
    ]
    if approvers:
        return approvers
    return [people.person_of(session, member) for member in people.controllers(session) if member.id not in barred]
