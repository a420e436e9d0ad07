"""Everything an approver needs to judge one line, read in one transaction: the facts of a review card.

A variance is judged against what the ledger said when somebody counted. Three things can have happened since, and the
card keeps them apart: stock moved *after* the count (on-hand today is another number, the variance is the same); a
movement from *before* the count was recorded late (the variance is another one, and both are shown); somebody
corrected the record after the count (then approving could write the same shortage off twice, so only a new count
helps).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, Decision, DecisionKind, ReviewCause
from models.parts import Closing
from models.people import Member
from models.rules.causes import Causes, Wish
from models.rules.lines import LineState
from models.rules.offsets import Offset
from models.rules.policies import Policy
from models.rules.slips import likely_slip
from models.rules.tolerance import variance_value
from models.services import (
    causes,
    endorsements,
    inquiries,
    ledger,
    lines,
    parts,
    people,
    posting_days,
    reviews,
    seconds,
    transfers,
)
from models.services.card_attempts import AttemptFacts, first_count_visible, last_that_counts, read_attempts
from models.services.card_parts import (
    LastCount,
    MovementFacts,
    Movements,
    OtherBin,
    elsewhere,
    last_counts,
    listed,
    movement_facts,
    movements,
    on_hand_recorded_by,
)
from models.services.inquiries import InquiryFacts
from models.services.lines import LockedLine
from models.services.movers import Movers
from models.services.packs import measure_of
from models.services.photos import PhotoFacts, photos_by_line
from models.services.seconds import FirstFacts
from models.services.sheets import unnamed
from models.services.standing import standing_decisions


@dataclass(frozen=True)
class DecisionFacts:
    """What was decided. `who` None: the tolerance limit. `on_hand` as the books showed it right after.

    `for_whom` is who had handed their authority over, `second` who confirmed it, `second_for` who theirs was of.
    `veiled`: it was a transfer, and the bin at its other side is being counted by somebody who may read this.
    `dated` says why the books take it on another day than that of the count.
    """

    who: str | None
    kind: DecisionKind
    at: datetime
    reason: str | None
    note: str
    posted: Decimal
    on_hand: Decimal
    veiled: bool = False
    for_whom: str | None = None
    second: str | None = None
    second_for: str | None = None
    dated: str = ""


@dataclass(frozen=True)
class Deciders:
    """Who may decide the proposed variance. `controllers_only`: no approver of the team may."""

    names: tuple[str, ...]
    controllers_only: bool


@dataclass(frozen=True)
class CardFacts:
    """A line under review, or after it. Quantities are in base units, values in the company's currency.

    `variance` and `value` are what the last attempt found, `percent` is the variance over |on-hand| at the count (None
    when nothing was expected). `proposed` and `proposed_value` are what *Approve* would post: the same, unless the line
    was settled before and came back; then `posted_before` says what was posted for it, and the proposal compensates.
    A value of None means that the unit cost is unknown. `on_hand` is today's. `chosen_because` says why the line was on
    the sheet, where that was not simply its turn. `meanwhile` is what moved while parts were added up, `slip` what the
    variance would be if it were only one. `found`: it was on no sheet. `elsewhere` are the other bins where the
    record has such items, the nearest first, while the line waits; `offsets` the lines under review whose variance
    cancels this one out. `causes` are those that an approval may carry. `first` is what one of two people decided, and
    `takes_two_above` the value above which it takes two, when what is proposed is worth more.
    `dated` says on which other day than that of the count the books would take it, and why. `inquiries` are the
    questions to those who moved the part, `askable` the names of those who may be asked.
    """

    line_id: int
    version: int
    state: LineState
    sku: str
    name: str
    unit: str
    location: str
    plan: str
    chosen_because: str
    blind: bool
    team: str
    zone: ZoneInfo
    currency: str
    attempts: tuple[AttemptFacts, ...]
    variance: Decimal
    value: Decimal | None
    percent: Decimal | None
    proposed: Decimal
    proposed_value: Decimal | None
    posted_before: Decimal | None
    on_hand: Decimal
    since: Movements
    late: Movements
    before: Movements
    last_counts: tuple[LastCount, ...]
    first_count_visible: bool
    cause: ReviewCause | None
    correction: MovementFacts | None
    deciders: Deciders
    can_recount: bool
    asked: str | None
    decisions: tuple[DecisionFacts, ...]
    unnamed: tuple[str, ...]
    meanwhile: Movements = field(default_factory=Movements)
    slip: str | None = None
    found: bool = False
    elsewhere: tuple[OtherBin, ...] = ()
    offsets: tuple[Offset, ...] = ()
    photos: tuple[PhotoFacts, ...] = ()
    causes: tuple[str, ...] = Causes().offered(Wish.APPROVE)
    first: FirstFacts | None = None
    takes_two_above: Decimal | None = None
    dated: str = ""
    inquiries: tuple[InquiryFacts, ...] = ()
    askable: tuple[str, ...] = ()

    @property
    def last(self) -> AttemptFacts:
        """The attempt that the proposal rests on."""
        return last_that_counts(self.attempts)

    @property
    def is_open(self) -> bool:
        """Whether the line waits for a decision."""
        return self.state is LineState.IN_REVIEW


def card_facts(session: Session, line_id: int, now: datetime | None = None) -> CardFacts:
    """Read a line that has been counted; nothing is locked or written. NoResultFound for an id that is no line."""
    seen = reviews.read_line(session, line_id)
    line, company = seen.line, people.company(session)
    item, location = session.get_one(Item, line.item_id), session.get_one(Location, line.location_id)
    in_review, movers = line.state is LineState.IN_REVIEW, Movers(session)
    proposed = reviews.proposal(session, seen)
    attempts, counters = read_attempts(session, line_id, asked_by=seen.session.asked_by_id)
    decisions = _decisions(session, line_id)
    counted_at, heard_at = proposed.instant, proposed.entry.recorded_at
    decided_at = decisions[-1][0].decided_at if decisions and not in_review else None
    last = last_that_counts(attempts)
    variance = last.quantity - last.expected
    accepted = [one for one in standing_decisions(session, line_id) if one.entry_id == proposed.entry.id]
    correction = ledger.correction_after(session, line.item_id, line.location_id, counted_at) if in_review else None
    asked = session.get(Member, line.asked_member_id) if line.asked_member_id is not None else None
    return CardFacts(
        line_id=line_id,
        version=line.version,
        state=line.state,
        sku=item.sku,
        name=item.name,
        unit=item.unit,
        location=location.code,
        plan=seen.session.name,
        chosen_because="" if line.policy == Policy.DUE else line.reason,
        blind=seen.session.blind,
        team=seen.team.name,
        zone=ZoneInfo(company.timezone),
        currency=company.currency,
        attempts=attempts,
        variance=variance,
        value=variance_value(variance, proposed.unit_cost),
        percent=None if last.expected == 0 else variance / abs(last.expected) * 100,
        proposed=proposed.variance,
        proposed_value=proposed.value,
        posted_before=sum((decision.posted for decision in accepted), Decimal(0)) if accepted else None,
        on_hand=seen.level.on_hand,
        since=movements(session, line, movers, occurred_after=counted_at, recorded_until=decided_at),
        late=movements(
            session, line, movers, occurred_until=counted_at, recorded_after=heard_at, recorded_until=decided_at
        ),
        before=movements(session, line, movers, occurred_until=counted_at, recorded_until=heard_at),
        last_counts=last_counts(session, line),
        first_count_visible=first_count_visible(attempts),
        cause=line.review_cause,
        correction=None if correction is None else movement_facts(correction, movers),
        deciders=_deciders(session, seen, proposed.value, now) if in_review else Deciders((), controllers_only=False),
        can_recount=in_review and bool(lines.recounters(session, seen, approvers_too=True)),
        asked=None if asked is None else people.display_name(asked),
        decisions=tuple(_decision(session, line, decision, member) for decision, member in decisions),
        meanwhile=listed(parts.moved_meanwhile(session, line.item_id, line.location_id, proposed.entry), movers),
        slip=_slip(session, item, last),
        photos=photos_by_line(session, [line_id]).get(line_id, ()),
        unnamed=unnamed([*counters, *(m for _, m in decisions if m is not None), *([asked] if asked else [])]),
        found=line.found,
        elsewhere=elsewhere(session, line) if in_review else (),
        offsets=tuple(transfers.offsets(session, seen, proposed)),
        causes=causes.read(session).offered(Wish.APPROVE),
        first=None if line.state is LineState.RECOUNT else seconds.first_facts(session, seen, now),
        takes_two_above=_takes_two_above(session, seen, proposed.value),
        inquiries=inquiries.inquiries_of(session, line_id),
        askable=tuple(person.name for person, _ in inquiries.askable(session, seen)),
        dated=posting_days.foreseen(session, counted_at, proposed.variance) if in_review else "",
    )


def _slip(session: Session, item: Item, last: AttemptFacts) -> str | None:
    """The slip that the last number may be; of parts that nobody closed it would be no explanation."""
    if last.quantity == last.expected or last.closing is Closing.LEFT_OPEN:
        return None
    return likely_slip(last.quantity, last.expected, measure_of(session, item))


def _decisions(session: Session, line_id: int) -> list[tuple[Decision, Member | None]]:
    rows: Sequence[tuple[Decision, Member | None]] = session.exec(
        select(Decision, Member)
        .outerjoin(Member, col(Member.id) == col(Decision.member_id))
        .where(Decision.line_id == line_id)
        .order_by(col(Decision.id))
    ).all()
    return list(rows)


def _deciders(session: Session, seen: LockedLine, value: Decimal | None, now: datetime | None) -> Deciders:
    able = reviews.with_authority(session, seen, value, now=now)
    team = seen.session.team_id
    return Deciders(
        tuple(person.name for person in able),
        controllers_only=bool(able) and all(team not in person.approves for person in able),
    )


def _decision(session: Session, line: CountLine, decision: Decision, member: Member | None) -> DecisionFacts:
    return DecisionFacts(
        who=None if member is None else people.display_name(member),
        kind=decision.kind,
        at=decision.decided_at,
        reason=decision.reason,
        note=decision.note,
        posted=decision.posted,
        on_hand=on_hand_recorded_by(session, line, decision.decided_at),
        veiled=_is_being_counted(session, decision.other_line_id),
        for_whom=_called(session, decision.for_member_id),
        second=_called(session, decision.confirmed_by_id),
        second_for=_called(session, decision.confirmed_for_id),
        dated=posting_days.of_decision(session, decision),
    )


def _takes_two_above(session: Session, seen: LockedLine, value: Decimal | None) -> Decimal | None:
    takes_two = seen.line.state is LineState.IN_REVIEW and endorsements.takes_two(session, seen.team, value)
    return endorsements.amount_above(session, seen.team) if takes_two else None


def _called(session: Session, member_id: int | None) -> str | None:
    return None if member_id is None else people.display_name(session.get_one(Member, member_id))


def _is_being_counted(session: Session, line_id: int | None) -> bool:
    return line_id is not None and session.get_one(CountLine, line_id).state in lines.WAITING_STATES
