"""How classes are computed: what the set-up says, or the usual way when it says nothing; and the words for it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from models.classes import ClassSettings
from models.rules.classes import ClassMeasure, cuts_text, parse_cuts

TIMELESS = frozenset({ClassMeasure.ON_HAND_VALUE, ClassMeasure.UNIT_COST})
"""Measures of what is there now: the window says nothing to them."""


@dataclass(frozen=True)
class Basis:
    """What items are ranked by, over how many days, and where the ranking is cut (cumulative percentages)."""

    measure: ClassMeasure
    window_days: int
    cuts: tuple[Decimal, ...]

    def __str__(self) -> str:
        window = "" if self.measure in TIMELESS else f" of the last {self.window_days} days"
        return f"{self.measure}{window}, shared {cuts_text(self.cuts)}"


def stored(session: Session) -> ClassSettings:
    """The row of settings; the defaults, not added to the session, until a set-up was applied."""
    return session.get(ClassSettings, 1) or ClassSettings()


def basis(session: Session) -> Basis:
    """How classes are computed now."""
    found = stored(session)
    return Basis(ClassMeasure(found.measure), found.window_days, parse_cuts(found.cuts))
