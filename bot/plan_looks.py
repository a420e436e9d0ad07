"""What the form of a plan says back while it is filled in: what is wrong so far, or what the plan would do.

A preview tells of the on-hand by what some policies choose (which bins are empty, what is below nothing), and by how
much. Who makes plans may know that, unless they count: then what such policies would choose is kept from them, also
what is due, because negative balances come first there.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.plan_entries import (
    FIELD_OF_FACT,
    FIRST_DAY,
    LAST_DAY,
    NAME,
    PERIOD,
    SCHEDULE_FIELDS,
    TEAM,
    Reading,
    label_of,
    read,
    repeats_of,
)
from bot.policy_entries import CHOICE, Entries, arguments_field, one
from models.errors import BadInput
from models.plans import CountPlan, Pace
from models.rules.policies import HIDDEN, READS_BALANCE, Policy, parse_policies, policies_text
from models.rules.schedules import parse_schedule, without_period
from models.services import plan_changes, plan_preview, statuses
from models.services.people import Person
from models.services.plan_changes import PlanFacts
from models.services.plan_facts import bins_of, categories_of, read_facts
from models.services.plan_offers import Offer
from models.services.plan_preview import Preview
from models.services.plan_terms import Terms
from models.services.plan_times import RESCHEDULING, over_until
from models.services.setup_things import Facts

CHOOSE_TEAM = "Choose a team: then this shows the first run and what would be counted."


@dataclass(frozen=True)
class Look:
    """What stands in the form's preview: sentences about what is wrong, or the first run.

    `secret` are the policies whose picks are kept from the person; then the preview has no lines and no bins.
    `is_new`: there is no such plan yet. `is_paused`: the run only comes if the plan is resumed by then.
    """

    problems: tuple[str, ...] = ()
    preview: Preview | None = None
    most_lines: int = 0
    secret: tuple[str, ...] = ()
    is_new: bool = True
    is_paused: bool = False


def judge(
    session: Session, entries: Entries, offer: Offer, before: PlanFacts | None, now: datetime
) -> tuple[Reading, dict[str, str]]:
    """The facts of a form, and a sentence for each field that is wrong, by block id."""
    found = read(entries, offer.team_name(one(entries, TEAM)), before)
    schedule = str(found.facts["schedule"])
    is_same_time = before is not None and schedule == before.facts["schedule"]
    problems = _problems(session, found, before, None if is_same_time else now)
    errors = dict(found.errors)
    for fact, sentence in problems.items():
        if fact == "schedule":
            if not errors.keys() & {*SCHEDULE_FIELDS[repeats_of(entries)], *PERIOD}:
                errors[_field_of_schedule(session, found, entries, before, now)] = sentence
        elif fact == "select":
            errors = _by_policy(session, found, sentence, before) | errors
        else:
            errors.setdefault(FIELD_OF_FACT.get(fact, NAME), sentence)
    return found, errors


def look(
    session: Session, person: Person, entries: Entries, offer: Offer, before: PlanFacts | None, now: datetime
) -> Look:
    """What the form shows for these entries. Nothing is written."""
    found, errors = judge(session, entries, offer, before, now)
    if not found.name:
        errors.pop(NAME, None)
    wrong_team = errors.pop(TEAM, None)
    without_team = wrong_team if one(entries, TEAM) else CHOOSE_TEAM
    if errors or without_team:
        said = [f"{label_of(block_id)}: {sentence}" for block_id, sentence in errors.items()]
        return Look(problems=tuple(filter(None, (without_team, *said))))
    facts = read_facts(found.facts)[0]
    try:
        since = None if before is None else _over_until(session, before, facts, now)
        seen = foresee(session, person, int(one(entries, TEAM)), facts, offer.zone, now, since=since)
        return replace(seen, is_new=before is None, is_paused=bool(facts["paused"]))
    except BadInput as error:
        return Look(problems=(str(error),))


def foresee(
    session: Session,
    person: Person,
    team_id: int,
    facts: Facts,
    zone: ZoneInfo,
    now: datetime,
    *,
    since: datetime | None = None,
) -> Look:
    """The first run of a plan with these facts, as far as this person may see it.

    `since`: up to when its occurrences are over, of a plan that is there; what lies after it may still come.
    """
    choices = parse_policies(str(facts["select"]))
    terms = Terms(
        team_id=team_id,
        choices=choices,
        lines=int(facts["lines"] or 0),
        bins=bins_of(facts),
        categories=categories_of(facts),
        pace=Pace(str(facts["pace"])),
    )
    found = plan_preview.preview(session, terms, parse_schedule(str(facts["schedule"]), zone.key), now, since)
    secret = tuple(str(choice.policy) for choice in choices if choice.policy in HIDDEN | READS_BALANCE)
    if not secret or not statuses.counts_blind(session, person):
        return Look(preview=found, most_lines=terms.lines)
    # Without stock in reach the first warning is that; any other may come from what is kept from this person.
    warnings = () if found.in_reach else found.warnings
    shown = replace(found, nothing=None, lines=0, drawn=0, by_class=(), by_policy=(), first_bins=(), warnings=warnings)
    return Look(preview=shown, most_lines=terms.lines, secret=secret)


def _over_until(session: Session, before: PlanFacts, facts: Facts, now: datetime) -> datetime | None:
    """Up to when the occurrences of a plan are over; None when it is timed anew."""
    if any(facts[name] != before.facts[name] for name in RESCHEDULING):
        return None
    return over_until(session.exec(select(CountPlan).where(CountPlan.name == before.name)).one(), now)


def _problems(session: Session, found: Reading, before: PlanFacts | None, now: datetime | None) -> dict[str, str]:
    return plan_changes.problems(
        session,
        found.name,
        found.facts,
        is_new=before is None,
        tolerance=found.tolerance,
        known_as=None if before is None else before.name,
        now=now,
    )


def _field_of_schedule(
    session: Session, found: Reading, entries: Entries, before: PlanFacts | None, now: datetime
) -> str:
    """Its last or first day, when the schedule would do without them; else the first of its other fields."""
    period = [block_id for block_id in (LAST_DAY, FIRST_DAY) if one(entries, block_id)]
    fields = SCHEDULE_FIELDS[repeats_of(entries)]
    if not period:
        return fields[0]
    rhythm = without_period(str(found.facts["schedule"]))[0]
    without = replace(found, facts=found.facts | {"schedule": rhythm})
    return fields[0] if "schedule" in _problems(session, without, before, now) else period[0]


def _by_policy(session: Session, found: Reading, sentence: str, before: PlanFacts | None) -> dict[str, str]:
    """What is wrong with each policy, under its field; what no policy alone is refused for, under all of them."""
    errors = {}
    for choice in found.choices:
        alone = replace(found, facts=found.facts | {"select": policies_text([choice])})
        if (its := _problems(session, alone, before, None).get("select")) is not None:
            errors[arguments_field(choice.policy)] = its
    return errors or ({} if found.errors.keys() & _policy_fields() else {CHOICE: sentence})


def _policy_fields() -> set[str]:
    return {CHOICE, *map(arguments_field, Policy)}
