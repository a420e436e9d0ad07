"""Computing ABC classes: a ranking of all items, what it would change, and making it so.

Ranking a million items takes seconds, so it is read first, without keeping anybody waiting (`rank`); then either
looked at (`preview`) or applied, in a transaction as short as the changes are few (`apply`). An item that was pinned,
or got a class from the stock file, or changed its class in between is left alone.

Items with a pin or a class from the stock file take part in the ranking, because their value is part of the whole,
and keep their class. Items without a value (no unit cost) are in no ranking and keep theirs, too. A ranking in which
nothing has any value is refused: every item would be in the last class, as if somebody had judged it.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, select, update
from sqlmodel import Session

from models.classes import ClassRun
from models.errors import BadInput
from models.journal import Intent
from models.rules import wording
from models.rules.classes import Ranked, change_text, classify
from models.services import class_grounds, class_reports, class_settings, item_classes, item_values, journal, people
from models.services.catalogue import chunks
from models.services.class_reports import Change
from models.services.class_settings import Basis
from models.services.locks import Work, one_at_a_time
from models.tables import METADATA

ITEM, CHANGE = METADATA.tables["item"], METADATA.tables["classchange"]
LONGEST_REASON = 200
LONGEST_BASIS = 200

Sizes = Counter[str]


@dataclass(frozen=True)
class Ranking:
    """What classes would be. `changed` are the items that would move, the highest ranked first, with their class now.

    `before` and `after` count all items by class ("" for none). `pinned` and `from_file` items keep the class that was
    given to them, `unranked` ones the class they happen to have. `refusal` is why there is nothing to rank, if so.
    """

    basis: Basis
    at: datetime
    currency: str
    changed: list[tuple[Ranked[int], str]]
    before: Sizes
    after: Sizes
    pinned: int
    from_file: int
    unranked: int
    refusal: str | None = None

    @property
    def items(self) -> int:
        """How many items there are."""
        return self.before.total()


@dataclass(frozen=True)
class ClassReport:
    """What a classification changed, or would. `run_id` is None when it only was looked at."""

    ranking: Ranking
    changes: list[Change]
    run_id: int | None = None


def rank(session: Session, now: datetime) -> Ranking:
    """Rank every item as the set-up says, by what the books know up to `now`. It only reads."""
    basis = class_settings.basis(session)
    classes: dict[int, str] = {}
    fixed: dict[int, str] = {}
    ranked_values: list[tuple[int, int]] = []
    pinned = from_file = 0
    for item in item_values.values(session, basis.measure, basis.window_days, now):
        classes[item.item_id] = item.abc_class
        if item.fixed_class:
            fixed[item.item_id] = item.fixed_class
            pinned += bool(item.pinned_class)
            from_file += not item.pinned_class
        if item.value is not None:
            ranked_values.append((item.item_id, item.value))
    before = Counter(classes.values())
    changed = [
        (item, classes[item.key])
        for item in classify(ranked_values, basis.cuts, fixed)
        if item.abc_class != classes[item.key]
    ]
    after = before.copy()
    after.subtract(was for _, was in changed)
    after.update(item.abc_class for item, _ in changed)
    is_empty = len(fixed) < len(classes) and not any(value for _, value in ranked_values)
    return Ranking(
        basis=basis,
        at=now,
        currency=people.company(session).currency,
        changed=changed,
        before=+before,
        after=+after,
        pinned=pinned,
        from_file=from_file,
        unranked=len(classes) - len(ranked_values),
        refusal=class_grounds.nothing_to_rank(session, basis, now) if is_empty else None,
    )


def preview(session: Session, ranking: Ranking) -> ClassReport:
    """What a ranking would change; nothing is written.

    Raises:
        BadInput: there is nothing to rank.
    """
    _require_values(ranking)
    changes: list[Change] = []
    for chunk in chunks(ranking.changed):
        items = _items(session, [item.key for item, _ in chunk])
        changes += [_change(ranking, items[item.key], item, before) for item, before in chunk if item.key in items]
    return ClassReport(ranking, changes)


def apply(session: Session, ranking: Ranking, *, now: datetime, actor: str) -> ClassReport:
    """Give the items their new classes, remember what changed and why, and have the teams told.

    Raises:
        BadInput: there is nothing to rank.
    """
    _require_values(ranking)
    one_at_a_time(session, Work.IMPORT)
    run = ClassRun(at=now, actor=actor, basis=str(ranking.basis)[:LONGEST_BASIS], items=ranking.items)
    session.add(run)
    session.flush()
    assert run.id is not None  # noqa: S101 - a stored row has an id
    changes: list[Change] = []
    for chunk in chunks(ranking.changed):
        changes += _move(session, run.id, ranking, chunk)
    if changes:
        item_classes.copy_to_levels(session)
    journal.audit(
        session,
        actor=actor,
        action="classify items",
        subject=f"class run {run.id}",
        now=now,
        detail={"basis": run.basis, "items": run.items, "changed": len(changes)},
    )
    for team_id, channel in class_reports.teams_to_tell(session, run.id):
        journal.notify(session, Intent.CLASS_REPORT, f"{run.id}.{team_id}", channel=channel, now=now)
    return ClassReport(ranking, changes, run.id)


def _require_values(ranking: Ranking) -> None:
    if ranking.refusal is not None:
        raise BadInput(ranking.refusal)


def _move(session: Session, run_id: int, ranking: Ranking, chunk: list[tuple[Ranked[int], str]]) -> list[Change]:
    """Change the classes of those items that still are what they were when they were ranked."""
    items = _items(session, [item.key for item, _ in chunk])
    moved = [(item, before) for item, before in chunk if item.key in items and items[item.key].abc_class == before]
    changes = [_change(ranking, items[item.key], item, before) for item, before in moved]
    if changes:
        rows = [
            {"run_id": run_id, "item_id": item.key, "before": before or None, "after": item.abc_class, "reason": reason}
            for (item, before), (*_, reason) in zip(moved, changes, strict=True)
        ]
        session.execute(insert(CHANGE), rows)
    for abc_class in sorted({item.abc_class for item, _ in moved}):
        its = [item.key for item, _ in moved if item.abc_class == abc_class]
        session.execute(update(ITEM).where(ITEM.c.id.in_(its)).values(abc_class=abc_class))
    return changes


class _Item(NamedTuple):
    """What to call an item, and the class it has now."""

    sku: str
    name: str
    abc_class: str


def _items(session: Session, item_ids: list[int]) -> dict[int, _Item]:
    """Those of the items whose class no pin and no stock file has said, locked where there are locks."""
    found = session.execute(
        select(ITEM.c.id, ITEM.c.sku, ITEM.c.name, func.coalesce(ITEM.c.abc_class, ""))
        .where(ITEM.c.id.in_(item_ids), ITEM.c.pinned_class.is_(None), ITEM.c.file_class.is_(None))
        .order_by(ITEM.c.id)
        .with_for_update(key_share=True)  # a sheet that names the items need not wait
    )
    return {item_id: _Item(sku, name, abc_class) for item_id, sku, name, abc_class in found}


def _change(ranking: Ranking, item: _Item, ranked: Ranked[int], before: str) -> Change:
    basis = ranking.basis
    shown = replace(ranked, value=item_values.in_units(basis.measure, int(ranked.value)))
    reason = change_text(shown, before, basis.measure, ranking.currency, basis.window_days)
    return Change(item.sku, item.name, before, ranked.abc_class, wording.cut(reason, LONGEST_REASON))
