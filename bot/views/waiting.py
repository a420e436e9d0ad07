"""What waits for a decision, as a table: the answer to `/count review`, and the message of a team's working day.

A phone shows narrow columns: the SKU leads to the card, the currency stands at the head of its column, a time is
without its day on the day itself. A table's cells cannot follow the reader's zone, so they are in the company's.
"""

from datetime import date, datetime

from slackblocks import (
    Block,
    ColumnSettings,
    RawText,
    RichTextLink,
    RichTextObject,
    RichTextSection,
    TableBlock,
)

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.rules import wording
from models.rules.bulk import Candidate
from models.services.digests import DigestFacts
from models.services.waiting import Waiting

SHOWN = 20
_OPEN = "open"  # the value of a button that needs none

_Cell = RawText | RichTextObject


def waiting_message(waiting: Waiting, now: datetime, workspace: str | None = None) -> Rendered:
    """What waits for the reader, and the way to approve several. `workspace` is its URL, for links to the cards."""
    hidden = (
        f"{_lines(waiting.hidden)} of what you may still have to count; listed here once that is counted."
        if waiting.hidden
        else ""
    )
    if not waiting.lines:
        said = hidden or "Nothing waits for you."
        return blocks.rendered(said, blocks.sections([said], "review"))
    head = f"*{_wait(waiting)} for you*, {_numbers(waiting, now.astimezone(waiting.zone).date())}"
    built = _listed(waiting, head, now.astimezone(waiting.zone).date(), workspace)
    if hidden:
        built.append(blocks.context(f"And {hidden}", "review.hidden"))
    several = blocks.button("Approve several…", ids.APPROVE_SEVERAL, _OPEN)
    built.append(blocks.actions([several], "review.buttons"))
    return blocks.rendered(head.replace("*", ""), built)


def digest(facts: DigestFacts, workspace: str | None = None) -> Rendered:
    """What waits in a team, for its review channel; or that this list is over."""
    team = blocks.escape(facts.team)
    if facts.waiting is None:
        said = f"{team}: this list is over. “/count review” shows what waits now."
    elif not facts.waiting.lines:
        said = f"{team}: nothing waits for a decision any more."
    else:
        head = f"*{team}: {_wait(facts.waiting)} for a decision*, {_numbers(facts.waiting, facts.day)}"
        built = _listed(facts.waiting, head, facts.day, workspace)
        buttons = [
            blocks.button("Review", ids.REVIEW_WAITING, _OPEN, primary=True),
            blocks.button("Approve several…", ids.APPROVE_SEVERAL, _OPEN),
        ]
        built.append(blocks.actions(buttons, "review.buttons"))
        return blocks.rendered(head.replace("*", ""), built)
    return blocks.rendered(said, blocks.sections([said], "review"))


def _listed(waiting: Waiting, head: str, today: date, workspace: str | None) -> list[Block]:
    rows: list[list[_Cell]] = [
        [RawText(text) for text in ("Item", "Bin", "Variance", waiting.currency, "Since", "Why")],
        *(_row(line, waiting, today, workspace) for line in waiting.lines[:SHOWN]),
    ]
    left, right = ColumnSettings(), ColumnSettings(align="right")
    columns = [left, left, right, right, left, ColumnSettings(is_wrapped=True)]
    built = [blocks.section(head, "review"), TableBlock(rows, column_settings=columns, block_id="review.lines")]
    if waiting.count > SHOWN:
        built.append(blocks.context(f"… {waiting.count - SHOWN} more", "review.more"))
    return built


def _row(line: Candidate, waiting: Waiting, today: date, workspace: str | None) -> list[_Cell]:
    since = "" if line.since is None else _when(line.since, waiting, today)
    texts = [
        line.location,
        f"{wording.signed(line.variance)} {line.unit}",
        "unknown" if line.value is None else wording.money(line.value, "").rstrip(),
        since,
        "; ".join(filter(None, (line.against.partition(";")[0], line.dated))),
    ]
    return [_item(line, waiting, workspace), *map(RawText, texts)]


def _item(line: Candidate, waiting: Waiting, workspace: str | None) -> _Cell:
    """The SKU; a link to its card where there is one."""
    card = waiting.cards.get(line.line_id)
    if card is None or workspace is None:
        return RawText(line.sku)
    channel, ts = card
    return RichTextSection([RichTextLink(f"{workspace}archives/{channel}/p{ts.replace('.', '')}", line.sku)])


def _when(instant: datetime, waiting: Waiting, today: date) -> str:
    same_day = instant.astimezone(waiting.zone).date() == today
    return blocks.plain_date(instant, When.TIME if same_day else When.DAY, waiting.zone)


def _numbers(waiting: Waiting, today: date) -> str:
    """Their value, and since when the first of them waits."""
    said = wording.money(waiting.gross, waiting.currency)
    if waiting.unknown:
        said += f" and {waiting.unknown} of unknown value"
    if waiting.more:
        said += f" in the {len(waiting.lines)} that wait longest"
    if waiting.oldest is None:
        return said
    same_day = waiting.oldest.astimezone(waiting.zone).date() == today
    when = When.TIME if same_day else When.DAY_TIME
    return f"{said}, {blocks.date(waiting.oldest, when, waiting.zone, before='the oldest since ')}"


def _wait(waiting: Waiting) -> str:
    return f"{waiting.count} {'waits' if waiting.count == 1 else 'wait'}"


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
