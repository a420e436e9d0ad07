"""What a count sheet may say: who does which line, and how far the session is.

The sheet stands in the team's channel, where everybody reads it who may still have to count a line blind. While a
session is open these facts therefore hold no quantity, no variance and no hint whether a count matched: a line is to
count, done, to be recounted, with the approvers, or skipped. The result joins them when the last line is settled.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountEntry, CountLine, CountSession, Decision, Judgement, LineSkip
from models.people import Member, Team
from models.rules import accuracy
from models.rules.accuracy import FirstCount
from models.rules.lines import LineState
from models.rules.policies import HIDDEN, Policy
from models.services import parts, people


class LineWord(StrEnum):
    """What the team is told of a line. Why a line is where it is, is not told."""

    TO_COUNT = "to count"
    ADDING_UP = "adding up"
    DONE = "done"
    RECOUNT = "recount asked"
    WITH_APPROVERS = "with the approvers"
    SKIPPED = "skipped"


_WORDS = {
    LineState.TO_COUNT: LineWord.TO_COUNT,
    LineState.RECOUNT: LineWord.RECOUNT,
    LineState.IN_REVIEW: LineWord.WITH_APPROVERS,
    LineState.RECONCILED: LineWord.DONE,
    LineState.REJECTED: LineWord.DONE,
    LineState.SKIPPED: LineWord.SKIPPED,
}

_HANDED_OUT = (LineWord.TO_COUNT, LineWord.RECOUNT)


@dataclass(frozen=True)
class SheetLine:
    """One line, in walk order.

    `who`: the first counter of a line that is done, who is asked to recount it, who has it, or those who are adding it
    up. `reason` is why a line was skipped. `found`: it was not chosen, somebody came upon it.
    """

    line_id: int
    location: str
    name: str
    sku: str
    word: LineWord
    who: str | None = None
    reason: str = ""
    found: bool = False


@dataclass(frozen=True)
class SheetResult:
    """What came of a closed session. Values are in the company's currency, of what was posted.

    `rejected` lines are among the `counted`; so are those first counted `by_asker`, who had asked for the count, and of
    those nobody says whether they were right, nor of those whose parts were `left_open`. `unknown_cost` lines have no
    unit cost and are in neither value.
    """

    closed_at: datetime
    counted: int
    rejected: int
    right_at_first: int
    by_asker: int
    net_value: Decimal
    gross_value: Decimal
    unknown_cost: int
    left_open: int = 0


@dataclass(frozen=True)
class SheetFacts:
    """A session as its team may see it. `by_person` counts lines by their first counter, the busiest first.

    `chosen` counts lines by what chose them, in words for counters; empty when it was simply their turn.
    `moved_because` says why the session started later than its schedule says.
    """

    session_id: int
    name: str
    team: str
    channel: str
    due_at: datetime
    replies: bool
    zone: ZoneInfo
    currency: str
    lines: tuple[SheetLine, ...]
    by_person: tuple[tuple[str, int], ...]
    chosen: tuple[tuple[str, int], ...]
    moved_because: str
    blind: bool
    result: SheetResult | None
    unnamed: tuple[str, ...]

    @property
    def counted(self) -> int:
        """Lines with a count."""
        return sum(number for _, number in self.by_person)

    @property
    def skipped(self) -> tuple[SheetLine, ...]:
        """Lines nobody could count."""
        return tuple(line for line in self.lines if line.word is LineWord.SKIPPED)

    @property
    def can_be_counted(self) -> bool:
        """Whether a line waits for somebody's count."""
        return any(line.word in (LineWord.TO_COUNT, LineWord.ADDING_UP, LineWord.RECOUNT) for line in self.lines)

    @property
    def can_be_taken(self) -> bool:
        """Whether a line is to count that nobody has."""
        return any(line.word is LineWord.TO_COUNT and line.who is None for line in self.lines)


def sheet_facts(session: Session, session_id: int) -> SheetFacts:
    """Read a session in seven queries, however many lines it has; NoResultFound for an id that is no session."""
    company = people.company(session)
    count_session, team = session.exec(
        select(CountSession, Team)
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .where(CountSession.id == session_id)
    ).one()
    asked = aliased(Member)  # who is asked to recount a line, or has it
    rows = session.exec(
        select(CountLine, Item, Location, asked)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .outerjoin(asked, col(asked.id) == func.coalesce(CountLine.claimed_by_id, CountLine.asked_member_id))
        .where(CountLine.session_id == session_id)
        .order_by(col(CountLine.position), col(CountLine.id))
    ).all()
    first = first_counts(session, session_id)
    reasons = skip_reasons(session, session_id)
    added = parts.adding_up(session, [line.id for line, *_ in rows if line.id is not None])
    lines: list[SheetLine] = []
    counters: Counter[str] = Counter()
    named: list[Member] = []
    for line, item, location, asked_member in rows:
        line_id = line.id or 0
        word, adding = _WORDS[line.state], added.get(line_id, ())
        if adding and word is LineWord.TO_COUNT:
            word = LineWord.ADDING_UP
            named += adding
        member = first[line_id].member if line_id in first else None
        if member is not None:
            counters[people.display_name(member)] += 1
            named.append(member)
        shown: Member | None = asked_member if word in _HANDED_OUT else member if word is LineWord.DONE else None
        if shown is not None:
            named.append(shown)
        lines.append(
            SheetLine(
                line_id=line_id,
                location=location.code,
                name=item.name,
                sku=item.sku,
                word=word,
                who=_who(adding if word is LineWord.ADDING_UP else () if shown is None else (shown,)),
                reason=reasons.get(line_id, "") if word is LineWord.SKIPPED else "",
                found=line.found,
            )
        )
    return SheetFacts(
        session_id=session_id,
        name=count_session.name,
        team=team.name,
        channel=team.channel,
        due_at=count_session.due_at,
        replies=count_session.replies,
        zone=ZoneInfo(company.timezone),
        currency=company.currency,
        lines=tuple(lines),
        by_person=tuple(counters.most_common()),
        chosen=_chosen([line for line, *_ in rows if not line.found]),
        moved_because=count_session.moved_because,
        blind=count_session.blind,
        result=_result([(line, item) for line, item, _, _ in rows], first, _posted(session, session_id), count_session),
        unnamed=unnamed(named),
    )


