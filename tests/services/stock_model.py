"""A plain model of one stock: a list of what moved, and when. It knows nothing of the code it is compared with."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from models.stock import EntryKind

CORRECTIONS = (EntryKind.ADJUSTMENT, EntryKind.IMPORT)


@dataclass
class Book:
    """The model of one stock: what moved, when, and why; and what the file last said."""

    moved: list[tuple[datetime, Decimal, EntryKind]] = field(default_factory=list)
    imported: Decimal | None = None
    adjusted_since_import: bool = False

    def at(self, instant: datetime) -> Decimal:
        return sum((quantity for when, quantity, _ in self.moved if when <= instant), Decimal(0))

    @property
    def on_hand(self) -> Decimal:
        return sum((quantity for _, quantity, _ in self.moved), Decimal(0))

    def corrected_after(self, instant: datetime) -> bool:
        return any(when > instant and kind in CORRECTIONS for when, _, kind in self.moved)

    def accept(self, quantity: Decimal, instant: datetime) -> Decimal:
        """Post what the list lacks for `quantity` to have been there at `instant`; returns it."""
        lacking = quantity - self.at(instant)
        if lacking:
            self.moved.append((instant, lacking, EntryKind.ADJUSTMENT))
            self.adjusted_since_import = True
        return lacking

    def take_back(self, posted: Decimal, instant: datetime) -> None:
        """Make what was posted at `instant` as if it had never been."""
        if posted:
            self.moved.remove((instant, posted, EntryKind.ADJUSTMENT))
