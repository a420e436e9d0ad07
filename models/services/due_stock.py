"""What is due: read oldest first within each class by the index, merged by the order of `models.rules.due_order`.

The stock is never scanned. Of each class a run reads what it could take at most and a little more (`AHEAD`), so that
stocks that became due on the same day are ordered by value and walk among each other; beyond that they keep the order
of the index. Negative balances have an index of their own, because they come before others that wait longer; and so
has what was never counted, because it is due even if it is there since yesterday.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func

from models.people import Team
from models.rules.due_order import DUE_AT_ONCE_DAYS, Due, DueTerms, pick_due
from models.rules.levelling import Frequency, interval_of, intervals, run_quotas
from models.rules.workdays import YEAR_DAYS, WorkCalendar
from models.services import people
from models.services.calendars import calendar_of
from models.services.item_classes import frequencies
from models.services.plan_terms import Leveled
from models.services.reach import Candidate, Reach, candidates, classes_in_stock, free_stock
from models.stock import DUE_AT_ONCE, NONE_LEFT, StockLevel

AHEAD = 50
"""Stocks of a class that are read beyond what a run may take."""

YEARS_AHEAD = 4
"""Years that are looked at for one with a day that is worked."""

CATCH_UP = "catch-up"
"""How the reason begins of what is on a sheet beyond the quota of its class, because it waits too long."""


@dataclass(frozen=True)
class Pace:
    """What being due is measured by: the team's calendar in the company's zone, and the interval of each class.

    `per_year` is how many days are worked in the year that begins today.
    """

    calendar: WorkCalendar
    zone: ZoneInfo
    per_year: int
    intervals: Mapping[str, Fraction]
    now: datetime

    def waited(self, candidate: Candidate) -> int:
        """Working days since the last count, or since the stock is there."""
        if candidate.due_from == DUE_AT_ONCE:
            return DUE_AT_ONCE_DAYS
        return self.calendar.count(
            candidate.due_from.astimezone(self.zone).date(), self.now.astimezone(self.zone).date()
        )

    def is_due(self, candidate: Candidate) -> bool:
        """Whether its interval is over, or it was never counted."""
        return DueTerms.of(interval_of(candidate.abc_class, self.intervals)).is_due(self.due(candidate))

    def due(self, candidate: Candidate) -> Due:
        """What its place in the order follows from."""
        return Due(
            id=candidate.level_id,
            abc_class=candidate.abc_class,
            waited=self.waited(candidate),
            never_counted=candidate.last_counted_at is None,
            is_negative=candidate.on_hand < 0,
            unit_cost=candidate.unit_cost,
            walk=candidate.walk,
        )


def pace_of(session: Session, team_id: int | None, now: datetime) -> Pace:
    """The measure for a team's stock; None: for all stock, by the company's calendar.

    An interval says how far apart counts must be for so many of them to fit into a year, and it is the year ahead that
    they have to fit into; so its working days are those of the 365 days from the first of this month on. From one
    calendar year to the next the intervals would jump on 1 January when only one of the two has a long shutdown; this
    way it comes into view month by month. Within a month they stay, because the whole lines of the days
    (`models.rules.levelling.lines_today`) add up to the quota only as long as it is the same: with another one each
    day, every day would be rounded by itself.
    """
    zone = ZoneInfo(people.company(session).timezone)
    calendar = calendar_of(session, None if team_id is None else session.get_one(Team, team_id))
    often = [Frequency(letter, count) for letter, count in frequencies(session).items()]
    first = now.astimezone(zone).date().replace(day=1)
    years = (calendar.year_from(first + timedelta(days=ahead * YEAR_DAYS)) for ahead in range(YEARS_AHEAD))
    # A year that is shut down from end to end says nothing of the intervals of those after it.
    per_year = next(filter(None, years), 1)
    return Pace(calendar, zone, per_year, intervals(per_year, often), now)


def due_stock(
    session: Session,
    reach: Reach,
    pace: Pace,
    *,
    capacity: int,
    class_counts: Mapping[str, int],
    leveled: Leveled | None,
    without: Sequence[int] = (),
    had: Mapping[str, int] | None = None,
) -> list[tuple[Candidate, str]]:
    """Up to `capacity` stocks with the reason of each; the strongest first.

    With `leveled` only what is due, and of each class its quota; `had` counts lines of this run that have used some of
    it. Without, the longest uncounted, due or not.
    """
    if capacity <= 0:
        return []
    quotas = None if leveled is None else _quotas(pace, class_counts, leveled, had or {})
    limit = capacity + AHEAD
    free = free_stock(reach, without)
    oldest = (col(StockLevel.due_from), col(StockLevel.id))
    found: dict[int, Candidate] = {}
    for letter in classes_in_stock(session):
        of_class = free.where(col(StockLevel.abc_class) == letter)
        read = candidates(session, of_class.order_by(*oldest).limit(limit))
        if quotas is not None and len(read) == limit and not pace.is_due(read[-1]):
            # As an expression, so that no index of classes is tempting: it would be read from end to end.
            of_class = free.where(
                col(StockLevel.last_counted_at).is_(None), func.coalesce(col(StockLevel.abc_class), "") == letter
            )
            read += candidates(session, of_class.order_by(*oldest).limit(limit))
        found |= {one.level_id: one for one in read}
    negative = free.where(NONE_LEFT, col(StockLevel.on_hand) < 0).order_by(col(StockLevel.on_hand), col(StockLevel.id))
    found |= {one.level_id: one for one in candidates(session, negative.limit(limit))}
    picked = pick_due(
        map(pace.due, found.values()),
        pace.intervals,
        quotas,
        capacity,
        ahead=1 if leveled is None else leveled.covered.days,
    )
    return [(found[one.id], _reason(found[one.id], pace, is_catch_up=one.is_catch_up)) for one in picked]


def _quotas(pace: Pace, class_counts: Mapping[str, int], leveled: Leveled, had: Mapping[str, int]) -> dict[str, int]:
    quotas = run_quotas(class_counts, pace.intervals, leveled.covered.index, leveled.covered.days)
    return {letter: max(0, lines - had.get(letter, 0)) for letter, lines in quotas.items()}


def _reason(candidate: Candidate, pace: Pace, *, is_catch_up: bool) -> str:
    waited = pace.waited(candidate)
    if waited == DUE_AT_ONCE_DAYS:
        return "due at once: its last count was rejected"
    since = "created" if candidate.last_counted_at is None else "its last count"
    often = round(interval_of(candidate.abc_class, pace.intervals))
    kind = f"class {candidate.abc_class}" if candidate.abc_class else "no class"
    word = CATCH_UP if is_catch_up else "due"
    return f"{word}: {_days(waited)} since {since}, {kind} is counted every {_days(often)}"


def _days(count: int) -> str:
    return "1 working day" if count == 1 else f"{count} working days"
