"""Whose bins a spot count is in: the teams that somebody may have count there, and sentences on the bins of others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from models.catalog import Location
from models.people import Team, TeamLocation
from models.rules import wording
from models.services import people
from models.services.countable import Thing, is_part_of
from models.services.people import Person
from models.services.reach import Candidate, Reach
from models.services.selection import Pick
from models.stock import StockLevel

_MOST_NAMED = 5


@dataclass
class Share:
    """The part of a team: its bins that are concerned, what is picked of them, and how much was free."""

    team: Team
    reach: Reach
    bins: dict[int, str]
    picks: list[Pick] = field(default_factory=list)
    free: list[Candidate] = field(default_factory=list)
    waiting: int = 0


@dataclass
class Ground:
    """The bins that are concerned, by team; `foreign` are the sentences on those of other teams."""

    shares: list[Share]
    remarks: list[str]
    foreign: list[str]


def ground_of(session: Session, person: Person, things: Sequence[Thing]) -> Ground:
    """Divide the bins that hold the things among the person's teams (stock control: all); those of others stay out."""
    prefixes = prefixes_of_teams(session)
    shares: dict[int, Share] = {}
    foreign: dict[tuple[str, ...], list[str]] = defaultdict(list)
    ownerless: list[str] = []
    for location_id, code in _bins(session, things):
        owners = [(prefix, team) for prefix, team in prefixes if code.startswith(prefix)]
        mine = [(prefix, team) for prefix, team in owners if person.is_controller or team.id in person.teams]
        if mine:
            # Where the bins of two teams overlap, the nearer prefix says whose a bin is.
            team = max(mine, key=lambda owner: len(owner[0]))[1]
            reach = Reach(tuple(prefix for prefix, other in prefixes if other.id == team.id))
            shares.setdefault(team.id or 0, Share(team, reach, {})).bins[location_id] = code
        elif owners:
            foreign[tuple(dict.fromkeys(team.name for _, team in owners))].append(code)
        else:
            ownerless.append(code)
    counted = [share for share in shares.values() if people.counters_of(session, share.team.id or 0)]
    not_mine = [
        f"{named(codes)} {verb(codes, 'belongs', 'belong')} to {wording.any_of(teams)}, "
        f"whose people and stock control can have {verb(codes, 'it', 'them')} counted."
        for teams, codes in foreign.items()
    ]
    idle = [
        f"{share.team.name} has no counters, so nobody would count {named(list(share.bins.values()))}."
        for share in shares.values()
        if share not in counted
    ]
    remarks = [*idle, *not_mine]
    if ownerless:
        belongs = f"{named(ownerless)} {verb(ownerless, 'belongs', 'belong')} to no team."
        remarks.append(f"{belongs} Stock control can add such bins to one in setup.toml.")
    return Ground(counted, remarks, not_mine)


def prefixes_of_teams(session: Session) -> Sequence[tuple[str, Team]]:
    """How the bins of each active team begin."""
    return session.exec(
        select(TeamLocation.prefix, Team)
        .join(Team, col(Team.id) == col(TeamLocation.team_id))
        .where(col(Team.is_active))
        .order_by(col(Team.id))
    ).all()


def named(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return wording.all_of([*names[:_MOST_NAMED], f"{more} more"] if more > 0 else names)


def verb(names: Sequence[str], one: str, several: str) -> str:
    """The word that fits that many names."""
    return one if len(names) == 1 else several


def _bins(session: Session, things: Sequence[Thing]) -> list[tuple[int, str]]:
    """The bins in which some of the things are on record."""
    on_record = select(StockLevel.location_id).where(is_part_of(things, StockLevel))
    rows = session.exec(
        select(Location.id, Location.code).where(col(Location.id).in_(on_record)).order_by(col(Location.code))
    ).all()
    return [(location_id, code) for location_id, code in rows if location_id is not None]
