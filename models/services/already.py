"""What somebody is told who decides by a card that is not the current one any more."""

from datetime import datetime

from sqlmodel import Session

from models.authority import Endorsement
from models.counts import DecisionKind
from models.errors import AlreadyDecided, WrongState
from models.people import Member
from models.rules import wording
from models.rules.lines import LineState
from models.services import endorsements, lines, people, times
from models.services.lines import LockedLine


def moved_on(session: Session, locked: LockedLine, version: int, now: datetime) -> WrongState:
    """Why a decision by a card of `version` comes too late: somebody was faster, or the facts have changed."""
    decisions = [d for d in lines.decisions_of(session, locked.id) if d.line_version >= version]
    if not decisions:
        if (kept := endorsements.following(session, locked.line, version)) is not None:
            return _waits_for_a_second(session, kept, now)
        if locked.line.state is LineState.IN_REVIEW:
            return WrongState(
                "The facts have changed since this card was drawn. Look at it again; nothing was changed."
            )
        return WrongState("This line is not waiting for a decision any more. Nothing was changed.")
    first = decisions[0]
    when = times.said(session, first.decided_at, now)
    if first.member_id is None:
        who = "The tolerance limit"
    else:
        both = [first.member_id, *([] if first.confirmed_by_id is None else [first.confirmed_by_id])]
        who = wording.all_of([people.display_name(session.get_one(Member, one)) for one in both])
    did = {
        DecisionKind.APPROVE: f"approved this at {when} ({wording.signed(first.posted)})",
        DecisionKind.ADJUST: f"adjusted this at {when} ({wording.signed(first.posted)})",
        DecisionKind.RECOUNT: f"asked for a recount at {when}",
        DecisionKind.REJECT: f"rejected this at {when}",
        DecisionKind.TRANSFER: f"made this a transfer at {when} ({wording.signed(first.posted)})",
        DecisionKind.REVERSE: f"took the decision back at {when} ({wording.signed(first.posted)})",
        DecisionKind.WITHIN_TOLERANCE: f"settled this at {when} ({wording.signed(first.posted)})",
    }[first.kind]
    return AlreadyDecided(f"{who} {did}. Nothing was changed.", first.decided_at)


def _waits_for_a_second(session: Session, kept: Endorsement, now: datetime) -> AlreadyDecided:
    name = people.display_name(session.get_one(Member, kept.member_id))
    when = times.said(session, kept.endorsed_at, now)
    return AlreadyDecided(
        f"{name} decided this first, at {when}; it waits for a second. Look at the card again; nothing was changed.",
        kept.endorsed_at,
    )
