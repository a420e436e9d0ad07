"""Gross variance by cause, as a Pareto chart: the largest first, and what each adds to the share of the whole.

Gross, because overs and shorts of a cause must not hide each other. What does not fit is added up as "Others", at the
end, whatever its size: it is not a cause that somebody could go after.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.rules.chart_words import ChartTable, counted_words, one_line, share_words, titled
from models.rules.wording import money

MOST_BARS = 8
"""Bars that a phone shows at once, "Others" among them."""
VITAL = Fraction(4, 5)
"""The share that the "vital few" causes make up between them."""
NO_CAUSE = "No cause"
"""What an amount without a cause stands under."""
_NAMED = 3  # causes that the alternative text says one by one


@dataclass(frozen=True)
class CauseAmount:
    """What one cause was found to be worth: the gross variance value, in the company's currency, of so many lines.

    Raises:
        ValueError: for less than nothing: gross values have no sign.
    """

    name: str
    gross: Decimal
    lines: int

    def __post_init__(self) -> None:
        if self.gross < 0 or self.lines < 0:
            raise ValueError(f"{self.name}: {self.gross} of {self.lines} lines is not a gross value")


@dataclass(frozen=True)
class CauseBar:
    """A bar: its share of the whole, and that share together with those of all bars before it. Both 0 to 1."""

    name: str
    gross: Decimal
    lines: int
    share: Fraction
    cumulative: Fraction
    is_rest: bool = False


@dataclass(frozen=True)
class CauseChart:
    """Bars, the largest first, "Others" last. `unknown_cost`: lines that have no value and are in no bar."""

    bars: tuple[CauseBar, ...]
    currency: str
    subject: str = ""
    unknown_cost: int = 0

    @property
    def title(self) -> str:
        """What stands above it."""
        return titled("Gross variance by cause", self.subject)

    @property
    def total(self) -> Decimal:
        """The gross value of all causes."""
        return sum((bar.gross for bar in self.bars), Decimal(0))

    @property
    def headline(self) -> str:
        """The whole, and how few causes make up most of it."""
        if not self.bars:
            return "No variance with a value yet"
        total = money(self.total, self.currency)
        vital = next(number for number, bar in enumerate(self.bars, start=1) if bar.cumulative >= VITAL)
        if vital == len(self.bars) or self.bars[vital - 1].is_rest:
            return f"{total} in all"
        first = "the first cause makes" if vital == 1 else f"the first {vital} causes make"
        return f"{total} in all; {first} up {share_words(self.bars[vital - 1].cumulative)}"

    @property
    def unvalued_said(self) -> str:
        """What is not in it, for want of a unit cost; empty when all is."""
        if not self.unknown_cost:
            return ""
        return f"Not in it: {counted_words(self.unknown_cost, 'line', 'lines')} of unknown cost"

    @property
    def alt(self) -> str:
        """Its numbers, for who cannot see it."""
        if not self.bars:
            said = f"{self.title}: {self.headline[0].lower()}{self.headline[1:]}."
        else:
            named = [f"{bar.name} {money(bar.gross, self.currency)} ({share_words(bar.share)})" for bar in self.bars]
            rest = len(self.bars) - _NAMED
            if rest > 1:
                beyond = self.bars[-1].cumulative - self.bars[_NAMED - 1].cumulative
                named[_NAMED:] = [f"and the rest {share_words(beyond)}"]
            said = f"{self.title}: {', '.join(named)}. {self.headline}."
        return f"{said} {self.unvalued_said}." if self.unvalued_said else said

    @property
    def table(self) -> ChartTable:
        """A row a bar."""
        rows = tuple(
            (
                bar.name,
                money(bar.gross, self.currency),
                share_words(bar.share),
                share_words(bar.cumulative),
                f"{bar.lines:,}",
            )
            for bar in self.bars
        )
        return ChartTable(("Cause", "Gross", "Share", "Running share", "Lines"), rows)

    @property
    def rows_said(self) -> tuple[tuple[str, str], ...]:
        """The table for who reads or hears it line by line: a cause, and all that there is to say of it."""
        return tuple(
            (
                bar.name,
                f"{money(bar.gross, self.currency)} ({share_words(bar.share)}), {share_words(bar.cumulative)} so far",
            )
            for bar in self.bars
        )


def gross_by_cause(
    amounts: Iterable[CauseAmount], *, currency: str, subject: str = "", unknown_cost: int = 0, most: int = MOST_BARS
) -> CauseChart:
    """The chart of these amounts, in any order; those of one name are added up, those of no value left out.

    `most` bars at most, 2 or more: what is beyond them becomes "Others".
    """
    added: dict[str, CauseAmount] = {}
    for one in amounts:
        name = one_line(one.name) or NO_CAUSE
        had = added.get(name, CauseAmount(name, Decimal(0), 0))
        added[name] = CauseAmount(name, had.gross + one.gross, had.lines + one.lines)
    ranked = sorted((one for one in added.values() if one.gross), key=lambda one: (-one.gross, one.name))
    kept, rest = (ranked, []) if len(ranked) <= most else (ranked[: most - 1], ranked[most - 1 :])
    total = sum((Fraction(one.gross) for one in ranked), Fraction(0))
    bars: list[CauseBar] = []
    running = Fraction(0)
    for one in kept:
        share = Fraction(one.gross) / total
        running += share
        bars.append(CauseBar(one.name, one.gross, one.lines, share, running))
    if rest:
        gross, lines = sum((one.gross for one in rest), Decimal(0)), sum(one.lines for one in rest)
        others = f"Others ({len(rest)} causes)"
        bars.append(CauseBar(others, gross, lines, 1 - running, Fraction(1), is_rest=True))
    return CauseChart(tuple(bars), currency, subject, unknown_cost)
