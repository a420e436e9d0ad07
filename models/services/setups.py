"""Applying a set-up file: making the tables what it says, without undoing what people changed in Slack since.

For every thing there are three versions: what the file says now, what it said last (`Declaration`), and what the
tables hold. If the tables hold what the file said last, nobody touched it, and the file may change it or take it
away. If they do not, somebody edited it elsewhere since: that is reported and kept, unless `force`. So applying the
same file twice does nothing the second time, and a thing that never came from the file is never taken away by it. One
that was made in Slack, and that the file says otherwise, is edited so from the beginning. A plan that was renamed is
the same plan (`models.services.setup_declarations`).

What a file leaves out has its default in a thing that it makes. Of one that is there already, a fact that no file has
said yet stays as it is: an old file does not know the words of today. One that the last file said goes to its default.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from models.plans import CountPlan
from models.services import (
    delegations,
    people,
    plan_times,
    plan_waiting,
    setup_checks,
    setup_classes,
    setup_declarations,
    setup_names,
)
from models.services.locks import Work, one_at_a_time
from models.services.setup_declarations import NAME, OF_SLACK
from models.services.setup_files import Setup, read_setup
from models.services.setup_names import Names
from models.services.setup_runs import Run
from models.services.setup_things import Facts, Key, Kind

SETUP_FILE = "setup file"


def apply(
    session: Session, text: str, *, file_name: str, now: datetime, force: bool = False, actor: str = SETUP_FILE
) -> list[str]:
    """Apply a set-up; returns a sentence for each change, and for each edit it kept. Empty: nothing to change.

    Plans are checked against the teams, bins and categories that are there once the rest of the file was applied. One
    that this application changes must be right; of another, in which stock has since proved the file wrong, it is said.
    A time that is over is refused in a plan that is new, timed anew or resumed; another may go on naming it.

    Raises:
        BadFile: the file has errors; every one is listed, and nothing may be changed: the transaction must end here.
    """
    setup = read_setup(text, file_name=file_name)
    one_at_a_time(session, Work.APPLY)
    zone = people.company(session).timezone
    in_file = [thing.key[0] for thing in setup.things if thing.kind is Kind.PLAN]
    names = setup_names.settle(session, in_file, force=force, actor=actor, now=now)
    setup = replace(setup, things=[names.known(thing) for thing in setup.things])
    waited = plan_waiting.runs_waiting(session, now)
    planned = {thing.key[0] for thing in setup.things if thing.kind is Kind.PLAN}
    run = Run(session, force=force, actor=actor, now=now, planned=planned, sentences=names.sentences)
    declared = setup_declarations.read(session)
    left_out = {(thing.kind, thing.key) for thing in setup.things if not setup_checks.can_stand(setup, thing)}
    for kind in Kind:
        wanted = {thing.key: thing for thing in setup.things if thing.kind is kind}
        last = {key: facts for (its, key), facts in declared.items() if its is kind}
        for key in (key for its, key in left_out if its is kind):
            wanted.pop(key, None)
            last.pop(key, None)
        run.compare(kind, wanted, last)
    setup_checks.note_problems(run, setup, declared)
    setup.problems.refuse()
    setup_declarations.remember(session, _said(setup, names, run), run.kept)
    session.flush()
    is_new_zone = people.company(session).timezone != zone
    again = None if is_new_zone else run.plans_to_schedule
    run.sentences += plan_times.schedule_again(session, again, now, zone_before=zone if is_new_zone else None)
    session.flush()
    for plan in session.exec(select(CountPlan).where(col(CountPlan.is_active), col(CountPlan.id).in_(waited))):
        if (Kind.PLAN, (plan.name,)) in run.changed:
            plan_waiting.note_dropped(session, plan, waited.get(plan.id or 0), actor=actor, now=now)
    if run.changed_kinds & {Kind.TEAM, Kind.APPROVER, Kind.EVERYWHERE}:
        for handed in delegations.end_lapsed(session, actor=actor, now=now):
            run.sentences.append(f"what {handed.holder} handed over to {handed.delegate} has ended with the role")
    run.sentences += setup_classes.finish(session, run.changed_kinds, now, is_new_zone=is_new_zone)
    session.flush()
    return run.sentences + setup.problems.warnings


def _said(setup: Setup, names: Names, run: Run) -> dict[tuple[Kind, Key], Facts]:
    """What the file says of each thing, without what it leaves open; with what else is to be remembered of it."""
    said_now: dict[tuple[Kind, Key], Facts] = {}
    for thing in setup.things:
        identity = (thing.kind, thing.key)
        unsaid = run.unsaid.get(identity, {})
        facts = {name: value for name, value in thing.facts.items() if name not in unsaid}
        in_file = names.in_file(thing.key) if thing.kind is Kind.PLAN else None
        if in_file is not None:
            facts[NAME] = in_file
        if identity in run.of_slack:
            facts[OF_SLACK] = True
        said_now[identity] = facts
    return said_now
