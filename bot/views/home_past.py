"""Cycle counts so far, on Home: which ones, a line each, and the way to older ones.

What is chosen is written into each button and menu entry, so that a click says all that it means; nothing of it is
trusted: teams that are not the reader's are left out where it is read.
"""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block, Element

from bot import ids
from bot.views import blocks
from bot.views.blocks import When
from models.rules import wording
from models.services.past_sessions import PastQuery, PastSession, PastSessions, Standing

LONGEST_VALUE = 80
MOST_TEAMS = 99

_STANDINGS = {
    Standing.ALL: "Running and closed",
    Standing.RUNNING: "Running",
    Standing.CLOSED: "Closed",
}


def past_blocks(page: PastSessions, currency: str, zone: ZoneInfo, now: datetime) -> list[Block]:
    """The list; without any session there is none."""
    query = page.query
    if not page.rows and query == PastQuery():
        return []
    built: list[Block] = [blocks.header("Cycle counts so far", "past.head")]
    built.append(blocks.actions(_filters(page), "past.filters"))
    built += blocks.sections([_line(one, currency, zone, now) for one in page.rows] or ["None of these."], "past.rows")
    if buttons := _turns(page):
        built.append(blocks.actions(buttons, "past.turns"))
    return built


def parse_past(value: str) -> PastQuery:
    """What a menu or button meant; the list from its beginning for what is not one of ours."""
    try:
        read = json.loads(value[:LONGEST_VALUE])
        numbers = {key: read[key] for key in ("t", "o", "n") if isinstance(read.get(key), int)}
        return PastQuery(numbers.get("t"), Standing(str(read["s"])), numbers.get("o"), numbers.get("n"))
    except (ValueError, KeyError, AttributeError, TypeError):
        return PastQuery()


def past_value(query: PastQuery) -> str:
    """The value of a menu entry or button; it fits into what is kept of a Home."""
    found = {"t": query.team_id, "s": query.standing.value, "o": query.older_than, "n": query.newer_than}
    return json.dumps({key: value for key, value in found.items() if value is not None}, separators=(",", ":"))


def _filters(page: PastSessions) -> list[Element]:
    first = replace(page.query, older_than=None, newer_than=None)
    by_standing = [(text, past_value(replace(first, standing=one))) for one, text in _STANDINGS.items()]
    found: list[Element] = [blocks.select(f"{ids.HOME_PAST}.standing", by_standing, initial=past_value(first))]
    if len(page.teams) > 1:
        by_team = [("All teams", past_value(replace(first, team_id=None)))]
        by_team += [(name, past_value(replace(first, team_id=team_id))) for team_id, name in page.teams[:MOST_TEAMS]]
        known = past_value(first) if any(past_value(first) == value for _, value in by_team) else by_team[0][1]
        found.append(blocks.select(f"{ids.HOME_PAST}.team", by_team, initial=known))
    return found


def _turns(page: PastSessions) -> list[Element]:
    first = replace(page.query, older_than=None, newer_than=None)
    found: list[Element] = []
    if page.rows and page.has_newer:
        newer = replace(first, newer_than=page.rows[0].session_id)
        found.append(blocks.button("Newer", f"{ids.HOME_PAST}.newer", past_value(newer)))
    if page.rows and page.has_older:
        older = replace(first, older_than=page.rows[-1].session_id)
        found.append(blocks.button("Older", f"{ids.HOME_PAST}.older", past_value(older)))
    return found


def _line(one: PastSession, currency: str, zone: ZoneInfo, now: datetime) -> str:
    today = one.started_at.astimezone(zone).date() == now.astimezone(zone).date()
    when = blocks.date(one.started_at, When.TIME if today else When.DAY, zone, before="today " if today else "")
    parts = [f"{one.counted} of {one.lines} counted" if one.open else f"{one.counted} counted"]
    if one.skipped:
        parts.append(f"{one.skipped} skipped")
    if one.rejected:
        parts.append(f"{one.rejected} rejected")
    parts.append(f"{one.open} open" if one.open else "closed")
    if one.found.lines:
        parts.append(f"{one.found.hits} of {one.found.lines} right at the first count")
        if one.found.unknown_cost < one.found.lines:
            parts.append(f"gross {wording.money(one.found.gross_value, currency)}")
    if one.signed_by is not None:
        by = blocks.escape(one.signed_by)
        parts.append(f"signed off by {by}" if one.stands else f"changed since {by} signed it off")
    return f"{when}  *{blocks.escape(one.name)}* · {blocks.escape(one.team)} · {' · '.join(parts)}"