def _who(members: Sequence[Member]) -> str | None:
    return parts.names(members) or None


def _chosen(lines: Sequence[CountLine]) -> tuple[tuple[str, int], ...]:
    """Lines by policy. Those whose name would tell of the on-hand go together: nobody learns which is which."""
    found = Counter("by stock control" if line.policy in HIDDEN else line.policy for line in lines)
    return () if found.keys() <= {Policy.DUE, ""} else tuple(found.most_common())


def unnamed(members: Sequence[Member]) -> tuple[str, ...]:
    """Slack ids of those whose name is not known yet: their id stands where the name should."""
    return tuple(sorted({member.slack_id for member in members if not member.name}))


@dataclass(frozen=True)
class FirstEntry:
    """The first count of a line, who made it, and what it meant then. `is_full`: no parts of it were left open."""

    entry: CountEntry
    member: Member
    judgement: Judgement
    is_full: bool


def first_counts(session: Session, session_id: int) -> dict[int, FirstEntry]:
    """The first count of each line (with its counter's own correction), as it was judged when it came in.

    A movement recorded later does not make the record right that was wrong when somebody looked.
    """
    found: dict[int, FirstEntry] = {}
    for entry, member, judgement, is_full in session.exec(
        select(CountEntry, Member, Judgement, parts.is_full_count())
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(Member, col(Member.id) == col(CountEntry.member_id))
        .join(Judgement, col(Judgement.entry_id) == col(CountEntry.id))
        .where(CountLine.session_id == session_id, CountEntry.attempt == 1, col(CountEntry.settles))
        .order_by(col(CountEntry.id), col(Judgement.id))
    ):
        known = found.get(entry.line_id)
        if known is None or known.entry.id != entry.id:
            found[entry.line_id] = FirstEntry(entry, member, judgement, is_full)
    return found


def skip_reasons(session: Session, session_id: int) -> dict[int, str]:
    """Why each line could not be counted, as it was said last."""
    rows = session.exec(
        select(LineSkip)
        .join(CountLine, col(CountLine.id) == col(LineSkip.line_id))
        .where(CountLine.session_id == session_id)
        .order_by(col(LineSkip.id))
    ).all()
    return {skip.line_id: skip.reason for skip in rows}


def _posted(session: Session, session_id: int) -> dict[int, Decimal]:
    """What the decisions about each line posted, in base units."""
    posted: dict[int, Decimal] = {}
    of_session = col(Decision.line_id).in_(select(CountLine.id).where(CountLine.session_id == session_id))
    for decision in session.exec(select(Decision).where(of_session)):
        posted[decision.line_id] = posted.get(decision.line_id, Decimal(0)) + decision.posted
    return posted


def _result(
    rows: Sequence[tuple[CountLine, Item]],
    first: dict[int, FirstEntry],
    posted: dict[int, Decimal],
    count_session: CountSession,
) -> SheetResult | None:
    if not rows or any(line.state in OPEN_STATES for line, _ in rows):
        return None
    classes = {line.id: item.abc_class for line, item in rows}
    counts = {
        line_id: FirstCount(
            expected=count.judgement.expected,
            counted=count.entry.quantity,
            unit_cost=count.judgement.unit_cost,
            abc_class=classes[line_id],
            posted=posted.get(line_id, Decimal(0)),
        )
        for line_id, count in first.items()
    }
    full = [line_id for line_id in first if first[line_id].is_full]
    by_others = [line_id for line_id in full if first[line_id].entry.member_id != count_session.asked_by_id]
    summary = accuracy.summarize(counts.values())
    return SheetResult(
        closed_at=max(line.settled_at for line, _ in rows if line.settled_at is not None),
        counted=summary.lines,
        rejected=sum(line.state is LineState.REJECTED for line, _ in rows),
        right_at_first=accuracy.summarize(counts[line_id] for line_id in by_others).hits,
        by_asker=len(full) - len(by_others),
        left_open=len(first) - len(full),
        net_value=summary.net_value,
        gross_value=summary.gross_value,
        unknown_cost=summary.unknown_cost,
    )
