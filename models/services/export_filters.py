"""Which rows of an export somebody wants, in the words they say it with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from models.errors import BadInput, NotFound
from models.people import Member
from models.plans import CountPlan
from models.rules import wording
from models.rules.nearest import nearest
from models.services import lookup, people
from models.services.export_tables import BEGINNING, EVERYTHING, Wanted
from models.services.exports import EXPORTS
from models.services.history_queries import Only

_CALLED = {"since": "time", "until": "time", "sku": "SKU"}


@dataclass(frozen=True)
class Filters:
    """What is wanted of an export, and how to say it again: pairs of a word and what it was given."""

    since: datetime = BEGINNING
    wanted: Wanted = EVERYTHING
    said: tuple[tuple[str, str], ...] = ()


def read_filters(
    session: Session,
    what: str,
    said: Mapping[str, str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Filters:
    """Find what the words name; `since` and `until` (exclusive) are read already, and in `said` as they were written.

    Raises:
        BadInput: this export knows no such filter.
        NotFound: there is no item, bin, team, plan or person of that name; the nearest one is named.
    """
    require_known(what, said)
    wanted = replace(
        EVERYTHING,
        until=until,
        item_id=lookup.find_item(session, said["sku"]).id if "sku" in said else None,
        location_id=lookup.find_bin(session, said["bin"]).id if "bin" in said else None,
        team_id=lookup.find_team(session, said["team"]).id if "team" in said else None,
        plan_id=_plan_id(session, said["plan"]) if "plan" in said else None,
        member_id=_member_id(session, said["person"]) if "person" in said else None,
        only=Only(said["only"]) if "only" in said else None,
    )
    return Filters(since or BEGINNING, wanted, tuple(said.items()))


def require_known(what: str, words: Iterable[str]) -> None:
    """Raise BadInput for the first of the words that this export cannot be filtered by."""
    for word in words:
        if word not in EXPORTS[what].filters:
            able = [name for name, export in EXPORTS.items() if word in export.filters]
            raise BadInput(
                f"{what} cannot be filtered by {_CALLED.get(word, word)}; that is for {wording.all_of(able)}."
            )


def _plan_id(session: Session, name: str) -> int | None:
    """A plan by its name, also one that has ended."""
    plans = session.exec(select(CountPlan).order_by(col(CountPlan.is_active).desc(), col(CountPlan.id))).all()
    return _named(name, "plan", [(plan.name, plan.id) for plan in plans])


def _member_id(session: Session, name: str) -> int | None:
    """Somebody by name or Slack id."""
    members = session.exec(select(Member).order_by(col(Member.id))).all()
    by_id = {member.slack_id: member.id for member in members}
    if name.strip() in by_id:
        return by_id[name.strip()]
    return _named(name, "person", [(people.display_name(member), member.id) for member in members])


def _named(name: str, what: str, known: Sequence[tuple[str, int | None]]) -> int | None:
    for one, row_id in known:
        if one.casefold() == name.strip().casefold():
            return row_id
    close = nearest(name, [one for one, _ in known])
    raise NotFound(f"There is no {what} “{name.strip()[:40]}”." + (f" Did you mean {close}?" if close else ""))
