"""Reading what lines say, many at once, as the values of their count records: six queries however many lines."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar  # Any: the columns of a row, each of its own type
from zoneinfo import ZoneInfo

from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountEntry, CountLine, CountSession, Decision, DecisionKind, Judgement
from models.parts import Closing, CountPart
from models.records import LONGEST_CAUSE, CountRecord, RecordSource, Sample
from models.rules import records, wording
from models.rules.lines import LineState
from models.rules.policies import Policy
from models.rules.records import Count, LineStory, Meaning, Ruling
from models.services.parts import closings_of

_SAMPLES: Mapping[str, Sample] = MappingProxyType({Policy.CONTROL: Sample.CONTROL, Policy.RANDOM: Sample.RANDOM})


class _OfLine(Protocol):
    """A row that belongs to a line."""

    line_id: int


Row = TypeVar("Row", bound=_OfLine)


@dataclass(frozen=True)
class Facts:
    """What a line's record must say, column by column, and the ids of who counted it, in their order."""

    values: Mapping[str, Any]
    members: tuple[int, ...]


def facts_of(
    session: Session, line_ids: Collection[int], zone: ZoneInfo, known: Mapping[int, CountRecord]
) -> dict[int, Facts]:
    """The facts of those of the lines that were counted, by line id.

    `known` are records that there are: a class stays what it was at the count.
    """
    entries, closed_by = _entries(session, line_ids)
    meanings = _meanings(session, line_ids)
    decisions = _by_line(
        session.exec(select(Decision).where(col(Decision.line_id).in_(line_ids)).order_by(col(Decision.id))).all()
    )
    parts = _by_line(
        session.exec(select(CountPart).where(col(CountPart.line_id).in_(line_ids)).order_by(col(CountPart.id))).all()
    )
    found: dict[int, Facts] = {}
    for line in _lines(session, line_ids):
        record = known.get(line.id)
        abc_class = line.class_now if record is None else record.abc_class
        told = records.tell(
            LineStory(
                state=line.state,
                blind=line.blind,
                asked_by_id=line.asked_by_id,
                abc_class=abc_class,
                counts=[_count(entry, closed_by.get(entry.id)) for entry in entries.get(line.id, ())],
                meanings=meanings.get(line.id, ()),
                rulings=[_ruling(decision) for decision in decisions.get(line.id, ())],
                givers=[part.member_id for part in parts.get(line.id, ())],
            )
        )
        if told is None:
            continue
        values = asdict(told)
        members = values.pop("members")
        values |= {
            "line_id": line.id,
            "source": RecordSource.COUNT,
            "counter": "",
            "day": told.counted_at.astimezone(zone).date() if record is None else record.day,
            "item_id": line.item_id,
            "location_id": line.location_id,
            "team_id": line.team_id,
            "plan_id": line.plan_id,
            "session_id": line.session_id,
            "abc_class": abc_class,
            "sample": _SAMPLES.get(line.policy, Sample.NORMAL),
            "state": line.state,
            **_last_decision(decisions.get(line.id, ())),
        }
        found[line.id] = Facts(values, members)
    return found


class _Line(NamedTuple):
    """What is asked of a line and of its session; nothing else of them is read."""

    id: int
    state: LineState
    item_id: int
    location_id: int
    policy: str
    session_id: int
    team_id: int
    plan_id: int | None
    blind: bool
    asked_by_id: int | None
    class_now: str | None


def _lines(session: Session, line_ids: Collection[int]) -> list[_Line]:
    statement = (
        core_select(
            col(CountLine.id), col(CountLine.state), col(CountLine.item_id), col(CountLine.location_id),
            col(CountLine.policy), col(CountSession.id), col(CountSession.team_id), col(CountSession.plan_id),
            col(CountSession.blind), col(CountSession.asked_by_id), col(Item.abc_class),
        )
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .where(col(CountLine.id).in_(line_ids))
        .order_by(col(CountLine.id))
    )  # fmt: skip
    return [_Line(*row) for row in session.execute(statement)]


def _entries(
    session: Session, line_ids: Collection[int]
) -> tuple[dict[int, list[CountEntry]], dict[int | None, Closing]]:
    """The entries by line, and how those closed the parts of their attempts that did."""
    entries = session.exec(
        select(CountEntry).where(col(CountEntry.line_id).in_(line_ids)).order_by(col(CountEntry.id))
    ).all()
    return _by_line(entries), closings_of(session, [entry.id for entry in entries])


def _meanings(session: Session, line_ids: Collection[int]) -> dict[int, list[Meaning]]:
    found: dict[int, list[Meaning]] = defaultdict(list)
    for line_id, judgement in session.exec(
        select(CountEntry.line_id, Judgement)
        .join(CountEntry, col(CountEntry.id) == col(Judgement.entry_id))
        .where(col(CountEntry.line_id).in_(line_ids))
        .order_by(col(Judgement.id))
    ):
        found[line_id].append(
            Meaning(
                judgement.entry_id, judgement.judged_at, judgement.expected, judgement.variance, judgement.unit_cost
            )
        )
    return found


def _by_line(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.line_id].append(row)
    return found


def _count(entry: CountEntry, closing: Closing | None) -> Count:
    return Count(
        id=entry.id or 0,
        member_id=entry.member_id,
        attempt=entry.attempt,
        settles=entry.settles,
        replaces_id=entry.replaces_id,
        counted_at=entry.counted_at,
        quantity=entry.quantity,
        is_full=closing is not Closing.LEFT_OPEN,
    )


def _ruling(decision: Decision) -> Ruling:
    return Ruling(decision.decided_at, decision.posted, closes=decision.kind is not DecisionKind.RECOUNT)


def _last_decision(decisions: Sequence[Decision]) -> dict[str, Any]:
    """What the last decision says; nothing while there is none."""
    last = decisions[-1] if decisions else None
    return {
        "decision": last.kind if last else None,
        "decided_by_id": last.member_id if last else None,
        "cause": wording.cut((last.reason if last else None) or "", LONGEST_CAUSE),
        "accepted": last.quantity if last else None,
    }
