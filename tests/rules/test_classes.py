"""ABC classes: a ranking worked by hand, where the cuts fall, and what must hold for any values."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from models.rules.classes import (
    DEFAULT_CUTS,
    ClassMeasure,
    Ranked,
    change_text,
    classify,
    cuts_text,
    parse_cuts,
)

D = Decimal
F = Fraction


def letters(*values: int | str, cuts: Sequence[Decimal] = DEFAULT_CUTS) -> str:
    """The classes of items 0, 1, 2 ... with these values, in that order."""
    ranked = classify([(key, D(value)) for key, value in enumerate(values)], cuts)
    return "".join(item.abc_class for item in sorted(ranked, key=lambda item: item.key))


def test_a_ranking_worked_by_hand() -> None:
    values = {"PUMP": 500, "BOLT": 60, "NUT": 40, "VALVE": 250, "SEAL": 100, "RAG": 0, "TAPE": 30, "CLIP": 20}
    ranked = classify(values.items())
    assert [(item.rank, item.key, item.value, item.cumulative, item.abc_class) for item in ranked] == [
        (1, "PUMP", 500, 500, "A"),
        (2, "VALVE", 250, 750, "A"),
        (3, "SEAL", 100, 850, "A"),  # 75 % before it, 85 % with it: it crosses the cut
        (4, "BOLT", 60, 910, "B"),
        (5, "NUT", 40, 950, "B"),  # exactly 95 % with it
        (6, "TAPE", 30, 980, "C"),
        (7, "CLIP", 20, 1000, "C"),
        (8, "RAG", 0, 1000, "C"),
    ]
    assert [item.share for item in ranked[:2]] == [F(1, 2), F(1, 4)]
    assert [item.cumulative_share for item in ranked[:2]] == [F(1, 2), F(3, 4)]
    assert ranked[-1].cumulative_share == 1


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ((80, 15, 5), "ABC"),  # the cuts are reached exactly
        ((79, 16, 5), "AAC"),  # 79 % before: the second crosses 80 and, with 95, ends B as well
        ((79, 15, 6), "AAB"),  # 94 % before the third
        ((100,), "A"),
        ((99, 1), "AC"),  # nothing is left for B
        ((1, 1, 1, 1), "AAAA"),  # the fourth has 75 % before it
        ((1, 1, 1, 1, 1), "AAAAB"),
        ((0, 0, 0), "CCC"),
        ((-5, 0, -1), "CCC"),
        ((100, 0, -20), "ACC"),  # less than nothing takes nothing from the others
        ((100, -100), "AC"),
        ((), ""),
        (("0.0001", "0.0002"), "AA"),
        (("79.9999999", "0.0000001", 15, 5), "ACAB"),  # 80 % and 95 % missed by a hair: nothing is rounded
        ((20, 20, 20, 20, 20), "AAAAB"),  # equal values: the keys decide
    ],
)
def test_where_the_cuts_fall(values: tuple[int | str, ...], classes: str) -> None:
    assert letters(*values) == classes


def test_more_or_fewer_classes() -> None:
    assert letters(50, 30, 15, 5, cuts=(D(50),)) == "ABBB"
    assert letters(50, 30, 15, 5, 0, cuts=(D(50), D(80), D("94.5"))) == "ABCDD"
    assert letters(5, 5, 0, cuts=()) == "AAA"


def test_equal_values_rank_by_key() -> None:
    assert [item.key for item in classify([("B", 1), ("C", 2), ("A", 1)])] == ["C", "A", "B"]


def test_a_pin_decides_the_class_and_moves_nobody_else() -> None:
    values = [(key, value) for key, value in enumerate((500, 250, 100, 60, 40, 30, 20))]
    plain = classify(values)
    pinned = classify(values, pins={0: "C", 6: "A"})
    assert [(item.abc_class, item.is_pinned) for item in pinned] == [
        ("C", True),
        ("A", False),
        ("A", False),
        ("B", False),
        ("B", False),
        ("C", False),
        ("A", True),
    ]
    assert [(item.key, item.rank, item.cumulative) for item in pinned] == [
        (item.key, item.rank, item.cumulative) for item in plain
    ]


@pytest.mark.parametrize(
    ("text", "cuts"),
    [
        ("80/15/5", (80, 95)),
        (" 80 / 15 / 5 ", (80, 95)),
        ("80% / 15 % / 5%", (80, 95)),
        ("50/50", (50,)),
        ("62.5/20/10/7.5", (D("62.5"), D("82.5"), D("92.5"))),
    ],
)
def test_cuts_are_read_from_the_shares_of_the_classes(text: str, cuts: tuple[Decimal, ...]) -> None:
    assert parse_cuts(text) == cuts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "“” is not how classes share the value; write it like 80/15/5, for A, B and C."),
        ("80, 95", "“80, 95” is not how classes share the value; write it like 80/15/5, for A, B and C."),
        ("80/-15/35", "“80/-15/35” is not how classes share the value; write it like 80/15/5, for A, B and C."),
        ("100", "There are 2 to 26 classes; write their shares like 80/15/5."),
        ("/".join(["1"] * 27), "There are 2 to 26 classes; write their shares like 80/15/5."),
        ("80/20/0", "A class with a share of 0 % would have no items; leave it out."),
        ("80/15/6", "The shares of the classes add up to 101 %, not to 100 %."),
        ("80/15/4.999", "The shares of the classes add up to 99.999 %, not to 100 %."),
    ],
)
def test_cuts_that_cannot_be_say_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_cuts(text)
    assert str(refused.value) == sentence


@given(st.lists(st.integers(1, 999), min_size=1, max_size=8, unique=True))
def test_cuts_are_written_as_they_are_read(tenths: list[int]) -> None:
    cuts = tuple(D(tenth) / 10 for tenth in sorted(tenths))
    assert parse_cuts(cuts_text(cuts)) == cuts


def item(value: int | str, *, abc_class: str = "A", rank: int = 12, pinned: bool = False) -> Ranked[str]:
    return Ranked("BOLT-10", rank, D(value), D(782), D(1000), abc_class, is_pinned=pinned)


@pytest.mark.parametrize(
    ("found", "before", "measure", "window", "sentence"),
    [
        (
            item(1240),
            "B",
            ClassMeasure.USAGE_VALUE,
            365,
            "B -> A: rank 12, 1,240.00 EUR a year, together 78.2 % of the value",
        ),
        (
            item("99.5", rank=1200),
            "C",
            ClassMeasure.USAGE_VALUE,
            90,
            "C -> A: rank 1,200, 99.50 EUR in 90 days, together 78.2 % of the value",
        ),
        (
            item(1240),
            None,
            ClassMeasure.ON_HAND_VALUE,
            365,
            "new -> A: rank 12, 1,240.00 EUR on hand, together 78.2 % of the value",
        ),
        (
            item(1240),
            "",
            ClassMeasure.MOVEMENTS,
            365,
            "new -> A: rank 12, 1,240 movements a year, together 78.2 % of the movements",
        ),
        (
            item(1),
            "C",
            ClassMeasure.MOVEMENTS,
            30,
            "C -> A: rank 12, 1 movement in 30 days, together 78.2 % of the movements",
        ),
        (
            item("12.5"),
            "B",
            ClassMeasure.UNIT_COST,
            365,
            "B -> A: rank 12, 12.50 EUR each, together 78.2 % of the value",
        ),
        (item(0, abc_class="C"), "A", ClassMeasure.USAGE_VALUE, 365, "A -> C: 0.00 EUR a year"),
        (item(0, abc_class="C"), "A", ClassMeasure.MOVEMENTS, 365, "A -> C: 0 movements a year"),
        (item(-5, abc_class="C"), "A", ClassMeasure.ON_HAND_VALUE, 365, "A -> C: -5.00 EUR on hand"),
        (item(1240, abc_class="C", pinned=True), "A", ClassMeasure.USAGE_VALUE, 365, "A -> C: pinned to C"),
    ],
)
def test_why_a_class_changed(
    found: Ranked[str], before: str | None, measure: ClassMeasure, window: int, sentence: str
) -> None:
    assert change_text(found, before, measure, "EUR", window) == sentence


VALUES = st.lists(st.integers(-1000, 10**9), max_size=60) | st.lists(st.decimals(-1000, 10**9, places=4), max_size=60)
CUTS = st.sets(st.integers(1, 999), max_size=5).map(lambda tenths: tuple(D(tenth) / 10 for tenth in sorted(tenths)))
PINS = st.dictionaries(st.integers(0, 60), st.sampled_from("ABCZ"), max_size=5)


@given(VALUES, CUTS, PINS)
def test_classes_hold_what_they_promise(
    values: Sequence[int | Decimal], cuts: tuple[Decimal, ...], pins: dict[int, str]
) -> None:
    ranked = classify(enumerate(values), cuts, pins)
    last = "ABCDEF"[len(cuts)]
    assert sorted(item.key for item in ranked) == list(range(len(values)))
    assert [item.rank for item in ranked] == list(range(1, len(values) + 1))
    assert all((one.value, -one.key) > (two.value, -two.key) for one, two in pairwise(ranked))
    for found in ranked:
        assert found.is_pinned is (found.key in pins)
        before = found.cumulative_share - found.share
        # The class is the number of cuts that those before the item already reach.
        reached = sum(before * 100 >= F(cut) for cut in cuts)
        expected = "ABCDEF"[reached] if found.value > 0 else last
        assert found.abc_class == pins.get(found.key, expected)
    free = [item.abc_class for item in ranked if not item.is_pinned]
    assert free == sorted(free)  # a higher value is never in a lower class
    if ranked and ranked[0].value > 0:
        assert ranked[-1].cumulative_share == 1
        assert ranked[0].is_pinned or ranked[0].abc_class == "A"


@given(VALUES, CUTS, st.randoms(use_true_random=False))
def test_the_order_items_come_in_does_not_matter(
    values: Sequence[int | Decimal], cuts: tuple[Decimal, ...], random: object
) -> None:
    items = list(enumerate(values))
    assert classify(reversed(items), cuts) == classify(items, cuts)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40), CUTS, st.integers(0, 7))
def test_money_in_whole_units_and_in_decimals_gives_the_same_classes(
    values: list[int], cuts: tuple[Decimal, ...], decimals: int
) -> None:
    whole = classify(enumerate(values), cuts)
    scaled = classify(((key, D(value).scaleb(-decimals)) for key, value in enumerate(values)), cuts)
    assert [(item.key, item.abc_class) for item in scaled] == [(item.key, item.abc_class) for item in whole]
