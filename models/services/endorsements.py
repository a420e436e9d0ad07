"""Four eyes: above an amount it takes two people, and what the first decides waits for a second.

Nothing is posted before somebody else with the authority confirms it. The first decision holds for the card that shows
it: whatever changes the line's version (a recount, a late movement, another decision) makes it void.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from models.authority import Endorsement
from models.counts import CountEntry, CountLine, DecisionKind
from models.journal import Intent
from models.people import Company, Member, Team
from models.rules.tolerance import has_authority
from models.services import journal, lines, people
from models.services.grants import Signature
from models.services.lines import LockedLine

ENDORSED = "endorse"
WITHDRAWN = "withdraw"
"""The actions in the audit trail."""


@dataclass(frozen=True)
class Wish:
    """What a decision does: accept `quantity` as of the count `instant`, which posts `posted`."""

    kind: DecisionKind
    entry_id: int
    instant: datetime
    quantity: Decimal
    posted: Decimal
    reason: str | None
    note: str
    other_line_id: int | None = None


def amount_above(session: Session, team: Team) -> Decimal | None:
    """The value above which two people decide for a team; None when nothing is."""
    company = session.get(Company, 1) or Company()
    return company.four_eyes_above if team.four_eyes_above is None else team.four_eyes_above


def takes_two(session: Session, team: Team, value: Decimal | None) -> bool:
    """Whether it takes two people to post `value` (currency, signed); what is not known is above any amount."""
    return not has_authority(limit=amount_above(session, team), value=value)


def endorse(session: Session, locked: LockedLine, wish: Wish, *, by: Signature, now: datetime) -> Endorsement:
    """Keep the first of two decisions, and have who may confirm it asked; its card is drawn anew."""
    lines.redraw_card(session, locked, now)
    made = Endorsement(
        line_id=locked.id,
        line_version=locked.line.version,
        kind=wish.kind,
        member_id=by.member_id,
        holder_id=by.authority.holder_id,
        authority=by.sentence(people.company(session).currency),
        entry_id=wish.entry_id,
        count_instant=wish.instant,
        quantity=wish.quantity,
        posted=wish.posted,
        reason=wish.reason,
        note=wish.note,
        other_line_id=wish.other_line_id,
        endorsed_at=now,
    )
    session.add(made)
    session.flush()
    _write_down(session, made, ENDORSED, by.slack_id, now)
    subject = f"{locked.id}.{made.line_version}"
    journal.notify(session, Intent.SECOND, subject, channel=locked.team.review_channel, now=now)
    return made


def withdraw(session: Session, locked: LockedLine, made: Endorsement, *, actor: str, now: datetime) -> None:
    """Take the first decision back; whoever made it asks for it."""
    made.ended_at = now
    session.add(made)
    _write_down(session, made, WITHDRAWN, actor, now)
    lines.redraw_card(session, locked, now)


def of_version(session: Session, line_id: int, version: int) -> Endorsement | None:
    """The first decision that a card of this version shows, and that was not withdrawn."""
    return session.exec(
        select(Endorsement)
        .where(
            Endorsement.line_id == line_id,
            Endorsement.line_version == version,
            col(Endorsement.ended_at).is_(None),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def standing(session: Session, line: CountLine) -> Endorsement | None:
    """The first decision that a line waits to have confirmed; of a transfer, as long as it stands on both sides."""
    made = of_version(session, line.id or 0, line.version)
    if made is None or made.other_line_id is None or made.kind is DecisionKind.REVERSE:
        return made
    other = session.get_one(CountLine, made.other_line_id)
    there = of_version(session, made.other_line_id, other.version)
    return made if there is not None and there.other_line_id == line.id else None


def newest(session: Session, line_id: int) -> Endorsement | None:
    """The last first decision about a line that no decision followed, withdrawn or not, void or not."""
    made = session.exec(
        select(Endorsement).where(Endorsement.line_id == line_id).order_by(col(Endorsement.id).desc()).limit(1)
    ).first()
    if made is None or any(one.line_version >= made.line_version for one in lines.decisions_of(session, line_id)):
        return None
    return made


def following(session: Session, line: CountLine, version: int) -> Endorsement | None:
    """The first decision that changed a card of `version` to the one that stands now."""
    made = standing(session, line)
    return made if made is not None and made.line_version > version else None


def first_of(session: Session, line_ids: Iterable[int]) -> dict[int, str]:
    """By line id, who decided first what waits for a second (as `standing`)."""
    there, other = aliased(Endorsement), aliased(CountLine)
    stands_there = (
        select(there.id)
        .join(other, col(other.id) == col(there.line_id))
        .where(
            col(there.line_id) == col(Endorsement.other_line_id),
            col(there.line_version) == col(other.version),
            col(there.ended_at).is_(None),
            col(there.other_line_id) == col(Endorsement.line_id),
        )
        .exists()
    )
    rows: Sequence[tuple[int, Member]] = session.exec(
        select(Endorsement.line_id, Member)
        .join(Member, col(Member.id) == col(Endorsement.member_id))
        .join(CountLine, col(CountLine.id) == col(Endorsement.line_id))
        .where(
            col(Endorsement.line_id).in_(list(line_ids)),
            col(Endorsement.line_version) == col(CountLine.version),
            col(Endorsement.ended_at).is_(None),
            or_(
                col(Endorsement.other_line_id).is_(None),
                col(Endorsement.kind) == DecisionKind.REVERSE,
                stands_there,
            ),
        )
    ).all()
    return {line_id: people.display_name(member) for line_id, member in rows}


def involved(made: Endorsement | None) -> Collection[int]:
    """Ids of those who must not be the second: who decided first, and whose authority it was."""
    return () if made is None else {made.member_id, made.holder_id}


def was_made_so(
    session: Session, *, member_id: int, line_id: int, version: int, kind: DecisionKind, reason: str | None,
    quantity: Decimal | None,
) -> bool:  # fmt: skip
    """Whether somebody made this very first decision by a card of `version`: their form came twice."""
    return (
        session.exec(
            select(Endorsement.id).where(
                Endorsement.line_id == line_id,
                Endorsement.line_version == version + 1,
                Endorsement.member_id == member_id,
                Endorsement.kind == kind,
                True if reason is None else Endorsement.reason == reason,
                True if quantity is None else Endorsement.quantity == quantity,
            )
        ).first()
        is not None
    )


def is_of_entry(made: Endorsement, entry: CountEntry, instant: datetime, posted: Decimal) -> bool:
    """Whether what was decided first still is what the facts say."""
    return (made.entry_id, made.count_instant, made.posted) == (entry.id, instant, posted)


def _write_down(session: Session, made: Endorsement, action: str, actor: str, now: datetime) -> None:
    journal.audit(
        session, actor=actor, action=action, subject=f"line {made.line_id}", now=now,
        detail={
            "wish": made.kind,
            "posted": made.posted,
            "quantity": made.quantity,
            "reason": made.reason,
            "note": made.note,
            "authority": made.authority,
            **({} if made.other_line_id is None else {"other_line": made.other_line_id}),
        },
    )  # fmt: skip
    session.flush()
