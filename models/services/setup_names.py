"""Plans that have another name than in the set-up file: they are the same plans, with all that belongs to them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, select

from models.plans import CountPlan, ToleranceLimit
from models.rules.tolerance import Scope
from models.services import setup_audit, setup_declarations
from models.services.setup_things import Key, Kind, SetupThing, label


class Names(NamedTuple):
    """The plans that are called otherwise than in the file, by its names; and a sentence for each of the file's."""

    now: dict[str, str]
    sentences: list[str]

    def known(self, thing: SetupThing) -> SetupThing:
        """A thing of the file under the key that it has in the tables."""
        match thing.kind, thing.key:
            case Kind.PLAN, (name,) if name in self.now:
                return replace(thing, key=(self.now[name],))
            case Kind.TOLERANCE, (Scope.PLAN, name, measure) if name in self.now:
                return replace(thing, key=(Scope.PLAN, self.now[name], measure))
        return thing

    def in_file(self, key: Key) -> str | None:
        """What the file calls a plan, when that is not its name."""
        return next((name for name, now in self.now.items() if (now,) == key), None)


def rename(session: Session, plan: CountPlan, name: str) -> None:
    """Give a plan a name that no other has or had; its limits, and what the file said of it, go along."""
    before = plan.name
    of_plan = (ToleranceLimit.scope == Scope.PLAN, ToleranceLimit.scope_key == before)
    for limit in session.exec(select(ToleranceLimit).where(*of_plan)):
        limit.scope_key = name
    plan.name = name
    session.flush()
    setup_declarations.follow(session, before, name)


def settle(session: Session, names: Iterable[str], *, force: bool, actor: str, now: datetime) -> Names:
    """Find the plans that the file calls by these names, under the names that they have since; `force` renames them.

    A name that another plan has, or had, cannot be given back.
    """
    called = setup_declarations.called_now(session, names)
    sentences = []
    for name, since in list(called.items()):
        is_taken = session.exec(select(CountPlan.id).where(CountPlan.name == name)).first() is not None
        if not force or is_taken:
            way_back = "another plan has its name" if is_taken else "--force gives it its name back"
            sentences.append(f'{label(Kind.PLAN, (name,))}: is called "{since}" since; kept, {way_back}')
            continue
        changes: setup_audit.Changes = {setup_declarations.NAME: (since, name)}
        rename(session, session.exec(select(CountPlan).where(CountPlan.name == since)).one(), name)
        setup_audit.record(session, Kind.PLAN, (name,), "change", actor=actor, now=now, changes=changes)
        sentences.append(f"{label(Kind.PLAN, (since,))}: {setup_audit.changes_text(changes)}")
        del called[name]
    return Names(called, sentences)
