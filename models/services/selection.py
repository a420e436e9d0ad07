"""Choosing what to count: the lines of one run, each with the policy that picked it and the reason.

Policies pick in the order of their strength, each for its share of the plan's lines, and nobody picks what another has
picked; so a stock that two would pick has the stronger reason. What one cannot fill goes to the others in the same
order, except to a control group or a random sample, which would not be the same group or sample any more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session, col, select

from models.plans import Pace as PlanPace
from models.rules.policies import CAPPED, STRENGTH, Choice, Policy, slots
from models.services.due_stock import Pace, due_stock, pace_of
from models.services.plan_terms import Leveled, Terms
from models.services.policy_queries import picks_of
from models.services.random_stock import random_stock
from models.services.reach import (
    SMALL,
    Candidate,
    Reach,
    candidates,
    class_counts,
    free_stock,
    reach_of,
)
from models.stock import StockLevel


@dataclass(frozen=True)
class Pick:
    """A stock that a session counts, what chose it (a policy, or "spot count"), and why."""

    stock: Candidate
    policy: str
    reason: str


def choose(
    session: Session,
    terms: Terms,
    *,
    now: datetime,
    seed: int,
    leveled: Leveled | None = None,
    counts: Mapping[str, int] | None = None,
) -> list[Pick]:
    """Choose the lines of a run, in walk order: at most `terms.lines`, no stock twice, none that is being counted.

    `leveled` says which run it is, when it is to be levelled with those that follow; None takes whatever is longest
    uncounted. `counts` is how many stocks of each class are in reach, when that is known already. Nothing is locked.
    """
    reach = reach_of(session, terms)
    if reach is None:
        return []
    if terms.pace is PlanPace.FULL:
        leveled = None
    if counts is None:
        counts = class_counts(session, reach)
    if not counts:
        return []
    reach = replace(reach, is_small=sum(counts.values()) <= SMALL)
    run = _Run(session, reach, pace_of(session, terms.team_id, now), seed, leveled, counts, now)
    order = sorted(zip(terms.choices, slots(terms.choices, terms.lines), strict=True), key=_strength)
    for choice, lines in order:
        run.take(choice, lines)
    shared = sum(lines for _, lines in order)  # what the shares leave to nobody is left
    for choice, _ in order:
        if choice.policy not in CAPPED:
            run.take(choice, shared - len(run.picks))
    return sorted(run.picks, key=lambda pick: (pick.stock.walk, pick.stock.sku))


def locked(session: Session, picks: Sequence[Pick]) -> list[Pick]:
    """The picks with their levels locked until the transaction ends; those whose level is gone are left out."""
    ids = [pick.stock.level_id for pick in picks]
    held = set(
        session.exec(
            select(StockLevel.id)
            .where(col(StockLevel.id).in_(ids))
            .order_by(col(StockLevel.id))  # locks are taken in one order by everybody
            .with_for_update()
        ).all()
    )
    return [pick for pick in picks if pick.stock.level_id in held]


def still_free(session: Session, reach: Reach, picks: Sequence[Pick]) -> list[Pick]:
    """The picks that may still be counted, with their levels locked.

    That is: still in reach, on no sheet, and not counted since they were chosen. It is asked in a statement of its own,
    after the locks: PostgreSQL answers one that waits for a lock from before the wait.
    """
    held = locked(session, picks)
    ids = [pick.stock.level_id for pick in held]
    now = {
        one.level_id: one.last_counted_at
        for one in candidates(session, free_stock(reach).where(col(StockLevel.id).in_(ids)))
    }
    return [
        pick for pick in held if pick.stock.level_id in now and now[pick.stock.level_id] == pick.stock.last_counted_at
    ]


def _strength(chosen: tuple[Choice, int]) -> int:
    return STRENGTH.index(chosen[0].policy)


@dataclass
class _Run:
    """One run being chosen."""

    session: Session
    reach: Reach
    pace: Pace
    seed: int
    leveled: Leveled | None
    counts: Mapping[str, int]
    now: datetime
    picks: list[Pick] = field(default_factory=list)

    def take(self, choice: Choice, lines: int) -> None:
        """Pick up to `lines` more by one policy."""
        if lines <= 0:
            return
        found = self._due(lines) if choice.policy is Policy.DUE else self._others(choice, lines)
        self.picks += [Pick(stock, choice.policy, reason) for stock, reason in found]

    def _due(self, lines: int) -> list[tuple[Candidate, str]]:
        had = Counter(pick.stock.abc_class for pick in self.picks if pick.policy is Policy.DUE)
        return due_stock(
            self.session,
            self.reach,
            self.pace,
            capacity=lines,
            class_counts=self.counts,
            leveled=self.leveled,
            without=self._taken(),
            had=had,
        )

    def _others(self, choice: Choice, lines: int) -> list[tuple[Candidate, str]]:
        if choice.policy is Policy.RANDOM:
            return random_stock(self.session, self.reach, self.seed, lines, self._taken())
        query, because = picks_of(choice, free_stock(self.reach, self._taken()), self.now)
        return [(stock, because(stock)) for stock in candidates(self.session, query.limit(lines))]

    def _taken(self) -> list[int]:
        return [pick.stock.level_id for pick in self.picks]
