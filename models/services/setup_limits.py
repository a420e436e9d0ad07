"""Reading the tolerance limits of a set-up file.

A limit is a number, "off", or both sides apart: `percent = 2`, `value = "off"`, `quantity = { plus = 2, minus = 1 }`.
Plans have theirs in `tolerance = {...}`; the company's stand in `[tolerance]`, and below it those of ABC classes,
categories and items: `[tolerance.class.A]`, `[tolerance.category."Fasteners"]`, `[tolerance.item."BOLT-10"]`.
"""

from models.errors import BadInput
from models.rules.tolerance import Measure, Scope, Side
from models.services.setup_sections import Section, amount
from models.services.setup_things import OFF, Facts, Kind, SetupThing, amount_text

_BELOW = (Scope.ABC_CLASS, Scope.CATEGORY, Scope.ITEM)
_LONGEST_KEY = 80


def read_company_tolerance(root: Section) -> list[SetupThing]:
    """The limits below `[tolerance]`."""
    section = root.section("tolerance", "tolerance")
    if section is None:
        return []
    section.allow(*Measure, *_BELOW)
    things = _limits(section, Scope.COMPANY, "")
    for scope in _BELOW:
        group = section.section(scope, f"tolerance.{scope}")
        for key in group.keys() if group else ():
            own = group.section(key, f'tolerance.{scope}."{key}"') if group else None
            if own is None:
                continue
            own.allow(*Measure)
            if scope is Scope.ABC_CLASS and not (len(key) == 1 and "A" <= key <= "Z"):
                own.note("a class is one capital letter, such as A")
            if len(key) > _LONGEST_KEY:
                own.note(f"the name is longer than {_LONGEST_KEY} characters")
            things += _limits(own, scope, key)
    return things


def read_plan_tolerance(plan: Section, name: str) -> list[SetupThing]:
    """The limits of one plan."""
    section = plan.section("tolerance", f"{plan.where}: tolerance")
    if section is None:
        return []
    section.allow(*Measure)
    return _limits(section, Scope.PLAN, name)


def _limits(section: Section, scope: Scope, key: str) -> list[SetupThing]:
    return [
        SetupThing(Kind.TOLERANCE, (scope, key, measure), _sides(section, measure))
        for measure in Measure
        if section.has(measure)
    ]


def _sides(section: Section, measure: Measure) -> Facts:
    value = section.value(measure)
    if not isinstance(value, dict):
        both = _limit(section, measure, value)
        return {Side.PLUS: both, Side.MINUS: both}
    for side in value.keys() - set(Side):
        section.note(f'{measure}: unknown side "{side}"; there are plus and minus', measure)
    return {side: _limit(section, measure, value[side], side) if side in value else None for side in Side}


def _limit(section: Section, measure: str, value: object, side: str | None = None) -> str | None:
    if value == OFF:
        return OFF
    try:
        return amount_text(amount(value))
    except BadInput as error:
        section.note(f'{f"{measure}.{side}" if side else measure} {error}, or "{OFF}"', measure)
        return None
