"""Random samples: fair, and drawn again from their seed."""

import tracemalloc
from collections import Counter
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.draws import draw_ids

SEEDS = st.integers(0, 2**63 - 1)

# Above this, chi-square says "not uniform" of fair draws once in a thousand times: by degrees of freedom.
CHI_SQUARE_999 = {23: 49.73, 99: 148.23}


def first(seed: int, largest: int, count: int) -> list[int]:
    return list(islice(draw_ids(seed, largest), count))


def chi_square(seen: Counter[object], kinds: int) -> float:
    expected = seen.total() / kinds
    return sum((number - expected) ** 2 / expected for number in seen.values()) + (kinds - len(seen)) * expected


@pytest.mark.parametrize(
    ("seed", "largest", "ids"),
    [
        # What was drawn with a seed is drawn with it for ever; these may never change.
        (7, 10, [4, 3, 8, 1, 2, 7, 6, 9, 5, 10]),
        (7, 10_000_000, [3238328, 1508493, 6509346, 724366, 5358822]),
        (2**63 - 1, 1000, [317, 632, 804, 456, 479]),
        (7, 1, [1]),
        (7, 0, []),
    ],
)
def test_a_seed_always_draws_the_same(seed: int, largest: int, ids: list[int]) -> None:
    assert first(seed, largest, max(len(ids), 1)) == ids


@given(SEEDS, st.integers(0, 300))
def test_every_id_is_drawn_once(seed: int, largest: int) -> None:
    assert sorted(draw_ids(seed, largest)) == list(range(1, largest + 1))


@given(SEEDS, st.integers(0, 10**9), st.integers(0, 50), st.integers(0, 50))
def test_a_smaller_sample_is_the_beginning_of_a_larger_one(seed: int, largest: int, one: int, other: int) -> None:
    small, large = sorted((one, other))
    drawn = first(seed, largest, large)
    assert first(seed, largest, small) == drawn[:small]
    assert len(set(drawn)) == min(large, largest)
    assert all(1 <= id_ <= largest for id_ in drawn)


def test_different_seeds_draw_differently() -> None:
    assert len({tuple(first(seed, 10**6, 5)) for seed in range(200)}) == 200


def test_every_id_is_as_likely_to_be_sampled() -> None:
    seen = Counter[object](id_ for seed in range(2000) for id_ in first(seed, 100, 10))
    assert chi_square(seen, 100) < CHI_SQUARE_999[99]


@pytest.mark.parametrize("place", [0, 1, 50, 99])
def test_every_id_is_as_likely_at_every_place(place: int) -> None:
    seen = Counter[object](first(seed, 100, place + 1)[place] for seed in range(5000))
    assert chi_square(seen, 100) < CHI_SQUARE_999[99]


def test_every_order_is_as_likely() -> None:
    seen = Counter[object](tuple(draw_ids(seed, 4)) for seed in range(12_000))
    assert set(seen) == set(permutations((1, 2, 3, 4)))
    assert chi_square(seen, 24) < CHI_SQUARE_999[23]


def test_the_first_in_scope_are_a_fair_sample_of_the_scope() -> None:
    scope = frozenset(range(1, 1001, 10))
    seen = Counter[object](
        id_ for seed in range(2000) for id_ in islice((id_ for id_ in draw_ids(seed, 1000) if id_ in scope), 10)
    )
    assert chi_square(seen, 100) < CHI_SQUARE_999[99]


def test_a_small_sample_of_many_remembers_only_what_it_touched() -> None:
    tracemalloc.start()
    try:
        assert len(first(7, 10**9, 1000)) == 1000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000  # bytes; a list of all ids would be eight thousand times as much
