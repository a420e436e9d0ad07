"""Showing a review digest again when something in it changes.

Nothing that was decided may stand there as waiting, and no number of what is being counted anew.
"""

from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.digests import ReviewDigest
from models.journal import Intent, OutboxMessage, OutboxState, SentMessage
from models.people import Team
from models.rules.slots import wall_of
from models.services import journal, people


def show_again(session: Session, team: Team, now: datetime) -> None:
    """Something that waits in a team has changed: show its digest again, if one stands in Slack or is on its way.

    Which day's that is, is asked when all else of the transaction is done: a clock may be at the next one just now.
    """
    assert team.id is not None  # noqa: S101 - a stored row has an id
    told = session.get(ReviewDigest, team.id)
    today = wall_of(now, ZoneInfo(people.company(session).timezone)).date()
    for day in {today, today if told is None else told.day}:
        notify(session, team, day, now, only_if_it_is_the_last=True)


def subject_of(team_id: int, day: date) -> str:
    """The subject of a digest's intent."""
    return f"{team_id}.{day:%Y%m%d}"


def notify(session: Session, team: Team, day: date, now: datetime, *, only_if_it_is_the_last: bool = False) -> None:
    """Have the digest of a day shown as it is when it is sent."""
    assert team.id is not None  # noqa: S101 - a stored row has an id
    journal.notify(
        session,
        Intent.DIGEST,
        subject_of(team.id, day),
        channel=team.review_channel,
        now=now,
        only_if=partial(_is_the_last, team_id=team.id, day=day) if only_if_it_is_the_last else None,
    )


def _is_the_last(session: Session, *, team_id: int, day: date) -> bool:
    """Whether a day is the one that was told last, and its message posted or about to be.

    The lock keeps a clock from going on to the next day before this transaction is committed.
    """
    told = session.get(ReviewDigest, team_id, populate_existing=True, with_for_update={"read": True})
    return told is not None and told.day == day and was_posted(session, team_id, day)


def was_posted(session: Session, team_id: int, day: date) -> bool:
    """Whether the digest of a day stands in Slack, or will."""
    subject = subject_of(team_id, day)
    sent = select(SentMessage.id).where(SentMessage.intent == Intent.DIGEST, SentMessage.subject == subject)
    under_way = select(OutboxMessage.id).where(
        OutboxMessage.intent == Intent.DIGEST,
        OutboxMessage.subject == subject,
        col(OutboxMessage.state).in_((OutboxState.PENDING, OutboxState.CLAIMED)),
    )
    return session.exec(sent).first() is not None or session.exec(under_way.limit(1)).first() is not None
