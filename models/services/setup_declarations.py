"""What the set-up file last said of each thing (`models.plans.Declaration`), also of a plan that was renamed since.

A plan that gets another name in Slack takes its declarations along, and those of its limits. What the file calls it
stays among them as the fact `name`: so the file's plan and the renamed one are known for the same. A thing that was
made in Slack, and of which the file said something else, is marked as Slack's.
"""

import json
from collections.abc import Iterable, Mapping

from sqlmodel import Session, select

from models.plans import Declaration
from models.rules.tolerance import Measure, Scope
from models.services.setup_things import Facts, Key, Kind

NAME = "name"
OF_SLACK = "made in Slack"

Identity = tuple[Kind, Key]


def read(session: Session) -> dict[Identity, Facts]:
    """What the file last said of each thing, under the key that the thing has now."""
    rows = session.exec(select(Declaration))
    return {(Kind(row.kind), tuple(json.loads(row.key))): json.loads(row.declared) for row in rows}


def remember(session: Session, said: Mapping[Identity, Facts], kept: Iterable[Identity]) -> None:
    """Remember what the file says; of what it says no more, only what was `kept`, so that it is reported again."""
    rows = {(row.kind, row.key): row for row in session.exec(select(Declaration))}
    for (kind, key), facts in said.items():
        row = rows.pop((kind, _text(key)), None) or Declaration(kind=kind, key=_text(key), declared="")
        row.declared = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        session.add(row)
    remembered = {(kind, _text(key)) for kind, key in kept}
    for identity, row in rows.items():
        if identity not in remembered:
            session.delete(row)


def called_now(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Of plans that the file calls by these names, those that are called otherwise since: what they are called now.

    A file that knows the new name means that plan by it, whatever the old one then stands for.
    """
    since = {
        str(facts[NAME]): key[0] for (kind, key), facts in read(session).items() if kind is Kind.PLAN and NAME in facts
    }
    found = {name: since.get(name, name) for name in names}
    known = {now for name, now in found.items() if name == now}
    return {name: now for name, now in found.items() if name != now and now not in known}


def follow(session: Session, before: str, name: str) -> None:
    """A plan was renamed: what the file said of it, and of its limits, is said of it under its new name."""
    keys: dict[Identity, Key] = {(Kind.PLAN, (before,)): (name,)}
    for measure in Measure:
        keys[Kind.TOLERANCE, (Scope.PLAN, before, measure)] = (Scope.PLAN, name, measure)
    for (kind, key), new in keys.items():
        row = session.exec(select(Declaration).where(Declaration.kind == kind, Declaration.key == _text(key))).first()
        if row is None:
            continue
        left_over = session.exec(select(Declaration).where(Declaration.kind == kind, Declaration.key == _text(new)))
        for other in left_over:  # from when a plan that was renamed left its declarations behind
            session.delete(other)
            session.flush()
        row.key = _text(new)
        if kind is Kind.PLAN:
            facts = json.loads(row.declared)
            in_file = facts.pop(NAME, before)
            row.declared = json.dumps(facts if in_file == name else facts | {NAME: in_file}, ensure_ascii=False)
        session.add(row)
    session.flush()


def _text(key: Key) -> str:
    return json.dumps(key, ensure_ascii=False)
