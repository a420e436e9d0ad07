"""Signing sessions off in a world."""

from sqlmodel import Session, col, select

from models.services import sign_offs
from models.services.sign_offs import Preview
from models.sign_offs import SignOff
from tests.builders import Stock
from tests.services.test_races import Work
from tests.world import World


def counted(world: World, number: int = 0) -> tuple[Stock, int, int]:
    """A closed session of one counted line: 90 of 100 by Ana and Dan, approved by Ben. Stock, line, session."""
    bolts = world.stock(f"BOLT-{number}", f"A-{number:02}", 100, unit_cost="0.35")
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    session_id = world.see(line).session_id
    for other in world.open_lines(session_id):  # what the plan chose again
        world.skip(other, "fay")
    return bolts, line, session_id


def preview(world: World, who: str, session_id: int) -> Preview:
    person = world.person(who)
    with world.step() as session:
        return sign_offs.preview(session, person=person, session_id=session_id, now=world.now)


def signing(world: World, who: str, session_id: int, note: str = "") -> Work:
    """Sign what one sees now."""
    person, now, seen = world.person(who), world.now, preview(world, who, session_id)

    def work(session: Session) -> SignOff:
        return sign_offs.sign(
            session, person=person, session_id=session_id, number=seen.number, seen=seen.seen, note=note, now=now
        )

    return work


def signing_blindly(world: World, who: str, session_id: int) -> Work:
    """Sign whatever is there at that moment."""
    person, now = world.person(who), world.now

    def work(session: Session) -> SignOff:
        seen = sign_offs.preview(session, person=person, session_id=session_id, now=now)
        return sign_offs.sign(
            session, person=person, session_id=session_id, number=seen.number, seen=seen.seen, note="", now=now
        )

    return work


def sign(world: World, who: str, session_id: int, note: str = "") -> SignOff:
    work = signing(world, who, session_id, note)
    with world.step() as session:
        made = work(session)
    assert isinstance(made, SignOff)
    return made


def sign_offs_of(world: World, session_id: int) -> list[SignOff]:
    with world.database.read() as session:
        return list(session.exec(select(SignOff).where(SignOff.session_id == session_id).order_by(col(SignOff.number))))
