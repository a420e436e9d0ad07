"""Which way to forecast suits an item: each is tried on what is known already, as if it had not happened yet.

At every period of the history a forecast is made from the periods before it, for the periods of a lead time together
(`horizon`), and compared with what came. Two measures are reported, both without units, so that items can be put
together (R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", International Journal of
Forecasting 22 (2006)):

- MASE, the mean absolute error by the mean absolute difference of two neighbouring periods of the training part;
- RMSSE, the root of the mean squared error by the root of the mean of the squared differences.

The choice is by the squared error. What is smallest in the mean absolute error is the median, and the median of demand
that comes in less than half of the periods is 0: by MASE the best forecast of a spare part is that nobody will ever
need it. The squared error is smallest for the mean, which is what stock has to cover; and its root over the lead time
is the spread that the safety stock is made of, so that the method chosen is the one that needs the least of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from models.rules.intermittent import Method, forecasts

WARM_UP = 4
"""Periods before the first forecast that is judged; and at least one demand lies before it."""

FEWEST_ERRORS = 8
"""With fewer forecasts to judge, chance would choose: the item gets the usual method."""

USUAL = Method.TSB
"""Of the methods made for spare parts the only one that forgets a part which nobody wants any more."""


class Scale(NamedTuple):
    """What one period differs from the next by, in the units of the demand: mean absolute, and root mean squared."""

    absolute: float
    squared: float


class Score(NamedTuple):
    """Scaled errors of `errors` forecasts. `bias` is the mean error (forecast - came) by the absolute scale."""

    mase: float
    rmsse: float
    bias: float
    errors: int


@dataclass(frozen=True)
class Choice:
    """How an item is forecast from now on.

    `rate` is the demand of a period to come. `spread` is the root mean squared error over `horizon` periods together,
    in units of the demand, from `errors` forecasts; None when there were too few to know it.
    """

    method: Method
    rate: float
    spread: float | None
    horizon: int
    errors: int


def scale_of(demand: Sequence[float]) -> Scale | None:
    """The scale of a training part; None when no period differs from the one before it."""
    steps = [after - before for before, after in pairwise(demand)]
    if not any(steps):
        return None
    return Scale(fmean(map(abs, steps)), sqrt(fmean(step * step for step in steps)))


def start_of(demand: Sequence[float]) -> int:
    """The first period whose forecast can be judged."""
    first = next((number for number, taken in enumerate(demand) if taken > 0), len(demand))
    return max(WARM_UP, first + 1)


def errors_of(made: Sequence[float], demand: Sequence[float], start: int, horizon: int) -> list[float]:
    """Forecast - came, of `horizon` periods together, for each that begins at or after `start` and ends in time."""
    return [
        horizon * made[begin] - sum(demand[begin : begin + horizon])
        for begin in range(start, len(demand) - horizon + 1)
    ]


def score(errors: Sequence[float], scale: Scale) -> Score | None:
    """The scaled errors; None when there are none."""
    if not errors:
        return None
    return Score(
        mase=fmean(map(abs, errors)) / scale.absolute,
        rmsse=root_mean_square(errors) / scale.squared,
        bias=fmean(errors) / scale.absolute,
        errors=len(errors),
    )


def root_mean_square(errors: Sequence[float]) -> float:
    """The root of the mean of the squares."""
    return sqrt(fmean(error * error for error in errors))


def choose(demand: Sequence[float], horizon: int) -> Choice:
    """The method with the smallest root mean squared error over `horizon` periods, by all of `demand`.

    Where the history is too short for `FEWEST_ERRORS` of them, the usual method is taken; its spread over one period,
    if as many forecasts of one can be judged, is stretched by the root of the horizon, as if errors were independent.
    """
    start = start_of(demand)
    tried = {method: forecasts(method, demand) for method in Method}
    found = {method: errors_of(made, demand, start, horizon) for method, made in tried.items()}
    count = len(found[USUAL])
    if count >= FEWEST_ERRORS:
        spreads = {method: root_mean_square(errors) for method, errors in found.items()}
        best = min(spreads, key=lambda method: spreads[method])  # of equals the first, which is preferred
        return Choice(best, tried[best][-1], spreads[best], horizon, count)
    single = errors_of(tried[USUAL], demand, start, 1)
    spread = root_mean_square(single) * sqrt(horizon) if len(single) >= FEWEST_ERRORS else None
    return Choice(USUAL, tried[USUAL][-1], spread, horizon, len(single))
