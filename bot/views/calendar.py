"""A working calendar: as an answer in plain words, and the form in which stock control changes it.

The form takes the words of setup.toml (`models.rules.calendars`), a line for each shutdown and each quiet window. A
field that is left blank closes nothing; in a team's calendar it is as the company, and “none” closes nothing.
"""

import json
from calendar import day_name
from collections.abc import Sequence
from datetime import date

from slackblocks import Block, CheckboxGroup, Element, Option, PlainTextInput

from bot import ids
from bot.payloads import NOT_MINE, Submission
from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered, When
from models.errors import BadInput
from models.rules import wording
from models.rules.calendars import LONGEST, NONE, parse_working_days
from models.rules.public_holidays import country_name
from models.rules.quiet_windows import clock
from models.rules.weekday_words import weekdays_text
from models.rules.workdays import DAY_MINUTES, EVERY_WEEKDAY, DayRange, QuietWindow
from models.services.calendar_changes import Moved, Saved
from models.services.calendar_shown import CalendarShown
from models.services.setup_things import Facts

WORKING_DAYS, HOLIDAYS, SHUTDOWNS, QUIET = "working_days", "holidays", "shutdowns", "quiet"
"""The fields, called as the parts of a calendar are."""

_LABELS = {
    WORKING_DAYS: "Working days",
    HOLIDAYS: "Public holidays",
    SHUTDOWNS: "Shutdowns",
    QUIET: "Quiet windows",
}
_FORMS = {
    HOLIDAYS: "A country, or a region of it: DE or DE-BE.",
    SHUTDOWNS: "One a line: 2026-12-24..2027-01-01, or a single day, 2027-05-14.",
    QUIET: "When nobody is asked to count, one a line: 11:30-13:00, fri 15:00-24:00, last working day of the month.",
}
_TITLE = "Working calendar"
_LETTERS = 3  # of a day's name in setup.toml
_MOST_MOVED = 5
_ECHO = 60


def calendar_message(found: CalendarShown) -> Rendered:
    """What is worked and what is not, a line a part; and a button for who may change it."""
    lines = {
        WORKING_DAYS: days_text(found.calendar.weekdays),
        HOLIDAYS: _holidays(found),
        SHUTDOWNS: "; ".join(_range(closed, found.today) for closed in found.shutdowns) or "none to come",
        QUIET: "; ".join(map(window_text, found.calendar.quiet)) or "never",
    }
    as_company = {name for name, own in found.facts.items() if own is None}
    texts = [
        f"*{_LABELS[name]}*  {blocks.escape(text)}{' (as the company)' if name in as_company else ''}"
        for name, text in lines.items()
    ]
    head = f"*{_whose(found)}*"
    built = blocks.sections([head, *texts], "calendar")
    if found.own_parts:
        own = [f"{blocks.escape(name)} ({_parts(parts)})" for name, parts in found.own_parts]
        built.append(blocks.section(f"Otherwise in {'; '.join(own)}.", "calendar.teams"))
    if found.can_change:
        change = blocks.button("Change", ids.CALENDAR_CHANGE, str(found.team_id))
        built.append(blocks.actions([change], "calendar.change"))
    built.append(blocks.context(f"Times in {blocks.escape(found.zone.key)}.", "calendar.hint"))
    return blocks.rendered(f"{head}: {blocks.escape(lines[WORKING_DAYS])}", built)


def calendar_form(found: CalendarShown, channel: str) -> JsonObject:
    """The form with the calendar as it is; `channel` is where its outcome is told."""
    blank = "Blank: as the company." if found.team else "Blank: none."
    built: list[Block] = [blocks.section(f"*{_whose(found)}*", "whose"), _days_field(found)]
    for name in (HOLIDAYS, SHUTDOWNS, QUIET):
        none = f" “{NONE}”: none." if found.team else ""
        hint = f"{_FORMS[name]} {blank}{_company(found, name)}{none}"
        field = _text(_lines(found, name), is_multiline=name != HOLIDAYS)
        built.append(blocks.field(_LABELS[name], field, name, hint=hint, optional=True))
    metadata = json.dumps({"t": found.team_id, "v": found.version, "c": channel})
    return blocks.modal(
        title=_TITLE, blocks=built, callback_id=ids.CALENDAR_FORM, private_metadata=metadata, submit="Save"
    )


def read_metadata(text: str) -> tuple[int, str, str]:
    """Team (0: the company), version and channel, from a submitted form's metadata."""
    try:
        found = json.loads(text)
        return int(found["t"]), str(found["v"]), str(found["c"])
    except (ValueError, KeyError, TypeError):
        raise BadInput(NOT_MINE) from None


