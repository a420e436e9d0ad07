"""`check`: run every invariant, and look up the heads of seals that somebody read in Slack."""

import argparse
from collections.abc import Iterator

from sqlmodel import Session

from bot.cli.databases import opened, say
from models.rules import sealing
from models.services import checks, seal_checks, seal_receipts
from models.settings import Settings


def check(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each thing that is wrong, as soon as it is found; 1 when there is any."""
    heads = [sealing.read_head(text) for text in parsed.head]
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
        if is_well:
            say(f"All is well: {len(checks.CHECKS)} invariants hold.", *_sealed(session))
    return 0 if is_well else 1


def _sealed(session: Session) -> Iterator[str]:
    found = seal_checks.standing(session)
    if found is not None:
        waiting = f"; {found.waiting:,} not sealed yet" if found.waiting else ""
        yield f"Sealed: {found.rows:,} rows in {found.seals:,} seals, up to {sealing.shown(found.head)}{waiting}."
