"""Whose Home has to be shown anew when something changes.

Slack does not say when somebody leaves a Home, so one that was opened within `journal.HOME_LOOKED_AT` counts as looked
at. What changes in a channel's counts becomes one intent for all who see that channel's teams (`Intent.HOMES`), a few
seconds later, so that a hundred counts are one change; a worker turns it into one intent a person (`Intent.HOME`), and
nobody who enters a count waits for that.
"""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from models.homes import OpenedHome
from models.journal import Intent
from models.people import Member, Team
from models.services import journal, people
from models.services.people import Person
from models.services.upserts import insert_for


def opened(session: Session, slack_id: str, now: datetime, *, is_there: bool) -> None:
    """Remember that somebody opened their Home, at its beginning, and ask for it to be shown as it is now.

    `is_there` False: Slack has none to show, whatever was published before.
    """
    person = people.find_person(session, slack_id, now)
    if person is not None:
        statement = insert_for(session, OpenedHome).values(member_id=person.id, opened_at=now, shown="", past="")
        afresh = {"opened_at": now, "past": "", **({} if is_there else {"shown": ""})}
        session.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=afresh))
    journal.notify(session, Intent.HOME, slack_id, channel=journal.PACED, now=now)


def choose_past(session: Session, person: Person, past: str, now: datetime) -> None:
    """Remember which cycle counts somebody looks at on their Home."""
    statement = insert_for(session, OpenedHome).values(member_id=person.id, opened_at=now, shown="", past=past)
    chosen = {"opened_at": now, "past": past}
    session.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=chosen))


def past_of(session: Session, person: Person) -> str:
    """Which cycle counts somebody chose to see since they opened their Home; "" for the newest of all."""
    home = session.get(OpenedHome, person.id)
    return "" if home is None else home.past


def ask_for_viewers(session: Session, channel: str, now: datetime) -> int:
    """Ask for the Home of everybody who looks at it now and sees the teams of a channel; returns how many."""
    of_channel = set(session.exec(select(Team.id).where(or_(Team.channel == channel, Team.review_channel == channel))))
    looking = session.exec(
        select(Member)
        .join(OpenedHome, col(OpenedHome.member_id) == col(Member.id))
        .where(col(OpenedHome.opened_at) > now - journal.HOME_LOOKED_AT)
        .order_by(col(OpenedHome.opened_at).desc())
    ).all()
    viewers = [
        person
        for person in (people.person_of(session, member, now) for member in looking)
        if person.is_controller or person.teams & of_channel
    ]
    for person in viewers:
        journal.notify(session, Intent.HOME, person.slack_id, channel=journal.PACED, now=now)
    return len(viewers)


def is_new(session: Session, slack_id: str, digest: str) -> bool:
    """Whether a Home differs from what was last shown of it; what a stranger was shown is not remembered."""
    home = _home(session, slack_id)
    return home is None or home.shown != digest


def shown(session: Session, slack_id: str, digest: str) -> None:
    """Remember what is shown of somebody's Home."""
    home = _home(session, slack_id)
    if home is not None:
        home.shown = digest
        session.add(home)


def _home(session: Session, slack_id: str) -> OpenedHome | None:
    return session.exec(
        select(OpenedHome).join(Member, col(Member.id) == col(OpenedHome.member_id)).where(Member.slack_id == slack_id)
    ).one_or_none()
