"""Forecasts of demand that comes now and then: a rate for each period, from the periods before it.

Every method gets the demand of consecutive periods (0 where there was none, never negative) and gives the forecasts of
all of them and of one more: the first is made before anything is known and is 0, the last is of the period to come.
They are flat: the forecast of the second and third period to come is the same. Units are those of the demand.

Croston smooths how much is taken and how long it is in between, apart, and only when something is taken; the forecast
is their quotient. Its mean is too high by nearly the factor that SBA takes off. Both stand still while nothing is
taken. TSB smooths the chance of demand in every period, so that a part nobody wants any more is forgotten.

Sources: J. D. Croston, "Forecasting and stock control for intermittent demands", Operational Research Quarterly 23
(1972); A. A. Syntetos and J. E. Boylan, "The accuracy of intermittent demand estimates", International Journal of
Forecasting 21 (2005); R. H. Teunter, A. A. Syntetos and M. Z. Babai, "Intermittent demand: linking forecasting to
inventory obsolescence", European Journal of Operational Research 214 (2011). None of them fixes how to begin: here
the first demand is the first size, and the periods until it are the first interval (its inverse the first chance).
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

SMOOTHING = 0.1
"""How much the newest size, interval and chance weigh. The papers try 0.05 to 0.3 and find 0.1 to 0.2 to do; one value
for all items, because a few dozen periods of now-and-then demand cannot tell two of them apart."""

WINDOW = 13
"""Periods of the moving average: of weeks, a quarter of a year."""


class Method(StrEnum):
    """The ways to forecast, in the order in which one is preferred where two are equally good."""

    SBA = "SBA"
    TSB = "TSB"
    CROSTON = "Croston"
    MOVING_AVERAGE = "moving average"
    NAIVE = "naive"


def naive(demand: Sequence[float]) -> list[float]:
    """What was taken last."""
    return [0.0, *map(float, demand)]


def moving_average(demand: Sequence[float], window: int = WINDOW) -> list[float]:
    """The mean of the last `window` periods, or of all when there are fewer."""
    made = [0.0]
    for end in range(1, len(demand) + 1):
        last = demand[max(0, end - window) : end]
        made.append(sum(last) / len(last))
    return made


def croston(demand: Sequence[float], smoothing: float = SMOOTHING) -> list[float]:
    """The smoothed size of a demand by the smoothed interval between two."""
    made = [0.0]
    size, interval, since, rate = 0.0, 0.0, 0, 0.0
    for taken in demand:
        since += 1
        if taken > 0:
            if interval:
                size += smoothing * (taken - size)
                interval += smoothing * (since - interval)
            else:
                size, interval = float(taken), float(since)
            since, rate = 0, size / interval
        made.append(rate)
    return made


def sba(demand: Sequence[float], smoothing: float = SMOOTHING) -> list[float]:
    """Croston's forecast without most of its bias: (1 - smoothing / 2) of it."""
    share = 1 - smoothing / 2
    return [share * rate for rate in croston(demand, smoothing)]


def tsb(demand: Sequence[float], smoothing: float = SMOOTHING, chance_smoothing: float = SMOOTHING) -> list[float]:
    """The smoothed size of a demand by the smoothed chance that a period has one."""
    made = [0.0]
    size, chance = 0.0, 0.0
    for number, taken in enumerate(demand, start=1):
        if taken > 0 and not chance:
            size, chance = float(taken), 1 / number
        elif taken > 0:
            size += smoothing * (taken - size)
            chance += chance_smoothing * (1 - chance)
        else:
            chance -= chance_smoothing * chance
        made.append(size * chance)
    return made


_METHODS: Mapping[Method, Callable[[Sequence[float]], list[float]]] = MappingProxyType(
    {
        Method.SBA: sba,
        Method.TSB: tsb,
        Method.CROSTON: croston,
        Method.MOVING_AVERAGE: moving_average,
        Method.NAIVE: naive,
    }
)


def forecasts(method: Method, demand: Sequence[float]) -> list[float]:
    """What a method forecasts of each period and of the one after the last, with its usual parameters."""
    return _METHODS[method](demand)
