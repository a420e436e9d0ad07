"""Whether somebody is offered to take back what settled a line, where no card is at hand.

Only what is worth a button: it posted something, and the stock was not counted since. Whether they may is asked again,
with all the rest, when they click (`models.services.reversals`).
"""

from sqlmodel import Session, select

from models.counts import CountLine, CountSession
from models.rules.lines import LineState
from models.services import lines
from models.services.people import Person
from models.services.standing import standing_decisions
from models.stock import StockLevel


def version_to_take_back(session: Session, person: Person, line: CountLine) -> int | None:
    """The version of a line whose last decision `person` may want to take back; None for nothing to offer."""
    assert line.id is not None  # noqa: S101 - a stored row has an id
    if line.state is not LineState.RECONCILED:
        return None
    if not person.may_decide_for(session.get_one(CountSession, line.session_id).team_id):
        return None
    standing = standing_decisions(session, line.id)
    if not standing or not standing[-1].posted or person.id in lines.counted_by(session, line.id):
        return None
    counted = session.exec(
        select(StockLevel.last_counted_at).where(
            StockLevel.item_id == line.item_id, StockLevel.location_id == line.location_id
        )
    ).one()
    instant = standing[-1].count_instant
    return line.version if counted is None or instant is None or counted <= instant else None
