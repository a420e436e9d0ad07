"""An SVG as it grows: shapes, and texts whose places are remembered, so that none is cut off or covers another.

Sizes are in units of a phone's screen 360 wide: a text of 11 is 11 pixels there. The picture has its own paper, so it
looks the same in light and dark. Nothing is told by colour alone: what differs has another shape, pattern or label.
"""

from dataclasses import dataclass, field
from typing import Literal
from xml.etree import ElementTree as ET

from bot.charts.lettering import ASCENT, DESCENT, FAMILY, Weight, drawable, fitted, width, wrapped

WIDTH = 360.0
MARGIN = 12.0
INNER = WIDTH - 2 * MARGIN
RIGHT = WIDTH - MARGIN
SMALL, NORMAL, LARGE = 11.0, 12.0, 14.0
"""Text sizes; nothing is smaller than the first."""
LEADING = 15.0

PAPER, INK, QUIET, RULE, ACCENT = "#fdfcf9", "#1b1d21", "#50565e", "#d5d8dc", "#0b6e4f"
HATCH = "url(#hatch)"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Label:
    """A text and the box it fills."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: "Label") -> bool:
        """Whether two boxes share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass
class Drawing:
    """Shapes and texts; `height` is as far down as anything reaches so far."""

    labels: list[Label] = field(default_factory=list)
    height: float = 0.0
    _shapes: list[ET.Element] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = SMALL,
        weight: Weight = "regular",
        anchor: Anchor = "start",
        ink: str = INK,
        over: bool = False,
    ) -> Label:
        """A text on the line `y`; moved sideways where it would leave the picture. `over`: shapes end at its edge."""
        words = fitted(drawable(words), INNER, size, weight)
        wide = width(words, size, weight)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        left = max(MARGIN, min(left, RIGHT - wide))
        attributes = {"x": _n(left), "y": _n(y), "font-size": _n(size), "fill": ink}
        if weight == "bold":
            attributes["font-weight"] = "700"
        label = Label(words, left, y - size * ASCENT, left + wide, y + size * DESCENT)
        if over:
            self.rectangle(left - 3, label.top, wide + 6, label.bottom - label.top, fill=PAPER)
        if words:
            self._add("text", attributes).text = words
        self.labels.append(label)
        self.height = max(self.height, label.bottom)
        return label

    def rectangle(self, x: float, y: float, wide: float, high: float, *, fill: str, edge: str | None = None) -> None:
        """A box; `edge` is the colour of its outline."""
        self._add("rect", {"x": _n(x), "y": _n(y), "width": _n(wide), "height": _n(high), "fill": fill, **_edge(edge)})
        self.height = max(self.height, y + high)

    def line(self, *points: tuple[float, float], ink: str, thick: float = 1.0, dashes: str | None = None) -> None:
        """A line through points."""
        attributes = {"points": " ".join(f"{_n(x)},{_n(y)}" for x, y in points), "fill": "none"}
        attributes |= {"stroke": ink, "stroke-width": _n(thick)}
        if dashes:
            attributes["stroke-dasharray"] = dashes
        self._add("polyline", attributes)

    def dot(self, x: float, y: float, radius: float, *, fill: str, edge: str | None = None) -> None:
        """A filled circle."""
        self._add("circle", {"cx": _n(x), "cy": _n(y), "r": _n(radius), "fill": fill, **_edge(edge)})

    def cross(self, x: float, y: float, reach: float) -> None:
        """Two short lines across each other."""
        self.line((x - reach, y - reach), (x + reach, y + reach), ink=INK, thick=1.2)
        self.line((x - reach, y + reach), (x + reach, y - reach), ink=INK, thick=1.2)

    def header(self, title: str, headline: str) -> float:
        """Title and headline; returns where they end."""
        y = MARGIN + LARGE
        self.text(MARGIN, y, fitted(drawable(title), INNER, LARGE, "bold"), size=LARGE, weight="bold")
        y += 4
        for words in wrapped(drawable(headline), INNER, NORMAL):
            y += LEADING
            self.text(MARGIN, y, words, size=NORMAL)
        return y + 6

    def svg(self) -> str:
        """The finished picture; the same text for the same drawing."""
        high = round(self.height + MARGIN)
        root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "width": _n(WIDTH),
                "height": str(high),
                "viewBox": f"0 0 {_n(WIDTH)} {high}",
                "font-family": FAMILY,
            },
        )
        pattern = ET.SubElement(
            ET.SubElement(root, "defs"),
            "pattern",
            {"id": "hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"},
        )
        ET.SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": PAPER})
        ET.SubElement(pattern, "path", {"d": "M-1 1L1 -1M0 6L6 0M5 7L7 5", "stroke": QUIET, "stroke-width": "1"})
        frame = {"x": "0.5", "y": "0.5", "width": _n(WIDTH - 1), "height": str(high - 1), "rx": "6"}
        ET.SubElement(root, "rect", {**frame, "fill": PAPER, "stroke": RULE})
        root.extend(self._shapes)
        ET.indent(root, " ")
        return ET.tostring(root, encoding="unicode") + "\n"

    def _add(self, tag: str, attributes: dict[str, str]) -> ET.Element:
        element = ET.Element(tag, attributes)
        self._shapes.append(element)
        return element


def _edge(edge: str | None) -> dict[str, str]:
    return {} if edge is None else {"stroke": edge, "stroke-width": "1"}


def _n(value: float) -> str:
    """A number in tenths, without a trailing zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
