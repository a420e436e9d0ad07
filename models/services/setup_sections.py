"""Reading one table of a TOML file key by key, noting what is missing, misspelt, or of the wrong kind, and where."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from models.errors import BadFile, BadInput
from models.rules.nearest import nearest
from models.services.setup_lines import Lines, Place

Value = TypeVar("Value")

DECIMALS = 4
LARGEST = Decimal(10**12)


class Problems:
    """What is wrong with a file, each with the line it stands on."""

    def __init__(self, file_name: str, lines: Lines) -> None:
        self._file_name = file_name
        self._lines = lines
        self._found: list[tuple[int | None, str]] = []
        self._places: set[Place] = set()
        self.warnings: list[str] = []
        """What is to be told and does not refuse the file, each with its line."""

    @property
    def are_there(self) -> bool:
        """Whether anything was noted."""
        return bool(self._found)

    def note(self, sentence: str, place: Place) -> None:
        """Note what is wrong at a place; once, however often it is come upon."""
        self._places.add(place)
        problem = (self._lines.line_of(place), sentence)
        if problem not in self._found:
            self._found.append(problem)

    def warn(self, sentence: str, place: Place) -> None:
        """Have something told of a place."""
        self.warnings.append(str(BadFile(self._file_name, [(self._lines.line_of(place), sentence)])))

    def are_at(self, place: Place) -> bool:
        """Whether anything was noted at a place or within it."""
        return any(found[: len(place)] == place for found in self._places)

    def refuse(self) -> None:
        """Go on when nothing was noted.

        Raises:
            BadFile: with everything that was, in the order of the lines; first what has none.
        """
        if self._found:
            raise BadFile(self._file_name, sorted(self._found, key=lambda problem: problem[0] or 0))


class Section:
    """One table: `where` is what to call it in a sentence ("" for the file as a whole), `place` the way to it."""

    def __init__(self, where: str, table: Mapping[str, object], problems: Problems, place: Place = ()) -> None:
        self.where = where
        self._table = table
        self._problems = problems
        self._place = place

    def note(self, sentence: str, key: str | None = None) -> None:
        """Note that something is wrong here: with a key, on its line, else on the line of the table."""
        self._problems.note(self._said(sentence), self._at(key))

    def warn(self, sentence: str, key: str | None = None) -> None:
        """Have something told that does not refuse the file."""
        self._problems.warn(self._said(sentence), self._at(key))

    def is_wrong(self, key: str | None = None) -> bool:
        """Whether anything was noted here, or of a key."""
        return self._problems.are_at(self._at(key))

    def _said(self, sentence: str) -> str:
        return f"{self.where}: {sentence}" if self.where else sentence

    def _at(self, key: str | None) -> Place:
        return self._place if key is None else (*self._place, key)

    def allow(self, *keys: str) -> None:
        """Note every key that is not one of these."""
        for key in self._table.keys() - set(keys):
            close = nearest(key, keys)
            hint = f'did you mean "{close}"?' if close else f"there are {', '.join(keys)}"
            self.note(f'unknown key "{key}"; {hint}', key)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._table

    def text(self, key: str, *, longest: int, default: str | None = None) -> str:
        """A text that is not empty; without a default it must be there."""
        value = self._table.get(key, default)
        if value is None:
            self.note(f"{key} is missing")
        elif isinstance(value, str) and not value.strip():
            self.note(f"{key} is empty; {'give it one' if key == 'name' else 'write one'}", key)
        elif not isinstance(value, str) or not value.isprintable():
            self.note(f"{key} must be a text", key)
        elif len(value.strip()) > longest:
            self.note(f"{key} is longer than {longest} characters", key)
        else:
            return value.strip()
        return ""

    def read(
        self, key: str, read: Callable[[str], Value], *, longest: int = 120, default: str | None = None
    ) -> Value | None:
        """What `read` makes of a text; the BadInput it raises is noted, and None comes back."""
        text = self.text(key, longest=longest, default=default)
        try:
            return read(text) if text else None
        except BadInput as error:
            self.note(f"{key}: {error}", key)
            return None

    def whole(self, key: str, smallest: int, largest: int, *, default: int) -> int:
        """A whole number in a range."""
        value = self._table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not smallest <= value <= largest:
            self.note(f"{key} must be a whole number from {smallest} to {largest}", key)
            return default
        return value

    def choice(self, key: str, choices: Iterable[str], *, default: str) -> str:
        """One of some words."""
        value, known = self._table.get(key, default), tuple(choices)
        if value not in known:
            self.note(f"{key} must be " + " or ".join(f'"{word}"' for word in known), key)
            return default
        return str(value)

    def entries(self, key: str) -> list[object]:
        """A list of anything; empty when the key is not there."""
        value = self._table.get(key, [])
        if not isinstance(value, list):
            self.note(f"{key} must be a list", key)
            return []
        return value

    def section(self, key: str, where: str) -> "Section | None":
        """The table below a key, None when the key is not there."""
        value = self._table.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.note(f"{key} must be a table", key)
            return None
        return Section(where, value, self._problems, (*self._place, key))

    def sections(self, key: str, title: str) -> "list[Section]":
        """The tables of a list ([[team]]), each called by its name."""
        found = []
        for number, value in enumerate(self.entries(key)):
            if isinstance(value, dict):
                name = value.get("name")
                where = (
                    f'{title} "{name.strip()}"' if isinstance(name, str) and name.strip() else f"{title} {number + 1}"
                )
                found.append(Section(where, value, self._problems, (*self._place, key, number)))
            else:
                self.note(f"{key} must be written as [[{key}]]", key)
        return found

    def value(self, key: str) -> object:
        """Whatever stands there; None when nothing does."""
        return self._table.get(key)

    def keys(self) -> list[str]:
        """The keys that are there."""
        return list(self._table)


def amount(value: object) -> Decimal:
    """A number of 0 or more with at most four decimals; BadInput with the rest of the sentence otherwise."""
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        raise BadInput("must be a number")
    number = Decimal(value)
    if not number.is_finite() or not 0 <= number < LARGEST:
        raise BadInput(f"must be a number from 0 to {LARGEST:,f}")
    if number != round(number, DECIMALS):
        raise BadInput(f"{number} has more than {DECIMALS} decimals")
    return number
