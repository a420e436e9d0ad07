"""What the tables say against a plan: an unknown category, a bin that is not there, a team that nobody counts for.

One function for the form in Slack and for setup.toml, so that both refuse the same, in the same words. What only the
future can tell (a class that the next classification may give) is no problem here; the preview warns of it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from models.catalog import Item, Location
from models.errors import BadInput
from models.people import Team, TeamLocation
from models.plans import CountPlan
from models.rules import wording
from models.rules.nearest import nearest
from models.rules.occurrences import next_after
from models.rules.policies import parse_policies, slots
from models.rules.runs import next_run
from models.rules.schedules import parse_schedule
from models.services import lookup, people
from models.services.calendars import calendar_of
from models.services.plan_facts import ECHO, LONGEST_NAME, Tolerance, bins_of, categories_of, read_facts, read_tolerance
from models.services.plan_matches import nothing_matches
from models.services.reach import begins_with
from models.services.setup_things import Facts

_HINTED_BINS = 2000
"""How many bins are looked through for the one that was meant."""


def problems(
    session: Session,
    name: str,
    facts: Facts,
    *,
    is_new: bool,
    tolerance: Tolerance | None = None,
    known_as: str | None = None,
    now: datetime | None = None,
) -> dict[str, str]:
    """What is wrong with a plan: by the name of a fact, "name" or "tolerance.percent", what to change.

    `known_as` is the name the plan has now, when that is to become `name`. With `now`, a schedule that is over is a
    problem too; a file may go on naming it.
    """
    read, found = read_facts(facts)
    found |= read_tolerance(tolerance or {})[1]
    checks = {"name": _name(session, name, None if is_new else known_as or name)}
    team = _team(session, str(read["team"]))
    if team is None:
        checks["team"] = _no_team(session, str(read["team"]))
    else:
        checks["team"] = _no_counters(session, team)
        checks["bins"] = _no_bins(session, team, bins_of(read))
        checks["select"] = _no_choice(session, team, str(read["select"])) if "select" not in found else None
        if "select" not in found and "lines" not in found:
            checks["select"] = checks["select"] or _no_lines(str(read["select"]), int(read["lines"] or 0))
        if now is not None and "schedule" not in found:
            checks["schedule"] = _is_over(session, team, str(read["schedule"]), now)
    checks["categories"] = _no_categories(session, categories_of(read))
    wrong = {key: sentence for key, sentence in checks.items() if sentence} | found
    if team is not None and not wrong.keys() & {"bins", "categories", "select"}:
        wrong |= nothing_matches(session, team, read)
    return wrong


def _name(session: Session, name: str, own: str | None) -> str | None:
    if not name.strip():
        return "Give the plan a name."
    if len(name) > LONGEST_NAME or not name.isprintable():
        return f"A name has at most {LONGEST_NAME} characters, on one line."
    for plan in session.exec(select(CountPlan)):
        if plan.name == own or plan.name.casefold() != name.casefold():
            continue
        if plan.is_active:
            return f"There is a plan “{plan.name}” already; choose another name."
        if own is not None and plan.name == name:  # a new plan wakes it up
            return f"“{plan.name}” was the name of a plan that has ended; choose another name."
    return None


def _team(session: Session, name: str) -> Team | None:
    return session.exec(select(Team).where(Team.name == name, col(Team.is_active))).one_or_none()


def _no_team(session: Session, name: str) -> str:
    names = session.exec(select(Team.name).where(col(Team.is_active)).order_by(col(Team.id))).all()
    close = nearest(name, names)
    hint = f"; did you mean “{close}”?" if close else f". Teams: {wording.all_of(names) or 'none yet'}."
    return f"There is no team “{wording.cut(name, ECHO)}”{hint}"


def _no_counters(session: Session, team: Team) -> str | None:
    assert team.id is not None  # noqa: S101 - a stored row has an id
    if people.counters_of(session, team.id):
        return None
    return f"{team.name} has no counters, so nobody would count. Add one first."


def no_such_bin(session: Session, prefix: str) -> str | None:
    """Why a team's prefix names no bin; None when it does, or when there is no bin at all yet."""
    codes = session.exec(select(Location.code).order_by(Location.code).limit(_HINTED_BINS)).all()
    if not codes or session.exec(select(Location.id).where(begins_with(prefix)).limit(1)).first() is not None:
        return None
    close = nearest(prefix, dict.fromkeys(code[: len(prefix)] for code in codes))
    hint = f"did you mean “{close}”?" if close else f"the first bin is {codes[0]}."
    return f"No bin begins with “{wording.cut(prefix, ECHO)}”; {hint}"


