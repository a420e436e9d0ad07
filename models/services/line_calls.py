"""The calls for somebody who decides a line, and that what was posted says when it is over."""

from datetime import datetime

from sqlmodel import Session, select

from models.authority import Endorsement
from models.counts import CountLine
from models.journal import Intent
from models.people import Team
from models.services import journal


def end_escalation(session: Session, line: CountLine, team: Team, now: datetime) -> None:
    """Have the call for an approver, if there was one for this version, say that it is over.

    It names a value, which whoever recounts must not read; and a line that has moved on calls for nobody.
    """
    journal.notify(session, Intent.ESCALATION, f"{line.id}.{line.version}", channel=team.review_channel, now=now)


def end_asking_for_a_second(session: Session, line: CountLine, team: Team, now: datetime) -> None:
    """Have the call for somebody who confirms a first decision, if there was one for this version, say it is over."""
    asked = select(Endorsement.id).where(Endorsement.line_id == line.id, Endorsement.line_version == line.version)
    if session.exec(asked).first() is not None:
        journal.notify(session, Intent.SECOND, f"{line.id}.{line.version}", channel=team.review_channel, now=now)


def show_calls(session: Session, line: CountLine, team: Team, now: datetime) -> None:
    """Have the calls that were made because the line waited for long posted, or say that they are over."""
    for number in range(1, line.review_calls + 1):
        journal.notify(session, Intent.REVIEW_CALL, f"{line.id}.{number}", channel=team.review_channel, now=now)
