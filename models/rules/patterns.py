"""How demand comes: often or seldom, in like amounts or not.

ADI is the average interval between two demands, in periods; CV² the squared coefficient of variation of the sizes of
demands. The cuts are those of A. A. Syntetos, J. E. Boylan and J. D. Croston, "On the categorization of demand
patterns", Journal of the Operational Research Society 56 (2005).
"""

from collections.abc import Sequence
from enum import StrEnum
from statistics import fmean, pvariance

LONGEST_INTERVAL = 1.32
LARGEST_VARIATION = 0.49


class Pattern(StrEnum):
    """The four kinds of demand."""

    SMOOTH = "smooth"  # often, in like amounts
    ERRATIC = "erratic"  # often, in unlike amounts
    INTERMITTENT = "intermittent"  # seldom, in like amounts
    LUMPY = "lumpy"  # seldom, in unlike amounts


def pattern_of(demand: Sequence[float]) -> Pattern | None:
    """The pattern of the demand of consecutive periods; None when there was none."""
    sizes = [taken for taken in demand if taken > 0]
    if not sizes:
        return None
    is_seldom = len(demand) / len(sizes) > LONGEST_INTERVAL
    mean = fmean(sizes)
    is_uneven = pvariance(sizes, mean) / mean**2 > LARGEST_VARIATION
    if is_seldom:
        return Pattern.LUMPY if is_uneven else Pattern.INTERMITTENT
    return Pattern.ERRATIC if is_uneven else Pattern.SMOOTH
