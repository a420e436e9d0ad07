"""The fields of the form of a plan: each with what stands in it, and only those that apply to what is chosen.

A field that the preview depends on tells the bot when it changes, a text at every character. Fields keep their block
ids, so Slack leaves in them what was typed when the form is drawn again.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from slackblocks import (
    Block,
    CheckboxGroup,
    DatePicker,
    DispatchActionConfiguration,
    Element,
    InputBlock,
    NumberInput,
    Option,
    PlainTextInput,
    RadioButtonGroup,
    StaticMultiSelectMenu,
    TimePicker,
)

from bot import ids
from bot import plan_entries as entry
from bot.plan_entries import Repeats, repeats_of
from bot.policy_entries import CHOICE, Entries, arguments_field, chosen_policies, one
from bot.views import blocks
from models.errors import BadInput
from models.plans import AtDue, Pace
from models.rules.policies import DEFINITIONS, FORMS, Policy, parse_policies
from models.rules.schedules import LONGEST_MONTH
from models.services.plan_facts import LONGEST_NAME, MOST_LINES, MOST_RECOUNTS
from models.services.plan_offers import Offer

_ACTION = ids.PLAN_FIELD
_AT_ONCE = DispatchActionConfiguration("on_character_entered")
_TEXT_LENGTH = 1000

_REPEATS = (
    ("Monday to Friday", Repeats.WEEKDAYS),
    ("Every day", Repeats.DAILY),
    ("On days of the week", Repeats.WEEKLY),
    ("On a day of the month", Repeats.MONTHLY),
    ("Once", Repeats.ONCE),
    ("By a cron line", Repeats.CRON),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LETTERS = 3  # of a day's name, which is its value
_PACES = (("Spread evenly", Pace.LEVEL), ("Always full", Pace.FULL))
_PACE_HINT = "Of due work: a quota a day, or as many lines as there may be, the longest uncounted first."
_PERIOD = (
    (entry.FIRST_DAY, "Year, month and day. Blank: from now on."),
    (entry.LAST_DAY, "Blank: until it is ended."),
)
_AT_DUE = (
    ("End uncounted, and come again", AtDue.EXPIRE),
    ("Stay on the sheet until counted", AtDue.KEEP),
)
_TAKES = {
    Policy.ABC: "classes",
    Policy.VELOCITY: "days",
    Policy.LOCATION: "beginnings of bins",
    Policy.CATEGORY: "categories",
    Policy.CONTROL: "SKUs",
    Policy.TURNOVER: "amount",
    Policy.ADJUSTED: "days",
    Policy.INACCURATE: "accuracy and number of counts",
}


def common_fields(entries: Entries, offer: Offer) -> Iterator[Block]:
    """The fields that nearly every plan needs: a name, a team, when, what and how much."""
    yield _field(
        entry.LABELS[entry.NAME],
        PlainTextInput(
            action_id=_ACTION,
            initial_value=one(entries, entry.NAME) or None,
            max_length=LONGEST_NAME,
            placeholder=blocks.plain("Daily parts"),
        ),
        entry.NAME,
        live=False,
    )
    teams = [(name, str(team_id)) for team_id, name in offer.teams]
    yield _field(entry.LABELS[entry.TEAM], _select(teams, one(entries, entry.TEAM)), entry.TEAM)
    yield _field(entry.LABELS[entry.REPEATS], _select(_REPEATS, repeats_of(entries)), entry.REPEATS)
    for block_id in entry.SCHEDULE_FIELDS[repeats_of(entries)]:
        yield _schedule_field(block_id, entries, offer)
    yield _field(
        entry.LABELS[CHOICE],
        _several([_option(policy, policy, DEFINITIONS[policy]) for policy in Policy], entries, CHOICE),
        CHOICE,
    )
    yield from _argument_fields(entries)
    yield _field(
        entry.LABELS[entry.LINES],
        _number(entries, entry.LINES, least=1, most=MOST_LINES, live=True),
        entry.LINES,
    )
    yield _field(
        entry.LABELS[entry.BINS],
        _text(entries, entry.BINS, "A-01, B-"),
        entry.BINS,
        hint="How their codes begin, with commas between. Blank: all of the team's.",
        optional=True,
    )
    if offer.categories:
        cut = " These are the first; plans of others are made in setup.toml." if offer.is_cut else ""
        options = [_option(name, name) for name in offer.categories]
        yield _field(
            entry.LABELS[entry.CATEGORIES],
            _several(options, entries, entry.CATEGORIES),
            entry.CATEGORIES,
            hint=f"Blank: all of them.{cut}",
            optional=True,
        )


def more_field(entries: Entries) -> Block:
    """The box that shows the rare fields."""
    option = _option("More settings", entry.YES, "First and last day, pace, due time, limits, recounts, blind …")
    return _field("More", _boxes(option, entries, entry.MORE), entry.MORE, optional=True)


def rare_fields(entries: Entries, offer: Offer, without: Iterable[str] = ()) -> Iterator[Block]:
    """The fields that most plans leave as they are, `without` those that cannot hold what the plan has."""
    if repeats_of(entries) is not Repeats.ONCE:
        for block_id, hint in _PERIOD:
            yield _field(
                entry.LABELS[block_id], _text(entries, block_id, "2026-12-01"), block_id, hint=hint, optional=True
            )
    yield _field(entry.LABELS[entry.PACE], _select(_PACES, one(entries, entry.PACE)), entry.PACE, hint=_PACE_HINT)
    yield _field(
        entry.LABELS[entry.DUE_IN],
        _text(entries, entry.DUE_IN, "4h", live=False),
        entry.DUE_IN,
        hint="From the start of a run: 4h, 90m, 2d.",
        live=False,
    )
    limits = (
        (entry.QUANTITY, entry.LABELS[entry.QUANTITY]),
        (entry.PERCENT, entry.LABELS[entry.PERCENT]),
        (entry.VALUE, f"{entry.LABELS[entry.VALUE]} in {offer.currency}"),
    )
    for block_id, label in limits:
        if block_id not in without:
            yield _field(
                label,
                _number(entries, block_id, is_decimal=True),
                block_id,
                hint="A variance within every limit needs nobody. Blank: as the company's.",
                live=False,
                optional=True,
            )
    yield _field(
        entry.LABELS[entry.RECOUNTS],
        _number(entries, entry.RECOUNTS, least=0, most=MOST_RECOUNTS),
        entry.RECOUNTS,
        hint="How often somebody else counts a line again before it is decided.",
        live=False,
    )
    yield _field(
        entry.LABELS[entry.REPLIES],
        _boxes(_option("Counts may be written in the sheet's thread", entry.YES), entries, entry.REPLIES),
        entry.REPLIES,
        live=False,
        optional=True,
    )
    blind = [
        _option("Blind", entry.YES, "Counters do not see what the record says."),
        _option("Not blind", entry.NO, "Counters see the record; their counts are left out of accuracy."),
    ]
    yield _field(entry.LABELS[entry.BLIND], _radio(blind, one(entries, entry.BLIND)), entry.BLIND, live=False)
    yield _field(entry.LABELS[entry.AT_DUE], _select(_AT_DUE, one(entries, entry.AT_DUE)), entry.AT_DUE, live=False)


def _schedule_field(block_id: str, entries: Entries, offer: Offer) -> Block:
    if block_id == entry.TIME:
        picker = TimePicker(action_id=_ACTION, initial_time=one(entries, block_id) or None)
        return _field(f"{entry.LABELS[entry.TIME]} ({offer.zone.key})", picker, block_id)
    if block_id == entry.DATE:
        return _field(
            entry.LABELS[entry.DATE],
            DatePicker(action_id=_ACTION, initial_date=one(entries, block_id) or None),
            block_id,
        )
    if block_id == entry.WEEKDAYS:
        days = [_option(day, day[:_LETTERS].lower()) for day in _WEEKDAYS]
        return _field(entry.LABELS[entry.WEEKDAYS], _several(days, entries, block_id), block_id)
    if block_id == entry.MONTH_DAY:
        number = _number(entries, block_id, least=1, most=LONGEST_MONTH, live=True)
        return _field(entry.LABELS[entry.MONTH_DAY], number, block_id, hint="31 is always the last day.")
    return _field(
        f"{entry.LABELS[entry.CRON]} ({offer.zone.key})",
        _text(entries, block_id, "0 7 * * mon-fri"),
        block_id,
        hint="Minute, hour, day of the month, month, day of the week.",
    )


def _argument_fields(entries: Entries) -> Iterator[Block]:
    """A field for each chosen policy that takes something, or shares the lines with others."""
    chosen = chosen_policies(entries)
    for policy in chosen:
        block_id = arguments_field(policy)
        takes = _TAKES.get(policy)
        if takes is None and len(chosen) == 1 and not one(entries, block_id):
            continue
        example = FORMS[policy].removeprefix(policy).strip()
        label = f"{policy}: {takes}, share of the lines" if takes else f"{policy}: share of the lines"
        hint = (
            f"Like {example}, or with its share {example} 20%." if takes else "Like 20%. Blank: a part of what is left."
        )
        yield _field(
            label,
            _text(entries, block_id, f"{example} 20%".strip()),
            block_id,
            hint=hint,
            optional=_may_be_blank(policy),
        )


def _may_be_blank(policy: Policy) -> bool:
    try:
        parse_policies(policy)
    except BadInput:
        return False
    return True


def _field(
    label: str, element: Element, block_id: str, *, hint: str | None = None, live: bool = True, optional: bool = False
) -> Block:
    return InputBlock(
        blocks.plain(label),
        element,
        dispatch_action=live,
        block_id=block_id,
        hint=None if hint is None else blocks.plain(hint),
        optional=optional,
    )


def _option(text: str, value: str, description: str = "") -> Option:
    more = blocks.plain(description, blocks.OPTION_LENGTH) if description else None
    return Option(blocks.plain(text, blocks.OPTION_LENGTH), value, more)


def _text(entries: Entries, block_id: str, example: str, *, live: bool = True) -> Element:
    return PlainTextInput(
        action_id=_ACTION,
        initial_value=one(entries, block_id) or None,
        max_length=_TEXT_LENGTH,
        dispatch_action_config=_AT_ONCE if live else None,
        placeholder=blocks.plain(example),
    )


def _number(
    entries: Entries,
    block_id: str,
    *,
    least: int = 0,
    most: int | None = None,
    is_decimal: bool = False,
    live: bool = False,
) -> Element:
    # What was typed may be out of bounds. Slack leaves it there, and would refuse to be told so.
    typed = one(entries, block_id)
    fits = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?" if is_decimal else "[0-9]{1,9}", typed) is not None
    return NumberInput(
        is_decimal_allowed=is_decimal,
        action_id=_ACTION,
        initial_value=typed if fits and least <= float(typed) <= (most or inf) else None,
        min_value=str(least),
        max_value=None if most is None else str(most),
        dispatch_action_config=_AT_ONCE if live else None,
    )


def _select(choices: Sequence[tuple[str, str]], chosen: str) -> Element:
    return blocks.select(_ACTION, choices, initial=chosen if any(value == chosen for _, value in choices) else None)


def _several(options: Sequence[Option], entries: Entries, block_id: str) -> Element:
    values = entries.get(block_id, [])
    chosen = sorted((option for option in options if option.value in values), key=lambda one: values.index(one.value))
    return StaticMultiSelectMenu(action_id=_ACTION, options=list(options), initial_options=chosen or None)


def _boxes(option: Option, entries: Entries, block_id: str) -> Element:
    return CheckboxGroup(
        action_id=_ACTION, options=[option], initial_options=[option] if entries.get(block_id) else None
    )


def _radio(options: list[Option], chosen: str) -> Element:
    return RadioButtonGroup(
        action_id=_ACTION,
        options=options,
        initial_option=next((one for one in options if one.value == chosen), options[0]),
    )
