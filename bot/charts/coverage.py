"""Coverage by class: how much of its promise each class got, as a bar in a hatched frame that is the promise.

Every promise is as long as the others, however many counts it is: twelve counts of a class A are as much of a promise
as two thousand of a class C. The numbers stand above.
"""

from bot.charts.drawing import ACCENT, HATCH, INK, INNER, LEADING, MARGIN, PAPER, QUIET, RIGHT, Drawing
from bot.charts.lettering import drawable, fitted
from models.rules.coverage_chart import ClassCoverage, CoverageChart

FRAME_HIGH, BAR_HIGH = 16.0, 8.0
MOST_KEPT = 1.5
"""Promises beyond which a bar grows no further; an arrow says that it would."""


def drawn(chart: CoverageChart) -> Drawing:
    """The chart; what there is to say when nothing was promised or done."""
    drawing = Drawing()
    y = drawing.header(chart.title, chart.headline)
    if chart.is_empty:
        return drawing
    kept = [float(one.kept) for one in chart.classes if one.kept is not None]
    promise = INNER / min(MOST_KEPT, max([1.0, *kept]))
    for one in chart.classes:
        y = _class(drawing, one, promise, y + LEADING + 2)
    _legend(drawing, y + 20)
    return drawing


def _class(drawing: Drawing, one: ClassCoverage, promise: float, y: float) -> float:
    """One class from the line `y` on, its promise so long; returns where it ends."""
    numbers = drawing.text(RIGHT, y, one.said, anchor="end")
    words = fitted(drawable(f"{one.title} · {one.promise_said}"), max(60.0, numbers.left - 10 - MARGIN), 11, "bold")
    drawing.text(MARGIN, y, words, weight="bold")
    y += 6
    if one.kept is None:
        drawing.line((MARGIN, y + 4), (RIGHT, y + 4), ink=QUIET, dashes="2 4")
        return y + 8
    drawing.rectangle(MARGIN, y, promise, FRAME_HIGH, fill=HATCH, edge=INK)
    kept = float(one.kept)
    long = min(kept * promise, INNER)
    if one.done:
        drawing.rectangle(MARGIN, y + (FRAME_HIGH - BAR_HIGH) / 2, max(1.5, long), BAR_HIGH, fill=ACCENT, edge=PAPER)
    if kept * promise > INNER + 0.5:
        middle = y + FRAME_HIGH / 2
        drawing.line((RIGHT - 9, middle - 3), (RIGHT - 4, middle), (RIGHT - 9, middle + 3), ink=PAPER, thick=1.6)
    return y + FRAME_HIGH


def _legend(drawing: Drawing, y: float) -> None:
    drawing.rectangle(MARGIN, y - 10, 18, 11, fill=HATCH, edge=INK)
    x = drawing.text(MARGIN + 24, y, "promised", ink=QUIET).right + 18
    drawing.rectangle(x, y - 8, 18, 7, fill=ACCENT)
    drawing.text(x + 24, y, "done", ink=QUIET)
