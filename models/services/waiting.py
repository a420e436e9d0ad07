"""What waits for a decision, line by line: for one person, or for everybody of a team who may read its review channel.

A line waits with what its card proposes. What speaks against deciding it without a look at that card is told with it:
to a person also that they counted it, or that it is over their limit; to a team only what is true for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession, ReviewCause
from models.errors import NotAllowed
from models.journal import Intent, SentMessage
from models.rules.bulk import Candidate
from models.rules.causes import Causes
from models.rules.lines import LineState
from models.rules.offsets import Likeness, Variance, offsets_of
from models.rules.slips import likely_slip
from models.rules.tolerance import times_tolerance
from models.services import (
    authority,
    blindness,
    causes,
    endorsements,
    judging,
    ledger,
    lines,
    people,
    posting_days,
    reviews,
    transfers,
)
from models.services.lines import LockedLine
from models.services.packs import measure_of
from models.services.people import Person
from models.services.reviews import Proposal

_ORDINARY = (ReviewCause.VARIANCE, ReviewCause.NO_OTHER_COUNTER, ReviewCause.NO_RECOUNT_MADE)
"""Causes of a review that the variance itself explains; of any other, the card tells something to look at."""

_EXPLAINED = {
    Likeness.MISPLACED: "looks misplaced; see its card",
    Likeness.LOOK_ALIKE: "perhaps taken for another; see its card",
}
"""What another line of the session may explain."""

MOST_LISTED = 100
"""Lines of one list, the longest waiting: a click may not take longer the more there is to decide."""


@dataclass(frozen=True)
class Waiting:
    """What waits: the largest value first, unknown ones before all. `more` wait beyond the list.

    `hidden` are left out because the reader may still have to count their items blind. `oldest` is since when the
    first of them waits. `cards` say where the card of a line stands in Slack, by its id: channel and `ts`.
    """

    lines: tuple[Candidate, ...]
    more: int
    hidden: int
    currency: str
    zone: ZoneInfo
    oldest: datetime | None
    causes: Causes
    cards: Mapping[int, tuple[str, str]]

    @property
    def count(self) -> int:
        """How many lines wait, those beyond the list included."""
        return len(self.lines) + self.more

    @property
    def gross(self) -> Decimal:
        """The sum of the absolute values of the list, as far as they are known."""
        return sum((abs(line.value) for line in self.lines if line.value is not None), Decimal(0))

    @property
    def unknown(self) -> int:
        """How many lines of the list have no known value."""
        return sum(line.value is None for line in self.lines)


def waiting_for(session: Session, person: Person) -> Waiting:
    """What `person` may have to decide: of their teams, or of all for stock control.

    Raises:
        NotAllowed: for somebody who decides nothing.
    """
    require_decider(person)
    seen = _under_review(session, None if person.is_controller else sorted(person.approves))
    blind = blindness.hidden_items(session, person)
    ids = [line_id for line_id, item_id in seen if item_id not in blind]
    return _listed(session, ids, hidden=len(seen) - len(ids), person=person)


def require_decider(person: Person) -> None:
    """Raise NotAllowed for somebody who decides nothing."""
    if not (person.is_controller or person.approves):
        raise NotAllowed("Only approvers and stock control decide what was counted.")


def waiting_in(session: Session, team_id: int) -> Waiting:
    """What waits in a team, for all who read its review channel: they read the cards of these lines there, too."""
    return _listed(session, [line_id for line_id, _ in _under_review(session, [team_id])], hidden=0, person=None)


def candidate_alone(session: Session, person: Person, seen: LockedLine) -> Candidate:
    """One line by itself, as `person` may decide it: what offsets it is read as well."""
    proposed = reviews.proposal(session, seen)
    offsets = transfers.offsets(session, seen, proposed)
    first = endorsements.first_of(session, [seen.id]).get(seen.id)
    return _candidate(session, person, seen, proposed, [offset.other for offset in offsets], first)


def _under_review(session: Session, team_ids: Sequence[int] | None) -> list[tuple[int, int]]:
    """The line id and item id of what waits in these teams, in all for None; the longest waiting first."""
    found = select(CountLine.id, CountLine.item_id).where(CountLine.state == LineState.IN_REVIEW)
    if team_ids is not None:
        of_teams = select(CountSession.id).where(col(CountSession.team_id).in_(team_ids))
        found = found.where(col(CountLine.session_id).in_(of_teams))
    rows = session.exec(found.order_by(col(CountLine.id))).all()
    return [(line_id, item_id) for line_id, item_id in rows if line_id is not None]


def _listed(session: Session, ids: Sequence[int], *, hidden: int, person: Person | None) -> Waiting:
    read = [reviews.read_line(session, line_id) for line_id in ids[:MOST_LISTED]]
    proposed = [reviews.proposal(session, one) for one in read]
    of_sessions: dict[int, list[Variance]] = {}
    for one, its in zip(read, proposed, strict=True):
        of_sessions.setdefault(one.line.session_id, []).append(transfers.variance_of(session, one, its))
    first = endorsements.first_of(session, ids[:MOST_LISTED])
    listed = [
        _candidate(session, person, one, its, of_sessions[one.line.session_id], first.get(one.id))
        for one, its in zip(read, proposed, strict=True)
    ]
    oldest = min((line.since for line in listed if line.since is not None), default=None)
    listed.sort(key=lambda line: (line.value is not None, -abs(line.value or Decimal(0)), line.location))
    company = people.company(session)
    return Waiting(
        lines=tuple(listed),
        more=len(ids) - len(listed),
        hidden=hidden,
        currency=company.currency,
        zone=ZoneInfo(company.timezone),
        oldest=oldest,
        causes=causes.read(session),
        cards=_cards(session, [line.line_id for line in listed]),
    )


def _cards(session: Session, line_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    subjects = [str(line_id) for line_id in line_ids]
    found = session.exec(
        select(SentMessage).where(SentMessage.intent == Intent.REVIEW_CARD, col(SentMessage.subject).in_(subjects))
    )
    return {int(card.subject): (card.channel, card.ts) for card in found}


def _candidate(
    session: Session,
    person: Person | None,
    seen: LockedLine,
    proposed: Proposal,
    others: Sequence[Variance],
    first: str | None,
) -> Candidate:
    """A line, among the variances of the `others` of its session that may offset it; `first` has decided it already."""
    item = session.get_one(Item, seen.line.item_id)
    expected = ledger.on_hand_at(session, seen.line.item_id, seen.line.location_id, proposed.instant)
    look = _to_look_at(session, seen, item, proposed, expected, others) or _two(session, seen, proposed, first)
    may = person is not None and person.may_decide_for(seen.session.team_id)
    return Candidate(
        line_id=seen.id,
        version=seen.line.version,
        sku=item.sku,
        location=session.get_one(Location, seen.line.location_id).code,
        unit=item.unit,
        variance=proposed.variance,
        value=proposed.value,
        times=times_tolerance(
            expected=expected,
            counted=proposed.quantity,
            unit_cost=proposed.unit_cost,
            limits=judging.limits_for(session, item, seen.session),
        ),
        against=look if person is None else _own(session, person, seen, proposed) or look,
        session_id=seen.line.session_id,
        left=authority.left_in_session(session, seen, person) if person is not None and may else None,
        since=seen.line.review_since or proposed.instant,
        dated=posting_days.foreseen(session, proposed.instant, proposed.variance),
    )


def _own(session: Session, person: Person, seen: LockedLine, proposed: Proposal) -> str:
    """What keeps this one person from deciding a line; "" for nothing."""
    counted = lines.counted_by(session, seen.id)
    if person.id in counted:
        return "you counted it"
    if all(one.holder_id in counted for one in person.authorities_over(seen.session.team_id)):
        return "who you act for counted it"
    over = authority.over_limit(session, seen, person, proposed.value, barred=counted)
    return "" if over is None else over.short(people.company(session).currency)


def _to_look_at(
    session: Session,
    seen: LockedLine,
    item: Item,
    proposed: Proposal,
    expected: Decimal,
    others: Sequence[Variance],
) -> str:
    """What speaks against approving a line without a look at its card, whoever does; "" for nothing."""
    if ledger.correction_after(session, seen.line.item_id, seen.line.location_id, proposed.instant) is not None:
        return "the record was corrected since; it needs a recount"
    if seen.line.review_cause not in _ORDINARY:
        return f"{seen.line.review_cause}; see its card"
    told = {offset.likeness for offset in offsets_of(transfers.variance_of(session, seen, proposed), others)}
    explained = [said for likeness, said in _EXPLAINED.items() if likeness in told]
    if likely_slip(proposed.quantity, expected, measure_of(session, item)) is not None:
        explained.append("perhaps a slip; see its card")
    return explained[0] if explained else ""


def _two(session: Session, seen: LockedLine, proposed: Proposal, first: str | None) -> str:
    """What speaks against approving it alone."""
    if first is not None:
        return f"waits for a second, {first} has decided first; see its card"
    return "takes two people; see its card" if endorsements.takes_two(session, seen.team, proposed.value) else ""
