"""What to order now and next, and what there is too much of: the first of each, for people who read a message.

Items that the reader may have to count blind are left out, and how many, whatever would have been said of them.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any  # Any: what a kind of advice is sorted by
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, func, or_, select, true
from sqlmodel import Session, col

from models.errors import BadInput
from models.people import TeamLocation
from models.rules.reorder import Advice, Terms
from models.services import blindness, people, reorder_settings
from models.services.class_reports import LOCATION
from models.services.demand import Which
from models.services.forecasting import FORECAST
from models.services.item_values import ITEM, LEVEL
from models.services.people import Person
from models.services.reach import begins_with
from models.services.reorder import ReorderRow, reorder_rows

MOST_SHOWN = 10
"""Items of each kind that a message shows."""

MOST_READ = 50_000
"""Items that are gone through while somebody waits for an answer: more take longer than Slack does."""

SHOWN = (Advice.NOW, Advice.LATER, Advice.OVERSTOCK, Advice.DEAD)


@dataclass
class Missing:
    """Of how many `items` something that advice rests on is not there; and since when the oldest of it was said."""

    items: int = 0
    on_order: int = 0
    reserved: int = 0
    forecast: int = 0
    oldest: datetime | None = None

    def note(self, row: ReorderRow) -> None:
        """Look at one more item."""
        self.items += 1
        self.on_order += row.stock.on_order is None
        self.reserved += row.stock.reserved is None
        told_at = row.stock.on_order_at
        if told_at is not None and (self.oldest is None or told_at < self.oldest):
            self.oldest = told_at


@dataclass(frozen=True)
class Frame:
    """What advice is read in: the company's terms, its currency, and its clock."""

    terms: Terms
    currency: str
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """The day in the company's zone."""
        return self.day_of(self.now)

    def day_of(self, instant: datetime) -> date:
        """The day of an instant in the company's zone."""
        return instant.astimezone(self.zone).date()


@dataclass
class ReorderReport:
    """The first items of each advice, the most urgent or the most valuable first, and how many there are of each."""

    frame: Frame
    first: dict[Advice, list[ReorderRow]] = field(default_factory=lambda: {advice: [] for advice in SHOWN})
    counts: dict[Advice, int] = field(default_factory=lambda: dict.fromkeys(Advice, 0))
    missing: Missing = field(default_factory=Missing)
    hidden: int = 0

    @property
    def has_demand(self) -> bool:
        """Whether anything is taken at all, as far as the record knows."""
        return any(self.counts[advice] for advice in (Advice.NOW, Advice.LATER, Advice.OVERSTOCK, Advice.UNKNOWN))


_FAR = float("inf")
_ORDER: dict[Advice, Callable[[ReorderRow], tuple[Any, ...]]] = {
    Advice.NOW: lambda row: (_FAR if row.advised.cover_days is None else row.advised.cover_days, row.stock.sku),
    Advice.LATER: lambda row: (row.advised.order_by, row.stock.sku),
    Advice.OVERSTOCK: lambda row: (-(row.excess_value or 0), row.stock.sku),
    Advice.DEAD: lambda row: (-(row.excess_value or 0), row.stock.sku),
}


def report(
    session: Session,
    now: datetime,
    which: Which | None = None,
    *,
    hidden: Collection[int] = frozenset(),
    most: int = MOST_SHOWN,
) -> ReorderReport:
    """The report of the items that are meant, with the first `most` of each; `hidden` are ids of those left out."""
    found = ReorderReport(frame(session, now))
    found.missing.forecast = _not_forecast(session, which)
    for row in reorder_rows(session, now, which):
        if row.stock.item_id in hidden:
            found.hidden += 1
            continue
        advice = row.advised.advice
        found.counts[advice] += 1
        found.missing.note(row)
        if advice in found.first:
            kept = found.first[advice]
            kept.append(row)
            if len(kept) > 10 * most:  # now and then, so that few are held and few are sorted
                found.first[advice] = sorted(kept, key=_ORDER[advice])[:most]
    found.first = {advice: sorted(rows, key=_ORDER[advice])[:most] for advice, rows in found.first.items()}
    return found


def frame(session: Session, now: datetime) -> Frame:
    """What advice is read in now."""
    company = people.company(session)
    return Frame(reorder_settings.terms(session), company.currency, ZoneInfo(company.timezone), now)


def _not_forecast(session: Session, which: Which | None) -> int:
    """How many items are stocked and were never forecast: the clock has not come to them yet."""
    is_there = select(FORECAST.c.item_id).where(FORECAST.c.item_id == LEVEL.c.item_id).exists()
    missing = select(func.count(LEVEL.c.item_id.distinct())).where(~is_there)
    found: int = session.execute(missing if which is None else missing.where(which(LEVEL.c.item_id))).scalar_one()
    return found


def report_for(session: Session, person: Person, now: datetime) -> ReorderReport:
    """What `person` reads: stock control of everything, approvers of what lies in their teams' bins.

    Raises:
        BadInput: those are too many to go through while Slack waits.
    """
    which = None if person.is_controller else items_of(session, person.approves)
    items = select(FORECAST.c.item_id)
    some = (items if which is None else items.where(which(FORECAST.c.item_id))).limit(MOST_READ + 1)
    if session.execute(select(func.count()).select_from(some.subquery())).scalar_one() > MOST_READ:
        raise BadInput(
            f"There are more than {MOST_READ:,} items, too many to go through while you wait. Ask for one SKU, or "
            "have them listed: python -m bot reorder --out reorder.csv"
        )
    return report(session, now, which, hidden=blindness.hidden_items(session, person))


def items_of(session: Session, team_ids: Iterable[int] | None = None, abc_class: str | None = None) -> Which:
    """Items that lie in bins of these teams (all of their stock, wherever it is), and are of a class; None: any."""
    said: list[Which] = []
    if team_ids is not None:
        of_teams = select(col(TeamLocation.prefix)).where(col(TeamLocation.team_id).in_(list(team_ids)))
        prefixes = session.execute(of_teams).scalars()
        there = select(LEVEL.c.item_id).join(LOCATION).where(or_(false(), *map(begins_with, prefixes)))
        said.append(lambda item_id: item_id.in_(there))
    if abc_class is not None:
        of_class = select(ITEM.c.id).where(ITEM.c.abc_class == abc_class)
        said.append(lambda item_id: item_id.in_(of_class))
    return lambda item_id: and_(true(), *(is_meant(item_id) for is_meant in said))
