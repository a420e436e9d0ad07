"""Approvers and four eyes in a set-up: of the company, and of a `[[team]]` for itself.

    approvers = [{ slack_id = "U06MAX", limit = 5000 }]
    four_eyes_above = 1000

Above every table they are for every team, those made later included. What a team says of somebody, or of four eyes,
wins there.
"""

from decimal import Decimal

from sqlmodel import Session, col, select

from models.authority import CompanyApprover
from models.errors import BadInput
from models.people import Company, Member, Team
from models.services import people
from models.services.setup_sections import Section, amount
from models.services.setup_things import Fact, Facts, Key, Kind, SetupThing, amount_text

FOUR_EYES = "four_eyes_above"
LIMITS = ("limit", "session_limit")

_ABOVE = "above"


# -- in the file


def read_limits(section: Section, entry: dict[str, object], who: str) -> Facts:
    """The limits of one approver, of one line and of one session; None is no limit."""
    for key in entry.keys() - {"slack_id", *LIMITS}:
        section.note(f'approvers: unknown key "{key}"; there are slack_id, limit and session_limit', "approvers")
    found: Facts = {}
    for key in LIMITS:
        try:
            found[key] = amount_text(amount(entry[key])) if key in entry else None
        except BadInput as error:
            section.note(f"approvers: the {key} of {who or 'somebody'} {error}", "approvers")
    return found


def read_four_eyes(section: Section, key: Key) -> list[SetupThing]:
    """Above which value two people decide, when the company or a team says so."""
    if not section.has(FOUR_EYES):
        return []
    try:
        above = amount_text(amount(section.value(FOUR_EYES)))
    except BadInput as error:
        section.note(f"{FOUR_EYES} {error}", FOUR_EYES)
        return []
    return [SetupThing(Kind.FOUR_EYES, key, {_ABOVE: above}, section)]


# -- in the tables


def limit_facts(limit: Decimal | None, session_limit: Decimal | None) -> Facts:
    """The limits of a row, as facts."""
    return {
        name: None if one is None else amount_text(one)
        for name, one in zip(LIMITS, (limit, session_limit), strict=True)
    }


def limits_of(facts: Facts) -> tuple[Decimal | None, Decimal | None]:
    """Facts, as the limits of a row."""
    limit, session_limit = (_amount(facts.get(name)) for name in LIMITS)
    return limit, session_limit


def read_approvers(session: Session) -> dict[Key, Facts]:
    """Who approves for every team."""
    rows = session.exec(
        select(CompanyApprover, Member.slack_id)
        .join(Member, col(Member.id) == col(CompanyApprover.member_id))
        .where(col(CompanyApprover.is_active))
    )
    return {(slack_id,): limit_facts(row.approval_limit, row.session_limit) for row, slack_id in rows}


def write_approver(session: Session, member: Member, facts: Facts) -> None:
    """Let somebody approve for every team."""
    row = _row(session, member)
    row.approval_limit, row.session_limit = limits_of(facts)
    row.is_active = True
    session.add(row)


def remove_approver(session: Session, member: Member) -> None:
    """Let them approve no more, but where they have a role."""
    row = _row(session, member)
    row.is_active = False
    session.add(row)


def read_above(session: Session) -> dict[Key, Facts]:
    """Above which values two people decide: of the company, and of teams."""
    company = people.company(session)
    rows: list[tuple[Key, Decimal | None]] = [((), company.four_eyes_above)]
    rows += [((team.name,), team.four_eyes_above) for team in session.exec(select(Team).where(col(Team.is_active)))]
    return {key: {_ABOVE: amount_text(above)} for key, above in rows if above is not None}


def write_above(session: Session, key: Key, facts: Facts) -> None:
    """Have two people decide what is worth more."""
    _set_above(session, key, _amount(facts[_ABOVE]))


def remove_above(session: Session, key: Key) -> None:
    """Have one decide, or as many as the company says."""
    _set_above(session, key, None)


def _set_above(session: Session, key: Key, above: Decimal | None) -> None:
    row: Company | Team = people.company(session)
    if key:
        row = session.exec(select(Team).where(Team.name == key[0])).one()
    row.four_eyes_above = above
    session.add(row)


def _row(session: Session, member: Member) -> CompanyApprover:
    assert member.id is not None  # noqa: S101 - a stored row has an id
    found = session.exec(select(CompanyApprover).where(CompanyApprover.member_id == member.id)).one_or_none()
    return found or CompanyApprover(member_id=member.id)


def _amount(fact: Fact) -> Decimal | None:
    return None if fact is None else Decimal(str(fact))
