"""Saying an instant in the company's zone, where no reader's own zone is known."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.services import people


def local(session: Session, instant: datetime) -> datetime:
    """The instant in the company's zone."""
    return instant.astimezone(ZoneInfo(people.company(session).timezone))


def said(session: Session, instant: datetime, now: datetime) -> str:
    """The instant as "10:51", with the day when that is not today: "10:51 on 20 Nov"; in the company's zone."""
    then = local(session, instant)
    return f"{then:%H:%M}" if then.date() == local(session, now).date() else f"{then:%H:%M} on {then.day} {then:%b}"
