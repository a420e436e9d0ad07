"""Making and changing plans, by people: stock control makes, edits, pauses, resumes and ends them.

What a plan may be is decided where setup.toml is checked too (`problems`); its row is written, and the change written
down, by the same functions that apply the file (`setup_plans.write`, `setup_audit.record`). So `apply` notices what
was changed here since, and keeps it.

Only one person or file changes plans at a time; whoever opened a form before somebody else's change is refused.
"""

import hashlib
import json
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.errors import BadInput, NotAllowed, NotFound, WrongState
from models.journal import AuditEvent
from models.people import Member, Team
from models.plans import CountPlan
from models.rules import wording
from models.rules.runs import Run
from models.rules.tolerance import Measure, Scope
from models.services import people, plan_times, plan_waiting, setup_audit, setup_names, setup_plans, times
from models.services.locks import Work, one_at_a_time
from models.services.people import Person
from models.services.plan_checks import passed_while_paused, problems
from models.services.plan_facts import Tolerance, read_facts, read_tolerance
from models.services.setup_audit import changes_between
from models.services.setup_tables import ADAPTERS
from models.services.setup_things import Facts, Kind

__all__ = [
    "BadPlan",
    "PlanFacts",
    "create",
    "edit",
    "end",
    "facts_of",
    "pause",
    "problems",
    "require_controller",
    "resume",
]

TOLERANCE = ADAPTERS[Kind.TOLERANCE]


