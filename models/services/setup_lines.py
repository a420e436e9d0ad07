"""Where each key of a TOML file stands: tomllib says what a file means, not on which line.

A text that tomllib has read is gone through once more, for its table headers and keys only. Values are skipped, with
whatever they hold: a text may look like a header, an array may go on for many lines.

A place is called by the way to it through what tomllib returns: `("plan", 1, "lines")`. What has no line of its own -
a key of an inline table, an entry of an array - stands on the line of what it is in.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping

Place = tuple[str | int, ...]

_BASIC = r'"(?:[^"\\\n]|\\.)*"'
_LITERAL = r"'[^'\n]*'"
# A text of many lines may end in five quotes: two of them are its own.
_STRING = (
    rf'"""(?:[^"\\]++|\\.|"{{1,2}}(?!"))*"{{3,5}}' rf"|'''(?:[^']++|'{{1,2}}(?!'))*'{{3,5}}" rf"|{_BASIC}|{_LITERAL}"
)
# What a value is made of. Anything else is one character, so that no text holds the walk up for ever.
_PART = re.compile(rf"""{_STRING}|#[^\n]*|[^"'\[\]{{}}#\n]+|.""", re.DOTALL)
_KEY = re.compile(rf"(?:{_BASIC}|{_LITERAL}|[A-Za-z0-9_.\-]|[ \t])+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
_TABLE = re.compile(r"(\[\[?)")


class Lines:
    """The lines of a file's keys, from 1."""

    def __init__(self, found: Mapping[Place, int]) -> None:
        self._found = found

    def line_of(self, place: Place) -> int | None:
        """The line of a place, or of the nearest thing around it; None for the file as a whole."""
        while place:
            if place in self._found:
                return self._found[place]
            place = place[:-1]
        return None


def find_lines(text: str) -> Lines:
    """The lines of every key and table header of `text`, which must be TOML: tomllib has read it before."""
    return _Scan(text).lines()


class _Scan:
    """One walk through a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._newlines = [found.start() for found in re.finditer("\n", text)]
        self._found: dict[Place, int] = {}
        self._within: dict[Place, int] = {}  # what only a longer name has mentioned so far
        self._last: dict[Place, int] = {}  # of each [[array of tables]], the number of its last one

    def lines(self) -> Lines:
        """Walk to the end."""
        table: Place = ()
        while self._skip(_BLANK) < len(self._text):
            line = bisect_left(self._newlines, self._at) + 1
            brackets = _TABLE.match(self._text, self._at)
            if brackets is None:
                self._note(table, self._key(), line)
                self._at += 1  # the equals sign
                self._skip_value()
            else:
                self._at = brackets.end()
                table = self._header(self._key(), line, is_array=len(brackets[1]) > 1)
                self._at += len(brackets[1])
        return Lines({**self._within, **self._found})

    def _key(self) -> tuple[str, ...]:
        """The key that stands here, dots taken apart and quotes off, as tomllib does both."""
        found = _KEY.match(self._text, self._at)
        assert found is not None  # noqa: S101 - tomllib found a key here
        self._at = found.end()
        names: list[str] = []
        value: object = tomllib.loads(f"{found[0]} = 0")
        while isinstance(value, dict):
            ((name, value),) = value.items()
            names.append(name)
        return tuple(names)

    def _header(self, names: tuple[str, ...], line: int, *, is_array: bool) -> Place:
        """The place that a header opens: a name of an array of tables means the last of them."""
        place: Place = ()
        for number, name in enumerate(names, start=1):
            place += (name,)
            self._within.setdefault(place, line)
            if is_array and number == len(names):
                self._last[place] = self._last.get(place, -1) + 1
            if place in self._last:
                place += (self._last[place],)
        self._found[place] = line
        return place

    def _note(self, table: Place, names: tuple[str, ...], line: int) -> None:
        place = table
        for name in names:
            place += (name,)
            self._within.setdefault(place, line)
        self._found[place] = line

    def _skip(self, what: re.Pattern[str]) -> int:
        found = what.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return self._at

    def _skip_value(self) -> None:
        """Go past a value and the rest of its line."""
        depth = 0
        for found in _PART.finditer(self._text, self._at):
            part = found[0]
            if part == "\n" and not depth:
                return
            self._at = found.end()
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(part, 0)