def read_form(submitted: Submission, *, is_team: bool) -> Facts:
    """The parts as they stand in the form: None for one that is as the company, "" for one that closes nothing."""
    days = submitted.chosen_many(WORKING_DAYS)
    facts: Facts = {WORKING_DAYS: ",".join(days) or None}
    for name in (HOLIDAYS, SHUTDOWNS, QUIET):
        typed = (submitted.entered(name) or "").splitlines()
        facts[name] = "; ".join(line.strip() for line in typed if line.strip()) or (None if is_team else "")
    return facts


def said_view(text: str) -> JsonObject:
    """A form that only says something (mrkdwn)."""
    return blocks.modal(
        title=_TITLE,
        blocks=blocks.sections(text.split("\n"), "said"),
        callback_id=ids.CALENDAR_FORM,
        close="Close",
    )


def saved_text(found: CalendarShown, saved: Saved) -> str:
    """What was changed, and which plans run at other times by it, a line each; mrkdwn."""
    if not saved.parts:
        return f"{_whose(found)}: nothing was changed."
    lines = [f"{_whose(found)} changed: {_parts(saved.parts)}."]
    lines += [_moved(moved, found) for moved in saved.moved[:_MOST_MOVED]]
    if len(saved.moved) > _MOST_MOVED:
        lines.append(f"… {len(saved.moved) - _MOST_MOVED} more plans; “/count schedule” shows when they run.")
    if not saved.moved:
        lines.append("The next run of every plan stays when it was.")
    return "\n".join(lines)


def days_text(days: frozenset[int]) -> str:
    """“Monday to Friday”, “Monday, Tuesday and Saturday”, “every day”."""
    if days == EVERY_WEEKDAY:
        return "every day"
    names = {name[:_LETTERS].lower(): name for name in day_name}
    rows = (row.split("-") for row in weekdays_text(days).split(","))
    return wording.all_of([" to ".join(names[day] for day in row) for row in rows])


def window_text(window: QuietWindow) -> str:
    """“every day 11:30 to 13:00”, “the last working day of the month”."""
    is_whole = (window.begin, window.end) == (0, DAY_MINUTES)
    hours = "" if is_whole else f" {clock(window.begin)} to {clock(window.end)}"
    when = f"the {window.edge} working day of the month" if window.edge else days_text(window.weekdays)
    return f"{when}{hours}"


def _whose(found: CalendarShown) -> str:
    return f"Working calendar of {blocks.escape(found.team) if found.team else 'the company'}"


def _holidays(found: CalendarShown) -> str:
    country = found.calendar.country
    if country is None:
        return "none"
    region = f"{country}-{found.calendar.subdivision}" if found.calendar.subdivision else country
    coming = ", ".join(f"{_day(day, found.today)} {name}" for day, name in found.holidays)
    return f"{country_name(country)} ({region})" + (f", next {coming}" if coming else "")


def _range(closed: DayRange, today: date) -> str:
    first, last = _day(closed.first, today), _day(closed.last, today)
    return first if first == last else f"{first} to {last}"


def _day(day: date, today: date) -> str:
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def _parts(names: Sequence[str]) -> str:
    return ", ".join(_LABELS[name].lower() for name in names)


def _moved(moved: Moved, found: CalendarShown) -> str:
    name = blocks.escape(moved.plan)
    if moved.after is None:
        return f"{name} has no further run; give it a later time with “/count edit”."
    after = blocks.date(moved.after, When.DAY_TIME, found.zone)
    if moved.before is None:
        return f"{name} runs again: {after}."
    return f"{name} runs {after}, not {blocks.date(moved.before, When.DAY_TIME, found.zone)}."


def _days_field(found: CalendarShown) -> Block:
    own = found.facts[WORKING_DAYS]
    ticked = frozenset() if own is None else parse_working_days(str(own))
    options = [Option(blocks.plain(name), value=name[:_LETTERS].lower()) for name in day_name]
    initial = [option for day, option in enumerate(options) if day in ticked]
    boxes = CheckboxGroup(action_id=WORKING_DAYS, options=options, initial_options=initial or None)
    hint = f"None ticked: as the company.{_company(found, WORKING_DAYS)}" if found.team else None
    return blocks.field(_LABELS[WORKING_DAYS], boxes, WORKING_DAYS, hint=hint, optional=bool(found.team))


def _company(found: CalendarShown, name: str) -> str:
    """What a blank field of a team means."""
    return f" That is {wording.cut(str(found.of_company[name]), _ECHO)}." if found.team else ""


def _lines(found: CalendarShown, name: str) -> str:
    own = str(found.facts[name] or "")
    return "" if not found.team and own == NONE else own.replace("; ", "\n")


def _text(initial: str, *, is_multiline: bool) -> Element:
    return PlainTextInput(action_id="words", initial_value=initial or None, multiline=is_multiline, max_length=LONGEST)
