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

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from models.people import Team
from models.plans import CountPlan
from models.rules.tolerance import Scope
from models.services import (
    people,
    plan_checks,
    plan_times,
    setup_audit,
    setup_calendars,
    setup_classes,
    setup_declarations,
    setup_names,
    setup_plans,
)
from models.services.locks import Work, one_at_a_time
from models.services.setup_audit import Changes, changes_text
from models.services.setup_declarations import NAME, OF_SLACK
from models.services.setup_files import Setup, read_setup
from models.services.setup_names import Names
from models.services.setup_tables import ADAPTERS
from models.services.setup_things import Fact, Facts, Key, Kind, SetupThing, label, said

SETUP_FILE = "setup file"

# History names them, so they stay in their tables; everything else is nothing but configuration, and goes.
_DEACTIVATED = frozenset({Kind.CONTROLLER, Kind.TEAM, Kind.COUNTER, Kind.APPROVER, Kind.PLAN})


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
    planned = {thing.key[0] for thing in setup.things if thing.kind is Kind.PLAN}
    run = _Run(session, force=force, actor=actor, now=now, planned=planned, sentences=names.sentences)
    declared = setup_declarations.read(session)
    for kind in Kind:
        last = {key: facts for (its, key), facts in declared.items() if its is kind}
        run.compare(kind, {thing.key: thing for thing in setup.things if thing.kind is kind}, last)
    run.check(setup)
    setup_classes.note_unknown_pins(session, setup.things)
    setup.problems.refuse(file_name)
    setup_declarations.remember(session, _said(setup, names, run), run.kept)
    session.flush()
    is_new_zone = people.company(session).timezone != zone
    run.sentences += plan_times.schedule_again(session, None if is_new_zone else run.plans_to_schedule, now)
    session.flush()
    run.sentences += setup_classes.finish(session, run.changed_kinds, now, is_new_zone=is_new_zone)
    session.flush()
    return run.sentences


