"""Running counts, as an answer to one person: what to do comes first."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from slackblocks import Block, Button

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered, When
from bot.views.summary import SIGN_OFF
from bot.views.unsigned import unsigned_rows
from models.services.statuses import SessionStatus, Status
from models.services.unsigned import Unsigned

_SHOWN = 15


def status_message(status: Status, unsigned: Sequence[Unsigned] = ()) -> Rendered:
    """Each running session: what it wants of this person, how far it is, and by when; with a button to count.

    Behind them those that are closed and that this person can sign off.
    """
    if not status.sessions:
        text = "Nothing is being counted right now. “/count plans” says what comes next."
        return blocks.rendered(
            text, [blocks.section(text, "status.none"), *unsigned_rows(unsigned, status.zone, ids.SIGN_OFF)]
        )
    built: list[Block] = []
    for one in status.sessions[:_SHOWN]:
        text = _session(one, status.zone)
        built.append(blocks.section(text, f"status.{one.session_id}", _next(one)))
    if len(status.sessions) > _SHOWN:
        built.append(blocks.context(f"… {len(status.sessions) - _SHOWN} more", "status.more"))
    built += unsigned_rows(unsigned, status.zone, ids.SIGN_OFF)
    yours = sum(one.for_you for one in status.sessions)
    running = "1 count is" if len(status.sessions) == 1 else f"{len(status.sessions)} counts are"
    return blocks.rendered(f"{yours} lines for you; {running} running", built)


def _next(one: SessionStatus) -> Button | None:
    """What this person can do: count; or, who decides, see what the session lacks before it can be signed off."""
    if one.for_you:
        return blocks.button("Enter counts", ids.ENTER_COUNTS, str(one.session_id))
    if one.to_decide is not None:
        return blocks.button(SIGN_OFF, ids.SIGN_OFF, str(one.session_id))
    return None


def _session(one: SessionStatus, zone: ZoneInfo) -> str:
    parts = []
    if one.for_you:
        parts.append("1 line for you" if one.for_you == 1 else f"{one.for_you} lines for you")
    if one.to_decide:
        parts.append("1 waits for a decision" if one.to_decide == 1 else f"{one.to_decide} wait for a decision")
    parts += [f"{one.counted} of {one.lines} counted", blocks.date(one.due_at, When.DAY_TIME, zone, before="due ")]
    # Two runs of one plan are told apart by when they were started.
    started = blocks.date(one.started_at, When.DAY_TIME, zone, before="started ")
    return f"*{blocks.escape(one.name)}* · {blocks.escape(one.team)} · {started}\n{' · '.join(parts)}"
