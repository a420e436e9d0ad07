"""Whose numbers are hidden from whom: somebody who may still count an item must not read its record first.

An item is hidden from a person, at all its locations, while a line of it waits for a count that this person may be
the one to make: it is to be counted or recounted in a session of their team, or they were asked in person. While a
line waits for an approver it is hidden from the team's counters too, who may be asked to recount it, but not from
those who decide it. Stock control sees everything, unless they count.
"""

from sqlmodel import Session, col, func, or_, select

from models.counts import CountLine, CountSession, is_open
from models.rules.lines import LineState
from models.services.people import Person

BEING_COUNTED = "being counted"


def hidden_items(session: Session, person: Person, *, by_blind_sessions: bool = False) -> set[int]:
    """Ids of the items whose on-hand, movements, counts and variance `person` must not see now.

    `by_blind_sessions`: only those that a blind session has them count.
    """
    blind = [col(CountSession.blind)] if by_blind_sessions else []
    # Sessions are found from the open lines. The other way round SQLite would read every line of every session of the
    # team, and those are ever more; `coalesce` keeps it from that.
    rows = session.exec(
        select(CountLine.item_id, CountLine.state, CountSession.team_id, CountLine.asked_member_id)
        .join(CountSession, col(CountSession.id) == func.coalesce(CountLine.session_id, CountLine.session_id))
        .where(
            *blind,
            is_open(),
            or_(col(CountSession.team_id).in_(person.counts), col(CountLine.asked_member_id) == person.id),
        )
    ).all()
    return {
        item_id
        for item_id, state, team_id, asked in rows
        if state is not LineState.IN_REVIEW or asked == person.id or not person.may_decide_for(team_id)
    }
