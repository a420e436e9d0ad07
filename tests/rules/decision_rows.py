"""Reads the files of decision_table/, which a stock controller can read too: their columns stand in their heads."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from models.rules.tolerance import Limit, Measure, Scope, Side

FOLDER = Path(__file__).with_name("decision_table")

SKU, CATEGORY, ABC_CLASS, PLAN = "OF-712", "Filters", "A", "Daily parts"
KEYS = {
    Scope.ITEM: SKU,
    Scope.CATEGORY: CATEGORY,
    Scope.ABC_CLASS: ABC_CLASS,
    Scope.PLAN: PLAN,
    Scope.COMPANY: "",
}
"""What the levels of the tables stand for."""

Amount = Decimal | str
Limits = dict[Scope, dict[Measure, dict[Side, Amount]]]


@dataclass(frozen=True)
class Row:
    """One line of a file. `limits` is what stands in its column, `outcome` what is expected, in words."""

    where: str
    is_real: bool
    book: Decimal
    counted: Decimal
    unit_cost: Decimal | None
    limits: str
    outcome: str

    @property
    def side(self) -> Side | None:
        """Which side judges; None for an exact match."""
        if self.counted == self.book:
            return None
        return Side.PLUS if self.counted > self.book else Side.MINUS

    @property
    def settles(self) -> bool:
        """Whether it needs nobody."""
        return self.outcome.startswith("settles: ")

    @property
    def named(self) -> str:
        """What the verdict names, with the names of the things that the levels stand for."""
        named = self.outcome.removeprefix("settles: ").removeprefix("to review: ")
        for scope, key in KEYS.items():
            named = named.replace(f"({scope})", f"({scope} {key})".replace(" )", ")"))
        return named

    def by_level(self) -> Limits:
        """The limits as they are written, each side by itself."""
        written = tomllib.loads(f"limits = {{ {self.limits} }}", parse_float=Decimal)["limits"]
        return {
            Scope(scope): {Measure(measure): _sides(value) for measure, value in measures.items()}
            for scope, measures in written.items()
        }

    def as_limits(self) -> list[Limit]:
        """The same for the pure rules."""
        return [
            Limit(scope, KEYS[scope], measure, side, None if amount == "off" else Decimal(amount))
            for scope, measures in self.by_level().items()
            for measure, sides in measures.items()
            for side, amount in sides.items()
        ]


@dataclass(frozen=True)
class AuthorityRow(Row):
    """One line of authority.txt: who does what about it."""

    who: str
    does: str

    @property
    def limit(self) -> Decimal | None:
        """The approval limit of who decides; None for no limit."""
        words = self.who.partition(",")[0].split()
        return Decimal(words[1]) if words[0] == "limit" else None

    @property
    def is_refused(self) -> bool:
        """Whether they may not decide it at all, whatever it is worth."""
        return self.outcome.startswith("refused: ")

    @property
    def posted(self) -> Decimal:
        """What would be posted."""
        if self.does.startswith("adjusts to "):
            return Decimal(self.does.removeprefix("adjusts to ")) - self.book
        return self.counted - self.book if self.does == "approves" else Decimal(0)


def tolerance_rows() -> list[Row]:
    """Every row about limits."""
    return [
        Row(where, mark == "*", Decimal(book), Decimal(counted), _cost(cost), limits, outcome)
        for name in ("levels", "search", "cases")
        for where, (mark, book, counted, cost, limits, outcome) in _cells(name)
    ]


def authority_rows() -> list[AuthorityRow]:
    """Every row about who may decide."""
    return [
        AuthorityRow(where, mark == "*", Decimal(book), Decimal(counted), _cost(cost), "", outcome, who, does)
        for where, (mark, book, counted, cost, who, does, outcome) in _cells("authority")
    ]


def _cells(name: str) -> list[tuple[str, list[str]]]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [
        (f"{name} {number}", [cell.strip() for cell in line.split("|")])
        for number, line in enumerate(lines, 1)
        if line and not line.startswith("#")
    ]


def _cost(text: str) -> Decimal | None:
    return None if text == "none" else Decimal(text)


def _sides(value: Amount | dict[str, Amount]) -> dict[Side, Amount]:
    if isinstance(value, dict):
        return {Side(side): amount for side, amount in value.items()}
    return dict.fromkeys(Side, value)
