"""Heads that people were shown in Slack, and looking a head up that somebody reads there."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.rules import sealing
from models.seals import Seal, SealReceipt
from models.services import seals
from models.services.upserts import insert_for


@dataclass(frozen=True)
class Head:
    """A head to show."""

    seal_id: int
    digits: str

    @property
    def shown(self) -> str:
        """As people read it."""
        return sealing.shown(self.digits)


def newest_head(session: Session) -> Head | None:
    """The head of the newest seal; None as long as nothing is sealed."""
    seal = seals.newest(session)
    return None if seal is None else Head(seal.id, seal.head)


def published(session: Session, head: Head, *, channel: str, ts: str, now: datetime) -> None:
    """Remember that a message shows a head; the same message with the same head is remembered once."""
    statement = insert_for(session, SealReceipt).values(
        seal_id=head.seal_id, head=head.digits, channel=channel, ts=ts, published_at=now
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["channel", "ts", "head"]))


def find(session: Session, text: str) -> Seal | None:
    """The seal with the head that somebody copied from Slack, all of it or its first digits.

    Raises:
        BadInput: when that is no head.
    """
    beginning = col(Seal.head).startswith(sealing.read_head(text))
    return session.exec(select(Seal).where(beginning).order_by(col(Seal.id)).limit(1)).one_or_none()
