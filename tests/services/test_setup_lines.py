"""On which line each key of a TOML file stands, whatever it is written like."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.services.setup_lines import Place, find_lines

NASTY = (
    "# nothing\n"
    'a = """\n[[plan]]\nb = 1 # ""\n""\\"""""" # "\n'
    "b = '''\n''' # '\n"
    '[ \'x.y\' . "z # \\" ]" ] # [not]\n'
    "  c . d = { e = '}', f = [\n  1, # ]\n  '[[',\n] }\n"
    "[[plan]]\n"
    "name = 'one'\n\n"
    "[plan.tolerance]\n"
    "percent = 1\n"
    "[[plan]]\n"
    "name = 'two' \r\n"
    "[[plan.part]]\n"
    'n = ""\n'
    "[[plan.part]]\n"
    "n = '#'\n"
    "[tolerance.class.A]\n"
    "percent = 2"
)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), None),
        (("nowhere",), None),
        (("a",), 2),
        (("b",), 6),
        (("x.y",), 8),
        (("x.y", 'z # " ]'), 8),
        (("x.y", 'z # " ]', "nowhere"), 8),
        (("x.y", 'z # " ]', "c"), 9),
        (("x.y", 'z # " ]', "c", "d", "f", 1), 9),
        (("plan",), 13),
        (("plan", 0), 13),
        (("plan", 0, "name"), 14),
        (("plan", 0, "tolerance"), 16),
        (("plan", 0, "tolerance", "percent"), 17),
        (("plan", 0, "tolerance", "percent", "plus"), 17),
        (("plan", 1), 18),
        (("plan", 1, "name"), 19),
        (("plan", 1, "part", 0, "n"), 21),
        (("plan", 1, "part", 1), 22),
        (("plan", 1, "part", 1, "n"), 23),
        (("tolerance",), 24),
        (("tolerance", "class", "A", "percent"), 25),
    ],
)
def test_an_awkward_file(place: Place, line: int | None) -> None:
    assert tomllib.loads(NASTY)["plan"][1]["part"][1]["n"] == "#"
    assert find_lines(NASTY).line_of(place) == line


def test_a_table_that_follows_those_within_it_has_its_own_line() -> None:
    assert find_lines("[a.b]\n[a]\n").line_of(("a",)) == 2


# -- generated files

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=4) | st.sampled_from(
    ["a", "b.c", "x y", "'", '"', "#", "[", "]]", "=", "\\", "é"]
)
WORDS = st.text(st.sampled_from("ab\"'#[]{}=,\\\n \t"), max_size=8)


def _escaped(text: str) -> str:
    return "".join({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}.get(char, char) for char in text)


def _basic(text: str) -> str:
    return f'"{_escaped(text)}"'


def _bare_or_quoted(name: str, *, is_literal: bool) -> str:
    if name and name.isascii() and name.replace("-", "_").isidentifier():
        return name
    return f"'{name}'" if is_literal and "'" not in name else _basic(name)


KEYS = st.builds(lambda name, is_literal: (name, _bare_or_quoted(name, is_literal=is_literal)), NAMES, st.booleans())
VALUES = st.recursive(
    st.sampled_from(["1", "true", "2026-12-24", "1e5", "'x' # [["])
    | WORDS.map(_basic)
    | WORDS.filter(lambda text: "'" not in text and "\n" not in text).map(lambda text: f"'{text}'")
    | WORDS.map(lambda text: f'"""\n{_escaped(text).replace(chr(92) + "n", chr(10))}"""')
    | WORDS.filter(lambda text: "'''" not in f"{text}'").map(lambda text: f"'''{text}'''"),
    lambda inner: st.lists(inner.map(lambda text: text.removesuffix(" # [["))).map(
        lambda parts: "[ # [ '\n" + "".join(f'  {part}, # ] "\n' for part in parts) + "]"
    ),
    max_leaves=4,
)  # fmt: skip
BLANKS = st.sampled_from(["", "", "\n", "# [x]\n", "  \n# '''\n"])


class Writer:
    """Writes a file and remembers on which line it wrote what."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: dict[Place, int] = {}

    def write(self, text: str, place: Place | None = None) -> None:
        if place is not None:
            self.lines[place] = self.text.count("\n") + 1
        self.text += text


@st.composite
def files(draw: st.DrawFn) -> Writer:
    """Keys of the file, then tables and arrays of tables, some with a table within."""
    writer = Writer()

    def body(place: Place) -> None:
        for name, written in draw(st.lists(KEYS, max_size=3, unique_by=lambda key: key[0])):
            writer.write(draw(BLANKS))
            space = draw(st.sampled_from(["", " ", "\t"]))
            if draw(st.booleans()):
                writer.write(f"{space}{written}{space}.{space}k = {draw(VALUES)}\n", (*place, name, "k"))
            else:
                writer.write(f"{space}{written}{space}= {draw(VALUES)}\n", (*place, name))

    body(())
    for name, written in draw(st.lists(KEYS, max_size=3, unique_by=lambda key: key[0])):
        top: Place = ("table", name)
        if draw(st.booleans()):
            writer.write(f"[ table.{written}] # [[\n", top)
            body(top)
            continue
        for number in range(draw(st.integers(1, 3))):
            writer.write(draw(BLANKS))
            writer.write(f"[[table . {written} ]]\n", (*top, number))
            body((*top, number))
            writer.write(f"[table.{written}.'\U0001f600 within']\n", (*top, number, "\U0001f600 within"))
            body((*top, number, "\U0001f600 within"))
    return writer


@given(files())
def test_every_key_of_a_generated_file_is_on_its_line(writer: Writer) -> None:
    found = find_lines(writer.text)
    for place, line in writer.lines.items():
        value: Any = tomllib.loads(writer.text)
        for step in place:
            value = value[step]  # a place that is not there would be this test's own fault
        assert found.line_of(place) == line, place
        assert found.line_of((*place, "within", 3)) == line
