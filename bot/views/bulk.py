"""The form that approves the trivial lines of what waits for somebody at once.

The form has two pages: what is trivial, then exactly the lines that it would approve, with their total, and of each
other line why not. Nothing is approved before the second page is submitted.
"""

from collections.abc import Sequence

from slackblocks import NumberInput

from bot import ids
from bot.ids import LineRef
from bot.views import blocks
from bot.views.blocks import JsonObject
from bot.views.causes import cause_menu
from models.rules import wording
from models.rules.bulk import Candidate, Choice
from models.rules.causes import Reason
from models.services.bulk import Approved

AT_MOST, TIMES, CAUSE = "at_most", "times", "cause"
TITLE = "Approve several"
SHOWN_LEFT_OUT = 20
ANY_VARIANCE = "any"
_BETWEEN = "\n"  # no cause has a line break
_TIMES = (("Any variance", ANY_VARIANCE), ("Twice its tolerance", "2"), ("Three times its tolerance", "3"))


def criteria_modal(currency: str, causes: Sequence[str]) -> JsonObject:
    """The first page: up to which value, how far outside the tolerance, and the cause that is given."""
    return blocks.modal(
        title=TITLE,
        blocks=[
            blocks.field(
                "Up to which value?",
                NumberInput(is_decimal_allowed=True, action_id=AT_MOST, min_value="0"),
                AT_MOST,
                hint=f"{currency} a line, short or over. Nothing is approved before you have seen the lines.",
            ),
            blocks.field("How large a variance?", blocks.select(TIMES, _TIMES, initial=ANY_VARIANCE), TIMES),
            blocks.field("Cause", cause_menu(CAUSE, causes, initial=Reason.UNKNOWN.value), CAUSE),
        ],
        callback_id=ids.BULK_FORM,
        submit="Show the lines",
    )


def preview_modal(choice: Choice, reason: str, currency: str) -> JsonObject:
    """The second page: exactly what would be approved, the total, and what would not."""
    count = len(choice.taken)
    if count:
        total = f"net {wording.money(choice.net, currency)}, gross {wording.money(choice.gross, currency)}"
        head = f"*{_lines(count)}*, {total} · {blocks.escape(reason)}"
    else:
        head = "None of these can be approved together. Nothing was approved."
    built = blocks.sections([head, *(_line(line, currency) for line in choice.taken)], "taken")
    if choice.left_out:
        left = [f"{_line(one.line, currency)}: {blocks.escape(one.why)}" for one in choice.left_out[:SHOWN_LEFT_OUT]]
        more = len(choice.left_out) - len(left)
        texts = ["*Not among them*", *left, *([f"… {more} more"] if more else [])]
        built += blocks.sections(texts, "left_out")
    refs = [LineRef(line.line_id, line.version) for line in choice.taken]
    return blocks.modal(
        title=TITLE,
        blocks=built,
        callback_id=ids.BULK_APPROVE,
        private_metadata=bulk_value(reason, refs),
        submit=f"Approve {count}" if count else None,
        close="Cancel" if count else "Close",
    )


def approved_modal(done: Approved) -> JsonObject:
    """What came of it."""
    texts = [f"*{_lines(len(done.lines))} approved.*", *(_line(line, done.currency) for line in done.lines)]
    built = blocks.sections(texts, "approved")
    if done.refused:
        built += blocks.sections(["*Not approved*", *map(blocks.escape, done.refused)], "refused")
    return blocks.modal(title=TITLE, blocks=built, callback_id=ids.BULK_APPROVE, close="Close")


def bulk_value(reason: str, refs: Sequence[LineRef]) -> str:
    """What the second page carries: the cause, and each line as it was seen."""
    return _BETWEEN.join([reason, *(ids.line_value(*ref) for ref in refs)])


def parse_bulk_value(value: str) -> tuple[str, list[LineRef]]:
    """Read it back; BadInput for lines that we never drew."""
    reason, *refs = value.split(_BETWEEN)
    return reason, [ids.parse_line_value(ref) for ref in refs]


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _line(line: Candidate, currency: str) -> str:
    value = "value unknown" if line.value is None else wording.money(line.value, currency)
    amount = f"{wording.signed(line.variance)} {blocks.escape(line.unit)}"
    text = f"{blocks.escape(line.sku)} in {blocks.escape(line.location)}: {amount}, {value}"
    return f"{text} · {line.dated}" if line.dated else text
