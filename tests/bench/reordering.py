"""The report of simulated years in which records drift: what was short, with counts and without."""

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import TextIO

from tests.bench.drifting import YEAR, Counting, Drift, Result, customers, year

DRIFTS: Mapping[str, Drift] = MappingProxyType(
    {
        "records without mistakes, counts without": Drift(unrecorded=0, damage=0, misbooked=0, miscounted=0),
        "records without mistakes, counts with": Drift(unrecorded=0, damage=0, misbooked=0),
        "the usual drift": Drift(),
        "three times as much": Drift(unrecorded=0.15, damage=0.06, misbooked=0.15),
    }
)


def run(parsed: argparse.Namespace) -> int:
    """`python -m tests.bench reorder`."""
    started = time.perf_counter()
    for name, drift in DRIFTS.items():
        report(name, drift, parsed.items, compare(drift, parsed.items, parsed.seeds), sys.stdout)
    sys.stdout.write(f"\n{time.perf_counter() - started:.0f} s\n")
    return 0


def compare(drift: Drift, items: int, seeds: int) -> dict[Counting, list[Result]]:
    """A year of every kind of store, for each seed."""
    found: dict[Counting, list[Result]] = {counting: [] for counting in Counting}
    for seed in range(1, seeds + 1):
        drawn = customers(items, drift, seed)
        for counting in Counting:
            found[counting].append(year(drawn, drift, seed, counting))
    return found


def report(name: str, drift: Drift, items: int, found: Mapping[Counting, list[Result]], out: TextIO) -> None:
    """The table of one drift: all seeds together, and of each seed what was short."""
    seeds = len(found[Counting.NONE])
    out.write(
        f"\n{name}: {drift.unrecorded:.0%} of takings unrecorded, {drift.damage:.0%} damaged, {drift.misbooked:.0%} of "
        f"deliveries misbooked, {drift.miscounted:.0%} of counts wrong\n"
        f"{items} items, {seeds} seeds, {total(found[Counting.NONE]).wanted:,} units wanted\n\n"
        "                            units    service  % of days  % of days  units on  off by    orders  counts\n"
        "                            short    level    empty      too full   hand      on record\n"
    )
    for counting, results in found.items():
        its = total(results)
        days = items * YEAR * seeds
        out.write(
            f"{counting:26} {its.short:6,} {its.service:9.1%} {its.empty_days / days:9.2%} "
            f"{its.overstock_days / days:10.2%} {its.stock_days / days:9.1f} {its.error_days / days:9.1f} "
            f"{its.orders:9,} {its.counts:7,}\n"
        )
    pairs = zip(found[Counting.DEMAND], found[Counting.NONE], strict=True)
    worse = sum(counted.short > uncorrected.short for counted, uncorrected in pairs)
    out.write(f"short of more than the uncorrected store when it counts: {worse} of {seeds} seeds\n")


def total(results: list[Result]) -> Result:
    """Several years as one."""
    return Result(**{one.name: sum(getattr(result, one.name) for result in results) for one in fields(Result)})
