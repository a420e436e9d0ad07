"""A chart as what is uploaded to Slack: the bytes, a name, what a screen reader says, and a key to know it again by.

The key is that of the drawing, not of the bytes: two charts that look the same have the same key, and finding that out
costs no rendering. Who has uploaded a chart keeps its key with the id of the file, and uploads again when it changed.
"""

from dataclasses import dataclass
from hashlib import sha256

from bot.charts import accuracy, causes, coverage
from bot.charts.drawing import Drawing
from bot.charts.lettering import FAMILY, FONT_FILES
from models.rules.accuracy_chart import AccuracyChart
from models.rules.cause_chart import CauseChart
from models.rules.charts import AnyChart

ZOOM = 3
"""Pixels of the picture to one of a phone's 360: sharp on the screens that there are."""
_KEY_LENGTH = 32


@dataclass(frozen=True)
class Picture:
    """A PNG, ready to be uploaded. `alt` and `title` are plain text; `key` is 32 hexadecimal digits."""

    content: bytes
    name: str
    title: str
    alt: str
    key: str


def drawing(chart: AnyChart) -> Drawing:
    """The chart, drawn."""
    if isinstance(chart, AccuracyChart):
        return accuracy.drawn(chart)
    return causes.drawn(chart) if isinstance(chart, CauseChart) else coverage.drawn(chart)


def key_of(chart: AnyChart) -> str:
    """What a picture of the chart is known by: the same as long as it would look and sound the same."""
    return _key(drawing(chart).svg(), chart.alt)


def picture(chart: AnyChart) -> Picture:
    """The chart as a PNG, 1080 pixels wide; the same bytes for the same chart."""
    svg = drawing(chart).svg()
    key = _key(svg, chart.alt)
    name = type(chart).__name__.removesuffix("Chart").lower()
    return Picture(png(svg), f"{name}-{key[:12]}.png", chart.title, chart.alt, key)


def png(svg: str) -> bytes:
    """An SVG of ours as a PNG, with our font and no other."""
    import resvg_py  # noqa: PLC0415 - only who makes pictures pays for loading it

    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=ZOOM,
        skip_system_fonts=True,
        font_files=[str(path) for path in FONT_FILES],
        font_family=FAMILY,
    )


def _key(svg: str, alt: str) -> str:
    return sha256(f"{alt}\n{svg}".encode()).hexdigest()[:_KEY_LENGTH]
