"""Coverage: how many counts each class was promised in the last twelve months, how many were made, what is overdue.

The promise of a class is its lines in stock now, an item in a bin each, x counts a year. Where nothing is known of as
long as a year, it is the part of a year since the first that is: the first count, or the first row of the ledger. Made
are the counts that are closed, rejected ones too, whatever had them made.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.records import CountRecord
from models.rules.coverage_chart import ClassCoverage, CoverageChart
from models.rules.levelling import class_order
from models.rules.workdays import YEAR_DAYS
from models.services import people, record_sums
from models.services.item_classes import frequencies
from models.services.overdue_stock import Overdue, overdue_by_class
from models.services.record_sums import Scope
from models.stock import StockEntry, StockLevel


@dataclass(frozen=True)
class ClassRow:
    """A class ("" for none): its lines in stock, counts a year of each, promised and made in the time, overdue now."""

    abc_class: str
    items: int
    per_year: int
    promised: Decimal
    done: int
    overdue: Overdue


@dataclass(frozen=True)
class CoverageFacts:
    """Coverage from `first` to `last`, by class; `is_whole_year` False: nothing is known of the time before."""

    classes: tuple[ClassRow, ...]
    first: date
    last: date
    is_whole_year: bool

    @property
    def overdue(self) -> Overdue:
        """What is overdue of all classes."""
        return sum((row.overdue for row in self.classes), Overdue())

    @property
    def chart(self) -> CoverageChart:
        """The same to look at."""
        classes = tuple(
            ClassCoverage(row.abc_class, Decimal(row.per_year), row.promised, row.done) for row in self.classes
        )
        since = f"since {self.first.day} {self.first:%b %Y}"
        return CoverageChart(classes, "last 12 months" if self.is_whole_year else since)


def coverage_facts(session: Session, now: datetime) -> CoverageFacts:
    """Read coverage of all stock."""
    today = now.astimezone(ZoneInfo(people.company(session).timezone)).date()
    year_ago = today - timedelta(days=YEAR_DAYS - 1)
    first = max(year_ago, _known_since(session, today))
    items = dict(session.exec(select(StockLevel.abc_class, func.count()).group_by(StockLevel.abc_class)).all())
    done = record_sums.read(session, Scope(), first, today, ("abc_class",))
    often = frequencies(session)
    overdue = overdue_by_class(session, now)
    part = Decimal((today - first).days + 1) / YEAR_DAYS
    rows = []
    for letter in sorted({*items, *(key[0] for key in done)}, key=class_order):
        per_year = often.get(letter, min(often.values()))
        rows.append(
            ClassRow(
                abc_class=letter,
                items=items.get(letter, 0),
                per_year=per_year,
                promised=items.get(letter, 0) * per_year * part,
                done=done[letter,].counts if (letter,) in done else 0,
                overdue=overdue.get(letter, Overdue()),
            )
        )
    return CoverageFacts(tuple(rows), first, today, is_whole_year=first == year_ago)


def _known_since(session: Session, today: date) -> date:
    """The first day that anything is known of; `today` when nothing is. Each is the end of an index."""
    opened = session.exec(select(StockEntry.recorded_at).order_by(col(StockEntry.id)).limit(1)).first()
    counted = session.exec(select(func.min(CountRecord.day))).one()
    zone = ZoneInfo(people.company(session).timezone)
    days = [day for day in (counted, opened and opened.astimezone(zone).date()) if day is not None]
    return min([*days, today])
