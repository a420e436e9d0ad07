"""Accuracy as rows for other systems: what was counted in each week, by team, plan, class and sample.

The numbers can be added up; the shares cannot, so each row has its own, and none where the lines are too few.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple  # Any: the keys of sums, each of its own type
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.people import Team
from models.plans import CountPlan
from models.rules.accuracy import Accuracy
from models.rules.periods import Period
from models.services import people, record_sums, record_totals
from models.services.export_tables import BEGINNING, EVERYTHING, Wanted
from models.services.history_queries import Query
from models.services.lookup import Subject
from models.services.record_sums import Scope, Sums

_BY = ("team_id", "plan_id", "abc_class", "sample")
_MOMENT = timedelta(microseconds=1)


class AccuracyRow(NamedTuple):
    """The rated lines of a week. The names are the columns of the file; shares run from 0 to 1.

    `low` and `high` are the ends of the 95 % interval of `accuracy`.
    """

    week: date
    team: str
    plan: str
    abc_class: str
    sample: str
    lines: int
    hits: int
    exact: int
    accuracy: Decimal | None
    low: Decimal | None
    high: Decimal | None
    net_value: Decimal
    gross_value: Decimal
    value_counted: Decimal
    unknown_cost: int


def accuracy_rows(
    session: Session, *, since: datetime = BEGINNING, wanted: Wanted = EVERYTHING
) -> Iterator[AccuracyRow]:
    """The weeks that are wanted, oldest first; of the first and the last one, the days that are."""
    zone = ZoneInfo(people.company(session).timezone)
    first = None if since == BEGINNING else since.astimezone(zone).date()
    last = None if wanted.until is None else (wanted.until - _MOMENT).astimezone(zone).date()
    found = record_sums.read(session, Scope(wanted.team_id, wanted.plan_id), first, last, _BY, weekly=True)
    if wanted.hidden:
        query = Query(Subject(team_id=wanted.team_id, plan_id=wanted.plan_id), Period(first, last))
        of_hidden = record_totals.of_hidden(query, wanted.hidden)
        for key, sums in record_sums.read_records(session, of_hidden, _BY, weekly=True).items():
            found[key] = found.get(key, Sums()) - sums
    teams = dict(session.exec(select(col(Team.id), Team.name)).all())
    plans = dict(session.exec(select(col(CountPlan.id), CountPlan.name)).all())
    rows = [_row(key, sums, teams, plans) for key, sums in found.items() if sums.lines]
    yield from sorted(rows, key=lambda row: row[: len(_BY) + 1])


def _row(key: tuple[Any, ...], sums: Sums, teams: dict[int | None, str], plans: dict[int | None, str]) -> AccuracyRow:
    week, team_id, plan_id, abc_class, sample = key
    rated = Accuracy(
        sums.lines, sums.hits, sums.exact, sums.net_value, sums.gross_value, sums.book_value, sums.unknown_cost
    )
    low, high = rated.interval or (None, None)
    return AccuracyRow(
        week=week,
        team=teams.get(team_id, ""),
        plan=plans.get(plan_id, ""),
        abc_class=abc_class,
        sample=sample,
        lines=sums.lines,
        hits=sums.hits,
        exact=sums.exact,
        accuracy=_share(rated.hit_rate),
        low=_share(low),
        high=_share(high),
        net_value=sums.net_value,
        gross_value=sums.gross_value,
        value_counted=sums.book_value,
        unknown_cost=sums.unknown_cost,
    )


def _share(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(f"{share:.4f}")
