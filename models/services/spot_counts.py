"""Spot counts: somebody wants an item or a bin counted now, whatever the plans say.

It is a session without a plan, one for each team whose bins are concerned, with the terms of this module. Anybody of
a team may ask for one in the team's bins, and stock control everywhere. Everything on record there is counted, what
should be empty too: neither the lines nor the answer depend on the balance, because whoever asked may be the one who
counts.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountLine, CountSession
from models.errors import BadInput, CycleCountError, NotAllowed, NotFound, WrongState
from models.journal import Intent
from models.milestones import Milestone, reached
from models.people import Team, TeamLocation
from models.plans import AtDue
from models.rules import wording
from models.rules.lines import LineState
from models.services import journal, people, plans, selection, spot_limits
from models.services.askers import left_to_others
from models.services.countable import MOST_THINGS, Thing, is_part_of, too_many_things
from models.services.locks import Work, one_at_a_time
from models.services.people import Person
from models.services.reach import candidates, free_stock
from models.services.selection import Pick
from models.services.spot_ground import Ground, Share, ground_of, named, verb
from models.stock import StockLevel

POLICY = "spot count"
MOST_LINES = 100
"""Lines of one sheet; of more, the longest uncounted are taken."""
DUE_IN = timedelta(hours=4)
RECOUNTS = 1

_LONGEST_NAME = 80
_BINS_AT_ONCE = 1000  # whose stock one query reads


@dataclass(frozen=True)
class SpotCount:
    """A session that was started. `waiting` stocks were free to be counted; `lines` of them are on the sheet.

    `for_others`: who asked would count for the team, but leaves the first count to somebody else.
    """

    session_id: int
    name: str
    channel: str
    lines: int
    waiting: int
    due_at: datetime
    for_others: bool


@dataclass(frozen=True)
class SpotCounts:
    """What became of a request: the sessions, and a sentence for each thing that is in none of them."""

    counts: tuple[SpotCount, ...]
    remarks: tuple[str, ...]
    zone: ZoneInfo


@dataclass(frozen=True)
class Request:
    """What somebody wants counted, and all that could be read of it without keeping others from writing."""

    things: tuple[Thing, ...]
    ground: Ground
    absent: tuple[str, ...]


def prepare(session: Session, person: Person, things: Sequence[Thing]) -> Request:
    """Read whose bins the things are in and what is free there; nothing is locked or written.

    Raises:
        BadInput: there are more things than one request takes.
        NotAllowed: all of it is in bins of other teams; the sentence names them.
        NotFound: nothing is on record anywhere, or nobody would count it; the sentences say why.
    """
    if len(things) > MOST_THINGS:
        raise BadInput(too_many_things(len(things)))
    ground = ground_of(session, person, things)
    absent = tuple(_without_stock(session, things))
    if not ground.shares:
        raise _nothing([*absent, *ground.remarks], ground)
    for share in ground.shares:
        _choose(session, share, things)
    return Request(tuple(things), ground, absent)


def start(session: Session, *, person: Person, request: Request, now: datetime) -> SpotCounts:
    """Start a session in each of the person's teams whose bins hold the things. What may have changed is read again.

    Raises:
        NotFound: when nothing is left to count; the sentences say why.
        WrongState: when the person has too many open already, or their teams have changed since the request was read.
    """
    things, ground = request.things, request.ground
    one_at_a_time(session, Work.START)
    for share in ground.shares:
        _require_still_theirs(session, share, person)
    _lock(session, ground.shares, person)
    # Seen before the new lines are there, and while nobody else can add one.
    remarks = [*_busy(session, ground.shares, things), *request.absent, *ground.remarks]
    chosen = [share for share in ground.shares if share.picks]
    if not chosen:
        raise _nothing(remarks, ground)
    spot_limits.require_room(session, person, len(chosen))
    counts = tuple(_start(session, share, things, person=person, now=now) for share in chosen)
    reached(Milestone.SESSION_WRITTEN)
    return SpotCounts(counts, tuple(remarks), ZoneInfo(people.company(session).timezone))


def started_at(session: Session, person: Person, at: datetime) -> SpotCounts:
    """What a request of the person started at that instant, for somebody who sends it again; as it is on the sheets."""
    rows = session.exec(
        select(CountSession, Team.channel, func.count())
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .join(CountLine, col(CountLine.session_id) == col(CountSession.id))
        .where(
            col(CountSession.plan_id).is_(None), CountSession.asked_by_id == person.id, CountSession.started_at == at
        )
        .group_by(col(CountSession.id), col(Team.channel))
        .order_by(col(CountSession.id))
    ).all()
    counts = tuple(
        SpotCount(one.id or 0, one.name, channel, lines, lines, one.due_at, _is_for_others(session, person, one))
        for one, channel, lines in rows
    )
    return SpotCounts(counts, (), ZoneInfo(people.company(session).timezone))


def _nothing(remarks: Sequence[str], ground: Ground) -> CycleCountError:
    refusal: type[CycleCountError] = NotAllowed if list(remarks) == ground.foreign else NotFound
    return refusal(" ".join(remarks))


def _require_still_theirs(session: Session, share: Share, person: Person) -> None:
    team_id = share.team.id or 0
    own = set(session.exec(select(TeamLocation.prefix).where(TeamLocation.team_id == team_id)))
    is_theirs = session.get_one(Team, team_id).is_active and own == set(share.reach.team_bins)
    if not is_theirs or not (person.is_controller or team_id in person.teams):
        raise WrongState(f"{share.team.name} has changed just now, and nothing was started. Please ask again.")


def _choose(session: Session, share: Share, things: Sequence[Thing]) -> None:
    """Read the longest uncounted of what is free in the share's bins, and how much there is of it."""
    free = free_stock(share.reach).where(is_part_of(things, StockLevel))
    oldest = (col(StockLevel.due_from), col(StockLevel.id))
    bins = list(share.bins)
    for start_at in range(0, len(bins), _BINS_AT_ONCE):
        here = free.where(col(StockLevel.location_id).in_(bins[start_at : start_at + _BINS_AT_ONCE]))
        share.free += candidates(session, here.order_by(*oldest).limit(MOST_LINES))
        share.waiting += session.execute(here.with_only_columns(func.count())).scalar_one()
    share.free = sorted(share.free, key=lambda one: (one.due_from, one.level_id))[:MOST_LINES]


