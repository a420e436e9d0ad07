"""When to order how much, what there is too much of, and what nobody wants any more.

    available     = on-hand + on order - reserved
    reorder point = demand over the lead time + safety stock
    safety stock  = k x spread,    k = the standard normal quantile of the service level

The spread is the root mean squared error of the forecast over the lead time (`models.rules.backtest`). This is the
reorder point of E. A. Silver, D. F. Pyke and D. J. Thomas, *Inventory and Production Management in Supply Chains*
(4th edition, 2017), chapter 6: the service level is the chance of no stock-out in one lead time, and errors are taken
as normally distributed, which for now-and-then demand is an approximation. An order is to be made on the last day on
which what is available, going down as forecast, is not below the reorder point. It brings it up to the reorder point
and the demand of the days an order is to last, in whole order multiples.

A figure that nobody has told (None) adds nothing to what is available; that it is missing is for the caller to say.
Quantities are in base units of the item.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil, floor, sqrt
from statistics import NormalDist

from models.rules.backtest import Choice

DAYS_OF_WEEK = 7
LONGEST_LOOK = 365
"""Days ahead beyond which nobody plans an order."""
_NOTHING = 1e-9  # less than the smallest quantity there is: arithmetic, not stock


class Advice(StrEnum):
    """What to do with an item."""

    NOW = "order now"
    LATER = "order by"
    OVERSTOCK = "overstock"
    DEAD = "dead stock"
    NONE = "nothing to order"
    UNKNOWN = "too little history"


@dataclass(frozen=True)
class Terms:
    """What the company says. `service_level` is between 1/2 and 1, without them; an order lasts `cover_days`.

    More than the demand of `overstock_days` is overstock; what had none for `dead_days` is dead stock.
    """

    lead_time_days: int
    service_level: float
    cover_days: int
    overstock_days: int
    dead_days: int


@dataclass(frozen=True)
class Position:
    """What there is, and what is spoken for. `multiple`: orders come in so many; None: nobody has said."""

    on_hand: float
    on_order: float | None = None
    reserved: float | None = None
    multiple: float | None = None

    @property
    def available(self) -> float:
        """On-hand + on order - reserved."""
        return self.on_hand + (self.on_order or 0.0) - (self.reserved or 0.0)


@dataclass(frozen=True)
class Outlook:
    """What will be taken: `per_day`, and the `spread` of its forecast over the lead time (None: not known).

    For `quiet_days` nothing was taken, or as long as the item is known.
    """

    per_day: float
    spread: float | None
    quiet_days: int = 0


@dataclass(frozen=True)
class Advised:
    """Advice for an item. `order_by` is today when it is to order now; `excess` is what is beyond the overstock days.

    `cover_days`: for so long what is available lasts; None while nothing is taken.
    """

    advice: Advice
    available: float
    reorder_point: float | None
    order_by: date | None = None
    quantity: float = 0.0
    excess: float = 0.0
    cover_days: float | None = None


def horizon_of(lead_time_days: int) -> int:
    """The lead time in whole weeks, at least one: what forecasts are tried on."""
    return max(1, round(lead_time_days / DAYS_OF_WEEK))


def outlook_of(choice: Choice, lead_time_days: int, quiet_days: int = 0) -> Outlook:
    """A forecast by weeks as one by days; the spread is stretched by the root of what the lead time is longer."""
    stretch = sqrt(lead_time_days / (DAYS_OF_WEEK * choice.horizon))
    spread = None if choice.spread is None else choice.spread * stretch
    return Outlook(choice.rate / DAYS_OF_WEEK, spread, quiet_days)


def safety_factor(service_level: float) -> float:
    """How many spreads the safety stock is."""
    return NormalDist().inv_cdf(service_level)


def reorder_point(outlook: Outlook, terms: Terms, told: float | None = None) -> float | None:
    """The reorder point; where the spread is not known what the company has `told`, None when it has not."""
    if outlook.spread is None:
        return told
    return outlook.per_day * terms.lead_time_days + safety_factor(terms.service_level) * outlook.spread


def advise(outlook: Outlook, position: Position, terms: Terms, today: date, told_point: float | None = None) -> Advised:
    """What to do with an item today. `told_point`: the reorder point that the stock file says, if it does.

    It holds where the history is too short, and where nothing is taken: what is kept on purpose is not dead.
    """
    is_quiet = outlook.quiet_days >= terms.dead_days
    if is_quiet or outlook.per_day <= 0:
        return _kept(position, today, told_point or 0.0, is_quiet=is_quiet)
    available, per_day = position.available, outlook.per_day
    cover = available / per_day
    point = reorder_point(outlook, terms, told_point)
    if point is None:
        return Advised(Advice.UNKNOWN, available, None, cover_days=cover)
    quantity = _whole(point + per_day * terms.cover_days - min(available, point), position)
    if available <= point + _NOTHING:
        return Advised(Advice.NOW, available, point, today, quantity, cover_days=cover)
    excess = available - _whole(max(point, per_day * terms.overstock_days), position)
    if excess > _NOTHING:
        return Advised(Advice.OVERSTOCK, available, point, excess=excess, cover_days=cover)
    days = floor((available - point) / per_day + _NOTHING)
    if days > LONGEST_LOOK:
        return Advised(Advice.NONE, available, point, cover_days=cover)
    return Advised(Advice.LATER, available, point, today + timedelta(days), quantity, cover_days=cover)


def _kept(position: Position, today: date, point: float, *, is_quiet: bool) -> Advised:
    """Of what nobody takes only what is missing to what is kept on purpose, or spoken for, is ordered."""
    available = position.available
    is_wanted = point > 0 or bool(position.reserved)
    if is_wanted and available < point - _NOTHING:
        return Advised(Advice.NOW, available, point, today, _whole(point - available, position))
    left = position.on_hand - point
    if is_quiet and left > _NOTHING:
        return Advised(Advice.DEAD, available, point, excess=left)
    return Advised(Advice.NONE, available, point)


def days_earlier(corrected: Advised, uncorrected: Advised) -> int | None:
    """How many days earlier than by the uncorrected record to order, below 0 for later; None if not both have a day."""
    if corrected.order_by is None or uncorrected.order_by is None:
        return None
    return (uncorrected.order_by - corrected.order_by).days


def _whole(quantity: float, position: Position) -> float:
    """A quantity in whole order multiples, rounded up; in whole units while nobody has said the multiple."""
    step = position.multiple or 1.0
    return max(0, ceil(quantity / step - _NOTHING)) * step
