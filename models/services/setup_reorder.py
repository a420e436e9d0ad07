"""Terms of ordering in a set-up.

[reorder]
lead_time = "14d"      # of items whose lead_time_days the stock file does not say
service_level = 95     # percent of the lead times without a stock-out
order_for = "30d"      # how long an order is to last
overstock = "180d"     # more than the demand of so many days is too much
dead_stock = "180d"    # nothing taken for so long
"""

from datetime import timedelta
from decimal import Decimal

from sqlmodel import Session

from models.errors import BadInput
from models.rules.durations import parse_duration
from models.services import reorder_settings
from models.services.setup_sections import Section, amount
from models.services.setup_things import Facts, Key, Kind, SetupThing, amount_text, duration_text
from models.supply import ReorderSettings

LEVELS = (Decimal(50), Decimal("99.9"))
LONGEST_QUIET = timedelta(days=364)
"""What lies further back than the weeks of history is not looked at."""

_DAY = timedelta(days=1)
_DAYS = {
    "lead_time": "lead_time_days",
    "order_for": "order_days",
    "overstock": "overstock_days",
    "dead_stock": "dead_days",
}
"""What is written as a number of days, and the column it is kept in."""


def read_reorder(root: Section) -> list[SetupThing]:
    """What the file says of ordering; nothing when it has no `[reorder]`."""
    section = root.section("reorder", "reorder")
    if section is None:
        return []
    section.allow(*_DAYS, "service_level")
    usual = _facts(ReorderSettings())
    facts: Facts = {name: _length(section, name, str(usual[name])) for name in _DAYS}
    facts["service_level"] = _level(section) if section.has("service_level") else usual["service_level"]
    return [SetupThing(Kind.REORDER, (), facts, section)]


def _length(section: Section, name: str, usual: str) -> str:
    found = section.read(name, _days, default=usual)
    if found is not None and name == "dead_stock" and found > LONGEST_QUIET:
        section.note(f"{name} is longer than {LONGEST_QUIET.days}d, the history that is looked at", name)
    return duration_text(found) if found else usual


def _days(text: str) -> timedelta:
    length = parse_duration(text)
    if length % _DAY:
        raise BadInput(f"“{text}” is not a number of whole days. Write it like 14d.")
    return length


def _level(section: Section) -> str:
    lowest, highest = LEVELS
    try:
        level = amount(section.value("service_level"))
    except BadInput:
        level = Decimal(0)
    if not lowest <= level <= highest:
        section.note(f"service_level must be a number of percent from {lowest} to {highest}, like 95", "service_level")
    return amount_text(level)


def read_settings(session: Session) -> dict[Key, Facts]:
    """The terms, if anybody has said any."""
    found = session.get(ReorderSettings, 1)
    return {} if found is None else {(): _facts(found)}


def write_settings(session: Session, _key: Key, facts: Facts) -> None:
    """Say the terms."""
    found = reorder_settings.stored(session)
    found.service_level = Decimal(str(facts["service_level"]))
    for name, column in _DAYS.items():
        setattr(found, column, parse_duration(str(facts[name])).days)
    session.add(found)


def remove_settings(session: Session, _key: Key) -> None:
    """Go back to the usual terms."""
    session.delete(session.get_one(ReorderSettings, 1))


def _facts(found: ReorderSettings) -> Facts:
    facts: Facts = {name: duration_text(timedelta(getattr(found, column))) for name, column in _DAYS.items()}
    return facts | {"service_level": amount_text(found.service_level)}
