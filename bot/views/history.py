"""History as an answer to one person: ten rows, with buttons for what is older and what is newer."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
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
from models.rules.periods import Period
from models.services.history import History, HistoryRow, Key, Only, Query, Settled
from models.services.lookup import Subject

_MOST_NAMED = 5
_NONE_YET = " · no counts yet"
_NUMBERS = ("i", "l", "t", "p", "m", "f", "e")
_ONLY = {Only.VARIANCES: " with a variance", Only.ADJUSTED: " adjusted"}
_DID = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.ADJUST: "adjusted",
    DecisionKind.REJECT: "rejected",
    DecisionKind.RECOUNT: "sent back",
    DecisionKind.REVERSE: "taken back",
    DecisionKind.TRANSFER: "transferred",
    DecisionKind.WITHIN_TOLERANCE: "within tolerance",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPEN = {LineState.RECOUNT: "recount asked", LineState.IN_REVIEW: "waits for a decision"}


def history_message(page: History, now: datetime) -> Rendered:
    """A page of history; the buttons carry the query and the place, nothing that was not asked for."""
    plain, marked = _heading(page, now)
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
        if row.take_back is None or row.line_id is None:
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
    elif row.is_imported and row.counted is not None:
        parts.append(f"{wording.quantity(row.counted)} {blocks.escape(row.unit)}, expected not known")
    parts += _posted(row.settled)
    parts += [blocks.escape(", ".join(row.counters))] if row.counters else []
    parts += ["imported"] if row.is_imported else []
    parts += _ending(row)
    return " · ".join(parts)


def read_query(value: str) -> Query:
    """The query of a button; BadInput for one that is not ours."""
    try:
        found = json.loads(value)
        numbers = [found.get(key) for key in _NUMBERS]
        places = [found.get(key) for key in ("o", "n")]
        only = None if found.get("v") is None else Only(found["v"])
        if not all(number is None or type(number) is int for number in numbers):
            raise BadInput(NOT_MINE)
        item, location, team, plan, member, first, last = numbers
        return Query(
            Subject(item, location, team, plan, member),
            Period(*(None if day is None else date.fromordinal(day) for day in (first, last))),
            only,
            *(None if place is None else _key(*place) for place in places),
        )
    except (ValueError, AttributeError, TypeError, OverflowError):
        raise BadInput(NOT_MINE) from None


def _key(microseconds: int, record_id: int) -> Key:
    if type(microseconds) is not int or type(record_id) is not int:
        raise BadInput(NOT_MINE)
    return Key(EPOCH + timedelta(microseconds=microseconds), record_id)


def query_value(query: Query) -> str:
    """A query as the value of a button."""
    subject, period = query.subject, query.period
    fields: dict[str, object] = {
        "i": subject.item_id,
        "l": subject.location_id,
        "t": subject.team_id,
        "p": subject.plan_id,
        "m": subject.member_id,
        "f": None if period.first is None else period.first.toordinal(),
        "e": None if period.last is None else period.last.toordinal(),
        "v": query.only,
        "o": _place(query.older_than),
        "n": _place(query.newer_than),
    }
    return json.dumps({key: value for key, value in fields.items() if value is not None})


def _place(key: Key | None) -> list[int] | None:
    return None if key is None else [(key.at - EPOCH) // timedelta(microseconds=1), key.id]


def _heading(page: History, now: datetime) -> tuple[str, str]:
    """The first line, as the fallback and as mrkdwn."""
    head, title = _head(page, now), blocks.escape(page.title)
    if head == _NONE_YET and page.query.subject == Subject():
        return "No counts yet", "No counts yet"
    return f"{title}{head}", f"*{title}*{head}"


def _head(page: History, now: datetime) -> str:
    when = page.query.period.said(now.astimezone(page.zone).date())
    is_narrowed = bool(when) or page.query.only is not None
    if not page.counts:
        return "" if page.rows or page.hidden else " · no counts" + _only(page) if is_narrowed else _NONE_YET
    counts = ("1 count" if page.counts == 1 else f"{page.counts:,} counts") + _only(page)
    counts = f"more than {counts}" if page.is_more else counts
    right = "" if page.right_at_first is None else f" · {page.right_at_first:,} right at the first count"
    return f" · {counts}{' ' if when else ''}{when}{right}"


def _only(page: History) -> str:
    return "" if page.query.only is None else _ONLY[page.query.only]


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
    query = replace(page.query, older_than=None, newer_than=None)
    if page.rows and page.has_newer:
        value = query_value(replace(query, newer_than=page.rows[0].key))
        buttons.append(blocks.button("Previous", f"{ids.HISTORY_PAGE}.previous", value))
    if page.rows and page.has_older:
        value = query_value(replace(query, older_than=page.rows[-1].key))
        buttons.append(blocks.button("Next", f"{ids.HISTORY_PAGE}.next", value))
    if page.rows and query.only is None:
        value = query_value(replace(query, only=Only.VARIANCES))
        buttons.append(blocks.button("Only variances", f"{ids.HISTORY_PAGE}.variances", value))
    if query.only is not None:
        buttons.append(blocks.button("All counts", f"{ids.HISTORY_PAGE}.all", query_value(replace(query, only=None))))
    if page.rows and page.may_export:
        buttons.append(blocks.button("Export", ids.HISTORY_EXPORT, query_value(query)))
    return buttons
