"""Finding what a word names: an item by its SKU, a bin by its code, a team by its name. Capitals do not matter."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.errors import NotFound
from models.people import Team
from models.rules.nearest import nearest


@dataclass(frozen=True)
class Subject:
    """What a history is about: one item, one bin, one team, or everything (all None)."""

    item_id: int | None = None
    location_id: int | None = None
    team_id: int | None = None


def find_item(session: Session, word: str) -> Item:
    """The item of that SKU; NotFound names the nearest one."""
    item = _item(session, word)
    if item is None:
        raise NotFound(_unknown(word, "SKU", session.exec(select(Item.sku)).all()))
    return item


def find_subject(session: Session, word: str) -> Subject:
    """The item, bin or team of that name, looked for in this order; NotFound names the nearest of them all."""
    if not word.strip():
        return Subject()
    if (item := _item(session, word)) is not None:
        return Subject(item_id=item.id)
    bins = session.exec(select(Location).where(func.lower(Location.code) == word.strip().lower())).all()
    if bins:
        return Subject(location_id=_exact([(one.code, one.id) for one in bins], word))
    for team in session.exec(select(Team).order_by(col(Team.id))):
        if team.name.casefold() == word.strip().casefold():
            return Subject(team_id=team.id)
    known = [*session.exec(select(Item.sku)), *session.exec(select(Location.code)), *session.exec(select(Team.name))]
    raise NotFound(_unknown(word, "SKU, bin or team", known))


def _item(session: Session, word: str) -> Item | None:
    # Two SKUs may differ in capitals only: what was typed exactly wins.
    found = session.exec(select(Item).where(func.lower(Item.sku) == word.strip().lower())).all()
    exact = _exact([(item.sku, item.id) for item in found], word)
    return next((item for item in found if item.id == exact), None)


def _exact(found: list[tuple[str, int | None]], word: str) -> int | None:
    ids = [one for name, one in found if name == word.strip()] or [one for _, one in found]
    return ids[0] if ids else None


def _unknown(word: str, what: str, known: Sequence[str]) -> str:
    close = nearest(word, known)
    return f"There is no {what} “{word.strip()[:40]}”." + (f" Did you mean {close}?" if close else "")