def _no_bins(session: Session, team: Team, prefixes: Sequence[str]) -> str | None:
    """Why these prefixes name no bin of the team. Without any bin at all, only whether they may be the team's."""
    if not prefixes:
        return None
    own = session.exec(select(TeamLocation.prefix).where(TeamLocation.team_id == team.id)).all()
    if not own:
        return f"{team.name} has no bins yet; give it some first."
    outside = [prefix for prefix in prefixes if not any(_overlap(prefix, its) for its in own)]
    if outside:
        verb = "lies" if len(outside) == 1 else "lie"
        larger = outside[0].upper()
        is_meant = larger != outside[0] and any(_overlap(larger, its) for its in own)
        return (
            f"{_quoted(outside)} {verb} outside of the bins of {team.name}, "
            f"which begin with {wording.any_of(sorted(own))}{f'; did you mean “{larger}”?' if is_meant else '.'}"
        )
    if session.exec(select(Location.id).limit(1)).first() is None:
        return None
    within = or_(*map(begins_with, own))
    missing = [
        prefix
        for prefix in prefixes
        if session.exec(select(Location.id).where(begins_with(prefix), within).limit(1)).first() is None
    ]
    if not missing:
        return None
    codes = session.exec(select(Location.code).where(within).order_by(Location.code).limit(_HINTED_BINS)).all()
    close = nearest(missing[0], dict.fromkeys(code[: len(missing[0])] for code in codes))
    hint = f"did you mean “{close}”?" if close else f"the first is {codes[0]}." if codes else "it has none yet."
    return f"No bin of {team.name} begins with {_quoted(missing, wording.any_of)}; {hint}"


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _no_categories(session: Session, names: Iterable[str]) -> str | None:
    if session.exec(select(Item.id).limit(1)).first() is None:
        return None
    for name in names:
        if session.exec(select(Item.id).where(Item.category == name).limit(1)).first() is None:
            known = [known for known in session.exec(select(Item.category).distinct()) if known]
            close = nearest(name, known)
            hint = f"did you mean “{close}”?" if close else "write it as in the stock file."
            return f"No item is in a category “{wording.cut(name, ECHO)}”; {hint}"
    return None


def _no_choice(session: Session, team: Team, select_text: str) -> str | None:
    for choice in parse_policies(select_text):
        problem = (
            _no_bins(session, team, choice.prefixes)
            or _no_categories(session, choice.categories)
            or _no_items(session, choice.skus)
        )
        if problem:
            return problem
    return None


def _no_lines(select_text: str, lines: int) -> str | None:
    """Why a policy would never have a line: its share of so few lines is none."""
    choices = parse_policies(select_text)
    for choice, given in zip(choices, slots(choices, lines), strict=True):
        if given == 0:
            of = "1 line" if lines == 1 else f"{lines} lines"
            return f"Of {of} “{choice.policy}” would never have one; raise its share or the lines, or leave it out."
    return None


def _no_items(session: Session, skus: Iterable[str]) -> str | None:
    if session.exec(select(Item.id).limit(1)).first() is None:
        return None
    for sku in skus:
        if session.exec(select(Item.id).where(Item.sku == sku)).first() is None:
            close = nearest(sku, lookup.similar_skus(session, sku))
            return f"There is no SKU “{wording.cut(sku, ECHO)}”" + (f"; did you mean {close}?" if close else ".")
    return None


def _is_over(session: Session, team: Team, schedule: str, now: datetime) -> str | None:
    rhythm = parse_schedule(schedule, people.company(session).timezone)
    try:
        run = next_run(rhythm, calendar_of(session, team), now, since=now)
    except BadInput as error:
        return str(error)
    if run is not None:
        return None
    if rhythm.once is None:
        return f"“{schedule}” has no run to come between its days; give it later ones, or leave them out."
    return f"“{schedule}” is over, so it would not run; give it a later time."


def passed_while_paused(session: Session, schedule: str, now: datetime) -> str | None:
    """Why a paused plan cannot be resumed: the only time, or the last day, is over. None when it can."""
    rhythm = parse_schedule(schedule, people.company(session).timezone)
    if next_after(rhythm, now) is not None:
        return None
    if rhythm.once is None:
        return f"“{schedule}” came to its last day while the plan was paused; give it a later one."
    return (
        f"“{schedule}” passed while the plan was paused, so it would not run. Start it with “Run now”, or give it a "
        "later time."
    )


def _quoted(names: Sequence[str], join: Callable[[Sequence[str]], str] = wording.all_of) -> str:
    return join([f"“{wording.cut(name, ECHO)}”" for name in names])
