"""What somebody can ask to have counted: an item, in every bin it lies in, or a bin, with every item in it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from models.catalog import Item, Location
from models.counts import CountLine
from models.errors import BadInput
from models.rules import mentions
from models.rules.chat_text import folded
from models.services import lookup
from models.stock import StockLevel

MOST_THINGS = 20
"""Things that one request takes."""

_BETWEEN = re.compile(r"\s*[,;\n]\s*")
_AT_ONCE = 1000  # names that one query asks for
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True)
class Thing:
    """An item by its SKU, or a bin by its code. `description` is the item's name, "" for a bin."""

    name: str
    description: str = ""
    item_id: int | None = None
    location_id: int | None = None

    def covers(self, item_id: int, location_id: int) -> bool:
        """Whether a stock is part of it."""
        return self.item_id == item_id or self.location_id == location_id


def find_things(session: Session, text: str) -> list[Thing]:
    """What was typed: one name, or several with commas or spaces between; of an item and a bin of one name, the item.

    Raises:
        BadInput: there are more names than one request takes.
        NotFound: for the first unknown name; the sentence names the nearest one.
    """
    whole = text.strip()
    words = list(dict.fromkeys(word for word in _BETWEEN.split(whole) if word)) or [whole]
    apart = list(dict.fromkeys(whole.replace(",", " ").split()))
    too_many = len(words) > MOST_THINGS
    known = _known(session, [whole] if too_many else [whole, *words, *apart[:MOST_THINGS]])
    if folded(whole) in known:  # a name may have commas in it
        return [_best(known[folded(whole)], whole)]
    if any(folded(word) not in known for word in words) and all(folded(word) in known for word in apart):
        words = apart  # names are written with spaces between them, too
    if too_many:
        raise BadInput(too_many_things(len(words)))
    unknown = next((word for word in words if folded(word) not in known), None)
    if unknown is not None:
        raise lookup.no_item_or_bin(session, unknown)
    return list(dict.fromkeys(_best(known[folded(word)], word) for word in words))


def too_many_things(number: int) -> str:
    """The refusal of so many things at once."""
    return f"Ask for at most {MOST_THINGS} at a time. These are {number}, so nothing was started."


def mentioned(session: Session, text: str) -> list[Thing]:
    """What a chat message names, in its order; the item where a bin has the same name."""
    found = mentions.phrases(text)
    known = _known(session, {phrase.text for phrase in found})
    names = mentions.meant(found, lambda phrase: folded(phrase) in known)
    return list(dict.fromkeys(_best(known[folded(name)], name) for name in names))


def things_of(session: Session, item_ids: Collection[int], location_ids: Collection[int]) -> list[Thing]:
    """The items and bins of these ids, by name; an id that is none is left out."""
    items = session.exec(select(Item).where(col(Item.id).in_(item_ids)).order_by(col(Item.sku)))
    bins = session.exec(select(Location).where(col(Location.id).in_(location_ids)).order_by(col(Location.code)))
    return [_thing(one) for one in (*items, *bins)]


def is_part_of(things: Sequence[Thing], table: type[StockLevel | CountLine]) -> ColumnElement[bool]:
    """Whether a row is of a stock that one of the things covers."""
    return or_(
        col(table.item_id).in_([thing.item_id for thing in things if thing.item_id is not None]),
        col(table.location_id).in_([thing.location_id for thing in things if thing.location_id is not None]),
    )


def _thing(found: Item | Location) -> Thing:
    if isinstance(found, Item):
        return Thing(found.sku, found.name, item_id=found.id)
    return Thing(found.code, location_id=found.id)


def _known(session: Session, names: Collection[str]) -> dict[str, list[Thing]]:
    """Items and bins of these names, capitals aside, by folded name; of each the items, or else the bins."""
    spellings = sorted({spelling for name in names for spelling in _spellings(name)})
    items: dict[str, list[Thing]] = defaultdict(list)
    bins: dict[str, list[Thing]] = defaultdict(list)
    for some in _batches(spellings):
        for item in session.exec(select(Item).where(func.lower(Item.sku).in_(some)).order_by(col(Item.id))):
            items[folded(item.sku)].append(_thing(item))
        for location in session.exec(
            select(Location).where(func.lower(Location.code).in_(some)).order_by(col(Location.id))
        ):
            bins[folded(location.code)].append(_thing(location))
    return bins | items


def _spellings(name: str) -> set[str]:
    """What a name may look like in the database's small letters; SQLite only has those of the English alphabet."""
    return {name.lower(), name.translate(_LOWER), name.upper().translate(_LOWER), folded(name)}


def _best(things: Sequence[Thing], name: str) -> Thing:
    """Two names may differ in capitals only: what was written exactly wins."""
    return next((thing for thing in things if thing.name == name), things[0])


def _batches(spellings: Sequence[str]) -> Iterator[Sequence[str]]:
    return (spellings[start : start + _AT_ONCE] for start in range(0, len(spellings), _AT_ONCE))
