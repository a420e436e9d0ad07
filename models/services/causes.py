"""The causes that may be given now, read from the tables; and refusing a decision for its cause."""

from collections.abc import Iterable
from decimal import Decimal

from sqlmodel import Session, col, select

from models.causes import CauseSettings, OwnCause
from models.errors import BadCause
from models.rules.causes import STANDARD, Causes, Reason, Wish
from models.services import people

ALL, NONE = "all", "none"
_BETWEEN = ", "


def settings(session: Session) -> CauseSettings:
    """The row of settings; the defaults, not added to the session, until a set-up says something."""
    return session.get(CauseSettings, 1) or CauseSettings()


def read(session: Session) -> Causes:
    """What may be given as a cause now."""
    said = settings(session)
    own = session.exec(select(OwnCause.name, OwnCause.is_active).order_by(col(OwnCause.name))).all()
    return Causes(
        standard=parse_offered(said.offered),
        own=tuple(name for name, is_active in own if is_active),
        withdrawn=tuple(name for name, is_active in own if not is_active),
        required_above=said.required_above,
    )


def require_cause(session: Session, wish: Wish, cause: str, value: Decimal | None) -> None:
    """Go on when a decision that posts `value` (in currency, None unknown) may carry this cause; else BadCause."""
    why_not = read(session).why_not(wish, cause, value=value, currency=people.company(session).currency)
    if why_not:
        raise BadCause(why_not)


def offered_text(offered: Iterable[Reason]) -> str:
    """Standard causes in the words that are kept: "all", "none", or their texts in the order they are shown in."""
    chosen = set(offered)
    if chosen == set(STANDARD):
        return ALL
    return _BETWEEN.join(reason for reason in STANDARD if reason in chosen) or NONE


def parse_offered(text: str) -> tuple[Reason, ...]:
    """The standard causes that `offered_text` names."""
    names = text.split(_BETWEEN)
    return tuple(reason for reason in STANDARD if text == ALL or reason in names)
