"""Judging entries against the ledger at their count instant, and what follows from it."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, or_, select

from models.catalog import Item
from models.counts import CountEntry, CountLine, CountSession, Judgement
from models.plans import CountPlan, ToleranceLimit
from models.rules import wording
from models.rules.tolerance import Limit, Scope, judge
from models.services import ledger, lines, people
from models.services.lines import LockedLine

LONGEST_LIMITS = 200  # characters; three limits on the longest names there may be are more


def judge_entry(session: Session, locked: LockedLine, entry: CountEntry, now: datetime) -> Judgement:
    """Judge an entry by what the ledger says now about its count instant; the answer is kept beside earlier ones."""
    assert entry.id is not None  # noqa: S101 - a stored row has an id
    item = session.get_one(Item, locked.line.item_id)
    expected, unit_cost = expected_by(session, locked.line, entry), unit_cost_at(session, locked, entry)
    verdict = judge(
        expected=expected,
        counted=entry.quantity,
        unit_cost=unit_cost,
        limits=limits_for(session, item, locked.session),
        currency=people.company(session).currency,
    )
    judgement = Judgement(
        entry_id=entry.id,
        judged_at=now,
        expected=expected,
        variance=verdict.variance,
        unit_cost=unit_cost,
        within=verdict.within,
        limit_applied=wording.cut(verdict.limit_applied, LONGEST_LIMITS),
    )
    session.add(judgement)
    session.flush()
    return judgement


def expected_by(session: Session, line: CountLine, entry: CountEntry) -> Decimal:
    """On-hand at an entry's count instant, apart from what was posted because of this very entry or a later one.

    Without that exception a count would be compared with its own result, once a late movement has it judged again.
    """
    book = ledger.on_hand_at(session, line.item_id, line.location_id, entry.counted_at)
    for decision in lines.decisions_of(session, entry.line_id):
        rests_on_it = decision.entry_id is not None and entry.id is not None and decision.entry_id >= entry.id
        if rests_on_it and decision.count_instant is not None and decision.count_instant <= entry.counted_at:
            book -= decision.posted
    return book


def unit_cost_at(session: Session, locked: LockedLine, entry: CountEntry) -> Decimal | None:
    """The unit cost of the item when `entry` was counted; today's when it was not known then, or not judged yet."""
    first = session.exec(
        select(Judgement).where(Judgement.entry_id == entry.id).order_by(col(Judgement.id)).limit(1)
    ).first()
    if first is not None and first.unit_cost is not None:
        return first.unit_cost
    return session.get_one(Item, locked.line.item_id).unit_cost


def judge_again(session: Session, locked: LockedLine, *, since: datetime, now: datetime) -> Judgement | None:
    """Judge the attempts counted at or after `since` again; return the last attempt's judgement when it is among them.

    `since` is when a movement occurred that the books did not know of before.
    """
    judgement = None
    for entry in lines.settling_entries(session, locked.id):
        judgement = judge_entry(session, locked, entry, now) if entry.counted_at >= since else None
    return judgement


def limits_for(session: Session, item: Item, count_session: CountSession) -> list[Limit]:
    """Every tolerance limit that could concern an item in a session, of all scopes and sides."""
    # A spot count has no plan.
    plan = None if count_session.plan_id is None else session.get_one(CountPlan, count_session.plan_id)
    return limits_of(session, item, plan)


def limits_of(session: Session, item: Item, plan: CountPlan | None) -> list[Limit]:
    """Every tolerance limit that could concern an item in a plan, or in none."""
    keys = {
        Scope.ITEM: item.sku,
        Scope.CATEGORY: item.category,
        Scope.ABC_CLASS: item.abc_class,
        Scope.PLAN: None if plan is None else plan.name,
        Scope.COMPANY: "",
    }
    rows = session.exec(
        select(ToleranceLimit).where(
            or_(
                *(
                    (col(ToleranceLimit.scope) == scope) & (col(ToleranceLimit.scope_key) == key)
                    for scope, key in keys.items()
                    if key is not None
                )
            )
        )
    ).all()
    return [Limit(row.scope, row.scope_key, row.measure, row.side, row.amount) for row in rows]


def unposted_variance(session: Session, locked: LockedLine, quantity: Decimal, instant: datetime) -> Decimal:
    """What the ledger lacks, as of `instant`, for `quantity` to have been there; in base units, signed."""
    return quantity - ledger.on_hand_at(session, locked.line.item_id, locked.line.location_id, instant)
