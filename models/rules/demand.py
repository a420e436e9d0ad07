"""Demand as it was, bucket by bucket, from what the ledger says of it.

What was issued is demand of the moment it was issued. What a count found to be gone (a consuming cause) was taken some
time since the previous count of that item and bin, nobody knows when: it is spread evenly over that time, so that the
day of the count is no peak that would wreck the forecast. The first count has none before it: then it is spread since
the stock was opened. *Evenly* is by the clock: a day that lies in it by half gets half of what a whole one gets.

Buckets are the stretches between neighbouring `edges`, which rise; each has its begin and not its end, the last one
both. What falls outside of all buckets is left out, and with it its share of what is spread.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

WEEK = timedelta(days=7)


def weeks_before(now: datetime, number: int) -> list[datetime]:
    """The edges of the `number` whole weeks that end now."""
    return [now - WEEK * back for back in range(number, -1, -1)]


def bucket_of(instant: datetime, edges: Sequence[datetime]) -> int | None:
    """The bucket that an instant lies in; None when it is outside of all."""
    if instant == edges[-1]:
        return len(edges) - 2
    index = bisect_right(edges, instant) - 1
    return index if 0 <= index < len(edges) - 1 else None


def shares(start: datetime, end: datetime, edges: Sequence[datetime]) -> Iterator[tuple[int, float]]:
    """Which buckets the time from `start` to `end` lies in, and with which share of it each.

    Of no time at all, or if `start` is the later one, everything is at `end`.
    """
    if start >= end:
        if (index := bucket_of(end, edges)) is not None:
            yield index, 1.0
        return
    whole = end - start
    for index in range(max(0, bisect_right(edges, start) - 1), len(edges) - 1):
        if edges[index] >= end:
            return
        yield index, (min(end, edges[index + 1]) - max(start, edges[index])) / whole


def netted(taken: Sequence[float]) -> list[float]:
    """Demand without what came back: it is taken off the latest demand before it, and no bucket is below 0.

    What came back of earlier demand than is known here is dropped.
    """
    found: list[float] = []
    back = 0.0
    for amount in reversed(taken):
        left = amount - back
        found.append(max(0.0, left))
        back = max(0.0, -left)
    return found[::-1]
