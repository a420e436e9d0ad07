"""A random sample that can be drawn again: the ids of 1 to the largest one, shuffled by a seed.

A sample must be fair, and whoever doubts it must be able to repeat it. So a draw is a random order of *all* ids up
to the largest, and it depends on nothing but the seed and that largest id. The sample is the first k of them that
are in scope (exist, lie in the team's bins, are not being counted): of a fair order, the first k in scope are a fair
sample of the scope, and neither the size of the sample nor the scope ever changes the order. Ids that are no longer
used are passed over.

The order is a Fisher-Yates shuffle that is made as it is read and remembers only the places it touched, so the first
200 of 10 million cost 200 steps. It uses `Random.random` alone, because Python promises the numbers of that
method (and no other) for ever.
"""

from collections.abc import Iterator
from random import Random


def draw_ids(seed: int, largest_id: int) -> Iterator[int]:
    """Every id from 1 to `largest_id` once, in the random order of that seed; lazily."""
    random = Random(seed).random  # noqa: S311 - a sample that can be drawn again, not a secret
    moved: dict[int, int] = {}  # what lies at a place, where that is not the id of the place itself
    for place in range(1, largest_id + 1):
        other = place + int(random() * (largest_id - place + 1))
        drawn = moved.pop(other, other)
        if other != place:
            moved[other] = moved.pop(place, place)
        yield drawn
