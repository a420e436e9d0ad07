"""Runs whose time has come and that have not started: the clock was not there, or they wait for a slot.

Who edits a plan may give such a run up. Nobody would see that it is missing, so the audit trail says so.
"""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from models.plans import CountPlan
from models.rules.runs import Run
from models.services import journal


def waiting_run(plan: CountPlan) -> Run | None:
    """The next run of a plan, as it is stored."""
    return None if plan.next_due is None else Run(plan.next_occurrence or plan.next_due, plan.next_due)


def runs_waiting(session: Session, now: datetime) -> dict[int, Run]:
    """The runs of active plans, by their ids, whose own time has come and that have not started."""
    plans = session.exec(
        select(CountPlan)
        .where(col(CountPlan.is_active), col(CountPlan.next_due).is_not(None))
        .where(or_(col(CountPlan.next_occurrence) <= now, col(CountPlan.next_due) <= now))
    )
    return {plan.id: run for plan in plans if plan.id is not None and (run := waiting_run(plan)) is not None}


def note_dropped(session: Session, plan: CountPlan, waited: Run | None, *, actor: str, now: datetime) -> None:
    """Write down that the run which waited before a plan was edited comes no more; nothing when it still does."""
    run = waiting_run(plan)
    if waited is None or (run is not None and run.occurrence == waited.occurrence):
        return
    subject, detail = f"plan {plan.name}", {"was_due": waited.at}
    journal.audit(session, actor=actor, action="run dropped", subject=subject, now=now, detail=detail)
