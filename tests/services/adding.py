"""Giving parts of a line, and saying that they are all."""

from datetime import datetime
from decimal import Decimal
from itertools import count

from models.counts import EntrySource
from models.parts import CountPart
from models.services import adding_up, parts
from models.services.adding_up import Deed
from tests.builders import Number
from tests.world import World

_KEYS = count()


def _deed(world: World, line_id: int, who: str, at: datetime | None, source: EntrySource, key: str | None) -> Deed:
    return Deed(world.person(who), line_id, at or world.now, source, key or f"part {next(_KEYS)}")


def add(
    world: World, line_id: int, who: str, quantity: Number, *, at: datetime | None = None, key: str | None = None,
    source: EntrySource = EntrySource.MODAL,
) -> None:  # fmt: skip
    """`who` gives a part of a line."""
    deed = _deed(world, line_id, who, at, source, key)
    with world.step() as session:
        adding_up.add(session, deed, Decimal(quantity), now=world.now)


def done(world: World, line_id: int, who: str, *, at: datetime | None = None) -> str:
    """`who` says that the parts are all; returns what they are told."""
    deed = _deed(world, line_id, who, at, EntrySource.MODAL, None)
    with world.step() as session:
        return adding_up.done(session, deed, now=world.now)


def open_parts(world: World, line_id: int) -> list[CountPart]:
    """The open parts of a line, oldest first."""
    with world.database.read() as session:
        return parts.open_parts(session, line_id)
