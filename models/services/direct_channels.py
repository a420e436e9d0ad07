"""Where the direct messages with each person are."""

from sqlmodel import Session, col, select

from models.direct import DirectChannel
from models.people import Member
from models.services.people import Person
from models.services.upserts import insert_for


def remember_channel(session: Session, person: Person, channel: str) -> None:
    """Keep where the direct messages with somebody are."""
    statement = insert_for(session, DirectChannel).values(member_id=person.id, channel=channel)
    session.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_={"channel": channel}))


def known_channel(session: Session, slack_id: str) -> str | None:
    """Where the direct messages with somebody are, if that is known."""
    known = _channel_with(session, slack_id)
    return None if known is None else known.channel


def forget_channel(session: Session, slack_id: str) -> None:
    """Have the direct messages with somebody opened anew when they are needed next."""
    known = _channel_with(session, slack_id)
    if known is not None:
        session.delete(known)


def _channel_with(session: Session, slack_id: str) -> DirectChannel | None:
    of_person = select(Member.id).where(Member.slack_id == slack_id)
    return session.exec(select(DirectChannel).where(col(DirectChannel.member_id).in_(of_person))).one_or_none()
