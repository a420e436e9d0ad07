"""The company's terms of ordering: what the set-up says, or the usual ones when it says nothing."""

from sqlmodel import Session

from models.rules.reorder import Terms
from models.supply import ReorderSettings


def stored(session: Session) -> ReorderSettings:
    """The row of settings; the defaults, not added to the session, until a set-up says something."""
    return session.get(ReorderSettings, 1) or ReorderSettings()


def terms(session: Session) -> Terms:
    """The terms for an item of which the stock file says no lead time."""
    found = stored(session)
    return Terms(
        lead_time_days=found.lead_time_days,
        service_level=float(found.service_level) / 100,
        cover_days=found.order_days,
        overstock_days=found.overstock_days,
        dead_days=found.dead_days,
    )
