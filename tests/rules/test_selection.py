from hypothesis import given
from hypothesis import strategies as st

from models.rules.selection import walk_key

BINS = st.tuples(st.text(max_size=20), st.none() | st.integers(-5, 5))


def walk(*bins: tuple[str, int | None]) -> list[str]:
    return [code for code, _ in sorted(bins, key=lambda bin_: walk_key(*bin_))]


def test_codes_are_ordered_as_people_read_them() -> None:
    bins = ("A-10", "A-2", "a-1", "A-2-10", "A-2-9", "B-1", "10", "9", "A")
    assert walk(*((code, None) for code in bins)) == ["9", "10", "A", "a-1", "A-2", "A-2-9", "A-2-10", "A-10", "B-1"]


def test_the_walk_order_comes_first_and_bins_without_one_last() -> None:
    assert walk(("A-1", None), ("Z-9", 1), ("B-1", 2), ("C-1", 0)) == ["C-1", "Z-9", "B-1", "A-1"]


def test_bins_of_one_turn_follow_their_codes() -> None:
    assert walk(("B-1", 7), ("A-10", 7), ("A-2", 7)) == ["A-2", "A-10", "B-1"]


def test_leading_zeros_read_as_the_same_number_but_stay_two_bins() -> None:
    assert walk_key("A-02", None) != walk_key("A-2", None)
    assert walk(("A-3", None), ("A-02", None), ("A-2", None)) == ["A-02", "A-2", "A-3"]


@given(st.lists(BINS, max_size=8))
def test_every_set_of_bins_has_one_order(bins: list[tuple[str, int | None]]) -> None:
    assert walk(*bins) == walk(*reversed(bins))


@given(BINS, BINS)
def test_only_the_same_bin_has_the_same_key(one: tuple[str, int | None], other: tuple[str, int | None]) -> None:
    assert (walk_key(*one) == walk_key(*other)) == (one == other)
