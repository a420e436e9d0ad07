"""What somebody asks history or accuracy about, in the words they typed: names, a period, and "only variances".

The words may come in any order. Names may have spaces and may look like anything, so at each place the longest run of
words that is a name or a period is taken; of two that are as long, the name. A word before a name says which kind is
meant ("team North"), where two things are called alike.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from types import MappingProxyType

from sqlmodel import Session, col, select

from models.errors import BadInput, NotFound
from models.people import Member, Team
from models.plans import CountPlan
from models.rules import periods, wording
from models.rules.nearest import nearest
from models.rules.periods import Period
from models.services import lookup, people
from models.services.history_queries import Only
from models.services.lookup import Subject

MOST_WORDS = 8
"""Words of the longest name or period that is looked for."""

_ONLY: Mapping[tuple[str, str], Only] = MappingProxyType(
    {
        ("only", "variances"): Only.VARIANCES,
        ("only", "variance"): Only.VARIANCES,
        ("only", "adjusted"): Only.ADJUSTED,
        ("only", "adjustments"): Only.ADJUSTED,
    }
)
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "sku": "item_id",
        "item": "item_id",
        "bin": "location_id",
        "location": "location_id",
        "team": "team_id",
        "plan": "plan_id",
        "by": "member_id",
        "person": "member_id",
        "class": "abc_class",
    }
)
"""Words that say what the name behind them names."""

_CALLED = {
    "item_id": "SKU",
    "location_id": "bin",
    "team_id": "team",
    "plan_id": "plan",
    "member_id": "person",
    "abc_class": "class",
}

_LIKE_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


@dataclass(frozen=True)
class Asked:
    """What was asked: about what, when, of which class, and whether only some of the rows are wanted."""

    subject: Subject = field(default_factory=Subject)
    period: Period | None = None
    abc_class: str | None = None
    only: Only | None = None


def read(session: Session, text: str, today: date) -> Asked:
    """Understand what was typed.

    Raises:
        NotFound: for a name that there is not; it offers the nearest.
        BadInput: for a time that is none or has not come yet, and for two names of one kind.
    """
    reader = _Reader(session, today)
    words, found = text.split(), Asked()
    while words:
        taken, found = reader.take(words, found)
        words = words[taken:]
    return found


class _Reader:
    """What the names are that somebody may mean."""

    def __init__(self, session: Session, today: date) -> None:
        self._session = session
        self._today = today
        teams = session.exec(select(Team.name, Team.id).order_by(col(Team.is_active), col(Team.id).desc())).all()
        plans = session.exec(select(CountPlan.name, CountPlan.id).order_by(col(CountPlan.id).desc())).all()
        self._others = [name for name, _ in (*teams, *plans)]
        self._teams, self._plans = _ids(teams), _ids(plans)
        self._finders: dict[str, Callable[[str], int | str | None]] = {
            "item_id": self._item,
            "location_id": self._bin,
            "team_id": lambda name: self._teams.get(name.casefold()),
            "plan_id": lambda name: self._plans.get(name.casefold()),
            "member_id": self._person,
            "abc_class": lambda name: name.upper() if len(name) == 1 and name.isalpha() else None,
        }

    def take(self, words: list[str], found: Asked) -> tuple[int, Asked]:
        """How many of the words say something, and what is asked then."""
        first = words[0].casefold()
        if only := _ONLY.get((first, words[1].casefold() if len(words) > 1 else "")):
            return 2, replace(found, only=only)
        field_name = _FIELDS.get(first)
        if field_name is not None:
            for number in range(min(MOST_WORDS, len(words) - 1), 0, -1):
                one = self._finders[field_name](" ".join(words[1 : number + 1]).removeprefix("@"))
                if one is not None:
                    return number + 1, _with(found, field_name, one)
        for number in range(min(MOST_WORDS, len(words)), 0, -1):
            phrase = " ".join(words[:number])
            if (name := self._named(phrase)) is not None:
                return number, _with(found, *name)
            if (period := periods.parse_period(phrase, self._today)) is not None:
                return number, _with_period(found, period)
        raise self._refusal(words, field_name)

    def _named(self, phrase: str) -> tuple[str, int | str] | None:
        """The field and the value of a name; people are called with an @."""
        if phrase.startswith(("@", "<@")):
            person = self._person(phrase.removeprefix("@"))
            return None if person is None else ("member_id", person)
        for field_name in ("item_id", "location_id", "team_id", "plan_id"):
            one = self._finders[field_name](phrase)
            if one is not None:
                return field_name, one
        return None

    def _item(self, name: str) -> int | None:
        item = lookup.item_named(self._session, name)
        return None if item is None else item.id

    def _bin(self, name: str) -> int | None:
        location = lookup.bin_named(self._session, name)
        return None if location is None else location.id

    def _person(self, name: str) -> int | None:
        # Slack writes a mention as <@U01ANA|ana>, where it is told to.
        slack_id = name.removeprefix("<@").removesuffix(">").split("|")[0]
        for member in self._members():
            if member.slack_id == slack_id or people.display_name(member).casefold() == name.casefold():
                return member.id
        return None

    def _members(self) -> Sequence[Member]:
        return self._session.exec(select(Member).order_by(col(Member.id))).all()

    def _refusal(self, words: list[str], field_name: str | None) -> BadInput | NotFound:
        first = words[0].casefold()
        unknown = [words[0], *takewhile(lambda word: not _begins_something(word), words[1:MOST_WORDS])]
        phrase = " ".join(unknown)
        if first in periods.BEGINNINGS or _LIKE_A_DATE.match(first):
            return periods.not_a_period(" ".join(words))
        if first.startswith(("@", "<@")) or field_name == "member_id":
            close = nearest(phrase.removeprefix("@"), [people.display_name(member) for member in self._members()])
            meant = f" Did you mean @{close}?" if close else ""
            return NotFound(f"Nobody here is called “{wording.cut(phrase, 40)}”.{meant}")
        what = "SKU, bin, team or plan" if field_name is None else _CALLED[field_name]
        name = phrase if field_name is None or len(unknown) == 1 else " ".join(unknown[1:])
        return lookup.no_subject(self._session, name, what, self._others)


def _begins_something(word: str) -> bool:
    return word.casefold() in periods.BEGINNINGS or word.startswith("@") or word.casefold() == "only"


def _ids(rows: Sequence[tuple[str, int | None]]) -> dict[str, int]:
    return {name.casefold(): one for name, one in rows if one is not None}


def _with(found: Asked, field_name: str, value: int | str) -> Asked:
    if field_name == "abc_class":
        return replace(found, abc_class=str(value))
    known = getattr(found.subject, field_name)
    if known is not None and known != value:
        raise BadInput(f"That is more than one {_CALLED[field_name]}. Name one of them.")
    return replace(found, subject=replace(found.subject, **{field_name: int(value)}))


def _with_period(found: Asked, period: Period) -> Asked:
    if found.period is None:
        return replace(found, period=period)
    first, last = found.period.first or period.first, found.period.last or period.last
    both = Period(first, last)
    if (found.period.first and period.first) or (found.period.last and period.last) or (
        first is not None and last is not None and last < first
    ):  # fmt: skip
        raise BadInput(f"Those two times do not go together. {periods.FORMS}")
    return replace(found, period=both)
