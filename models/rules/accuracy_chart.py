"""Accuracy over time: the share of lines that were right at the first count, week by week, each with its interval.

A week with fewer lines than make a percentage (`FEWEST_LINES`) is a gap: it has a number of lines and no share. Weeks
in which nothing was counted are in the chart too, else a month of silence would look like a straight line.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.rules.accuracy import FEWEST_LINES, wilson
from models.rules.chart_words import (
    NO_VALUE,
    NOTHING_YET,
    ChartTable,
    counted_words,
    share_words,
    titled,
    week_words,
)

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class AccuracyWeek:
    """The lines counted in the week that begins on `monday`, and how many of them were right at the first count.

    Raises:
        ValueError: when there are more hits than lines, or the week begins on another day.
    """

    monday: date
    lines: int
    hits: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.lines:
            raise ValueError(f"{self.hits} hits in {self.lines} lines is not a share")
        if self.monday.weekday():
            raise ValueError(f"{self.monday} is not a Monday")

    @property
    def share(self) -> float | None:
        """IRA of the week, 0 to 1; None when the lines are too few for a percentage."""
        return self.hits / self.lines if self.lines >= FEWEST_LINES else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share; None with it."""
        return wilson(self.hits, self.lines) if self.lines >= FEWEST_LINES else None

    @property
    def share_said(self) -> str:
        """The share in words: "94 %", "too few", "none counted"."""
        if self.share is not None:
            return share_words(self.share)
        return "too few" if self.lines else "none counted"

    @property
    def interval_said(self) -> str:
        """The interval in words: "86 to 98 %", or a dash."""
        if self.interval is None:
            return NO_VALUE
        low, high = map(share_words, self.interval)
        return f"{low.removesuffix(' %')} to {high}"


@dataclass(frozen=True)
class AccuracyChart:
    """Weeks that follow each other without a hole; `subject` is whom or what they are about."""

    weeks: tuple[AccuracyWeek, ...]
    subject: str = ""

    @property
    def title(self) -> str:
        """What stands above it."""
        return titled("Accuracy by week", self.subject)

    @property
    def measured(self) -> tuple[AccuracyWeek, ...]:
        """The weeks that have a share."""
        return tuple(week for week in self.weeks if week.share is not None)

    @property
    def lines(self) -> int:
        """All lines counted in these weeks."""
        return sum(week.lines for week in self.weeks)

    @property
    def headline(self) -> str:
        """The newest share, with all that it takes to judge it."""
        if not self.lines:
            return NOTHING_YET.capitalize()
        if not self.measured:
            return f"Too few lines for a percentage: {counted_words(self.lines, 'line', 'lines')}"
        last = self.measured[-1]
        lines = counted_words(last.lines, "line", "lines")
        return f"{last.share_said} in the week of {week_words(last.monday)} ({last.interval_said}, {lines})"

    @property
    def gaps_said(self) -> str:
        """How many weeks have no share, and why; empty when each has one."""
        gaps = len(self.weeks) - len(self.measured)
        if not gaps or not self.measured:
            return ""
        return f"{counted_words(gaps, 'week', 'weeks')} with fewer than {FEWEST_LINES} lines: no share"

    @property
    def alt(self) -> str:
        """Its numbers, for who cannot see it."""
        if not self.lines:
            return f"{self.title}: {NOTHING_YET}."
        weeks = counted_words(len(self.weeks), "week", "weeks")
        lines = counted_words(self.lines, "line", "lines")
        if not self.measured:
            return f"{self.title}: too few lines for a percentage, {lines} in {weeks}."
        last = self.measured[-1]
        said = (
            f"{self.title}, {weeks} to the week of {week_words(self.weeks[-1].monday, year=True)}: {last.share_said} "
            f"in the week of {week_words(last.monday)} (95 % interval {last.interval_said}, "
            f"{counted_words(last.lines, 'line', 'lines')}){self._extremes}."
        )
        return f"{said} {self.gaps_said}." if self.gaps_said else said

    @property
    def _extremes(self) -> str:
        shares = {week.share_said for week in self.measured}
        if len(shares) == 1:
            return f", {shares.pop()} in every other week too" if len(self.measured) > 1 else ""
        low = min(self.measured, key=lambda week: week.share or 0)
        high = max(self.measured, key=lambda week: week.share or 0)
        return (
            f"; lowest {low.share_said} in the week of {week_words(low.monday)}, "
            f"highest {high.share_said} in the week of {week_words(high.monday)}"
        )

    @property
    def table(self) -> ChartTable:
        """A row a week, the oldest first."""
        rows = tuple(
            (week_words(week.monday), week.share_said, week.interval_said, f"{week.lines:,}") for week in self.weeks
        )
        return ChartTable(("Week of", "Right", "95 % interval", "Lines"), rows)

    @property
    def rows_said(self) -> tuple[tuple[str, str], ...]:
        """The table for who reads or hears it line by line: a week, and all that there is to say of it."""
        return tuple((week_words(week.monday), _row_said(week)) for week in self.weeks)

    def last(self, most: int) -> "AccuracyChart":
        """The newest `most` weeks of it."""
        return replace(self, weeks=self.weeks[-most:])


def _row_said(week: AccuracyWeek) -> str:
    if not week.lines:
        return week.share_said
    lines = counted_words(week.lines, "line", "lines")
    return f"{lines}, {week.share_said}" if week.share is None else f"{week.share_said} ({week.interval_said}), {lines}"


def accuracy_by_week(
    weeks: Iterable[AccuracyWeek], subject: str = "", *, first: date | None = None, last: date | None = None
) -> AccuracyChart:
    """The chart of these weeks, in any order; weeks between them that are not given had no lines.

    `first` and `last` are days whose weeks are in it too, whether or not anything was counted then.

    Raises:
        ValueError: when a week is given twice.
    """
    found: dict[date, AccuracyWeek] = {}
    for week in weeks:
        if week.monday in found:
            raise ValueError(f"The week of {week.monday} is there twice")
        found[week.monday] = week
    ends = [*found, *(day - timedelta(days=day.weekday()) for day in (first, last) if day is not None)]
    if not ends:
        return AccuracyChart((), subject)
    mondays = (min(ends) + WEEK * number for number in range((max(ends) - min(ends)) // WEEK + 1))
    return AccuracyChart(tuple(found.get(monday, AccuracyWeek(monday, 0, 0)) for monday in mondays), subject)
