"""Coverage: the counts that each class was promised, against those that were made.

The promise of a class over a period is its items x counts a year x the period's part of the year. It can be kept more
than once (spot counts, recounts of a plan): then more than 100 % was done, and is said so.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.rules.chart_words import NO_VALUE, NOTHING_YET, ChartTable, share_words, titled
from models.rules.wording import quantity

_FEW = 10


@dataclass(frozen=True)
class ClassCoverage:
    """A class ("" for items without one): counts a year of each item, counts promised in the period, counts made.

    Raises:
        ValueError: for numbers below 0.
    """

    abc_class: str
    per_year: Decimal
    promised: Decimal
    done: int

    def __post_init__(self) -> None:
        if self.per_year < 0 or self.promised < 0 or self.done < 0:
            raise ValueError(f"class {self.abc_class}: counts are 0 or more")

    @property
    def name(self) -> str:
        """What it is called."""
        return self.abc_class or "No class"

    @property
    def title(self) -> str:
        """What it is called where it stands alone: "Class A"."""
        return f"Class {self.abc_class}" if self.abc_class else self.name

    @property
    def promise_said(self) -> str:
        """The frequency in words: "12 a year"."""
        return f"{quantity(self.per_year)} a year"

    @property
    def promised_said(self) -> str:
        """The counts promised, in words: "2,000", "0.4"."""
        return _counts(self.promised)

    @property
    def kept(self) -> Fraction | None:
        """Done / promised, which may be above 1; None when nothing was promised."""
        return Fraction(self.done) / Fraction(self.promised) if self.promised else None

    @property
    def kept_said(self) -> str:
        """The share kept in words: "80 %", or a dash."""
        return NO_VALUE if self.kept is None else share_words(self.kept)

    @property
    def said(self) -> str:
        """Done and promised in one phrase: "96 of 120 (80 %)"."""
        if self.kept is None:
            return f"{self.done:,}, none promised"
        return f"{self.done:,} of {self.promised_said} ({self.kept_said})"


@dataclass(frozen=True)
class CoverageChart:
    """Classes in the order they are shown; `subject` says of when it is: "last 12 months"."""

    classes: tuple[ClassCoverage, ...]
    subject: str = ""

    @property
    def title(self) -> str:
        """What stands above it."""
        return titled("Counts promised and done", self.subject)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was promised and nothing done."""
        return not any(one.promised or one.done for one in self.classes)

    @property
    def headline(self) -> str:
        """How much of all promises was kept. What one class got beyond its promise makes up for no other."""
        if self.is_empty:
            return NOTHING_YET.capitalize()
        promised = sum((one.promised for one in self.classes), Decimal(0))
        if not promised:
            return "No counts promised"
        made = sum((min(one.promised, Decimal(one.done)) for one in self.classes), Decimal(0))
        share = share_words(Fraction(made) / Fraction(promised))
        return f"{_counts(made)} of {_counts(promised)} promised counts made ({share})"

    @property
    def alt(self) -> str:
        """Its numbers, for who cannot see it."""
        if self.is_empty:
            return f"{self.title}: {NOTHING_YET}."
        named = [f"{one.title[0].lower()}{one.title[1:]} {one.said}" for one in self.classes]
        return f"{self.title}: {', '.join(named)}. {self.headline}."

    @property
    def table(self) -> ChartTable:
        """A row a class."""
        rows = tuple(
            (one.name, one.promise_said, one.promised_said, f"{one.done:,}", one.kept_said) for one in self.classes
        )
        return ChartTable(("Class", "Each item", "Promised", "Done", "Kept"), rows)

    @property
    def rows_said(self) -> tuple[tuple[str, str], ...]:
        """The table for who reads or hears it line by line: a class, and all that there is to say of it."""
        return tuple((f"{one.title}, {one.promise_said}", one.said) for one in self.classes)


def _counts(number: Decimal) -> str:
    """Whole counts; of fewer than ten, to a tenth."""
    return quantity(round(number, 1) if number < _FEW else round(number, 0))
