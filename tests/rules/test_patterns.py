"""The four patterns of demand, by their cuts: an interval of 1.32 periods, a squared variation of 0.49."""

import pytest

from models.rules.patterns import Pattern, pattern_of


@pytest.mark.parametrize(
    ("demand", "pattern"),
    [
        ([5, 5, 5, 5], Pattern.SMOOTH),  # every period, always the same
        ([2, 14, 2, 14], Pattern.ERRATIC),  # mean 8, variance 36, CV² 0.5625
        ([3, 17, 3, 17], Pattern.SMOOTH),  # mean 10, variance 49, CV² 0.49: the cut itself is not beyond it
        ([4, 0, 4, 0, 4, 0], Pattern.INTERMITTENT),  # every other period
        ([2, 0, 14, 0, 2, 0, 14, 0], Pattern.LUMPY),
        ([1, 1, 1, 0], Pattern.INTERMITTENT),  # 4 periods, 3 demands: 1.33
        ([*[1] * 25, *[0] * 8], Pattern.SMOOTH),  # 33 by 25 is 1.32, the cut
        ([0, 0], None),
        ([], None),
    ],
)
def test_each_pattern(demand: list[float], pattern: Pattern | None) -> None:
    assert pattern_of(demand) is pattern
