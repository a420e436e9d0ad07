"""The grammar of a typed quantity: from tokens to a sum of terms, each with its unit.

    answer   = "done"  |  ["+"] sum ["=" term] ["more to come"]
    sum      = term { "+" term  |  term }                   a term after a term, without +: side by side
    term     = amount [unit [("of" | "x" | "@") value]]     3 boxes    2 x 6 m    3 boxes of 12
             | amount "x" unit                              3x box
             | unit (":" | tab) amount                      boxes: 3   as rows of a spreadsheet have it
    amount   = value { "x" value }                          3x12
    value    = number | fraction | number fraction          42   1/2   1 1/2   1½
    fraction = n "/" m, n < m <= 16

Lines, tabs, commas and semicolons between terms only separate, "and" and "&" are +, and a point may end a word or a
line. A comma or a point between digits belongs to the number (`quantities_numbers`). A unit is looked up here
(`quantities_units`); what the sum means, and whether it can be meant, is `quantities_meaning`'s.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from models.errors import BadQuantity
from models.rules import wording
from models.rules.quantities import LONGEST
from models.rules.quantities_numbers import COMMA, POINT, Value
from models.rules.quantities_speech import many, quoted, refused
from models.rules.quantities_tokens import Kind, Token, folded, tokens
from models.rules.quantities_units import LONGEST_NAME, Measure, Unit

MOST_TERMS = 20
"""More numbers than this in one answer are a page, not a count."""

_LARGEST_BELOW = 16  # nobody counts in seventeenths; 24/11 is a date
_BREAKS = (Kind.LINE, Kind.CELL)


class Joint(StrEnum):
    """How a term follows the one before."""

    FIRST = "first"
    PLUS = "plus"
    SIDE = "side by side"
    CELL = "in the next cell"
    GLUED = "without a space"


@dataclass(frozen=True)
class Term:
    """One term: the values to multiply, their unit (None: bare), what each is said to hold, and how it follows."""

    values: tuple[Value, ...]
    unit: Unit | None
    holds: Value | None
    joint: Joint


@dataclass(frozen=True)
class Written:
    """What was typed: the terms, the total that was claimed behind "=", whether it is only a part, or "done" alone."""

    terms: tuple[Term, ...] = ()
    total: Term | None = None
    part: bool = False
    done: bool = False


def read_terms(text: str, measure: Measure) -> Written:
    """Read `text` by the grammar above.

    Raises:
        BadQuantity: when it does not fit, with a sentence that gives the forms this item takes.
    """
    if len(text) > LONGEST:
        raise refused(f"{quoted(text)} is too long to be a count.", measure)
    found = _without_full_stops(tokens(folded(text), measure.odd_names))
    if not found or not any(letter.isalnum() for token in found for letter in token.text):
        raise refused("Write what is there, 0 when there is none.", measure)
    words = [token.text for token in found]
    if words == ["done"]:
        return Written(done=True)
    if "done" in words:
        raise BadQuantity("Send the number first, then “done” by itself.")
    found, is_part = _without_more_to_come(found)
    if is_part and not found:
        raise BadQuantity("Write what you counted so far, like “+12”; write “done” when it is all.")
    _refuse_signs(found, text, measure)
    return _Reader(found, text, measure).read(is_part=is_part)


def _without_full_stops(found: tuple[Token, ...]) -> tuple[Token, ...]:
    """Drop the points that end an abbreviation or a line: 3 ctn. + 4."""
    kept: list[Token] = []
    for place, token in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        ends = after is None or after.kind is Kind.LINE
        abbreviates = after is not None and not (after.kind is Kind.NUMBER and after.joined)
        if token.kind is Kind.STOP and token.joined and kept:
            before = kept[-1].kind
            if (before is Kind.WORD and (ends or abbreviates)) or (before is Kind.NUMBER and ends):
                continue
        kept.append(token)
    return tuple(kept)


def _without_more_to_come(found: tuple[Token, ...]) -> tuple[tuple[Token, ...], bool]:
    """Take "more to come" off either end; whether it was there."""
    rest = list(found)
    for phrase in (["more", "to", "come"], ["more", "coming"]):
        if [token.text for token in rest[-len(phrase) :]] == phrase:
            del rest[-len(phrase) :]
            while rest and (rest[-1].kind in (Kind.COMMA, *_BREAKS) or rest[-1].text == "and"):
                rest.pop()
            return tuple(rest), True
        if [token.text for token in rest[: len(phrase)]] == phrase:
            del rest[: len(phrase)]
            while rest and rest[0].kind in (Kind.COMMA, Kind.COLON, *_BREAKS):
                rest.pop(0)
            return tuple(rest), True
    return found, False


def _refuse_signs(found: tuple[Token, ...], text: str, measure: Measure) -> None:
    """Refuse what has a sentence of its own before the grammar would find it merely unclear."""
    if found[0].kind is Kind.MINUS:
        raise BadQuantity(f"{quoted(text)} is less than nothing; write what is there, 0 or more.")
    if any(token.kind is Kind.MINUS for token in found):
        raise refused(f"{quoted(text)} has a minus in it; write what is there.", measure)
    if any(letter.isdecimal() and not letter.isascii() for token in found for letter in token.text):
        raise BadQuantity(f"{quoted(text)} is not written in the digits 0 to 9; write it like 42.")
    for before, after in pairwise(found):
        if before.kind is Kind.STOP and after.kind is Kind.NUMBER and after.joined:
            raise BadQuantity(f"{quoted(text)} has a number that begins with a point; write 0.{after.text}.")
        if before.kind is Kind.NUMBER and after.kind is Kind.NUMBER and len(after.text) == 3:  # noqa: PLR2004 - thousands
            raise BadQuantity(f"{quoted(text)} has a space in a number; write it without, like 1000.")


class _Reader:
    """A reader that goes over the tokens once, left to right, and never back."""

    def __init__(self, found: tuple[Token, ...], text: str, measure: Measure) -> None:
        self._tokens = found
        self._place = 0
        self._text = text
        self._measure = measure

    def read(self, *, is_part: bool) -> Written:
        starts_with_plus = self._accept(Kind.PLUS) is not None
        terms = [self._term(Joint.FIRST)]
        while self._kind() not in (None, Kind.EQUALS):
            terms.append(self._term(self._joint()))
            if len(terms) > MOST_TERMS:
                raise refused(f"{quoted(self._text)} has too many numbers; send the total.", self._measure)
        total = self._term(Joint.FIRST) if self._accept(Kind.EQUALS) else None
        if self._kind() is not None:
            raise self._unclear()
        return Written(tuple(terms), total, is_part or starts_with_plus)

    def _joint(self) -> Joint:
        """What stands between two terms."""
        joint = Joint.GLUED if self._tokens[self._place].joined else Joint.SIDE
        if (comma := self._accept(Kind.COMMA)) is not None:
            # " ,5" may be a half: such a comma separates nothing.
            if not comma.joined and self._kind() is not None and self._tokens[self._place].joined:
                raise self._unclear()
            joint = Joint.SIDE
        if self._accept(*_BREAKS) is not None:
            joint = Joint.CELL if self._tokens[self._place - 1].kind is Kind.CELL else Joint.SIDE
        if self._accept(Kind.PLUS) is not None:
            self._accept(*_BREAKS)
            joint = Joint.PLUS
        return joint

    def _term(self, joint: Joint) -> Term:
        if self._kind() is Kind.WORD:
            if not self._measure.find(self._tokens[self._place].text) and joint is Joint.FIRST:
                raise self._unclear()  # talk, not a unit gone wrong
            unit = self._unit()
            if self._accept(Kind.COLON, Kind.CELL) is None or self._kind() is not Kind.NUMBER:
                raise refused(f"How many {many(unit, self._measure)}?", self._measure)
            return Term(self._amount(), unit, None, joint)
        values = self._amount()
        if self._kind() is Kind.CELL and self._kind(1) is Kind.WORD:
            self._place += 1  # a row of a spreadsheet: the number, then its unit
        if self._kind() is not Kind.WORD:
            return Term(values, None, None, joint)
        unit = self._unit()
        holds = self._value() if self._accept_holds() else None
        return Term(values, unit, holds, joint)

    def _amount(self) -> tuple[Value, ...]:
        values = [self._value()]
        while self._accept(Kind.TIMES) is not None:
            if self._kind() is Kind.WORD:
                break
            values.append(self._value())
        return tuple(values)

    def _value(self) -> Value:
        first = self._accept(Kind.NUMBER)
        if first is None:
            raise self._unclear()
        if self._kind() is Kind.SLASH:
            return Value("", self._fraction(first))
        if self._kind() is Kind.NUMBER and self._kind(1) is Kind.SLASH:
            if POINT in first.text or COMMA in first.text:
                raise self._unclear()
            return Value(first.text, self._fraction(self._tokens[self._place], skip=1))
        return Value(first.text)

    def _fraction(self, above: Token, *, skip: int = 0) -> Fraction:
        """The fraction whose upper number is `above`; its sign is `skip` tokens ahead."""
        slash = self._tokens[self._place + skip]
        self._place += skip + 1
        below = self._accept(Kind.NUMBER)
        if below is None or not (slash.joined and below.joined and _is_short(above) and _is_short(below)):
            raise self._unclear()
        if not 0 < int(above.text) < int(below.text) <= _LARGEST_BELOW:
            raise refused(f"{quoted(self._text)} has a fraction I do not know.", self._measure)
        return Fraction(int(above.text), int(below.text))

    def _unit(self) -> Unit:
        word = self._tokens[self._place].text
        self._place += 1
        found = self._measure.find(word)
        shown = f"“{wording.cut(word, LONGEST_NAME)}”"
        if len(found) > 1:
            raise refused(f"{shown} can mean two packs of this item.", self._measure)
        if not found:
            raise refused(f"{shown} is not a unit of this item.", self._measure)
        return found[0]

    def _accept_holds(self) -> bool:
        """Go over the word before what a pack holds: 3 boxes of 12, 3 boxes x 12, 3 boxes @ 12."""
        at = self._tokens[self._place].text if self._kind() else ""
        if at in ("of", "@") or self._kind() is Kind.TIMES:
            self._place += 1
            return True
        return False

    def _kind(self, ahead: int = 0) -> Kind | None:
        """The kind of the token so many ahead; None behind the last."""
        place = self._place + ahead
        return self._tokens[place].kind if place < len(self._tokens) else None

    def _accept(self, *kinds: Kind) -> Token | None:
        """Go over the next token if it is one of `kinds`."""
        if self._kind() not in kinds:
            return None
        self._place += 1
        return self._tokens[self._place - 1]

    def _unclear(self) -> BadQuantity:
        return refused(f"{quoted(self._text)} is not clear to me.", self._measure)


def _is_short(token: Token) -> bool:
    return token.text.isdigit() and len(token.text) <= 2  # noqa: PLR2004 - up to sixteenths
