"""Found something: an item that is not on the sheet, or not where the record has it, is counted all the same.

It gets a line of its own in the session, behind the others of its bin, and the count goes to an approver unless the
record has just that there. What is said to who found it depends on names, sheets and teams, never on the record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountEntry, CountLine, CountSession, EntrySource
from models.errors import BadInput, BadQuantity, NotAllowed, NotFound, WrongState
from models.people import Team
from models.rules import wording
from models.rules.finds import is_number
from models.rules.lines import LineState
from models.rules.quantities_asked import certain_quantity
from models.rules.selection import walk_key
from models.services import askers, claims, counts, journal, ledger, lines, lookup, packs, people, signed
from models.services.count_answers import Counted
from models.services.people import Person
from models.services.spot_ground import prefixes_of_teams
from models.services.upserts import insert_for

POLICY = "found here"
HOW_TO_WRITE = "To add what you found, write “found”, SKU, bin and quantity, like “found BOLT-10 A-01-03 4”."


@dataclass(frozen=True)
class Find:
    """What lies where, and how much of it, in the item's unit.

    `typed` is what was written, `echo` how it was understood ("3 boxes = 150 pcs").
    """

    item: Item
    location: Location
    quantity: Decimal
    typed: str
    echo: str = ""


def session_of(session: Session, person: Person, session_id: int) -> tuple[CountSession, Team]:
    """The session that something is to be added to, and its team; NotAllowed for who does not count there."""
    count_session = lines.find_session(session, session_id)
    team = session.get_one(Team, count_session.team_id)
    if count_session.team_id not in person.counts:
        raise people.not_a_counter(team)
    return count_session, team


def find_item(session: Session, sku: str) -> Item:
    """The item that was found; NotFound names the nearest SKU, and who adds items."""
    try:
        return lookup.find_item(session, sku)
    except NotFound as refusal:
        raise NotFound(f"{refusal} Stock control adds items by import.") from None


def find_bin(session: Session, team_id: int, code: str) -> Location:
    """The bin it was found in.

    Raises:
        NotFound: there is none of that name; the sentence names the nearest.
        NotAllowed: it is not the team's; the sentence says whose it is.
    """
    location = lookup.find_bin(session, code)
    owners = {team.id: team.name for prefix, team in prefixes_of_teams(session) if location.code.startswith(prefix)}
    if team_id in owners:
        return location
    if owners:
        raise NotAllowed(
            f"{location.code} belongs to {wording.all_of(list(owners.values()))}. Tell them what is there."
        )
    raise NotAllowed(f"{location.code} belongs to no team. Tell stock control what is there.")


def read_find(
    session: Session, item: Item, location: Location, quantity: str, *, begin: str = "", typed: str = ""
) -> Find:
    """A find of the quantity that was written; `typed` is all that was, if that is more.

    Raises:
        BadQuantity: it is not certain; what to write instead starts with `begin`.
    """
    given = certain_quantity(quantity, packs.measure_of(session, item), begin=begin)
    return Find(item, location, given.quantity, typed or quantity, given.echo)


def split_words(session: Session, words: Sequence[str]) -> tuple[str, str, str]:
    """SKU, bin and quantity among words: SKU first, or bin first. BadInput when no word is a bin and none may be."""
    for sku, code, quantity in _splits(words):
        if lookup.is_bin(session, code):
            return sku, code, quantity
    plain = [word for word in words if word != "in"]
    if len(plain) != 3:  # noqa: PLR2004 - SKU, bin and quantity
        raise BadInput(HOW_TO_WRITE)
    return plain[0], plain[1], plain[2]


def record(
    session: Session,
    *,
    person: Person,
    session_id: int,
    find: Find,
    counted_at: datetime,
    source: EntrySource,
    source_key: str,
    now: datetime,
    message_ts: str | None = None,
) -> Counted:
    """Store the count of something that was found. The arguments are those of `counts.record`, and so are the refusals.

    Raises:
        ClaimedByOther: it is on the sheet, and somebody else has it: asked once.
        WrongState: another session counts it, or this one is closed; or its count here is settled already.
    """
    count_session, _ = session_of(session, person, session_id)
    seen = session.exec(select(CountEntry.line_id).where(CountEntry.source_key == source_key)).one_or_none()
    line_id = seen or _line_for(session, person, count_session, find, now)
    if seen is None:
        claims.ask_first(session, person, line_id, find.quantity, now)
    return counts.record(
        session,
        person=person,
        line_id=line_id,
        quantity=find.quantity,
        counted_at=counted_at,
        source=source,
        source_key=source_key,
        now=now,
        typed=find.typed,
        message_ts=message_ts,
    )


def lines_of(session: Session, session_id: int, find: Find) -> set[int]:
    """The lines of a session that are of this stock."""
    same = (CountLine.item_id == find.item.id, CountLine.location_id == find.location.id)
    found = session.exec(select(CountLine.id).where(CountLine.session_id == session_id, *same)).all()
    return {line_id for line_id in found if line_id is not None}


def _line_for(session: Session, person: Person, count_session: CountSession, find: Find, now: datetime) -> int:
    """The line that counts the stock: the one of this session that did or does, else a new one."""
    assert find.item.id is not None  # noqa: S101 - a stored row has an id
    assert find.location.id is not None  # noqa: S101 - same
    here = _line_of(session, count_session, find)
    if here is None:
        _require_room(session, person, count_session, find, now)
        # Whoever adds a line holds the level: no other line of this stock comes up from here on.
        ledger.level_of(session, find.item.id, find.location.id, now)
        here = _line_of(session, count_session, find)
    if here is None or here.id is None:
        return _add_line(session, person, count_session, find, now)
    if here.session_id != count_session.id:
        other = session.get_one(CountSession, here.session_id).name
        label = f"{find.item.sku} in {find.location.code}"
        raise WrongState(f"{label} is being counted already in {other}. Count it there.")
    return here.id


def _line_of(session: Session, count_session: CountSession, find: Find) -> CountLine | None:
    """The open line of the stock, wherever it is; else what became of it in this session, unless it was skipped."""
    is_open = col(CountLine.state).in_(OPEN_STATES)
    is_here = (col(CountLine.session_id) == count_session.id) & (col(CountLine.state) != LineState.SKIPPED)
    return session.exec(
        select(CountLine)
        .where(CountLine.item_id == find.item.id, CountLine.location_id == find.location.id, is_here | is_open)
        .order_by(is_open.desc(), col(CountLine.id).desc())
    ).first()


def _require_room(session: Session, person: Person, count_session: CountSession, find: Find, now: datetime) -> None:
    """Refuse what gets no line; before anything is written, because a refusal in a thread takes nothing back."""
    if find.quantity == 0:
        raise BadQuantity("Nothing found is nothing to add. Write how many are there.")
    askers.require_first_counter(session, person, count_session)
    signed.require_not_signed(session, count_session, find.item.sku, now)
    if not lines.has_open_lines(session, count_session.id or 0):
        raise WrongState(f"{count_session.name} is closed. “/count now {find.item.sku}” has it counted.")


def _add_line(session: Session, person: Person, count_session: CountSession, find: Find, now: datetime) -> int:
    added: int | None = session.execute(
        insert_for(session, CountLine)
        .values(
            session_id=count_session.id,
            item_id=find.item.id,
            location_id=find.location.id,
            position=_position(session, count_session, find.location),
            state=LineState.TO_COUNT,
            version=1,
            due_at=count_session.due_at,
            policy=POLICY,
            reason="",
            recounts_asked=0,
            found=True,
        )
        .returning(col(CountLine.id))
    ).scalar_one()
    assert added is not None  # noqa: S101 - a stored row has an id
    signed.require_not_signed(session, count_session, find.item.sku, now)  # a sign-off in progress was waited for
    what = {"sku": find.item.sku, "bin": find.location.code}
    journal.audit(session, actor=person.slack_id, action="found", subject=f"line {added}", now=now, detail=what)
    return added


def _position(session: Session, count_session: CountSession, location: Location) -> int:
    """That of the last line of its bin, or of a bin before it on the walk; lines of one position follow by id."""
    rows = session.exec(
        select(CountLine.position, Location)
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.session_id == count_session.id)
    ).all()
    turn = walk_key(location.code, location.walk_order)
    return max((position for position, one in rows if walk_key(one.code, one.walk_order) <= turn), default=0)


def _splits(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The ways to read words: “SKU bin quantity”, “SKU in bin quantity” and “bin SKU quantity”."""
    for at in range(1, len(words) - 1):
        before = words[: at - 1] if at > 1 and words[at - 1] == "in" else words[:at]
        yield " ".join(before), words[at], " ".join(words[at + 1 :])
    if len(words) > 2:  # noqa: PLR2004 - bin, SKU and quantity
        number = next((at for at in range(2, len(words)) if is_number(words[at])), len(words))
        yield " ".join(words[1:number]), words[0], " ".join(words[number:])
