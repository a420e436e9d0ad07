"""How accurate the record was found to be: in all, by class, team, bin and cause, and from week to week.

Only first blind counts of closed lines say something (`models.rules.records`). The control group and the random sample
stand apart from what was chosen to be counted. Of a company, a team, a plan or a class it is read from sums, of an
item, a bin or a person from their records (`models.services.history_queries`).

What the reader may still have to count is left out, as in history. Of one person it is said only where the controllers
switched that on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any  # Any: the keys of sums, each of its own type
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.errors import NotAllowed
from models.people import Team
from models.records import CountRecord, RecordPerson, Sample
from models.rules.accuracy import Accuracy
from models.rules.periods import Period
from models.rules.spans import Span, start_of
from models.services import blindness, history_queries, people, record_sums, record_totals, worst_bins
from models.services.history import title_of
from models.services.history_queries import Query
from models.services.history_words import Asked
from models.services.people import Person
from models.services.record_sums import CAUSES, Scope, Sums
from models.services.worst_bins import WorstBins

WEEKS = 13
"""A quarter: the period when none is said."""

_NO_PEOPLE = (
    "Accuracy of one person is switched off. {control} can switch it on in setup.toml: accuracy_of_people = true."
)

Read = Callable[..., dict[tuple[Any, ...], Sums]]


@dataclass(frozen=True)
class Part:
    """The accuracy of a part of what was asked for, by its name ("A", "Fleet Parts")."""

    name: str
    accuracy: Accuracy


@dataclass(frozen=True)
class WeekPoint:
    """The accuracy of a week, by its Monday; its interval is `accuracy.interval`."""

    week: date
    accuracy: Accuracy


@dataclass(frozen=True)
class CauseShare:
    """What the variances of a cause come to, in currency; "": nobody gave one."""

    cause: str
    lines: int
    net_value: Decimal
    gross_value: Decimal


@dataclass(frozen=True)
class AccuracyFacts:
    """Accuracy of what `title` names, in `period`. `chosen` are neither of the control group nor of the random sample.

    `by_class`, `by_team` and `weeks` are of `chosen`; parts without a line are left out. Causes and bins are of all,
    the largest gross value first. `hidden`: so many items are left out, because the reader may have to count them.
    """

    title: str
    period: Period
    chosen: Accuracy
    control: Accuracy
    random: Accuracy
    by_class: tuple[Part, ...]
    by_team: tuple[Part, ...]
    weeks: tuple[WeekPoint, ...]
    causes: tuple[CauseShare, ...]
    bins: WorstBins
    hidden: int
    zone: ZoneInfo
    currency: str


def accuracy_facts(session: Session, person: Person, asked: Asked, now: datetime) -> AccuracyFacts:
    """Read accuracy for `person`; NotAllowed for that of one person, unless it is switched on."""
    company = people.company(session)
    zone = ZoneInfo(company.timezone)
    if asked.subject.member_id is not None and not company.accuracy_of_people:
        raise NotAllowed(_NO_PEOPLE.format(control=people.stock_control(session)))
    period = asked.period or _lately(now.astimezone(zone).date())
    query = Query(asked.subject, period)
    hidden = blindness.hidden_items(session, person)
    read = _reader(session, query, asked.abc_class, zone, hidden)
    parts = read(("sample", "abc_class", "team_id"))
    chosen = {key: sums for key, sums in parts.items() if key[0] == Sample.NORMAL}
    return AccuracyFacts(
        title=_title(session, asked),
        period=period,
        chosen=_accuracy(chosen.values()),
        control=_accuracy(sums for key, sums in parts.items() if key[0] == Sample.CONTROL),
        random=_accuracy(sums for key, sums in parts.items() if key[0] == Sample.RANDOM),
        by_class=_parts(chosen, 1, lambda name: name or "no class"),
        by_team=_parts(chosen, 2, _team_names(session)),
        weeks=_weeks(read(("sample",), weekly=True)),
        causes=_causes(read(("cause",), of=CAUSES)),
        bins=worst_bins.worst_bins(session, query, asked.abc_class, zone, hidden),
        hidden=len(hidden),
        zone=zone,
        currency=company.currency,
    )


def _lately(today: date) -> Period:
    return Period(start_of(Span.WEEK, today) - timedelta(weeks=WEEKS - 1), today)


def _reader(session: Session, query: Query, abc_class: str | None, zone: ZoneInfo, hidden: set[int]) -> Read:
    """How sums are read for a question, without what is hidden."""
    subject, period = query.subject, query.period
    if subject.item_id is not None or subject.location_id is not None or subject.member_id is not None:
        led = history_queries.lead(query, zone, hidden)
        conditions = [*led.conditions, *_of_class(abc_class)]
        if led.by_person:  # whoever counted first
            conditions.append(col(RecordPerson.place) == 0)

        def of_records(by: tuple[str, ...], **how: Any) -> dict[tuple[Any, ...], Sums]:  # noqa: ANN401 - as `read`
            return record_sums.read_records(session, conditions, by, by_person=led.by_person, **how)

        return of_records
    scope = Scope(subject.team_id, subject.plan_id, abc_class)

    def of_sums(by: tuple[str, ...], **how: Any) -> dict[tuple[Any, ...], Sums]:  # noqa: ANN401 - as `read`
        found = record_sums.read(session, scope, period.first, period.last, by, **how)
        if hidden:
            off = [*record_totals.of_hidden(query, hidden), *_of_class(abc_class)]
            for key, sums in record_sums.read_records(session, off, by, **how).items():
                found[key] = found.get(key, Sums()) - sums
        return found

    return of_sums


def _of_class(abc_class: str | None) -> list[record_sums.Condition]:
    return [] if abc_class is None else [history_queries.apart(col(CountRecord.abc_class)) == abc_class]


def _title(session: Session, asked: Asked) -> str:
    of_class = f"class {asked.abc_class}" if asked.abc_class else ""
    subject = title_of(session, asked.subject)
    return " · ".join(filter(None, (subject, of_class)))


def _accuracy(parts: Any) -> Accuracy:  # noqa: ANN401 - Sums, however they come
    sums = sum(parts, Sums())
    return Accuracy(
        lines=sums.lines,
        hits=sums.hits,
        exact=sums.exact,
        net_value=sums.net_value,
        gross_value=sums.gross_value,
        value_counted=sums.book_value,
        unknown_cost=sums.unknown_cost,
    )


def _parts(found: Mapping[tuple[Any, ...], Sums], place: int, name_of: Callable[[Any], str]) -> tuple[Part, ...]:
    """The accuracy by one of the keys, in the order of the names; without those that have no line."""
    keys = {key[place] for key, sums in found.items() if sums.lines}
    parts = [Part(name_of(one), _accuracy(sums for key, sums in found.items() if key[place] == one)) for one in keys]
    return tuple(sorted(parts, key=lambda part: part.name))


def _team_names(session: Session) -> Callable[[int], str]:
    names = dict(session.exec(select(Team.id, Team.name)).all())
    return lambda team_id: names.get(team_id, "no team")


def _weeks(found: Mapping[tuple[Any, ...], Sums]) -> tuple[WeekPoint, ...]:
    of_chosen = {key[0]: sums for key, sums in found.items() if key[1] == Sample.NORMAL and sums.lines}
    return tuple(WeekPoint(week, _accuracy([of_chosen[week]])) for week in sorted(of_chosen))


def _causes(found: Mapping[tuple[Any, ...], Sums]) -> tuple[CauseShare, ...]:
    shares = [
        CauseShare(key[0], sums.lines, sums.net_value, sums.gross_value) for key, sums in found.items() if sums.lines
    ]
    return tuple(sorted(shares, key=lambda share: (-share.gross_value, -share.lines, share.cause)))
