"""Finding what a word names: an item by its SKU, a bin by its code, a team by its name. Capitals do not matter."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.errors import NotFound
from models.people import Team
from models.rules.nearest import nearest

MOST_COMPARED = 20_000
"""Names that a mistyped one is compared with."""


@dataclass(frozen=True)
class Subject:
    """What a history is about: an item, a bin, a team, a plan, who counted; all that are given, none is everything."""

    item_id: int | None = None
    location_id: int | None = None
    team_id: int | None = None
    plan_id: int | None = None
    member_id: int | None = None


def find_item(session: Session, word: str) -> Item:
    """The item of that SKU; NotFound names the nearest one."""
    item = item_named(session, word)
    if item is None:
        raise NotFound(_unknown(word, "SKU", similar_skus(session, word)))
    return item


def find_bin(session: Session, word: str) -> Location:
    """The bin of that code; NotFound names the nearest one."""
    location = bin_named(session, word)
    if location is None:
        raise NotFound(_unknown(word, "bin", _similar_bins(session, word)))
    return location


def is_bin(session: Session, word: str) -> bool:
    """Whether there is a bin of that code."""
    return bin_named(session, word) is not None


def no_item_or_bin(session: Session, word: str) -> NotFound:
    """The refusal of a word that is neither an item nor a bin; it names the nearest of them all."""
    return NotFound(_unknown(word, "SKU or bin", [*similar_skus(session, word), *_similar_bins(session, word)]))


def similar_skus(session: Session, word: str) -> list[str]:
    """SKUs to look for a nearest one in."""
    return _similar(session, col(Item.sku), word)


def find_team(session: Session, word: str) -> Team:
    """The active team of that name; NotFound names the nearest one."""
    teams = session.exec(select(Team).where(col(Team.is_active)).order_by(col(Team.id))).all()
    for team in teams:
        if team.name.casefold() == word.strip().casefold():
            return team
    raise NotFound(_unknown(word, "team", [team.name for team in teams]))


def no_subject(session: Session, word: str, what: str, others: Sequence[str]) -> NotFound:
    """The refusal of a word that names `what` of it: neither an item, nor a bin, nor one of the `others`."""
    return NotFound(_unknown(word, what, [*similar_skus(session, word), *_similar_bins(session, word), *others]))


def _similar_bins(session: Session, word: str) -> list[str]:
    return _similar(session, col(Location.code), word)


def _similar(session: Session, names: Mapped[str], word: str) -> list[str]:
    """Every name, or of very many only such that begin with the same letter: comparing with a million takes seconds."""
    known = list(session.exec(select(names).limit(MOST_COMPARED + 1)).all())
    if len(known) <= MOST_COMPARED:
        return known
    alike = func.lower(func.substr(names, 1, 1)) == word.strip()[:1].lower()
    return list(session.exec(select(names).where(alike).limit(MOST_COMPARED)).all())


def item_named(session: Session, word: str) -> Item | None:
    """The item of that SKU, if there is one."""
    # Two SKUs may differ in capitals only: what was typed exactly wins.
    found = session.exec(select(Item).where(func.lower(Item.sku) == word.strip().lower())).all()
    exact = _exact([(item.sku, item.id) for item in found], word)
    return next((item for item in found if item.id == exact), None)


def bin_named(session: Session, word: str) -> Location | None:
    """The bin of that code, if there is one."""
    found = session.exec(select(Location).where(func.lower(Location.code) == word.strip().lower())).all()
    exact = _exact([(location.code, location.id) for location in found], word)
    return next((location for location in found if location.id == exact), None)


def _exact(found: list[tuple[str, int | None]], word: str) -> int | None:
    ids = [one for name, one in found if name == word.strip()] or [one for _, one in found]
    return ids[0] if ids else None


def _unknown(word: str, what: str, known: Sequence[str]) -> str:
    close = nearest(word, known)
    return f"There is no {what} “{word.strip()[:40]}”." + (f" Did you mean {close}?" if close else "")
