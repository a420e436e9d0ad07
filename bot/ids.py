"""The names that Slack hands back to us: action ids, callback ids, and the values of buttons.

A button's value is an opaque id and, where a decision hangs on it, the version of the line it was drawn for. It says
nothing else: whoever clicks is authorized from the database, and what the button means is read from there.
"""

from enum import StrEnum
from typing import NamedTuple

from models.errors import BadInput

# Buttons
ENTER_COUNTS = "enter_counts"  # value: session id
ENTER_CLAIMED = "enter_claimed"  # value: session id; with the lines that others have
ENTER_RECOUNT = "enter_recount"  # value: line id
TAKE_LINES = "take_lines"  # value: session id
RELEASE_LINES = "release_lines"  # value: session id
HAND_OVER_LINES = "hand_over_lines"  # value: session id
CANNOT_COUNT = "cannot_count"  # value: session id
FOUND_HERE = "found_here"  # value: session id
EXTEND = "extend_session"  # value: session id "." extensions so far
CLOSE_WITHOUT = "close_without"
APPROVE = "approve"  # value: LineRef
ADJUST = "adjust"
RECOUNT = "recount"
REJECT = "reject"
REVERSE = "reverse"
ASK = "ask_movers"
TRANSFER = "make_transfer"  # value: PairRef
CONFIRM = "confirm"  # value: LineRef
WITHDRAW = "withdraw"
CAUSE = "cause"  # the select of reason codes on a review card (its value is read when Approve is clicked)
HISTORY_PAGE = "history_page"  # value: a query of `bot.views.history`
HISTORY_EXPORT = "history_export"  # the same
APPROVE_SEVERAL = "approve_several"
REVIEW_WAITING = "review_waiting"
PLAN_MENU = "plan_menu"  # value: PlanRef; a menu, or a button for the one thing that somebody may do
HOME_PLAN_MENU = "home_plan_menu"  # the same on Home
HOME_NEW_PLAN = "home_new_plan"
CALENDAR_CHANGE = "calendar_change"  # value: team id, 0 for the company
PRACTICE_COUNTS = "practice_counts"  # value: practice id
SIGN_OFF = "sign_off"  # value: session id
HOME_SIGN_OFF = "home_sign_off"  # the same on Home
HOME_ENTER_COUNTS = "home_enter_counts"  # value: session id
HOME_REVIEW = "home_review"
HOME_PAST = "home_past"  # value: PastQuery, as `bot.views.home_past` writes it; menus and buttons

# Fields of a modal that tell of a change at once
PLAN_FIELD = "plan_field"

# Blocks whose state is read
CAUSE_BLOCK = "cause_block"

# Modals
COUNT_MODAL = "count_page"
PRACTICE_MODAL = "practice_page"
SKIP_MODAL = "skip_lines"
HAND_OVER_FORM = "hand_over"
FOUND_FORM = "found_form"
ADJUST_MODAL = "adjust_line"
REJECT_MODAL = "reject_line"
REVERSE_MODAL = "reverse_line"
COUNT_THIS_FORM = "count_this_form"
REVIEW_LIST = "review_list"
BULK_FORM = "approve_several_form"
BULK_APPROVE = "approve_several_lines"
PLAN_FORM = "plan_form"
END_PLAN_FORM = "end_plan"
CALENDAR_FORM = "calendar_form"
SIGN_OFF_MODAL = "sign_off_form"  # metadata: SignOffRef

# Shortcuts
COUNT_THIS = "count_this"  # of a message
NEW_PLAN = "new_plan"

# Message metadata: the intent and subject of what the bot posted, so that a message that went out unmarked is found.
METADATA_EVENT = "cycle_count"


NOT_MINE = "That button is not one of mine. Use the newest message."

_LONGEST_ID = 18  # digits; the database's ids have 64 bits


class LineRef(NamedTuple):
    """A count line as it stood when a button was drawn."""

    line_id: int
    version: int


class PairRef(NamedTuple):
    """Two count lines as they stood when a button was drawn that settles both."""

    one: LineRef
    other: LineRef


class SignOffRef(NamedTuple):
    """The sign-off of a session that a form was drawn for, and the newest decision (0: none) that it showed."""

    session_id: int
    number: int
    seen: int


class PlanVerb(StrEnum):
    """What a plan's menu offers."""

    EDIT = "edit"
    RUN = "run"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class PlanRef(NamedTuple):
    """What somebody wants of a plan, and the last session of it (0: none) when the menu was drawn."""

    verb: PlanVerb
    plan_id: int
    last_session: int


def line_value(line_id: int, version: int) -> str:
    """The value of a decision button."""
    return f"{line_id}.{version}"


def parse_line_value(value: str) -> LineRef:
    """Read a decision button's value back; BadInput for anything that we never drew."""
    line_id, _, version = value.partition(".")
    return LineRef(parse_id(line_id), parse_id(version))


def pair_value(one: LineRef, other: LineRef) -> str:
    """The value of a button that settles two lines."""
    return f"{line_value(*one)}.{line_value(*other)}"


def parse_pair_value(value: str) -> PairRef:
    """Read it back; BadInput for anything that we never drew."""
    parts = value.split(".")
    if len(parts) != 4:  # noqa: PLR2004 - two lines, each with its version
        raise BadInput(NOT_MINE)
    line_id, version, other_id, other_version = map(parse_id, parts)
    return PairRef(LineRef(line_id, version), LineRef(other_id, other_version))


def sign_off_value(ref: SignOffRef) -> str:
    """What the form of a sign-off carries."""
    return ".".join(map(str, ref))


def parse_sign_off_value(value: str) -> SignOffRef:
    """Read it back; BadInput for anything that we never drew."""
    parts = value.split(".")
    if len(parts) != len(SignOffRef._fields):
        raise BadInput(NOT_MINE)
    return SignOffRef(*map(parse_id, parts))


def plan_value(ref: PlanRef) -> str:
    """The value of an entry of a plan's menu."""
    return f"{ref.verb}.{ref.plan_id}.{ref.last_session}"


def parse_plan_value(value: str) -> PlanRef:
    """Read it back; BadInput for anything that we never drew."""
    verb, _, rest = value.partition(".")
    plan_id, _, last_session = rest.partition(".")
    if verb not in set(PlanVerb):
        raise BadInput(NOT_MINE)
    return PlanRef(PlanVerb(verb), parse_id(plan_id), parse_id(last_session))


def parse_id(value: str) -> int:
    """Read a plain id back; BadInput for anything that is none."""
    if not (value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID):
        raise BadInput(NOT_MINE)
    return int(value)
