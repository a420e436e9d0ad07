"""What a warehouse still needs before anything is counted in it."""

from enum import StrEnum

from sqlmodel import Session, col, select

from models.catalog import Item
from models.plans import CountPlan


class Need(StrEnum):
    """What is missing first."""

    ITEMS = "items"
    PLANS = "plans"


def first_need(session: Session) -> Need | None:
    """What is missing; None when plans count items."""
    if session.exec(select(Item.id).limit(1)).first() is None:
        return Need.ITEMS
    if session.exec(select(CountPlan.id).where(col(CountPlan.is_active)).limit(1)).first() is None:
        return Need.PLANS
    return None