class BadPlan(BadInput):
    """A plan that cannot be: a sentence for each fact that is wrong, by its name ("bins", "tolerance.percent")."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("\n".join(f"{name}: {sentence}" for name, sentence in found.items()))
        self.problems = found


class PlanFacts(NamedTuple):
    """Everything that is said about a plan."""

    name: str
    facts: Facts
    tolerance: Tolerance

    @property
    def version(self) -> str:
        """The same for the same facts only: what a form remembers of the plan that somebody saw in it."""
        return hashlib.sha256(json.dumps(self, sort_keys=True).encode()).hexdigest()[:16]


def facts_of(session: Session, plan_id: int) -> PlanFacts:
    """What is said about a plan now.

    Raises:
        NotFound: there is no such plan.
    """
    plan = session.get(CountPlan, plan_id)
    if plan is None:
        raise NotFound("There is no such plan any more.")
    limits = TOLERANCE.read(session)
    tolerance = {key[2]: facts for key, facts in limits.items() if key[:2] == (Scope.PLAN, plan.name)}
    return PlanFacts(plan.name, setup_plans.facts_in(plan, session.get_one(Team, plan.team_id)), tolerance)


def create(session: Session, person: Person, name: str, facts: Facts, tolerance: Tolerance, now: datetime) -> CountPlan:
    """Make a plan. The name of one that has ended wakes it up, as these facts say.

    Raises:
        BadPlan: when something is wrong with it.
        NotAllowed: for anybody but stock control.
    """
    require_controller(session, person)
    one_at_a_time(session, Work.APPLY)
    name = name.strip()
    _require_sound(problems(session, name, facts, is_new=True, tolerance=tolerance, now=now))
    read = read_facts(facts)[0]
    setup_plans.write(session, (name,), read)
    setup_audit.record(session, Kind.PLAN, (name,), "add", actor=person.slack_id, now=now, facts=read)
    _write_tolerance(session, person, name, read_tolerance(tolerance)[0], now)
    return _scheduled(session, person, name, now, None)


def edit(
    session: Session,
    person: Person,
    plan_id: int,
    name: str,
    facts: Facts,
    tolerance: Tolerance,
    *,
    seen: str,
    now: datetime,
) -> CountPlan:
    """Change a plan, perhaps its name, for somebody who saw it as of the version `seen`. Facts left out stay.

    Raises:
        BadPlan: when something is wrong with it.
        NotAllowed: for anybody but stock control.
        WrongState: when somebody else has changed it meanwhile, or it has ended.
    """
    plan = _active(session, person, plan_id, now)
    before = facts_of(session, plan_id)
    if before.version != seen:
        raise WrongState(_changed_meanwhile(session, plan, now))
    name, facts = name.strip(), before.facts | facts
    is_new_time = facts["schedule"] != plan.schedule
    found = problems(
        session, name, facts, is_new=False, tolerance=tolerance, known_as=plan.name, now=now if is_new_time else None
    )
    if plan.is_paused and not facts["paused"] and not is_new_time:
        passed = passed_while_paused(session, plan.schedule, now)
        found |= {"schedule": passed} if passed else {}
    _require_sound(found)
    waited = plan_waiting.runs_waiting(session, now).get(plan_id)
    after, limits = read_facts(facts)[0], read_tolerance(tolerance)[0]
    changes = changes_between(before.facts, after)
    if name != plan.name:
        changes = {"name": (plan.name, name)} | changes
        _rename(session, person, plan, name, now)
    if changes:
        setup_plans.write(session, (name,), after)
        setup_audit.record(session, Kind.PLAN, (name,), "change", actor=person.slack_id, now=now, changes=changes)
    _write_tolerance(session, person, name, limits, now)
    return _scheduled(session, person, name, now, waited) if plan_times.RESCHEDULING & changes.keys() else plan


def pause(session: Session, person: Person, plan_id: int, now: datetime) -> CountPlan:
    """Let a plan have no more runs until it is resumed. Paused already: nothing changes.

    Raises:
        NotAllowed: for anybody but stock control.
        WrongState: when it has ended.
    """
    return _set_paused(session, person, plan_id, now, is_paused=True)


def resume(session: Session, person: Person, plan_id: int, now: datetime) -> CountPlan:
    """Let a paused plan run again, from its next time on. Not paused: nothing changes.

    Raises:
        NotAllowed: for anybody but stock control.
        WrongState: when it has ended, or its only time passed meanwhile.
    """
    return _set_paused(session, person, plan_id, now, is_paused=False)


def end(session: Session, person: Person, plan_id: int, now: datetime) -> CountPlan:
    """End a plan. Sessions it has started go on, with its limits.

    Raises:
        NotAllowed: for anybody but stock control.
        WrongState: when it has ended already.
    """
    plan = _active(session, person, plan_id, now)
    setup_plans.remove(session, (plan.name,))
    setup_audit.record(session, Kind.PLAN, (plan.name,), "remove", actor=person.slack_id, now=now)
    session.flush()
    return plan


def _set_paused(session: Session, person: Person, plan_id: int, now: datetime, *, is_paused: bool) -> CountPlan:
    plan = _active(session, person, plan_id, now)
    if plan.is_paused is is_paused:
        return plan
    before = facts_of(session, plan_id).facts
    if not is_paused and (passed := passed_while_paused(session, plan.schedule, now)):
        raise WrongState(passed)
    waited = plan_waiting.runs_waiting(session, now).get(plan_id)
    after = before | {"paused": is_paused}
    setup_plans.write(session, (plan.name,), after)
    changes = changes_between(before, after)
    setup_audit.record(session, Kind.PLAN, (plan.name,), "change", actor=person.slack_id, now=now, changes=changes)
    return _scheduled(session, person, plan.name, now, waited)


def require_controller(session: Session, person: Person) -> None:
    """Raise NotAllowed, naming who can, for anybody but stock control."""
    if not person.is_controller:
        names = [people.display_name(member) for member in people.controllers(session)]
        ask = f"Ask {wording.any_of(names)}." if names else "Nobody is, yet: setup.toml names its controllers."
        raise NotAllowed(f"Only stock control makes and changes plans. {ask}")


def _require_sound(found: dict[str, str]) -> None:
    if found:
        raise BadPlan(found)


def _active(session: Session, person: Person, plan_id: int, now: datetime) -> CountPlan:
    """The plan, locked, as it is now that nobody else changes plans."""
    require_controller(session, person)
    one_at_a_time(session, Work.APPLY)
    plan = session.exec(
        select(CountPlan).where(CountPlan.id == plan_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if plan is None:
        raise NotFound("There is no such plan any more.")
    if not plan.is_active:
        who = _last_change(session, plan, now)
        raise WrongState(f"“{plan.name}” has ended{f': {who}' if who else ''}. Nothing was changed.")
    return plan


def _scheduled(session: Session, person: Person, name: str, now: datetime, waited: Run | None) -> CountPlan:
    """The plan as it runs now; `waited` is the run that had come, and had not started, before it was changed."""
    session.flush()
    plan_times.schedule_again(session, {name}, now)
    session.flush()
    plan = session.exec(select(CountPlan).where(CountPlan.name == name)).one()
    plan_waiting.note_dropped(session, plan, waited, actor=person.slack_id, now=now)
    return plan


def _rename(session: Session, person: Person, plan: CountPlan, name: str, now: datetime) -> None:
    """Give a plan another name, and its limits with it. What the file calls it is remembered: `apply` says it."""
    _write_tolerance(session, person, name, {}, now)  # what is left over from another plan of that name
    setup_names.rename(session, plan, name)


def _write_tolerance(session: Session, person: Person, name: str, tolerance: Tolerance, now: datetime) -> None:
    """Make the limits of a plan these and no others."""
    there = {key: facts for key, facts in TOLERANCE.read(session).items() if key[:2] == (Scope.PLAN, name)}
    wanted = {(str(Scope.PLAN), name, measure): facts for measure, facts in tolerance.items()}
    for key in there.keys() - wanted.keys():
        TOLERANCE.remove(session, key)
        setup_audit.record(session, Kind.TOLERANCE, key, "remove", actor=person.slack_id, now=now)
    for key, facts in wanted.items():
        if key not in there:
            TOLERANCE.write(session, key, facts)
            setup_audit.record(session, Kind.TOLERANCE, key, "add", actor=person.slack_id, now=now, facts=facts)
        elif changes := changes_between(there[key], facts):
            TOLERANCE.write(session, key, facts)
            setup_audit.record(session, Kind.TOLERANCE, key, "change", actor=person.slack_id, now=now, changes=changes)
    session.flush()


def _changed_meanwhile(session: Session, plan: CountPlan, now: datetime) -> str:
    who = _last_change(session, plan, now) or "somebody changed it"
    return (
        f"“{plan.name}” is not as you saw it any more: {who}. Nothing of yours was saved; open it again to see how "
        "it is now."
    )


def _last_change(session: Session, plan: CountPlan, now: datetime) -> str:
    """Who changed the plan or a limit of it last, as "Kim changed it at 10:51 (lines 12 -> 15)"; or nothing."""
    limits = [setup_audit.subject_of(Kind.TOLERANCE, (Scope.PLAN, plan.name, measure)) for measure in Measure]
    event = session.exec(
        select(AuditEvent)
        .where(col(AuditEvent.subject).in_([setup_audit.subject_of(Kind.PLAN, (plan.name,)), *limits]))
        .order_by(col(AuditEvent.id).desc())
    ).first()
    if event is None:
        return ""
    member = session.exec(select(Member).where(Member.slack_id == event.actor)).one_or_none()
    who = people.display_name(member) if member is not None else f"the {event.actor}"
    did = "ended it" if event.action == f"remove {Kind.PLAN}" else "changed it"
    what = setup_audit.told(event.detail) if did == "changed it" else ""
    return f"{who} {did} at {times.said(session, event.at, now)}" + (f" ({what})" if what else "")
