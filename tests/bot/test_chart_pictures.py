"""Charts as pictures: labels that are neither cut off nor on top of each other, and the same picture every time.

`WRITE_SNAPSHOTS=1` writes the snapshots anew; look at the pictures then, `CHART_PICTURES` names a folder for them.
"""

import io
import os
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from PIL import Image

from bot.charts.drawing import ACCENT, INK, MARGIN, PAPER, QUIET, RIGHT, SMALL, WIDTH, Anchor, Drawing
from bot.charts.picture import ZOOM, drawing, key_of, picture, png
from models.rules.charts import AnyChart
from tests.charting import ANY_CHART, CHARTS, causes

SNAPSHOTS = Path(__file__).parent / "chart_snapshots"
KEPT = ["accuracy", "accuracy-ends-in-a-gap", "accuracy-none", "causes", "causes-many", "coverage", "coverage-no-class"]


def assert_readable(drawn: Drawing) -> None:
    """Every label inside the paper, none on another, none smaller than a phone can show."""
    for label in drawn.labels:
        assert label.left >= MARGIN - 0.01, label
        assert label.right <= RIGHT + 0.01, label
        assert label.top >= 0, label
        assert label.bottom <= drawn.height + 0.01, label
    words = [label for label in drawn.labels if label.words]
    assert [(one, other) for one, other in combinations(words, 2) if one.covers(other)] == []
    root = ET.fromstring(drawn.svg())
    assert all(float(text.attrib["font-size"]) >= SMALL >= 11 for text in texts(root))
    high = float(root.attrib["height"])
    for shape in root.iter():
        assert_inside(shape, high)


def assert_inside(shape: ET.Element, high: float) -> None:
    for x, y in points(shape):
        assert 0 <= x <= WIDTH, ET.tostring(shape)
        assert 0 <= y <= high, ET.tostring(shape)


def points(shape: ET.Element) -> Iterable[tuple[float, float]]:
    place = {name: float(value) for name, value in shape.attrib.items() if name in {"x", "y", "cx", "cy"}}
    if shape.tag.endswith("polyline"):
        for point in shape.attrib["points"].split():
            x, _, y = point.partition(",")
            yield float(x), float(y)
    elif shape.tag.endswith("circle"):
        yield place["cx"], place["cy"]
    elif shape.tag.endswith("rect") and "x" in place:
        yield place["x"], place["y"]
        yield place["x"] + float(shape.attrib["width"]), place["y"] + float(shape.attrib["height"])


def texts(root: ET.Element) -> list[ET.Element]:
    return [one for one in root.iter() if one.tag.endswith("text")]


@pytest.mark.parametrize("name", CHARTS)
def test_every_example_is_readable(name: str) -> None:
    assert_readable(drawing(CHARTS[name]()))


@settings(max_examples=60, deadline=None)
@given(ANY_CHART)
def test_whatever_was_counted_is_readable(chart: AnyChart) -> None:
    assert_readable(drawing(chart))


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_a_text_that_is_too_long_is_cut_and_stays_inside(anchor: Anchor) -> None:
    drawn = Drawing()
    label = drawn.text(WIDTH / 2, 40, "Шпилька " * 30, anchor=anchor)
    assert label.words.endswith("…")
    assert_readable(drawn)


@pytest.mark.parametrize("name", KEPT)
def test_the_drawing_is_the_one_that_was_looked_at(name: str) -> None:
    svg, path = drawing(CHARTS[name]()).svg(), SNAPSHOTS / f"{name}.svg"
    if os.environ.get("WRITE_SNAPSHOTS"):
        path.write_text(svg, encoding="utf-8")
    assert svg == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CHARTS)
def test_the_picture_has_the_size_that_was_drawn_and_the_same_bytes_again(name: str) -> None:
    chart = CHARTS[name]()
    shown = picture(chart)
    high = int(ET.fromstring(drawing(chart).svg()).attrib["height"])
    with Image.open(io.BytesIO(shown.content)) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (360 * ZOOM, high * ZOOM))
    assert shown == picture(CHARTS[name]())
    assert len(shown.content) < 150_000
    if folder := os.environ.get("CHART_PICTURES"):
        (Path(folder) / f"{name}.png").write_bytes(shown.content)


def test_a_picture_has_a_name_an_alternative_text_and_a_key() -> None:
    chart = CHARTS["causes"]()
    shown = picture(chart)
    assert (shown.title, shown.alt) == (chart.title, chart.alt)
    assert shown.name == f"cause-{shown.key[:12]}.png"
    assert shown.key == key_of(chart) == key_of(CHARTS["causes"]())
    others = {key_of(build()) for name, build in CHARTS.items() if name != "causes"}
    assert len(others) == len(CHARTS) - 1
    assert shown.key not in others


def test_a_chart_that_would_be_drawn_alike_and_sound_otherwise_has_another_key() -> None:
    long = "a cause of which nobody sees the end because it is far too long for two lines of a phone, " * 2
    one, other = (causes((long + end, "5"), ("B", "1")) for end in ("x", "y"))
    assert drawing(one).svg() == drawing(other).svg()
    assert key_of(one) != key_of(other)


def test_letters_are_drawn_with_the_font_that_is_bundled() -> None:
    with_words, without = Drawing(), Drawing()
    with_words.text(MARGIN, 40, "Шпилька 5 %")
    without.rectangle(MARGIN, 0, 10, with_words.height, fill=PAPER)
    assert len(png(with_words.svg())) > len(png(without.svg())) + 1000


@pytest.mark.parametrize("colour", [INK, QUIET, ACCENT])
def test_colours_stand_out_from_the_paper(colour: str) -> None:
    def luminance(code: str) -> float:
        parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert (luminance(PAPER) + 0.05) / (luminance(colour) + 0.05) >= 5.5
