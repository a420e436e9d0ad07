"""What somebody is answered who gave a number: their own number in base units, and nothing about the record.

Whether it matched is not theirs to know while the line is open, and neither are the parts that others gave.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from models.catalog import Item, Location
from models.counts import CountEntry
from models.parts import CountPart
from models.rules import wording
from models.services.lines import LockedLine


@dataclass(frozen=True)
class Counted:
    """A stored number. `is_note`: it came too late to count, and is kept for the approver to see."""

    line_id: int
    sku: str
    location: str
    unit: str
    quantity: Decimal
    is_note: bool


def counted(session: Session, locked: LockedLine, given: CountEntry | CountPart) -> Counted:
    """The answer to an entry, or to a part."""
    item = session.get_one(Item, locked.line.item_id)
    location = session.get_one(Location, locked.line.location_id)
    is_note = isinstance(given, CountEntry) and not given.settles
    return Counted(locked.id, item.sku, location.code, item.unit, given.quantity, is_note)


def understood(counted: Counted, echo: str = "") -> str:
    """What is told to the person who counted. `echo`: how their words were understood ("3 boxes + 4 = 154 pcs")."""
    amount = echo if is_converted(echo) else f"{wording.quantity(counted.quantity)} {counted.unit}"
    if counted.is_note:
        return f"{counted.sku} in {counted.location}: {amount} kept as a note. Your earlier count stands."
    return f"{counted.sku} in {counted.location}: {amount}"


def is_converted(echo: str) -> bool:
    """Whether an echo says more than the number itself."""
    return " = " in echo


def part_understood(part: Counted, echo: str = "") -> str:
    """What is told to the person who gave a part."""
    return f"{understood(part, echo)} so far. Add the next, or write “done” when it is all."


def sum_understood(done: Counted, names: str) -> str:
    """What is told to the person who closed the parts; not what they come to, because the others counted blind too."""
    return f"{done.sku} in {done.location}: done, with the parts of {names}."
