"""Exports that are asked for in Slack, by those who decide: noted, and made when they are sent.

Who asks may have to count. What they may have to count is left out then, as in history, and so is every line that is
still open: its card has what its approver may know.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountLine
from models.errors import BadInput, NotAllowed, WrongState
from models.export_requests import LONGEST_WORDS, ExportRequest
from models.journal import Intent
from models.people import Member, Team
from models.plans import CountPlan
from models.rules import wording
from models.rules.nearest import nearest
from models.rules.periods import Period
from models.services import blindness, history_words, journal, people
from models.services.export_filters import Filters, require_known
from models.services.export_tables import BEGINNING, Wanted
from models.services.exports import EXPORTS
from models.services.history_queries import Query
from models.services.people import Person

FORMS = ("xlsx", "csv")
STUCK = timedelta(hours=1)
"""After this long nobody waits for an export any more, and may ask for another."""


@dataclass(frozen=True)
class Wish:
    """An export as it was typed: which one, as which kind of file, and the words that say which rows."""

    what: str
    form: str
    words: str


@dataclass(frozen=True)
class Left:
    """What is left out of an export: SKUs that its reader may have to count, and whether lines that are open."""

    skus: tuple[str, ...]
    open_lines: bool


def read_wish(text: str) -> Wish:
    """Understand “history BOLT-10 last quarter csv”, as far as no database is needed.

    Raises:
        BadInput: it does not begin with what can be exported, or is too long.
    """
    first, *words = text.split() or [""]
    what = first.casefold()
    if what not in EXPORTS:
        close = nearest(what, EXPORTS) if what else None
        able = wording.any_of(list(EXPORTS))
        raise BadInput(
            f"Did you mean “/count export {close}”?"
            if close
            else f"Export what: {able}? Write “/count export history”."
        )
    form = words.pop().casefold() if words and words[-1].casefold() in FORMS else FORMS[0]
    rest = " ".join(words)
    if len(rest) > LONGEST_WORDS:
        raise BadInput(f"That is too long. Say in {LONGEST_WORDS} characters which rows you want.")
    return Wish(what, form, rest)


def require_may_export(session: Session, person: Person) -> None:
    """Raise NotAllowed unless somebody decides: who only counts may learn from a file what they are to count."""
    if not (person.is_controller or person.approves):
        raise NotAllowed(f"Only approvers and stock control export. Ask {people.stock_control(session)}.")


def words_of(session: Session, query: Query) -> str:
    """The words that ask for what a query finds."""
    subject = query.subject
    words: list[str] = []
    if subject.item_id is not None:
        words.append(f"sku {session.get_one(Item, subject.item_id).sku}")
    if subject.location_id is not None:
        words.append(f"bin {session.get_one(Location, subject.location_id).code}")
    if subject.team_id is not None:
        words.append(f"team {session.get_one(Team, subject.team_id).name}")
    if subject.plan_id is not None:
        words.append(f"plan {session.get_one(CountPlan, subject.plan_id).name}")
    if subject.member_id is not None:
        words.append(f"by {session.get_one(Member, subject.member_id).slack_id}")
    words += _said(query.period)
    if query.only is not None:
        words.append(f"only {query.only}")
    return " ".join(words)


def _said(period: Period) -> list[str]:
    match period.first, period.last:
        case None, None:
            return []
        case first, None:
            return [f"since {first}"]
        case None, last:
            return [f"until {last}"]
    return [f"{period.first} to {period.last}"]


def ask(session: Session, person: Person, wish: Wish, *, channel: str, now: datetime) -> ExportRequest:
    """Note an export for `person`, who gets it in `channel`, their direct messages.

    Raises:
        NotAllowed: they do not decide anything.
        WrongState: one is on its way to them.
        BadInput, NotFound: what the words name is not there.
    """
    require_may_export(session, person)
    filters_of(session, wish, asked_at=now)
    session.exec(select(Member.id).where(Member.id == person.id).with_for_update()).one()
    waiting = session.exec(
        select(ExportRequest).where(
            ExportRequest.member_id == person.id,
            col(ExportRequest.done_at).is_(None),
            ExportRequest.asked_at > now - STUCK,
        )
    ).first()
    if waiting is not None:
        raise WrongState(f"Your export of {waiting.what} is still on its way. Ask again when it is there.")
    made = ExportRequest(
        member_id=person.id, what=wish.what, form=wish.form, words=wish.words, channel=channel, asked_at=now
    )
    session.add(made)
    session.flush()
    journal.audit(
        session, actor=person.slack_id, action="export", subject=f"export {made.id}", now=now,
        detail={"what": wish.what, "of": wish.words},
    )  # fmt: skip
    journal.notify(session, Intent.EXPORT, made.id or 0, channel=channel, now=now)
    return made


def filters_of(session: Session, wish: Wish, *, asked_at: datetime) -> Filters:
    """Which rows the words mean: “last week” is that of when it was asked for.

    Raises:
        BadInput, NotFound: they mean nothing, or nothing that this export can be filtered by.
    """
    zone = ZoneInfo(people.company(session).timezone)
    asked = history_words.read(session, wish.words, asked_at.astimezone(zone).date())
    if asked.abc_class is not None:
        raise BadInput("Exports have no classes. Name a SKU, a bin or a team.")
    subject = asked.subject
    named = {
        "sku": subject.item_id, "bin": subject.location_id, "team": subject.team_id, "plan": subject.plan_id,
        "person": subject.member_id, "only": asked.only, "since": asked.period,
    }  # fmt: skip
    require_known(wish.what, [word for word, value in named.items() if value is not None])
    since, until = asked.period.instants(zone) if asked.period is not None else (None, None)
    wanted = Wanted(
        until=until,
        item_id=subject.item_id,
        location_id=subject.location_id,
        team_id=subject.team_id,
        plan_id=subject.plan_id,
        member_id=subject.member_id,
        only=asked.only,
    )
    return Filters(since or BEGINNING, wanted, (("Of", wish.words),) if wish.words else ())


def for_reader(session: Session, request: ExportRequest, wanted: Wanted, now: datetime) -> Wanted:
    """What is wanted, without what whoever asked may have to count; advice on what lies in bins they decide about.

    Raises:
        NotAllowed: they do not decide anything any more.
    """
    person = people.person_of(session, session.get_one(Member, request.member_id))
    require_may_export(session, person)
    return replace(
        wanted,
        hidden=frozenset(blindness.hidden_items(session, person)),
        settled=True,
        at=now,
        in_teams=None if person.is_controller else tuple(person.approves),
    )


def left_out(session: Session, wanted: Wanted) -> Left:
    """What of the lines that are wanted is left out, by its item or because it is open."""
    of_these = [
        column == one
        for column, one in ((col(CountLine.item_id), wanted.item_id), (col(CountLine.location_id), wanted.location_id))
        if one is not None
    ]
    skus = session.exec(
        select(Item.sku)
        .where(
            col(Item.id).in_(wanted.hidden),
            select(CountLine.id).where(col(CountLine.item_id) == col(Item.id), *of_these).exists(),
        )
        .order_by(col(Item.sku))
    ).all()
    is_open = or_(*(col(CountLine.state) == state for state in OPEN_STATES))
    open_line = session.exec(select(CountLine.id).where(is_open, *of_these).limit(1)).first()
    return Left(tuple(skus), open_line is not None)


def finish(session: Session, request_id: int, *, now: datetime, problem: str = "") -> None:
    """Note that an export was sent, or why it could not be made; then its reader is told."""
    request = session.get_one(ExportRequest, request_id)
    if request.done_at is not None:
        return
    request.done_at, request.problem = now, wording.cut(problem, 500)
    session.add(request)
    if problem:
        journal.notify(session, Intent.EXPORT_REFUSED, request_id, channel=request.channel, now=now)
