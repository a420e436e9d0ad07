"""What waits for a decision, on Home and in the list that its button opens. Only for those who decide."""

from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject, When
from models.rules import wording
from models.services.review_totals import WaitingLine, WaitingTotals

TITLE = "Waiting for you"
SHOWN_ON_HOME = 3
SHOWN = 25


def waiting_blocks(waiting: WaitingTotals, currency: str, zone: ZoneInfo, now: datetime) -> list[Block]:
    """“2 wait for you, 63.40 EUR, the oldest since 09:12”, the largest of them, and the way to the list."""
    if not waiting.lines:
        return []
    button = blocks.button("Review", ids.HOME_REVIEW, "review", primary=True)
    built = [blocks.section(f"*{_head(waiting, currency, zone, now)}*", "waiting.head", button)]
    built += blocks.sections([_line(one, currency) for one in waiting.lines[:SHOWN_ON_HOME]], "waiting.top")
    return built


def review_list(waiting: WaitingTotals, currency: str, zone: ZoneInfo, now: datetime) -> JsonObject:
    """The modal: each line with what it would post; its submit goes on to approving several."""
    if not waiting.lines:
        none = blocks.section("Nothing waits for you any more.", "list.none")
        return blocks.modal(title=TITLE, blocks=[none], callback_id=ids.REVIEW_LIST, close="Close")
    lines = [
        f"{_line(one, currency)} · {_since(one.since, zone, now, before='since ')}" for one in waiting.lines[:SHOWN]
    ]
    if len(waiting.lines) > SHOWN:
        lines.append(f"… {len(waiting.lines) - SHOWN} more; the largest are above")
    return blocks.modal(
        title=TITLE,
        blocks=[
            blocks.section(f"*{_head(waiting, currency, zone, now)}*", "list.head"),
            *blocks.sections(lines, "list.lines"),
            blocks.context("Each has its card with the facts in the review channel.", "list.hint"),
        ],
        callback_id=ids.REVIEW_LIST,
        submit="Approve several…",
    )


def _head(waiting: WaitingTotals, currency: str, zone: ZoneInfo, now: datetime) -> str:
    count = len(waiting.lines)
    more = " or more" if waiting.is_partial else ""
    parts = [f"{count}{more} {'waits' if count == 1 else 'wait'} for you"]
    if waiting.unknown < count:
        parts.append(wording.money(waiting.gross_value, currency))
    if waiting.unknown:
        parts.append(f"{waiting.unknown} of unknown value")
    if waiting.oldest is not None:
        parts.append(_since(waiting.oldest, zone, now, before="the oldest since "))
    return ", ".join(parts)


def _since(instant: datetime, zone: ZoneInfo, now: datetime, *, before: str) -> str:
    same_day = instant.astimezone(zone).date() == now.astimezone(zone).date()
    return blocks.date(instant, When.TIME if same_day else When.DAY_TIME, zone, before=before)


def _line(one: WaitingLine, currency: str) -> str:
    value = "unknown value" if one.value is None else wording.money(one.value, currency)
    what = f"{blocks.escape(one.location)}  {blocks.item(one.name, one.sku)}"
    return f"{what}  {wording.signed(one.variance)} {blocks.escape(one.unit)}, {value}"
