"""Accuracy and coverage as Home tells them: of the company to stock control, of their teams to approvers.

Without what the reader may still have to count, as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.people import Team
from models.records import Sample
from models.rules.accuracy import Accuracy
from models.rules.accuracy_chart import WEEK, AccuracyChart, AccuracyWeek, accuracy_by_week
from models.rules.periods import Period
from models.rules.spans import Span, start_of
from models.services import blindness, people
from models.services.accuracy_facts import WEEKS, Part, WeekPoint, accuracy_of, reader_of, weeks_of
from models.services.coverage_facts import CoverageFacts, coverage_facts
from models.services.history_queries import Query
from models.services.lookup import Subject
from models.services.people import Person
from models.services.record_sums import Sums

DAY = timedelta(days=1)
TEAM_WEEKS = 4
"""Weeks, the one of today among them, that the accuracy of a team is of: one alone has too few lines too often."""


@dataclass(frozen=True)
class CompanyNumbers:
    """For stock control: the accuracy of this week so far, of the whole weeks before it, and coverage.

    `weeks` changes once a week, and so does its picture. It is None for who may still have to count something: there
    is one picture for all, and none is made for one person.
    """

    week: Accuracy
    weeks: AccuracyChart | None
    coverage: CoverageFacts


@dataclass(frozen=True)
class TeamNumbers:
    """For an approver: the accuracy of each of their teams that counted something since `since`."""

    since: date
    teams: tuple[Part, ...]


def company_numbers(session: Session, person: Person, now: datetime) -> CompanyNumbers:
    """Read them for stock control."""
    zone = ZoneInfo(people.company(session).timezone)
    today = now.astimezone(zone).date()
    monday = start_of(Span.WEEK, today)
    hidden = blindness.hidden_items(session, person)
    found = _weeks(session, Period(monday - WEEKS * WEEK, today), zone, hidden)
    this_week = next((one.accuracy for one in found if one.week == monday), accuracy_of([Sums()]))
    return CompanyNumbers(
        week=this_week,
        weeks=None if hidden else _whole_weeks(found, monday),
        coverage=coverage_facts(session, now),
    )


def company_weeks(session: Session, person: Person, now: datetime) -> AccuracyChart | None:
    """The `weeks` of `company_numbers` alone."""
    zone = ZoneInfo(people.company(session).timezone)
    monday = start_of(Span.WEEK, now.astimezone(zone).date())
    if blindness.hidden_items(session, person):
        return None
    return _whole_weeks(_weeks(session, Period(monday - WEEKS * WEEK, monday - DAY), zone, set()), monday)


def team_numbers(session: Session, person: Person, now: datetime) -> TeamNumbers:
    """Read them for an approver."""
    zone = ZoneInfo(people.company(session).timezone)
    today = now.astimezone(zone).date()
    since = start_of(Span.WEEK, today) - (TEAM_WEEKS - 1) * WEEK
    hidden = blindness.hidden_items(session, person)
    read = reader_of(session, Query(Subject(), Period(since, today)), None, zone, hidden)
    sums = {
        team_id: one
        for (sample, team_id), one in read(("sample", "team_id")).items()
        if sample == Sample.NORMAL and one.lines and team_id in person.approves
    }
    names = session.exec(select(Team.id, Team.name).where(col(Team.id).in_(sums)).order_by(col(Team.name)))
    parts = [Part(name, accuracy_of([sums[team_id]])) for team_id, name in names if team_id is not None]
    return TeamNumbers(since, tuple(parts))


def _weeks(session: Session, period: Period, zone: ZoneInfo, hidden: set[int]) -> tuple[WeekPoint, ...]:
    return weeks_of(reader_of(session, Query(Subject(), period), None, zone, hidden)(("sample",), weekly=True))


def _whole_weeks(found: Sequence[WeekPoint], monday: date) -> AccuracyChart:
    return weeks_chart([one for one in found if one.week < monday], last=monday - WEEK)


def weeks_chart(weeks: Sequence[WeekPoint], *, last: date | None = None, subject: str = "") -> AccuracyChart:
    """Accuracy week by week, to look at; up to the week of the day `last` when anything was counted."""
    counted = [AccuracyWeek(one.week, one.accuracy.lines, one.accuracy.hits) for one in weeks]
    return accuracy_by_week(counted, subject, last=last if counted else None)
