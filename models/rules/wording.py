"""How numbers and days are said: quantities without trailing zeros, money with cents, signs where they matter."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


def quantity(value: Decimal) -> str:
    """12.000 -> "12", 12.500 -> "12.5", 3596 -> "3,596"."""
    text = f"{value.normalize():,f}"
    return "0" if text == "-0" else text


def signed(value: Decimal) -> str:
    """A change: "+20", "-12", and "0" without a sign."""
    return f"+{quantity(value)}" if value > 0 else quantity(value)


def money(value: Decimal, currency: str) -> str:
    """-3596 -> "-3,596.00 EUR", rounded half to even at the cent."""
    rounded = value.quantize(CENT, rounding=ROUND_HALF_EVEN)
    return f"{abs(rounded) if rounded == 0 else rounded:,.2f} {currency}"


def exact_money(value: Decimal, currency: str) -> str:
    """An amount with all its decimals, two at least."""
    return money(value, currency) if value == value.quantize(CENT) else f"{value.normalize():,f} {currency}"


def money_beside(value: Decimal, limit: Decimal, currency: str) -> str:
    """An amount that stands beside its limit: exact, where at the cent both would look the same."""
    shown = money(value, currency)
    return exact_money(value, currency) if shown.lstrip("-") == money(limit, currency) else shown


def percent(value: Decimal) -> str:
    """A percentage with at most one decimal: "-10 %", "2.5 %"."""
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)
    return f"{quantity(rounded)} %"


def cut(text: str, longest: int) -> str:
    """The text, or as much of it as `longest` characters hold, ending in "…"."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def day_of(day: date, this_year: int | None = None) -> str:
    """A day, as “Wed 25 Nov”; with its year when that is not `this_year`."""
    year = "" if this_year in (None, day.year) else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def any_of(names: Sequence[str]) -> str:
    """Join with "or": Ben; Ben or Eva; Ben, Eva or Kim."""
    return _joined(names, "or")


def all_of(names: Sequence[str]) -> str:
    """Join with "and": Ben; Ben and Eva; Ben, Eva and Kim."""
    return _joined(names, "and")


def _joined(names: Sequence[str], word: str) -> str:
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