def _lock(session: Session, shares: Sequence[Share], person: Person) -> None:
    """Lock what was read, all of it in one order; what others took before that is theirs."""
    reason = f"spot count asked by {person.name}"
    read = [Pick(one, POLICY, reason) for share in shares for one in share.free]
    held = {pick.stock.level_id: pick for pick in selection.locked(session, read)}
    for share in shares:
        ids = [one.level_id for one in share.free if one.level_id in held]
        still = candidates(session, free_stock(share.reach).where(col(StockLevel.id).in_(ids)))
        picks = [held[one.level_id] for one in still]
        share.waiting -= len(share.free) - len(picks)
        share.picks = sorted(picks, key=lambda pick: (pick.stock.walk, pick.stock.sku))


def _start(session: Session, share: Share, things: Sequence[Thing], *, person: Person, now: datetime) -> SpotCount:
    covered = [
        thing.name
        for thing in things
        if any(thing.covers(pick.stock.item_id, pick.stock.location_id) for pick in share.picks)
    ]
    started = CountSession(
        plan_id=None,
        team_id=share.team.id or 0,
        name=_session_name(covered),
        scheduled_for=now,
        started_at=now,
        due_at=now + DUE_IN,
        recounts=RECOUNTS,
        replies=True,
        at_due=AtDue.EXPIRE,
        asked_by_id=person.id,
    )
    session.add(started)
    session.flush()
    assert started.id is not None  # noqa: S101 - a stored row has an id
    plans.add_lines(session, started.id, share.picks, started.due_at)
    journal.audit(
        session,
        actor=person.slack_id,
        action="start spot count",
        subject=f"session {started.id}",
        now=now,
        detail={"of": covered, "lines": len(share.picks)},
    )
    journal.notify(session, Intent.SHEET, started.id, channel=share.team.channel, now=now)
    return SpotCount(
        session_id=started.id,
        name=started.name,
        channel=share.team.channel,
        lines=len(share.picks),
        waiting=share.waiting,
        due_at=started.due_at,
        for_others=_is_for_others(session, person, started),
    )


def _is_for_others(session: Session, person: Person, started: CountSession) -> bool:
    return started.team_id in person.counts and LineState.TO_COUNT in left_to_others(session, person, started)


def _busy(session: Session, shares: Sequence[Share], things: Sequence[Thing]) -> Iterator[str]:
    """What is being counted already, and in which session."""
    bins = {location_id for share in shares for location_id in share.bins}
    rows = session.exec(
        select(Item.sku, Location.code, Location.id, CountSession.name)
        .join(CountLine, col(CountLine.item_id) == col(Item.id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .where(col(CountLine.state).in_(OPEN_STATES), is_part_of(things, CountLine))
        .order_by(col(CountSession.id), col(CountLine.position), col(CountLine.id))
    ).all()
    has_free = {one.location_id for share in shares for one in share.free}
    has_free |= {location_id for share in shares if share.waiting > len(share.free) for location_id in share.bins}
    whole = {thing.location_id for thing in things} - has_free
    one_item = len(things) == 1 and things[0].item_id is not None
    labels: dict[str, dict[str, None]] = defaultdict(dict)
    for sku, code, location_id, name in rows:
        if location_id in bins:
            labels[name][code if one_item or location_id in whole else f"{sku} in {code}"] = None
    for name, found in labels.items():
        yield f"{named(list(found))} {verb(list(found), 'is', 'are')} being counted already in {name}."


def _without_stock(session: Session, things: Sequence[Thing]) -> Iterator[str]:
    """The things that are on record nowhere."""
    here = is_part_of(things, StockLevel)
    items = set(session.exec(select(StockLevel.item_id).where(here).distinct()))
    bins = set(session.exec(select(StockLevel.location_id).where(here).distinct()))
    for thing in things:
        if thing.item_id is not None and thing.item_id not in items:
            yield f"{thing.name} is on record in no bin, so there is nothing to count."
        elif thing.location_id is not None and thing.location_id not in bins:
            yield f"{thing.name} has no item on record, so there is nothing to count."


def _session_name(names: Sequence[str]) -> str:
    many = len(names) > 2  # noqa: PLR2004 - two names are still read at a glance
    return wording.cut(
        f"Spot count {names[0]} and {len(names) - 1} more" if many else f"Spot count {wording.all_of(names)}",
        _LONGEST_NAME,
    )
