"""What somebody writes who hands their authority over: to whom, for which days, and of which team.

@Eva 2026-12-01 to 2026-12-05             @Eva until 2026-12-05 (from today)
Fleet Parts @Eva until 2026-12-05         for @Ben to @Eva until 2026-12-05
end                                       end @Eva · end for @Ben
"""

import re
from dataclasses import dataclass
from datetime import date

from models.errors import BadInput

FORMS = (
    "Write “/count delegate @Eva 2026-12-01 to 2026-12-05” or “/count delegate @Eva until 2026-12-05”, with a team in "
    "front of the name for that team alone; “/count delegate end” ends it."
)
"""What to write instead."""

FOR_OTHERS = "Stock control writes “/count delegate for @Ben to @Eva …” and “/count delegate end for @Ben”."

_WHO = r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>|@[^@<>]+?|(?-i:[UW][A-Z0-9]{2,30})"
_DAY = r"\d{4}-\d{2}-\d{2}"
_HAND_OVER = re.compile(
    rf"(?:for (?P<holder>{_WHO}) to )?(?:(?P<team>[^@<>]+?) )??(?P<delegate>{_WHO})"
    rf" (?:until |(?P<first>{_DAY})(?: to | until ))(?P<last>{_DAY})",
    re.IGNORECASE,
)
_END = re.compile(rf"end(?: for (?P<holder>{_WHO}))?(?: (?P<delegate>{_WHO}))?", re.IGNORECASE)
_MENTION = re.compile(r"<@(\w+)(?:\|[^<>]*)?>")


@dataclass(frozen=True)
class Who:
    """Somebody who is named: by Slack id, or, where that is None, by what they are called. `is_sure`: Slack says so."""

    slack_id: str | None
    name: str
    is_sure: bool = False


@dataclass(frozen=True)
class HandOver:
    """`holder` None: who writes it. `team` "": every team they approve for. `first` None: today. Both days included."""

    holder: Who | None
    team: str
    delegate: Who
    first: date | None
    last: date


@dataclass(frozen=True)
class End:
    """What is to end: all that `holder` (None: who writes it) handed over, or only what to `delegate`."""

    holder: Who | None
    delegate: Who | None


def parse(text: str) -> HandOver | End:
    """Read what is behind `/count delegate`; BadInput, with the forms, for anything else."""
    ended = _END.fullmatch(text)
    if ended is not None:
        return End(_who(ended["holder"]), _who(ended["delegate"]))
    found = _HAND_OVER.fullmatch(text)
    delegate = None if found is None else _who(found["delegate"])
    if found is None or delegate is None:
        raise BadInput(f"{FORMS} {FOR_OTHERS}" if text.casefold().startswith("for ") else FORMS)
    first = None if found["first"] is None else _day(found["first"])
    return HandOver(_who(found["holder"]), (found["team"] or "").strip(), delegate, first, _day(found["last"]))


def _who(text: str | None) -> Who | None:
    if text is None:
        return None
    mention = _MENTION.fullmatch(text)
    if mention is not None:
        return Who(mention[1], text, is_sure=True)
    name = text.removeprefix("@").strip()
    return Who(None if text.startswith("@") else text, name)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"There is no day {text}. {FORMS}") from None
