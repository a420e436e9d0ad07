"""`check`: run every invariant, look up heads that were read in Slack, and compare receipts that were downloaded."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session

from bot.cli.databases import opened, say
from models.counts import CountSession
from models.errors import BadInput
from models.people import Member
from models.rules import sealing
from models.services import checks, people, seal_checks, seal_receipts, sign_off_checks
from models.settings import Settings


def check(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each thing that is wrong, as soon as it is found; 1 when there is any."""
    heads = [sealing.read_head(text) for text in parsed.head]
    receipts = [(path.name, _content(path)) for path in parsed.receipt]
    with opened(settings) as database, database.read() as session:
        is_well = True
        for problem in checks.problems(session):
            is_well = False
            say(problem)
        for digits in heads:
            seal, head = seal_receipts.find(session, digits), sealing.shown(digits)
            is_well = is_well and seal is not None
            if seal is None:
                say(f"the head {head} is not in the chain: it was made anew, or cut, since that head was shown")
            else:
                say(f"The head {head} is in the chain: seal {seal.id}, {seal.sealed_at:%Y-%m-%d %H:%M} UTC.")
        for name, content in receipts:
            is_well = _is_as_signed(session, name, content) and is_well
        if is_well:
            say(f"All is well: {len(checks.CHECKS)} invariants hold.", *_sealed(session))
    return 0 if is_well else 1


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({(error.strerror or 'unknown error').lower()}).") from error


def _is_as_signed(session: Session, name: str, content: bytes) -> bool:
    """Say whether a receipt is exactly what was signed; if not, what differs."""
    signed = sign_off_checks.receipt_of(session, content)
    if signed is None:
        for difference in sign_off_checks.compared(session, content):
            say(f"{name}: {difference}")
        return False
    who = people.display_name(session.get_one(Member, signed.member_id))
    session_name = session.get_one(CountSession, signed.session_id).name
    which = f"{session_name}, sign-off {signed.number}, {signed.signed_at:%Y-%m-%d %H:%M} UTC"
    say(f"{name} is exactly what {who} signed: {which}. Audit event {signed.audit_id} names it.")
    return True


def _sealed(session: Session) -> Iterator[str]:
    found = seal_checks.standing(session)
    if found is not None:
        waiting = f"; {found.waiting:,} not sealed yet" if found.waiting else ""
        yield f"Sealed: {found.rows:,} rows in {found.seals:,} seals, up to {sealing.shown(found.head)}{waiting}."