@dataclass
class _Run:
    """One application: the plans that the file names, and what it did so far."""

    session: Session
    force: bool
    actor: str
    now: datetime
    planned: set[str]
    sentences: list[str] = field(default_factory=list)
    kept: set[tuple[Kind, Key]] = field(default_factory=set)
    changed: set[tuple[Kind, Key]] = field(default_factory=set)
    unsaid: dict[tuple[Kind, Key], Facts] = field(
        default_factory=dict
    )  # what no file has said of a thing that is there
    added: set[tuple[Kind, Key]] = field(default_factory=set)
    plans_to_schedule: set[str] = field(default_factory=set)
    timed: set[Key] = field(default_factory=set)  # plans that are new, or to run at other times
    resumed: set[Key] = field(default_factory=set)
    taken_over: set[str] = field(default_factory=set)  # plans made in Slack, which no file has named before
    of_slack: set[tuple[Kind, Key]] = field(default_factory=set)  # what is kept as it was made there
    dropped: set[str] = field(default_factory=set)  # plans that are kept although the file has them no more

    @property
    def changed_kinds(self) -> set[Kind]:
        """The kinds of which some thing was changed."""
        return {kind for kind, _ in self.changed}

    def compare(self, kind: Kind, wanted: dict[Key, SetupThing], last: dict[Key, Facts]) -> None:
        """Make one kind of thing in the tables what the file says."""
        there = ADAPTERS[kind].read(self.session)
        for key, its in last.items():
            if key in there and key not in wanted:
                self._gone(kind, key, there[key], its)
        for key, thing in wanted.items():
            if key not in there:
                self._missing(kind, key, thing.facts, last.get(key))
                continue
            if kind is Kind.PLAN and key not in last:
                self.taken_over.add(key[0])
            unsaid = thing.defaults - last.get(key, {}).keys()
            self.unsaid[(kind, key)] = {name: there[key][name] for name in unsaid}
            facts = thing.facts | self.unsaid[(kind, key)]
            if there[key] != facts:
                self._different(kind, key, there[key], facts, last.get(key))
        self.session.flush()

    def _missing(self, kind: Kind, key: Key, facts: Facts, last: Facts | None) -> None:
        if not self.force and (OF_SLACK in last if last is not None else _plan_of_limit(kind, key) in self.taken_over):
            self.of_slack.add((kind, key))
            self._keep(kind, key, "is not in the plan that was made in Slack; kept so, --force adds it")
            return
        if last is not None and not self.force:
            self._keep(kind, key, "was removed since the last apply; still removed, --force brings it back")
            return
        ADAPTERS[kind].write(self.session, key, facts)
        self._schedule(kind, key)
        if kind is Kind.PLAN:
            self.timed.add(key)
        self.added.add((kind, key))
        self._done(kind, key, "add", "added", facts=facts)

    def _different(self, kind: Kind, key: Key, there: Facts, facts: Facts, last: Facts | None) -> None:
        changes: Changes = {}
        of_slack: Facts = {}
        for name, value in facts.items():
            here = there.get(name)
            if here == value:
                continue
            is_of_slack = OF_SLACK in last if last is not None else self._is_of_slack(kind, key, name, here)
            edited = last[name] != here if last and name in last else is_of_slack
            if self.force or not edited:
                changes[name] = (here, value)
            elif is_of_slack:
                of_slack[name] = here
            else:
                kept, set_to = said(here, name), said(value, name)
                self._keep(kind, key, f"{name} was edited since the last apply; kept {kept}, --force sets {set_to}")
        if of_slack:
            self.of_slack.add((kind, key))
            kept = ", ".join(f"{name} {said(here, name)}" for name, here in of_slack.items())
            self._keep(kind, key, f"was made in Slack; kept {kept}, --force sets all")
        if changes:
            ADAPTERS[kind].write(self.session, key, there | {name: value for name, (_, value) in changes.items()})
            if kind is not Kind.PLAN or plan_times.RESCHEDULING & changes.keys():
                self._schedule(kind, key)
            if kind is Kind.PLAN and "schedule" in changes:
                self.timed.add(key)
            elif kind is Kind.PLAN and changes.get("paused") == (True, False):
                self.resumed.add(key)
            self._done(kind, key, "change", changes_text(changes), changes=changes)

    def _is_of_slack(self, kind: Kind, key: Key, name: str, here: Fact) -> bool:
        """Whether a fact that no file has said yet was made in Slack."""
        if kind is Kind.CALENDAR:
            return here != setup_calendars.untouched(key)[name]
        plan = key[0] if kind is Kind.PLAN else _plan_of_limit(kind, key)
        return plan is not None and (Kind.PLAN, (plan,)) not in self.added

    def _gone(self, kind: Kind, key: Key, there: Facts, last: Facts) -> None:
        if _plan_of_limit(kind, key) in self.dropped:
            self.kept.add((kind, key))  # said of its plan
            return
        if any(there.get(name) != value for name, value in last.items()) and not self.force:
            since = "was made in Slack" if OF_SLACK in last else "was edited since"
            self._keep(kind, key, f"is not in the file any more, but {since}; kept, --force takes it away")
            if kind is Kind.PLAN:
                self.dropped.add(key[0])
            return
        if kind is Kind.TEAM:
            self._stop_plans_of(key[0])
        ADAPTERS[kind].remove(self.session, key)
        self._schedule(kind, key)
        word = "deactivated" if kind in _DEACTIVATED else "removed"
        self._done(kind, key, "remove", f"is not in the file any more; {word}")

    def _stop_plans_of(self, team: str) -> None:
        """Plans made in Slack for a team that ends would post into its channel for ever."""
        for plan in self.session.exec(
            select(CountPlan)
            .join(Team, col(Team.id) == col(CountPlan.team_id))
            .where(Team.name == team, col(CountPlan.is_active))
        ).all():
            if plan.name in self.planned:  # the file gives it to another team
                continue
            setup_plans.remove(self.session, (plan.name,))
            self._done(Kind.PLAN, (plan.name,), "remove", f'deactivated with its team "{team}"')

    def _schedule(self, kind: Kind, key: Key) -> None:
        """A thing changed by which plans may run at other times: let them be scheduled again."""
        if kind is Kind.PLAN:
            self.plans_to_schedule.add(key[0])
        elif kind is Kind.CALENDAR:
            self.plans_to_schedule.update(setup_calendars.plans_to_schedule(self.session, key))

    def check(self, setup: Setup) -> None:
        """Note in the file what the tables say against what was changed, and say what they say against the rest."""
        if Kind.CALENDAR in self.changed_kinds:
            self._check_calendars(setup)
        for thing in setup.things:
            if thing.kind is Kind.BINS and (thing.kind, thing.key) in self.changed and thing.section is not None:
                missing = plan_checks.no_such_bin(self.session, thing.key[1])
                if missing is not None:
                    thing.section.note(f"locations: {missing}", "locations")
        teams = {key[0] for kind, key in self.changed if kind in {Kind.BINS, Kind.COUNTER}}
        there = ADAPTERS[Kind.PLAN].read(self.session)
        for thing in setup.things:
            if thing.kind is not Kind.PLAN or thing.key not in there:
                continue
            is_changed = (thing.kind, thing.key) in self.changed or thing.facts["team"] in teams
            for name, sentence in self._plan_problems(thing, there[thing.key]).items():
                if is_changed and thing.section is not None:
                    thing.section.note(f"{name}: {sentence}", name)
                else:
                    self.sentences.append(f"{thing}: {name}: {sentence}")

    def _check_calendars(self, setup: Setup) -> None:
        closed = setup_calendars.time_left_problems(self.session)
        for key, (name, sentence) in closed.items():
            setup.section_of(Kind.CALENDAR, key).note(f"{name}: {sentence}" if name else sentence, name)
        if closed:  # of every schedule one would only hear the same
            self.timed.clear()

    def _plan_problems(self, thing: SetupThing, there: Facts) -> dict[str, str]:
        """What the tables say against what the file says of a plan."""
        facts = thing.facts | self.unsaid.get((thing.kind, thing.key), {})
        now = self.now if thing.key in self.timed else None
        found = plan_checks.problems(self.session, thing.key[0], facts, is_new=False, now=now)
        if thing.key in self.resumed:
            passed = plan_checks.passed_while_paused(self.session, str(there["schedule"]), self.now)
            found |= {"schedule": passed} if passed else {}
        return found

    def _done(
        self,
        kind: Kind,
        key: Key,
        action: Literal["add", "change", "remove"],
        sentence: str,
        *,
        facts: Facts | None = None,
        changes: Changes | None = None,
    ) -> None:
        self.changed.add((kind, key))
        self.sentences.append(
            f"{label(kind, key)} {sentence}" if action == "add" else f"{label(kind, key)}: {sentence}"
        )
        setup_audit.record(
            self.session, kind, key, action, actor=self.actor, now=self.now, facts=facts, changes=changes
        )

    def _keep(self, kind: Kind, key: Key, sentence: str) -> None:
        self.kept.add((kind, key))
        self.sentences.append(f"{label(kind, key)}: {sentence}")


def _said(setup: Setup, names: Names, run: _Run) -> dict[tuple[Kind, Key], Facts]:
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


def _plan_of_limit(kind: Kind, key: Key) -> str | None:
    """The plan that a tolerance limit is of; None for other things and limits."""
    return key[1] if kind is Kind.TOLERANCE and key[0] == Scope.PLAN else None
