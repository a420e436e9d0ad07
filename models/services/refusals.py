"""Wishes to decide that were refused, kept in the audit trail: who, what, of which line, and why.

Whoever is refused can ask again as fast as they can click, of any line, and of lines that there are not. So the trail
is bounded: the very same refusal is written once a minute, and of one person within an hour at most `MOST_OF_ONE` about
one line, and `MOST` in all. The last one that is written says so.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.counts import CountLine, CountSession
from models.journal import AuditEvent
from models.services import journal

REFUSED = "refused: "
NO_LINE = "no line"
"""The subject of a wish that names none."""

MOST_OF_ONE = 30
MOST = 120
AGAIN_AFTER = timedelta(minutes=1)
WINDOW = timedelta(hours=1)

_MORE = "further refusals within the hour are not written down"
_LONGEST_ACTOR = 64  # characters
_LONGEST_VALUE = 80


def keep(
    session: Session,
    *,
    actor: str,
    wish: str,
    line_id: int | None,
    why: str,
    now: datetime,
    detail: Mapping[str, object],
    session_id: int | None = None,
) -> None:
    """Write down that `actor` (a Slack id) wished to do `wish` to a line, or a session, and was told `why` not.

    Both None: what they sent names none; so does the id of one that is not there.
    """
    known = line_id is not None and session.get(CountLine, line_id) is not None
    subject = f"line {line_id}" if known else NO_LINE
    if session_id is not None and session.get(CountSession, session_id) is not None:
        subject = f"session {session_id}"
    keep_event(
        session, actor=actor[:_LONGEST_ACTOR], action=f"{REFUSED}{wish}", subject=subject, now=now, most=MOST,
        detail={"why": why, **{key: str(value)[:_LONGEST_VALUE] for key, value in detail.items()}},
    )  # fmt: skip


def keep_event(
    session: Session, *, actor: str, action: str, subject: str, now: datetime, detail: Mapping[str, object],
    most: int | None = None,
) -> None:  # fmt: skip
    """Write a refusal down, unless the same was written a moment ago, or too many were; `most` in all, if any."""
    before = session.exec(
        select(AuditEvent).where(
            col(AuditEvent.at) > now - WINDOW,
            AuditEvent.actor == actor,
            col(AuditEvent.action).startswith(REFUSED),
        )
    ).all()
    of_this = [event for event in before if event.subject == subject]
    text = journal.detail_text(detail)
    if any(event.at > now - AGAIN_AFTER and (event.action, event.detail) == (action, text) for event in of_this):
        return
    left = min(MOST_OF_ONE - len(of_this), MOST_OF_ONE if most is None else most - len(before))
    if left > 0:
        said = detail if left > 1 else {**detail, "and": _MORE}
        journal.audit(session, actor=actor, action=action, subject=subject, now=now, detail=said)
