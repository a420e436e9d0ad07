"""The font of the charts: the widths that are stored are its own, and every text is drawable in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from bot.charts.lettering import FOLDER, FONT_FILES, Weight, _advances, drawable, fitted, width, wrapped

SIZE = 1000
WEIGHTS: tuple[Weight, ...] = ("regular", "bold")


@pytest.mark.parametrize(("weight", "path"), list(zip(WEIGHTS, FONT_FILES, strict=True)))
def test_the_stored_widths_are_those_of_the_font(weight: Weight, path: object) -> None:
    font = ImageFont.truetype(str(path), SIZE, layout_engine=ImageFont.Layout.BASIC)
    advances = _advances(weight)
    assert len(advances) > 580
    wrong = {letter for letter, advance in advances.items() if abs(font.getlength(letter) - advance) > 1}
    assert wrong == set()


def test_it_is_small_and_its_licence_lies_beside_it() -> None:
    assert sum(path.stat().st_size for path in FONT_FILES) < 100_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text()
    assert "fonts-noto-core" in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("Łódź, Größe · 5 µm", "Łódź, Größe · 5 µm"),
        ("Шпилька, Βίδα", "Шпилька, Βίδα"),
        ("two\nlines\tand  spaces ", "two lines and spaces"),
        ("\uff22\uff4f\uff4c\uff54 ½ ﬁne", "Bolt ½ fine"),
        ("螺栓 M10", "?? M10"),
        ("a\u0301b\u200bc", "abc"),
        ("🔩 bolt", "? bolt"),
    ],
)
def test_letters_that_the_font_has_not_are_put_plainly(words: str, drawn: str) -> None:
    assert drawable(words) == drawn


@given(st.text(max_size=200))
def test_whatever_is_drawn_has_a_width(words: str) -> None:
    assert width(drawable(words), 11) >= 0


@given(st.text(max_size=120), st.floats(20, 400), st.sampled_from(WEIGHTS), st.integers(1, 3))
def test_what_is_fitted_or_wrapped_is_never_too_wide(words: str, most: float, weight: Weight, lines: int) -> None:
    words = drawable(words)
    assert width(fitted(words, most, 11, weight), 11, weight) <= most
    shown = wrapped(words, most, 11, lines=lines, weight=weight)
    assert len(shown) <= lines
    assert all(width(one, 11, weight) <= most for one in shown)
    if " ".join(shown) != words:
        assert any(one.endswith("…") for one in shown)
