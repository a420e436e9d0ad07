"""History as an answer to one person: ten rows, with buttons for what is older and what is newer."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from slackblocks import Block, Element

from bot import ids
from bot.payloads import NOT_MINE
from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.counts import DecisionKind
from models.errors import BadInput
from models.rules import wording
from models.rules.lines import LineState
from models.services.history import History, HistoryRow, Query, Settled
from models.services.lookup import Subject

_MOST_NAMED = 5
_NONE_YET = " · no counts yet"
_DID = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.ADJUST: "adjusted",
    DecisionKind.REJECT: "rejected",
    DecisionKind.RECOUNT: "sent back",
    DecisionKind.REVERSE: "taken back",
    DecisionKind.TRANSFER: "transferred",
    DecisionKind.WITHIN_TOLERANCE: "within tolerance",
}
_OPEN = {LineState.RECOUNT: "recount asked", LineState.IN_REVIEW: "waits for a decision"}


def history_message(page: History) -> Rendered:
    """A page of history; the buttons carry the query and the place, nothing that was not asked for."""
    plain, marked = _heading(page)
    several = page.query.subject.item_id is None
    built: list[Block] = [blocks.section(marked, "history.head")]
    built += row_blocks(page.rows, page.zone, page.currency, "history.rows", with_sku=several)
    if page.hidden:
        built.append(blocks.context(_hidden(page.hidden), "history.hidden"))
    buttons = _buttons(page)
    if buttons:
        built.append(blocks.actions(buttons, "history.pages"))
    return blocks.rendered(plain, built)


def row_blocks(
    rows: Sequence[HistoryRow], zone: ZoneInfo, currency: str, block_id: str, *, with_sku: bool, title: str = ""
) -> list[Block]:
    """Rows under a title, in as few sections as they need: one with a button has a section of its own."""
    built: list[Block] = []
    waiting = [title] if title else []

    def flush() -> None:
        built.extend(blocks.sections(waiting, f"{block_id}.{len(built)}"))
        waiting.clear()

    for row in rows:
        text = row_line(row, zone, currency, with_sku=with_sku)
        if row.take_back is None:
            waiting.append(text)
            continue
        flush()
        value = ids.line_value(row.line_id, row.take_back)
        button = blocks.button("Take back…", f"{ids.REVERSE}.{row.line_id}", value)
        built.append(blocks.section(text, f"{block_id}.{len(built)}", button))
    flush()
    return built


def row_line(row: HistoryRow, zone: ZoneInfo, currency: str, *, with_sku: bool) -> str:
    """One row: when, where, record against count, what it was worth, who, and what became of it."""
    place = f"{blocks.escape(row.sku)} {blocks.escape(row.location)}" if with_sku else blocks.escape(row.location)
    parts = [f"{blocks.date(row.at, When.DAY, zone)}  *{place}*"]
    if row.expected is not None and row.counted is not None and row.variance is not None:
        parts.append(f"{wording.quantity(row.expected)} → {wording.quantity(row.counted)} {blocks.escape(row.unit)}")
        parts.append(wording.signed(row.variance))
        if row.variance:
            parts.append("no unit cost" if row.value is None else wording.money(row.value, currency))
    parts += _posted(row.settled)
    parts.append(blocks.escape(", ".join(row.counters)))
    parts += _ending(row)
    return " · ".join(parts)


def read_query(value: str) -> Query:
    """The query of a button; BadInput for one that is not ours."""
    try:
        found = json.loads(value)
        numbers = [found.get(key) for key in ("i", "l", "t", "s", "o", "n")]
    except (ValueError, AttributeError):
        raise BadInput(NOT_MINE) from None
    if not all(number is None or type(number) is int for number in numbers):
        raise BadInput(NOT_MINE)
    item, location, team, since, older, newer = numbers
    try:
        instant = None if since is None else datetime.fromtimestamp(since, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadInput(NOT_MINE) from None
    return Query(Subject(item, location, team), instant, older_than=older, newer_than=newer)


def _heading(page: History) -> tuple[str, str]:
    """The first line, as the fallback and as mrkdwn."""
    head, title = _head(page), blocks.escape(page.title)
    if head == _NONE_YET and page.query.subject == Subject():
        return "No counts yet", "No counts yet"
    return f"{title}{head}", f"*{title}*{head}"


def _head(page: History) -> str:
    if not page.counts:
        return "" if page.rows or page.hidden else _NONE_YET if page.query.since is None else " · no counts"
    since = "" if page.query.since is None else f" since {blocks.plain_date(page.query.since, When.DAY, page.zone)}"
    counts = "1 count" if page.counts == 1 else f"{page.counts:,} counts"
    counts = f"last {counts}" if page.is_partial else counts
    return f" · {counts}{since} · {page.right_at_first:,} right at the first count"


def _ending(row: HistoryRow) -> list[str]:
    if row.state in _OPEN:
        return [_OPEN[row.state]]
    if row.settled is None or (row.settled.kind is DecisionKind.WITHIN_TOLERANCE and not row.variance):
        return []
    return _settled(row.settled)


def _posted(settled: Settled | None) -> list[str]:
    """What the ledger got, of a line decided more than once: the variance of its count does not say it any more."""
    if settled is None or settled.later is None:
        return []
    later = f"later {wording.signed(settled.later)}, " if settled.later else ""
    return [f"{later}{wording.signed(settled.posted)} posted in all"]


def _settled(settled: Settled) -> list[str]:
    did = _DID[settled.kind]
    if settled.kind is DecisionKind.ADJUST and settled.accepted is not None:
        did += f" to {wording.quantity(settled.accepted)}"
    if settled.who is None:
        return [did]
    return [f"{did}, {blocks.escape(settled.who)}", *([blocks.escape(settled.reason)] if settled.reason else [])]


def _hidden(skus: tuple[str, ...]) -> str:
    named = [blocks.escape(sku) for sku in skus[:_MOST_NAMED]]
    more = [f"{len(skus) - _MOST_NAMED} more"] if len(skus) > _MOST_NAMED else []
    return f"Left out while being counted: {wording.all_of([*named, *more])}."


def _buttons(page: History) -> list[Element]:
    buttons: list[Element] = []
    if page.rows and page.has_newer:
        value = _value(page.query, newer=max(row.key for row in page.rows))
        buttons.append(blocks.button("Previous", f"{ids.HISTORY_PAGE}.previous", value))
    if page.rows and page.has_older:
        value = _value(page.query, older=min(row.key for row in page.rows))
        buttons.append(blocks.button("Next", f"{ids.HISTORY_PAGE}.next", value))
    return buttons


def _value(query: Query, *, older: int | None = None, newer: int | None = None) -> str:
    subject = query.subject
    fields = {
        "i": subject.item_id,
        "l": subject.location_id,
        "t": subject.team_id,
        "s": None if query.since is None else int(query.since.timestamp()),
        "o": older,
        "n": newer,
    }
    return json.dumps({key: value for key, value in fields.items() if value is not None})
