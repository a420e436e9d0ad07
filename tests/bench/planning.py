"""The report of simulated years: promised and achieved, the longest waits, and how even the days were."""

import argparse
import sys
import time
from datetime import date
from typing import TextIO

from models.rules.levelling import DEFAULT_FREQUENCIES, float_days
from tests.bench.simulation import AWAY, FIRST_DAY, TEAMS, UNCOUNTED, Outcome, simulation


def run(parsed: argparse.Namespace) -> int:
    """`python -m tests.bench plan`."""
    holds = True
    for capacity in parsed.capacity:
        started = time.perf_counter()
        with simulation(items=parsed.items, capacity=capacity, seed=parsed.seed) as simulated:
            outcome = simulated.run(date(FIRST_DAY.year + parsed.years, 1, 1))
        seconds = time.perf_counter() - started
        report(outcome, capacity, parsed, seconds, sys.stdout)
        holds = holds and not outcome.over_quota and not outcome.over_capacity
        holds = holds and (capacity < 1 or not outcome.late.total())
    return 0 if holds else 1


def report(outcome: Outcome, capacity: float, parsed: argparse.Namespace, seconds: float, out: TextIO) -> None:
    """The table of one simulation."""
    years = parsed.years
    peak, mean = outcome.peak_and_mean
    out.write(
        f"\n{parsed.items:,} items, {len(TEAMS)} teams, {years} years ({outcome.working_days} working days), seed "
        f"{parsed.seed}, {UNCOUNTED:.0%} of lines uncounted, {AWAY:.1%} of days a team away\n"
        f"demand {float(outcome.demand):.1f} lines a day, capacity {sum(outcome.capacity.values())} ({capacity:.0%})\n"
        "\n"
        "class  items  counts a year   longest wait     interval   interval    waits   lines of\n"
        "              promised  done   (work. days)              + float     beyond  catch-up\n"
    )
    often = {found.abc_class: found.counts_per_year for found in DEFAULT_FREQUENCIES}
    for letter, length in outcome.promised.items():
        done = outcome.counts[letter] / outcome.items[letter] / years
        out.write(
            f"{letter:5} {outcome.items[letter]:6,} {often[letter]:9} {done:6.2f} {outcome.longest[letter]:12} "
            f"{float(length):14.1f} {float(length + float_days(length)):10.1f} {outcome.late[letter]:9} "
            f"{outcome.caught_up[letter]:9}\n"
        )
    out.write(
        f"\nlines a day and team: peak {peak}, mean {mean:.1f}, peak / mean {peak / mean:.2f}\n"
        f"days over quota + 1: {len(outcome.over_quota)}, over capacity: {len(outcome.over_capacity)}\n"
        f"{seconds:.0f} s\n"
    )
    for name, warnings in outcome.warnings.items():
        out.writelines(f"the preview of {name} said: {warning}\n" for warning in warnings)
