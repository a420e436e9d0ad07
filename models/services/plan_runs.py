"""Starting a plan by a button: once for each time it was drawn, however often it is clicked."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from models.counts import CountSession
from models.errors import NotFound, WrongState
from models.plans import CountPlan
from models.services import plans
from models.services.people import Person
from models.services.plans import Draft


def last_session(session: Session, plan_id: int) -> int:
    """The id of the newest session of a plan; 0 when it had none."""
    newest = select(func.max(CountSession.id)).where(CountSession.plan_id == plan_id)
    return session.exec(newest).one() or 0


def draft_for(session: Session, person: Person, plan_id: int, now: datetime) -> Draft | None:
    """What a plan would count that this person starts now; None when there is no such plan, or it is not theirs."""
    plan = session.get(CountPlan, plan_id)
    if plan is None or not plan.is_active or not person.may_decide_for(plan.team_id):
        return None
    return plans.draft_now(session, plan, now)


def start_seen(
    session: Session, *, person: Person, plan_id: int, seen: int, now: datetime, draft: Draft | None = None
) -> CountSession:
    """Start a plan at once, for somebody who saw `seen` as its last session.

    Raises:
        NotAllowed: for anybody but an approver of its team or a controller.
        NotFound: when there is no such plan, or nothing to count.
        WrongState: when it has ended, or was started since.
    """
    plan = session.exec(
        select(CountPlan).where(col(CountPlan.id) == plan_id).with_for_update()  # a second click waits here
    ).one_or_none()
    if plan is None:
        raise NotFound("There is no such plan any more.")
    if not plan.is_active:
        raise has_ended(plan)
    if person.may_decide_for(plan.team_id) and last_session(session, plan_id) != seen:
        raise WrongState(f"“{plan.name}” was started since you saw it, so nothing was started now.")
    return plans.start_by(session, person, plan, now, draft)


def find_plan(session: Session, name: str) -> CountPlan:
    """The active plan of that name (capitals aside).

    Raises:
        NotFound: when there is none; the sentence names the nearest one.
        WrongState: when it has ended.
    """
    try:
        return plans.find_plan(session, name)
    except NotFound:
        wanted = name.strip().casefold()
        for plan in session.exec(select(CountPlan).where(~col(CountPlan.is_active)).order_by(col(CountPlan.id))):
            if plan.name.casefold() == wanted:
                raise has_ended(plan) from None
        raise


def has_ended(plan: CountPlan) -> WrongState:
    """The refusal of what is asked of a plan that has ended, with what can be done."""
    return WrongState(f"“{plan.name}” has ended. Stock control can make it again with “/count new {plan.name}”.")
