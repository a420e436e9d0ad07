"""Accuracy by week: a line of shares with their intervals, and below it how many lines each of them stands on.

The line is broken where a week has no share, and a cross says that its lines were too few. The axis begins where the
lowest interval needs it to, and says so: differences between 90 and 100 % are what people look for.
"""

from dataclasses import dataclass
from math import ceil

from bot.charts.drawing import ACCENT, HATCH, INK, MARGIN, NORMAL, QUIET, RIGHT, RULE, SMALL, Drawing
from bot.charts.lettering import drawable, width
from models.rules.accuracy import FEWEST_LINES
from models.rules.accuracy_chart import AccuracyChart, AccuracyWeek
from models.rules.chart_words import share_words, week_words

PLOT_HIGH, STRIP_HIGH = 132.0, 26.0
_GAP = 6.0  # between two labels of the axis
_STEPS = {0: 20, 20: 20, 40: 20, 60: 10, 80: 5}  # where the axis begins: every how many percent it has a label
_MANY = 26  # weeks from which dots are smaller


@dataclass(frozen=True)
class _Plot:
    """Where weeks and shares are."""

    left: float
    right: float
    top: float
    weeks: tuple[AccuracyWeek, ...]
    bottom_percent: int

    @property
    def bottom(self) -> float:
        return self.top + PLOT_HIGH

    @property
    def slot(self) -> float:
        return (self.right - self.left) / len(self.weeks)

    def x(self, number: int) -> float:
        return self.left + (number + 0.5) * self.slot

    def y(self, share: float) -> float:
        return self.bottom - (share * 100 - self.bottom_percent) / (100 - self.bottom_percent) * PLOT_HIGH


def drawn(chart: AccuracyChart) -> Drawing:
    """The chart of all its weeks; what there is to say when none has a share."""
    drawing = Drawing()
    y = drawing.header(chart.title, chart.headline)
    if not chart.measured:
        return drawing
    plot = _place(chart, y + 34)
    _axes(drawing, plot)
    _shares(drawing, plot)
    _last_label(drawing, plot)
    y = _weeks(drawing, plot)
    y = _strip(drawing, plot, y + 20)
    _legend(drawing, y + 18, any(week.share is None for week in chart.weeks))
    return drawing


def _place(chart: AccuracyChart, top: float) -> _Plot:
    lows = [week.interval[0] for week in chart.weeks if week.interval is not None]
    bottom = min(80, int(min(lows) * 100) // 20 * 20)
    left = MARGIN + width("100 %", SMALL) + 6
    beside = width(chart.measured[-1].share_said, NORMAL, "bold") + 6
    return _Plot(left, RIGHT - beside, top, chart.weeks, bottom)


def _axes(drawing: Drawing, plot: _Plot) -> None:
    begins = f", axis from {plot.bottom_percent} %" if plot.bottom_percent else ""
    drawing.text(MARGIN, plot.top - 20, f"Lines right at the first count{begins}", ink=QUIET)
    for percent in range(plot.bottom_percent, 101, _STEPS[plot.bottom_percent]):
        y = plot.y(percent / 100)
        drawing.line((plot.left, y), (plot.right, y), ink=RULE)
        drawing.text(plot.left - 6, y + 4, share_words(percent / 100), anchor="end", ink=QUIET)


def _shares(drawing: Drawing, plot: _Plot) -> None:
    radius, thick = (2.0, 1.0) if len(plot.weeks) > _MANY else (3.2, 1.4)
    run: list[tuple[float, float]] = []
    lines: list[list[tuple[float, float]]] = [run]
    for number, week in enumerate(plot.weeks):
        x = plot.x(number)
        if week.share is None or week.interval is None:
            run = []
            lines.append(run)
            if week.lines:
                drawing.cross(x, plot.bottom - 6, min(3.0, plot.slot / 2.2))
            continue
        low, high = week.interval
        drawing.line((x, plot.y(low)), (x, plot.y(high)), ink=QUIET, thick=thick)
        run.append((x, plot.y(week.share)))
    for points in lines:
        if len(points) > 1:
            drawing.line(*points, ink=ACCENT, thick=1.8)
    for points in lines:
        for x, y in points:
            drawing.dot(x, y, radius, fill=ACCENT)


def _last_label(drawing: Drawing, plot: _Plot) -> None:
    number, share = next(
        (number, week.share) for number, week in reversed(list(enumerate(plot.weeks))) if week.share is not None
    )
    # To its right there is nothing but weeks without a share.
    y = min(plot.y(share) + 4, plot.bottom - 2)
    drawing.text(plot.x(number) + 8, y, share_words(share), size=NORMAL, weight="bold", over=True)


def _weeks(drawing: Drawing, plot: _Plot) -> float:
    """Names of weeks below the plot, as many as there is room for, the last one always; returns where they end."""
    names = [drawable(week_words(week.monday)) for week in plot.weeks]
    widest = max(width(name, SMALL) for name in names)
    every = ceil((widest + _GAP) / plot.slot)
    shown = range((len(names) - 1) % every, len(names), every)
    spans_years = plot.weeks[0].monday.year != plot.weeks[-1].monday.year
    y, year = plot.bottom + 16, 0
    edge = MARGIN
    for number in shown:
        x, monday = plot.x(number), plot.weeks[number].monday
        drawing.line((x, plot.bottom), (x, plot.bottom + 3), ink=QUIET)
        # The first and last name would be moved away from the edge, onto their neighbour: they begin after it.
        left = max(edge, min(x - width(names[number], SMALL) / 2, RIGHT - width(names[number], SMALL)))
        edge = drawing.text(left, y, names[number], ink=QUIET).right + _GAP
        if spans_years and monday.year != year:
            year = monday.year
            drawing.text(left, y + 13, str(year), ink=QUIET)
    return y + (13 if spans_years else 0)


def _strip(drawing: Drawing, plot: _Plot, y: float) -> float:
    """A bar a week for its number of lines; hatched where they are too few. Returns where it ends."""
    most = max(week.lines for week in plot.weeks)
    drawing.text(MARGIN, y, f"Lines counted each week, {most:,} at most", ink=QUIET)
    bottom = y + 8 + STRIP_HIGH
    for number, week in enumerate(plot.weeks):
        if week.lines:
            high = max(1.5, week.lines / most * STRIP_HIGH)
            wide = min(plot.slot * 0.7, 24)
            fill, edge = (QUIET, None) if week.share is not None else (HATCH, INK)
            drawing.rectangle(plot.x(number) - wide / 2, bottom - high, wide, high, fill=fill, edge=edge)
    drawing.line((plot.left, bottom), (plot.right, bottom), ink=QUIET)
    return bottom


def _legend(drawing: Drawing, y: float, has_gaps: bool) -> None:  # noqa: FBT001 - the only fact it needs
    x = MARGIN + 4
    drawing.dot(x, y - 4, 3.2, fill=ACCENT)
    x = drawing.text(x + 7, y, "share", ink=QUIET).right + 16
    drawing.line((x, y - 9), (x, y + 1), ink=QUIET, thick=1.4)
    x = drawing.text(x + 6, y, "95 % interval", ink=QUIET).right + 16
    if has_gaps:
        drawing.cross(x, y - 4, 3.0)
        drawing.text(x + 8, y, f"fewer than {FEWEST_LINES} lines: no share", ink=QUIET)
