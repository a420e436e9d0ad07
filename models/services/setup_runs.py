"""One application of a set-up file: compares, thing by thing, what it says, what it said last and what the tables hold.

What it changes is written, and written down, at once; the rest is said. The rules are in `models.services.setups`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from models.people import Team
from models.plans import CountPlan
from models.rules.tolerance import Scope
from models.services import plan_times, setup_audit, setup_calendars, setup_plans
from models.services.setup_audit import Changes, changes_text
from models.services.setup_declarations import OF_SLACK
from models.services.setup_tables import ADAPTERS
from models.services.setup_things import Fact, Facts, Key, Kind, SetupThing, label, said

# History names them, so they stay in their tables; everything else is nothing but configuration, and goes.
_DEACTIVATED = frozenset(
    {Kind.CONTROLLER, Kind.EVERYWHERE, Kind.TEAM, Kind.COUNTER, Kind.APPROVER, Kind.PLAN, Kind.CAUSE}
)


@dataclass
class Run:
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
        plan = _plan_of_limit(kind, key)
        if plan and not self.force and (OF_SLACK in last if last is not None else plan in self.taken_over):
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
        changes = self._sort_out(kind, key, there, facts, last)
        if not changes:
            return
        ADAPTERS[kind].write(self.session, key, there | {name: value for name, (_, value) in changes.items()})
        if kind is not Kind.PLAN or plan_times.RESCHEDULING & changes.keys():
            self._schedule(kind, key)
        if kind is Kind.PLAN and "schedule" in changes:
            self.timed.add(key)
        elif kind is Kind.PLAN and changes.get("paused") == (True, False):
            self.resumed.add(key)
        self._done(kind, key, "change", changes_text(changes), changes=changes)
        if kind is Kind.CALENDAR and "shutdowns" in changes:
            over = setup_calendars.newly_over(self.session, key, *changes["shutdowns"], self.now)
            self.sentences += [f"{label(kind, key)}: the shutdown {days} is over." for days in over]

    def _sort_out(self, kind: Kind, key: Key, there: Facts, facts: Facts, last: Facts | None) -> Changes:
        """What is to be changed of a thing; what was edited since is kept, and said."""
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
        return changes

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


def _plan_of_limit(kind: Kind, key: Key) -> str | None:
    """The plan that a tolerance limit is of; None for other things and limits."""
    return key[1] if kind is Kind.TOLERANCE and key[0] == Scope.PLAN else None
