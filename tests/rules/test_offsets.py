"""Which variances of a session cancel out, worked by hand."""

from decimal import Decimal

import pytest

from models.rules.offsets import Likeness, Variance, offsets_of

SHORT = Variance(1, 1, 7, "BOLT-10", "A-01-03", Decimal(-12))


def other(
    amount: int | str, *, item: int = 7, sku: str = "BOLT-10", location: str = "A-02-01", line: int = 2
) -> Variance:
    return Variance(line, 1, item, sku, location, Decimal(amount))


@pytest.mark.parametrize(
    ("found", "likeness"),
    [
        (other(12), Likeness.MISPLACED),
        (other("12.000"), Likeness.MISPLACED),
        (other(10), Likeness.PARTLY),
        (other(20), Likeness.PARTLY),
        (other(-12), None),  # short there too
        (other(0), None),
        (other(12, line=1), None),  # the line itself
        (other(12, item=8, sku="BOLT-12"), Likeness.LOOK_ALIKE),  # a digit
        (other(12, item=8, sku="bolt-01"), Likeness.LOOK_ALIKE),  # two swapped
        (other(12, item=8, sku="BOLT-100"), Likeness.LOOK_ALIKE),  # one more
        (other(11, item=8, sku="BOLT-12"), None),  # not exactly: chance
        (other(12, item=8, sku="BOLT-22"), None),  # two digits
        (other(12, item=8, sku="NUT-10"), None),
    ],
)
def test_what_offsets_twelve_short(found: Variance, likeness: Likeness | None) -> None:
    told = offsets_of(SHORT, [found])
    assert [offset.likeness for offset in told] == ([] if likeness is None else [likeness])


def test_a_surplus_is_offset_by_a_shortage() -> None:
    (told,) = offsets_of(other(12), [SHORT])
    assert (told.other, told.likeness) == (SHORT, Likeness.MISPLACED)


def test_the_most_telling_come_first_and_no_more_than_three() -> None:
    others = [
        other(40, line=2, location="A-05"),
        other(12, line=3, item=8, sku="BOLT-12"),
        other(11, line=4, location="A-04"),
        other(12, line=5, location="A-09"),
        other(12, line=6, location="A-02"),
    ]
    assert [offset.other.line_id for offset in offsets_of(SHORT, others)] == [6, 5, 4]
