"""What the tables say against a set-up file, once what it says stands in them.

A file that says something wrong by itself is refused whatever they say. Then what could be read of it stands in them
for as long as it takes to find what else is wrong: so everything is told in one go.
"""

from collections.abc import Mapping

from sqlmodel import col, select

from models.people import Team
from models.services import plan_checks, setup_calendars, setup_classes
from models.services.plan_matches import nothing_matches
from models.services.setup_declarations import Identity
from models.services.setup_files import Setup
from models.services.setup_runs import Run
from models.services.setup_tables import ADAPTERS
from models.services.setup_things import Facts, Kind, SetupThing

_OF_TEAM: Mapping[str, tuple[str, ...]] = {"counters": ("team",), "locations": ("bins", "select")}
"""What of a plan cannot be told while this of its team is wrong."""

_CHANGED_WITH: Mapping[Kind, tuple[str, ...]] = {Kind.BINS: ("bins", "categories", "select"), Kind.COUNTER: ("team",)}
"""What a change of a team may make wrong in its plans. Of anything else the change is not to blame, nor refused for."""

_SAYS_NOTHING = frozenset({Kind.TOLERANCE, Kind.FREQUENCY, Kind.PIN, Kind.CAUSES, Kind.CAUSE, Kind.REORDER})
"""Kinds in which nothing stands that a check asks for."""


def can_stand(setup: Setup, thing: SetupThing) -> bool:
    """Whether a thing can stand in the tables: of a file that is refused, what is wrong cannot."""
    if not setup.problems.are_there:
        return True
    if thing.kind in {Kind.PLAN, Kind.CLASSES}:
        return thing.section is None or not thing.section.is_wrong()
    return thing.kind not in _SAYS_NOTHING


def note_problems(run: Run, setup: Setup, declared: Mapping[Identity, Facts]) -> None:
    """Note in the file what the tables say against what was changed, and warn of what they say against the rest."""
    if Kind.CALENDAR in run.changed_kinds:
        _check_calendars(run, setup)
    for thing in setup.things:
        if thing.kind is Kind.BINS and (thing.kind, thing.key) in run.changed and thing.section is not None:
            missing = plan_checks.no_such_bin(run.session, thing.key[1])
            if missing is not None:
                thing.section.note(f"locations: {missing}", "locations")
    of_teams = {(key[0], name) for kind, key in run.changed for name in _CHANGED_WITH.get(kind, ())}
    there = ADAPTERS[Kind.PLAN].read(run.session)
    for thing in setup.things:
        if thing.kind is not Kind.PLAN or thing.section is None:
            continue
        is_wrong = thing.section.is_wrong()
        if thing.key not in there and not (is_wrong and (thing.kind, thing.key) not in declared):
            continue  # it was removed, and is still
        is_changed = is_wrong or (thing.kind, thing.key) in run.changed
        for name, sentence in _plan_problems(run, setup, thing, there.get(thing.key)).items():
            # What was right when it was said, and is not since stock came and went, is no reason to refuse the rest.
            is_refused = is_changed or (thing.facts["team"], name) in of_teams
            say = thing.section.note if is_refused else thing.section.warn
            say(f"{name}: {sentence}", name)
    setup_classes.note_unknown_pins(run.session, setup.things)


def _check_calendars(run: Run, setup: Setup) -> None:
    changed = {key for kind, key in run.changed if kind is Kind.CALENDAR}
    closed = setup_calendars.time_left_problems(run.session, changed, run.now)
    for key, (name, sentence) in closed.items():
        setup.section_of(Kind.CALENDAR, key).note(f"{name}: {sentence}" if name else sentence, name)
    if closed:  # of every schedule one would only hear the same
        run.timed.clear()


def _plan_problems(run: Run, setup: Setup, thing: SetupThing, there: Facts | None) -> dict[str, str]:
    """What the tables say against what the file says of a plan, as far as it could be read."""
    assert thing.section is not None  # noqa: S101 - plans have one
    facts = thing.facts | run.unsaid.get((thing.kind, thing.key), {})
    is_untried = thing.section.is_wrong() and (there is None or there["schedule"] != facts["schedule"])
    now = run.now if thing.key in run.timed or is_untried else None
    found = plan_checks.problems(run.session, thing.key[0], facts, is_new=False, now=now)
    if "select" not in found and found.keys() & {"bins", "categories"}:
        found |= _without_them(run, facts)
    if thing.key in run.resumed and there is not None:
        passed = plan_checks.passed_while_paused(run.session, str(there["schedule"]), run.now)
        found |= {"schedule": passed} if passed else {}
    team = setup.section_of(Kind.TEAM, (str(facts["team"]),))
    unknown = {name for key, names in _OF_TEAM.items() if team.is_wrong(key) for name in names}
    return {name: told for name, told in found.items() if name not in unknown and not thing.section.is_wrong(name)}


def _without_them(run: Run, facts: Facts) -> dict[str, str]:
    """What would be wrong with the choice of a plan if its bins and categories were not: a class that nothing is in."""
    team = run.session.exec(select(Team).where(Team.name == facts["team"], col(Team.is_active))).one_or_none()
    return {} if team is None else nothing_matches(run.session, team, facts | {"bins": "", "categories": "[]"})
