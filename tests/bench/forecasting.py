"""Which way to forecast would have been right: every method, and the choice per item, on days held out before.

Weeks, not days: nobody sells on Saturdays in the real data, nobody works on Sundays in most stores, what a count finds
is spread over days that nobody saw, and lead times are weeks. Weeks are cut where the held-out days begin, so that no
week is partly known. An item begins with its first demand; before that nobody can tell it from one that did not exist.
"""

import argparse
import csv
import gzip
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean, median
from typing import TextIO

from models.rules.backtest import FEWEST_ERRORS, WARM_UP, Score, choose, errors_of, scale_of, score
from models.rules.intermittent import Method, forecasts
from models.rules.patterns import Pattern, pattern_of

WEEK = timedelta(days=7)
HELD_OUT = 0.2
SHORTEST_TRAINING = WARM_UP + FEWEST_ERRORS
CHOSEN = "chosen per item"

Daily = Mapping[str, Mapping[date, float]]


@dataclass
class Outcome:
    """Scores on the held-out weeks by method (and `CHOSEN`), item by item; and what was left out, and why."""

    horizon: int
    training_weeks: int
    held_out_weeks: int
    scores: dict[str, list[Score]] = field(default_factory=lambda: defaultdict(list))
    patterns: list[Pattern] = field(default_factory=list)
    choices: Counter[Method] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def run(parsed: argparse.Namespace) -> int:
    """`python -m tests.bench forecast`."""
    started = time.perf_counter()
    daily = read_demand(parsed.data)
    for horizon in parsed.lead_time:
        report(back_test(daily, horizon), sys.stdout)
    sys.stdout.write(f"\n{time.perf_counter() - started:.0f} s\n")
    return 0


def read_demand(folder: Path) -> Daily:
    """Demand by SKU and day, from `retail_demand.csv.gz`; items of `retail_items.csv.gz` without any have none."""
    with gzip.open(folder / "retail_items.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        daily: dict[str, dict[date, float]] = {row["sku"]: {} for row in csv.DictReader(stream)}
    with gzip.open(folder / "retail_demand.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            daily[row["sku"]][date.fromisoformat(row["date"])] = float(row["quantity"])
    return daily


def back_test(daily: Daily, horizon: int) -> Outcome:
    """Hold out the last fifth of the days, choose by the rest, and score every method on what was held out."""
    days = sorted({day for its in daily.values() for day in its})
    first, last = days[0], days[-1]
    total = (last - first).days + 1
    cut = last + timedelta(days=1) - timedelta(days=round(total * HELD_OUT))
    training, held_out = (cut - first) // WEEK, (last + timedelta(days=1) - cut) // WEEK
    outcome = Outcome(horizon, training, held_out)
    begins = cut - training * WEEK
    for its in daily.values():
        _score_item(_weeks(its, begins, training + held_out), training, outcome)
    return outcome


def _weeks(its: Mapping[date, float], begins: date, number: int) -> list[float]:
    weeks = [0.0] * number
    for day, taken in its.items():
        week = (day - begins) // WEEK
        if 0 <= week < number:
            weeks[week] += taken
    return weeks


def _score_item(weeks: list[float], training: int, outcome: Outcome) -> None:
    first = next((number for number, taken in enumerate(weeks) if taken), len(weeks))
    known, demand = weeks[first:training], weeks[first:]
    pattern, scale = pattern_of(known), scale_of(known)
    if len(known) < SHORTEST_TRAINING or pattern is None or scale is None:
        outcome.left_out["first demand too late, or never" if len(known) < SHORTEST_TRAINING else "never changed"] += 1
        return
    choice = choose(known, outcome.horizon)  # it sees the training part alone
    outcome.choices[choice.method] += 1
    outcome.patterns.append(pattern)
    for method in Method:
        errors = errors_of(forecasts(method, demand), demand, len(known), outcome.horizon)
        found = score(errors, scale)
        assert found is not None, "there are held-out weeks"
        outcome.scores[method].append(found)
        if method is choice.method:
            outcome.scores[CHOSEN].append(found)


def report(outcome: Outcome, out: TextIO) -> None:
    """The table of every method, and one of the squared error by pattern of demand."""
    left_out = ", ".join(f"{number:,} left out ({why})" for why, number in outcome.left_out.items())
    sizes = Counter(outcome.patterns)
    out.write(
        f"\n{len(outcome.patterns):,} items, {outcome.training_weeks} weeks known, {outcome.held_out_weeks} held out, "
        f"{outcome.horizon} week{'s' * (outcome.horizon != 1)} ahead; {left_out or 'none left out'}\n\n"
        "                    MASE            RMSSE           bias    chosen\n"
        "                    mean   median   mean   median   mean   for items\n"
    )
    for name in (*Method, CHOSEN):
        scores = outcome.scores[name]
        absolute, squared = [found.mase for found in scores], [found.rmsse for found in scores]
        chosen = f"{outcome.choices[Method(name)]:8,}" if name != CHOSEN else ""
        out.write(
            f"{name:17} {fmean(absolute):7.3f} {median(absolute):7.3f} {fmean(squared):7.3f} {median(squared):7.3f} "
            f"{fmean(found.bias for found in scores):+7.3f} {chosen}".rstrip()
            + "\n"
        )
    out.write("\nmean RMSSE   " + "".join(f"{f'{pattern} ({sizes[pattern]:,})':>21}" for pattern in Pattern) + "\n")
    for name in (*Method, CHOSEN):
        out.write(f"{name:15}" + "".join(f"{_mean_of(outcome, name, pattern):>21}" for pattern in Pattern) + "\n")


def _mean_of(outcome: Outcome, name: str, pattern: Pattern) -> str:
    pairs: Iterable[tuple[Score, Pattern]] = zip(outcome.scores[name], outcome.patterns, strict=True)
    found = [scored.rmsse for scored, its in pairs if its is pattern]
    return f"{fmean(found):.3f}" if found else "-"
