"""Which pictures of charts Slack has already, by what they look like."""

from datetime import datetime

from sqlmodel import Session

from models.hosted import HostedChart
from models.services.upserts import insert_for


def file_of(session: Session, key: str) -> str | None:
    """The file of a picture that was uploaded, whether or not Slack shows it yet."""
    found = session.get(HostedChart, key)
    return None if found is None else found.file_id


def shown_file(session: Session, key: str) -> str | None:
    """The file of a picture that Slack shows by now."""
    found = session.get(HostedChart, key)
    return found.file_id if found is not None and found.is_ready else None


def uploaded(session: Session, key: str, file_id: str, now: datetime) -> None:
    """Remember a picture; of two that were uploaded at once, the first."""
    values = {"key": key, "file_id": file_id, "uploaded_at": now, "is_ready": False}
    session.execute(insert_for(session, HostedChart).values(**values).on_conflict_do_nothing())


def ready(session: Session, key: str) -> None:
    """Slack shows it by now."""
    found = session.get(HostedChart, key)
    if found is not None:
        found.is_ready = True
        session.add(found)


def forget(session: Session, key: str) -> None:
    """Slack does not show it any more: it is uploaded again."""
    found = session.get(HostedChart, key)
    if found is not None:
        session.delete(found)
