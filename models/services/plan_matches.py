"""Plans that could match nothing, although everything they name is there: it never lies together.

Asked of the stock rows, whatever their on-hand, and only once there are some. Bins, categories and SKUs by themselves
are asked in `models.services.plan_checks`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlmodel import Session, col, or_, select

from models.catalog import Item
from models.people import Team
from models.rules import wording
from models.rules.classes import letters
from models.rules.policies import Choice, parse_policies
from models.services import class_settings
from models.services.plan_facts import ECHO, bins_of, categories_of
from models.services.plan_terms import Terms
from models.services.reach import Reach, begins_with, holds_any, reach_of
from models.services.setup_things import Facts
from models.stock import StockLevel


def nothing_matches(session: Session, team: Team, facts: Facts) -> dict[str, str]:
    """What is to be changed, by the name of the fact; empty when there is stock that the plan might choose."""
    assert team.id is not None  # noqa: S101 - a stored row has an id
    reach = reach_of(session, Terms(team.id, (), 0, bins_of(facts), categories_of(facts)))
    if reach is None or session.exec(select(StockLevel.id).limit(1)).first() is None:
        return {}
    if reach.categories and not holds_any(session, reach):
        return {"categories": _not_together(team, reach, reach.categories)}
    for choice in parse_policies(str(facts["select"])):
        problem = _no_stock(session, team, reach, choice)
        if problem:
            return {"select": problem}
    return {}


def _no_stock(session: Session, team: Team, reach: Reach, choice: Choice) -> str | None:
    if choice.classes:
        return _no_class(session, choice.classes)
    if choice.skus:
        return _elsewhere(session, team, reach, choice.skus)
    if choice.categories and not holds_any(session, reach, col(Item.category).in_(choice.categories)):
        return _not_together(team, replace(reach, categories=()), choice.categories)
    is_narrowed = bool(reach.bins or reach.categories)
    if choice.prefixes and is_narrowed and not holds_any(session, reach, or_(*map(begins_with, choice.prefixes))):
        return f"Nothing that this plan counts lies in bins that begin with {_any_of(choice.prefixes)}; choose others."
    return None


def _not_together(team: Team, reach: Reach, categories: Sequence[str]) -> str:
    where = f"the bins that begin with {_any_of(reach.bins)}" if reach.bins else f"the bins of {team.name}"
    others = "other bins or categories" if reach.bins else "other categories"
    return f"Nothing of {_any_of(categories)} lies in {where}; choose {others}."


def _elsewhere(session: Session, team: Team, reach: Reach, skus: Iterable[str]) -> str | None:
    missing = [sku for sku in skus if not holds_any(session, reach, col(Item.sku) == sku)]
    if not missing:
        return None
    shown = wording.all_of([wording.cut(sku, ECHO) for sku in missing])
    verb, those = ("lies", "it") if len(missing) == 1 else ("lie", "them")
    where = "that this plan counts" if reach.bins or reach.categories else f"of {team.name}"
    return f"{shown} {verb} in no bin {where}; leave {those} out."


def _no_class(session: Session, classes: Iterable[str]) -> str | None:
    """A class that the cuts make may be empty: the next classification may fill it."""
    computed = letters(class_settings.basis(session).cuts)
    for letter in classes:
        if letter in computed or session.exec(select(Item.id).where(Item.abc_class == letter).limit(1)).first():
            continue
        return f"No item is in class {letter}; choose {wording.any_of(computed)}."
    return None


def _any_of(names: Sequence[str]) -> str:
    return wording.any_of([f"“{wording.cut(name, ECHO)}”" for name in names])
