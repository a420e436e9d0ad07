"""Causes in a set-up: which of the standard ones are offered, the company's own, and when one must be given.

[causes]
offered = ["misplaced", "damaged", "count error", "other"]   # all when left out
required_above = 100                                         # left out: approving never needs one

[causes.own]
"wrong box" = { consuming = false }
"used in training" = { consuming = true }                    # was demand
"""

from decimal import Decimal

from sqlmodel import Session, col, select

from models.causes import LONGEST_CAUSE, CauseSettings, OwnCause
from models.errors import BadInput
from models.rules import wording
from models.rules.causes import RESERVED, STANDARD, Reason
from models.rules.nearest import nearest
from models.services import causes
from models.services.setup_sections import Section, amount
from models.services.setup_things import Fact, Facts, Key, Kind, SetupThing, amount_text

MOST_OWN = 25
_KEYS = ("offered", "required_above", "own")


# -- in the file


def read_causes(root: Section) -> list[SetupThing]:
    """What the file says of causes; nothing when it has no `[causes]`."""
    section = root.section("causes", "causes")
    if section is None:
        return []
    section.allow(*_KEYS)
    offered = _offered(section) if section.has("offered") else list(STANDARD)
    own = _own(section)
    if not own and not set(offered) - {Reason.OTHER} and not section.is_wrong():
        section.note("offered leaves no cause to approve with; name one, or add some of your own", "offered")
    facts: Facts = {"offered": causes.offered_text(offered), "required_above": _required_above(section)}
    return [SetupThing(Kind.CAUSES, (), facts, section), *own]


def _offered(section: Section) -> list[Reason]:
    found: list[Reason] = []
    for entry in section.entries("offered"):
        if entry in STANDARD:
            found.append(Reason(str(entry)))
            continue
        shown = f'"{wording.cut(entry, LONGEST_CAUSE)}"' if isinstance(entry, str) else "something"
        close = nearest(entry, STANDARD) if isinstance(entry, str) else None
        hint = f'did you mean "{close}"?' if close else "write a cause of your own below [causes.own]"
        section.note(f"offered: {shown} is not a standard cause; {hint}", "offered")
    return found


def _required_above(section: Section) -> str | None:
    if not section.has("required_above"):
        return None
    try:
        return amount_text(amount(section.value("required_above")))
    except BadInput as error:
        section.note(f"required_above {error}", "required_above")
        return None


def _own(section: Section) -> list[SetupThing]:
    group = section.section("own", "causes: own")
    if group is None:
        return []
    things: list[SetupThing] = []
    taken = {text.casefold() for text in RESERVED}
    names = group.keys()
    for written in names:
        name, value = " ".join(written.split()), group.value(written)
        shown = wording.cut(written, LONGEST_CAUSE) if written.isprintable() else "it"
        if not name or not name.isprintable():
            group.note(f'"{shown}" is not a cause', written)
        elif len(name) > LONGEST_CAUSE:
            group.note(f'"{shown}" is longer than {LONGEST_CAUSE} characters', written)
        elif name.casefold() in taken:
            group.note(f'"{name}" is there already; give yours another name', written)
        elif not isinstance(value, dict) or value.keys() - {"consuming"} or not _is_said(value.get("consuming", False)):
            group.note(f'"{name}" must be written like {{ consuming = false }}', written)
        else:
            facts: dict[str, Fact] = {"consuming": value.get("consuming", False)}
            things.append(SetupThing(Kind.CAUSE, (name,), facts, group))
        taken.add(name.casefold())
    if len(things) > MOST_OWN:
        group.note(f"has {len(things)} causes; nobody finds the right one among more than {MOST_OWN}")
    return things


def _is_said(value: object) -> bool:
    return isinstance(value, bool)


# -- in the tables


def read_settings(session: Session) -> dict[Key, Facts]:
    """What is offered and when a cause is needed, if anybody has said so."""
    found = session.get(CauseSettings, 1)
    if found is None:
        return {}
    above = None if found.required_above is None else amount_text(found.required_above)
    return {(): {"offered": found.offered, "required_above": above}}


def write_settings(session: Session, _key: Key, facts: Facts) -> None:
    """Say what is offered and when a cause is needed."""
    found, above = causes.settings(session), facts["required_above"]
    found.offered, found.required_above = str(facts["offered"]), None if above is None else Decimal(str(above))
    session.add(found)


def remove_settings(session: Session, _key: Key) -> None:
    """Offer every standard cause, and need none."""
    session.delete(session.get_one(CauseSettings, 1))


def read_own(session: Session) -> dict[Key, Facts]:
    """The company's own causes that may be chosen."""
    active = session.exec(select(OwnCause).where(col(OwnCause.is_active)))
    return {(cause.name,): {"consuming": cause.consuming} for cause in active}


def write_own(session: Session, key: Key, facts: Facts) -> None:
    """Have a cause of the company's own chosen; one of before wakes up."""
    found = session.get(OwnCause, key[0]) or OwnCause(name=key[0])
    found.consuming, found.is_active = bool(facts["consuming"]), True
    session.add(found)


def remove_own(session: Session, key: Key) -> None:
    """Have a cause chosen no more. What was decided with it keeps it."""
    found = session.get_one(OwnCause, key[0])
    found.is_active = False
    session.add(found)
