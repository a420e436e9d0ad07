"""Charts in messages: drawn by Slack where the workspace can, as a table where it cannot, as lines where it must.

Slack's `data_visualization` has no gaps, no intervals and no alternative text. A week without a share is left out and
named below the chart; low and high are series of their own; what a screen reader says goes into the message's text.
Two charts, and one table, is what Slack takes in a message.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from slackblocks import (
    AxisConfig,
    BarChart,
    Block,
    Chart,
    ColumnSettings,
    DataPoint,
    DataSeries,
    DataVisualizationBlock,
    ImageBlock,
    LineChart,
    RawText,
    SlackFile,
    TableBlock,
)
from slackblocks.rich_text.objects import RichTextObject

from bot.views import blocks
from bot.views.blocks import CHARTS_A_MESSAGE, Rendered
from models.rules.accuracy import FEWEST_LINES
from models.rules.accuracy_chart import AccuracyChart
from models.rules.cause_chart import CauseChart
from models.rules.chart_words import ChartTable, week_words
from models.rules.charts import AnyChart
from models.rules.coverage_chart import CoverageChart

POINTS = 20
"""Points of a series, and so weeks of a chart: the newest are shown."""
LABEL_LENGTH = 20
AXIS_LENGTH = 50
ALT_LENGTH = 2000
_SERIES = ("Right, %", "Low, 95 %", "High, 95 %")


class Form(IntEnum):
    """How a chart is put into blocks, the richest first."""

    DRAWN = 0
    TABLE = 1
    LINES = 2


def chart_message(
    text: str, charts: Sequence[AnyChart], *, above: Sequence[Block] = (), below: Sequence[Block] = ()
) -> Rendered:
    """A message with charts, between other blocks of it, and its plainer versions.

    `text` is the fallback text, mrkdwn; what the charts say is added to it. Block ids are `chart.1`, `chart.2`, ...

    Raises:
        ValueError: for more than two charts.
    """
    if len(charts) > CHARTS_A_MESSAGE:
        raise ValueError(f"{len(charts)} charts in one message; Slack shows {CHARTS_A_MESSAGE}")
    said = "\n".join([text, *(blocks.escape(chart.alt) for chart in charts)])
    has_table = any(isinstance(block, TableBlock) for block in (*above, *below))
    message: Rendered | None = None
    for form in reversed(Form):
        built: list[Block] = []
        for number, chart in enumerate(charts, 1):
            is_second_table = form is Form.TABLE and (has_table or any(isinstance(one, TableBlock) for one in built))
            built += chart_blocks(chart, f"chart.{number}", Form.LINES if is_second_table else form)
        shown = blocks.rendered(said, [*above, *built, *below])
        if message is None or shown.blocks != message.blocks:
            message = Rendered(shown.text, shown.blocks, plainer=message)
    assert message is not None  # noqa: S101 - there are forms
    return message


def chart_blocks(chart: AnyChart, block_id: str, form: Form) -> list[Block]:
    """A chart in one form, with what has to be said beside it; one sentence when there is nothing to show.

    Block ids begin with `block_id`.
    """
    drawn = _axes(chart)
    if drawn is None:
        return [blocks.section(blocks.escape(chart.alt), block_id)]
    note = _note(chart, block_id, is_drawn=form is Form.DRAWN)
    if form is Form.DRAWN:
        return [DataVisualizationBlock(title=chart.title, chart=drawn, block_id=block_id), note]
    title = f"*{blocks.escape(chart.title)}*"
    if form is Form.LINES:
        lines = [f"*{blocks.escape(name)}*  {blocks.escape(said)}" for name, said in _shown(chart).rows_said]
        return [*blocks.sections([title, *lines], block_id), note]
    return [blocks.section(title, f"{block_id}.title"), _table(_shown(chart).table, block_id), note]


def picture_block(chart: AnyChart, file_id: str, block_id: str) -> Block:
    """A chart as a picture that Slack hosts, for Home and messages: `file_id` is that of the uploaded picture."""
    return ImageBlock(
        slack_file=SlackFile(url=None, id=file_id), alt_text=blocks.cut(chart.alt, ALT_LENGTH), block_id=block_id
    )


def home_blocks(chart: AnyChart, file_id: str | None, block_id: str) -> list[Block]:
    """A chart on Home, where there are no charts and no tables: its picture, or its numbers while there is none yet."""
    return chart_blocks(chart, block_id, Form.LINES) if file_id is None else [picture_block(chart, file_id, block_id)]


def _table(table: ChartTable, block_id: str) -> Block:
    settings = [ColumnSettings(is_wrapped=True), *(ColumnSettings(align="right") for _ in table.columns[1:])]
    rows: list[list[RawText | RichTextObject]] = []
    rows += [[RawText(cell) for cell in row] for row in (table.columns, *table.rows)]
    return TableBlock(rows, column_settings=settings, block_id=block_id)


def _shown(chart: AnyChart) -> AnyChart:
    return chart.last(POINTS) if isinstance(chart, AccuracyChart) else chart


def _note(chart: AnyChart, block_id: str, *, is_drawn: bool) -> Block:
    said = [chart.headline]
    if isinstance(chart, AccuracyChart):
        shown = chart.last(POINTS)
        gaps = [week_words(week.monday) for week in shown.weeks if week.share is None]
        if gaps and is_drawn:
            said.append(f"Left out, fewer than {FEWEST_LINES} lines: {', '.join(gaps)}")
        if len(shown.weeks) < len(chart.weeks):
            said.append(f"The last {POINTS} of {len(chart.weeks)} weeks")
    if isinstance(chart, CauseChart) and chart.unvalued_said:
        said.append(chart.unvalued_said)
    return blocks.context(blocks.escape(". ".join(said) + "."), f"{block_id}.note")


def _axes(chart: AnyChart) -> Chart | None:
    """The chart as Slack takes it; None when there is no point to show."""
    if isinstance(chart, AccuracyChart):
        return _accuracy(chart)
    return _causes(chart) if isinstance(chart, CauseChart) else _coverage(chart)


def _accuracy(chart: AccuracyChart) -> Chart | None:
    weeks = [(week_words(week.monday), week.share, week.interval) for week in chart.last(POINTS).measured]
    points = [
        (name, (share, *interval)) for name, share, interval in weeks if share is not None and interval is not None
    ]
    if not points:
        return None
    names = [name for name, _ in points]
    series = [
        _series(name, names, [_percent(values[number]) for _, values in points]) for number, name in enumerate(_SERIES)
    ]
    return LineChart(series, AxisConfig(names, x_label="Week of", y_label="Lines right at the first count, %"))


def _causes(chart: CauseChart) -> Chart | None:
    if not chart.bars:
        return None
    names = _labels(bar.name for bar in chart.bars)
    unit = blocks.cut(chart.currency, LABEL_LENGTH - len("Running total "))
    gross = _series(f"Gross {unit}", names, [_cents(float(bar.gross)) for bar in chart.bars])
    total = float(chart.total)
    running = _series(f"Running total {unit}", names, [_cents(float(bar.cumulative) * total) for bar in chart.bars])
    return BarChart(
        [gross, running], AxisConfig(names, y_label=blocks.cut(f"Gross variance, {chart.currency}", AXIS_LENGTH))
    )


def _coverage(chart: CoverageChart) -> Chart | None:
    if chart.is_empty:
        return None
    shown = chart.classes[:POINTS]
    names = _labels(f"{one.name} · {one.promise_said}" for one in shown)
    promised = _series("Promised", names, [round(one.promised) for one in shown])
    done = _series("Done", names, [one.done for one in shown])
    return BarChart([promised, done], AxisConfig(names, y_label="Counts"))


def _series(name: str, labels: Sequence[str], values: Sequence[float]) -> DataSeries:
    return DataSeries(name, [DataPoint(label, value) for label, value in zip(labels, values, strict=True)])


def _labels(names: Iterable[str]) -> list[str]:
    """Names in at most 20 characters, no two alike: Slack tells points apart by them."""
    labels: list[str] = []
    for name in names:
        label = blocks.cut(name, LABEL_LENGTH)
        if label in labels:
            number = f" {len(labels) + 1}"
            label = blocks.cut(name, LABEL_LENGTH - len(number)) + number
        labels.append(label)
    return labels


def _percent(share: float) -> float:
    return round(share * 100, 1)


def _cents(value: float) -> float:
    return round(value, 2)
