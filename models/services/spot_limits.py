"""How many spot counts one person may have a team make at once. Stock control may as many as it likes."""

from sqlmodel import Session, col, select

from models.counts import CountLine, CountSession
from models.errors import WrongState
from models.people import Member
from models.rules import wording
from models.rules.lines import LineState
from models.services import people
from models.services.people import Person

MOST_OPEN = 5
"""Spot counts asked by one person in which something is still to count; what only waits for a decision is none."""


def require_room(session: Session, person: Person, more: int) -> None:
    """See that the person may start so many more; WrongState names those that are open and says what to do.

    The person is locked until the transaction ends, so that two requests at once do not pass each other.
    """
    if person.is_controller:
        return
    session.exec(select(Member.id).where(Member.id == person.id).with_for_update(key_share=True)).one()
    names = open_names(session, person)
    if len(names) + more <= MOST_OPEN:
        return
    raise WrongState(_refusal(names, more, people.stock_control(session)))


def _refusal(names: list[str], more: int, helpers: str) -> str:
    still = f", and {wording.all_of(names)} {'is' if len(names) == 1 else 'are'} not counted yet" if names else ""
    allowed = f"you may have {MOST_OPEN} spot counts open at once{still}."
    if more > 1:
        return f"These would be {more}, one for each team; {allowed} Ask for fewer things, or ask {helpers}."
    return f"{allowed[0].upper()}{allowed[1:]} Have one of them counted first, or ask {helpers}."


def open_names(session: Session, person: Person) -> list[str]:
    """Names of the person's spot counts in which something is still to count or to recount, oldest first."""
    waits = select(CountLine.session_id).where(col(CountLine.state).in_([LineState.TO_COUNT, LineState.RECOUNT]))
    return list(
        session.exec(
            select(CountSession.name)
            .where(CountSession.asked_by_id == person.id, col(CountSession.id).in_(waits))
            .order_by(col(CountSession.id))
        )
    )
