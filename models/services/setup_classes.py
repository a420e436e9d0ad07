"""ABC classes in a set-up: how they are computed, how often each is counted, and which items are pinned to one.

    [classes]
    by = "usage value"             # or "on-hand value", "movements", "unit cost"
    window = "365d"                # the time that usage and movements are from
    cuts = [80, 95]                # A is the first 80 % of the value, B goes up to 95 %, C is the rest
    every = "monthly 1 02:00"      # leave it out: only `python -m bot classify` computes them
    counts_per_year = { A = 12, B = 4, C = 2 }
    pins = { "BOLT-10" = "A" }

A file may name its pins before the first stock file is imported. Such a pin stands in the file's declarations alone,
and the item gets it when it comes.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from sqlmodel import Session, col, delete, select

from models.catalog import Item
from models.classes import ClassFrequency, ClassSettings
from models.errors import BadInput
from models.rules import wording
from models.rules.classes import ClassMeasure, cuts_text, letters, parse_cuts
from models.rules.durations import LONGEST as LONGEST_DURATION
from models.rules.durations import parse_duration
from models.rules.levelling import DEFAULT_FREQUENCIES
from models.rules.nearest import nearest
from models.rules.schedules import parse_schedule
from models.services import class_schedule, class_settings, item_classes
from models.services.locks import Work, one_at_a_time
from models.services.setup_sections import Section
from models.services.setup_things import Facts, Key, Kind, SetupThing, duration_text

SHORTEST_WINDOW = timedelta(days=7)
MOST_COUNTS = 366
_DAY = timedelta(days=1)
_LONGEST_SKU = 80
_LONGEST_CUTS = 80
_KEYS = ("by", "window", "cuts", "every", "counts_per_year", "pins")
_ECHO = 40


# -- in the file


def read_classes(root: Section) -> list[SetupThing]:
    """What the file says of classes; nothing when it has no `[classes]`."""
    section = root.section("classes", "classes")
    if section is None:
        return []
    section.allow(*_KEYS)
    usual = ClassSettings()
    window = section.read("window", _window, default=f"{usual.window_days}d")
    schedule = section.read("every", lambda text: parse_schedule(text, "UTC")) if section.has("every") else None
    cuts = _cuts(section) if section.has("cuts") else parse_cuts(usual.cuts)
    facts: Facts = {
        "by": section.choice("by", ClassMeasure, default=usual.measure),
        "window": duration_text(window) if window else "",
        "cuts": cuts_text(cuts),
        "every": schedule.text if schedule else None,
    }
    return [
        SetupThing(Kind.CLASSES, (), facts, section),
        *(often := _frequencies(section, letters(cuts))),
        *_pins(section, letters(cuts), {thing.key[0] for thing in often}),
    ]


def _window(text: str) -> timedelta:
    if re.fullmatch(r"(?:0+[dhms]\s*)+", text.lower()):
        raise BadInput(_too_short(text))
    try:
        window = parse_duration(text)
    except BadInput:
        raise BadInput(
            f"“{text[:_ECHO]}” is not a number of days up to {LONGEST_DURATION.days}. "
            "Write it like 90d, or 365d for a year."
        ) from None
    if window % _DAY:
        raise BadInput(f"“{text}” is not a number of whole days. Write it like 365d.")
    if window < SHORTEST_WINDOW:
        raise BadInput(_too_short(text))
    return window


def _too_short(window: str) -> str:
    least = f"{SHORTEST_WINDOW.days}d"
    return f"“{window}” is too short to tell what moves often. Write at least {least}, like 365d for a year."


def _cuts(section: Section) -> tuple[Decimal, ...]:
    """The cuts, or the usual ones when they cannot be."""
    found = section.entries("cuts")
    cuts = [Decimal(cut) for cut in found if isinstance(cut, (int, Decimal)) and not isinstance(cut, bool)]
    if len(cuts) != len(found) or not cuts or not all(cut.is_finite() for cut in cuts):
        problem = "must be a list of percentages, like [80, 95]"
    elif not all(0 < cut < 100 for cut in cuts):  # noqa: PLR2004 - percent
        problem = "must be above 0 and below 100, because the last class has what is left"
    elif any(cut <= before for before, cut in pairwise(cuts)):
        problem = "must rise: each is the share of a class together with those before it, like [80, 95]"
    elif len(cuts_text(cuts)) > _LONGEST_CUTS:
        problem = "make more classes than anybody can tell apart; write fewer"
    else:
        try:
            return parse_cuts(cuts_text(cuts))
        except BadInput as error:
            problem = f"cannot be: {error}"
    section.note(f"cuts {problem}", "cuts")
    return parse_cuts(ClassSettings().cuts)


def _frequencies(section: Section, made: Sequence[str]) -> list[SetupThing]:
    own = section.section("counts_per_year", "classes: counts_per_year")
    if own is None:
        return []
    named = own.keys()
    classes = list(filter(_is_class, named))
    for letter in set(named) - set(classes):
        own.note(f'"{letter[:_ECHO]}" is not a class, which is one capital letter, such as A', letter)
    missing = sorted(set(made) - set(classes))
    if missing:
        usual = {often.abc_class: int(often.counts_per_year) for often in DEFAULT_FREQUENCIES}
        lines = ", ".join(f"{letter} = {usual.get(letter, min(usual.values()))}" for letter in missing)
        which = f"class{'es' * (len(missing) > 1)} {wording.all_of(missing)}"
        section.note(
            f"counts_per_year says nothing of {which}, which the cuts make; add how often, like {lines}",
            "counts_per_year",
        )
    return [
        SetupThing(Kind.FREQUENCY, (letter,), {"counts_per_year": own.whole(letter, 1, MOST_COUNTS, default=1)}, own)
        for letter in classes
    ]


def _pins(section: Section, made: Sequence[str], counted: Collection[str]) -> list[SetupThing]:
    """Pins to the classes that the cuts have `made`, or of which the file says how often they are `counted`."""
    own = section.section("pins", "classes: pins")
    things = []
    for sku in own.keys() if own else ():
        assert own is not None  # noqa: S101 - else there is no SKU
        letter = own.value(sku)
        if not isinstance(letter, str) or not _is_class(letter):
            own.note(f"{sku[:_ECHO]} must be pinned to one capital letter, such as A", sku)
        elif not sku.strip() or len(sku.strip()) > _LONGEST_SKU or not sku.isprintable():
            own.note(f'"{sku[:_ECHO]}" is not a SKU', sku)
        elif letter not in made and letter not in counted:
            own.note(
                f"{sku[:_ECHO]}: the cuts make no class {letter}; pin it to {wording.any_of(made)}, or say in "
                f"counts_per_year how often {letter} is counted",
                sku,
            )
        else:
            things.append(SetupThing(Kind.PIN, (sku.strip(),), {"class": letter}, own))
    return things


def _is_class(text: str) -> bool:
    return re.fullmatch("[A-Z]", text) is not None


def note_unknown_pins(session: Session, things: Iterable[SetupThing]) -> None:
    """Note pins of items that are not there, unless there are no items at all yet."""
    pins = [thing for thing in things if thing.kind is Kind.PIN and thing.section is not None]
    if not pins or session.exec(select(Item.id).limit(1)).first() is None:
        return
    for thing in pins:
        (sku,) = thing.key
        if thing.section is not None and session.exec(select(Item.id).where(Item.sku == sku)).first() is None:
            close = nearest(sku, session.exec(select(Item.sku)).all())
            thing.section.note(f'there is no SKU "{sku}"' + (f'; did you mean "{close}"?' if close else ""), sku)


# -- in the tables: how classes are computed


def read_settings(session: Session) -> dict[Key, Facts]:
    """How classes are computed, if anybody has said so."""
    found = session.get(ClassSettings, 1)
    if found is None:
        return {}
    return {
        (): {
            "by": found.measure,
            "window": duration_text(timedelta(days=found.window_days)),
            "cuts": found.cuts,
            "every": found.schedule or None,
        }
    }


def write_settings(session: Session, _key: Key, facts: Facts) -> None:
    """Say how classes are computed. A new schedule has no next time yet (`finish`)."""
    found = class_settings.stored(session)
    found.measure, found.cuts = str(facts["by"]), str(facts["cuts"])
    found.window_days = parse_duration(str(facts["window"])).days
    schedule = str(facts["every"] or "")
    if schedule != found.schedule:
        found.schedule, found.next_due = schedule, None
    session.add(found)


def remove_settings(session: Session, _key: Key) -> None:
    """Compute classes the usual way, when asked."""
    session.delete(session.get_one(ClassSettings, 1))


# -- frequencies


def read_frequencies(session: Session) -> dict[Key, Facts]:
    """How often classes are counted, if anybody has said so."""
    return {(row.abc_class,): {"counts_per_year": row.counts_per_year} for row in session.exec(select(ClassFrequency))}


def write_frequency(session: Session, key: Key, facts: Facts) -> None:
    """Say how often a class is counted."""
    found = session.get(ClassFrequency, key[0]) or ClassFrequency(abc_class=key[0], counts_per_year=0)
    found.counts_per_year = int(facts["counts_per_year"] or 0)
    session.add(found)


def remove_frequency(session: Session, key: Key) -> None:
    """Forget how often a class is counted."""
    session.execute(delete(ClassFrequency).where(col(ClassFrequency.abc_class) == key[0]))


# -- pins


def read_pins(session: Session) -> dict[Key, Facts]:
    """The pins of items, and those that wait for their item to come."""
    pinned = session.exec(select(Item.sku, Item.pinned_class).where(col(Item.pinned_class).is_not(None)))
    found: dict[Key, Facts] = {(sku,): {"class": letter} for sku, letter in pinned}
    for sku, letter in item_classes.declared_pins(session).items():
        if (sku,) not in found and _item(session, sku) is None:
            found[(sku,)] = {"class": letter}
    return found


def write_pin(session: Session, key: Key, facts: Facts) -> None:
    """Pin an item to a class; its levels follow (`finish`)."""
    _pin(session, key[0], str(facts["class"]))


def remove_pin(session: Session, key: Key) -> None:
    """Take a pin out; the item stays in its class until somebody says or computes another."""
    _pin(session, key[0], None)


def _pin(session: Session, sku: str, letter: str | None) -> None:
    one_at_a_time(session, Work.IMPORT)
    item = _item(session, sku)
    if item is not None:
        item.pinned_class = letter
        item.abc_class = item_classes.in_force(letter, item.file_class, item.abc_class)
        session.add(item)


def _item(session: Session, sku: str) -> Item | None:
    return session.exec(select(Item).where(Item.sku == sku)).one_or_none()


# -- afterwards


def finish(session: Session, changed: Collection[Kind], now: datetime, *, is_new_zone: bool) -> list[str]:
    """What follows when things of these kinds were changed: copies on the levels, and the next time by the clock.

    Returns a sentence when classes will never be computed by themselves.
    """
    if Kind.PIN in changed:
        session.flush()
        item_classes.copy_to_levels(session)
    is_new_schedule = Kind.CLASSES in changed and class_settings.stored(session).next_due is None
    never = class_schedule.schedule_again(session, now) if is_new_zone or is_new_schedule else None
    return [never] if never else []
