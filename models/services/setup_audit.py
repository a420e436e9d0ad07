"""The audit trail of set-ups: one form, whether the set-up file changed a thing or somebody in Slack.

change plan | plan "Daily parts" | {"lines": {"from": 12, "to": 15}}
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from models.services import journal
from models.services.setup_things import Fact, Facts, Key, Kind, label, said

Changes = dict[str, tuple[Fact, Fact]]
"""Facts by name, each as it was and as it is now."""

LONGEST_SUBJECT = 120


def changes_between(before: Facts, after: Facts) -> Changes:
    """The facts that are not the same on both sides."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def changes_text(changes: Changes) -> str:
    """`lines 12 -> 15, replies true -> false`."""
    return ", ".join(f"{name} {said(before, name)} -> {said(after, name)}" for name, (before, after) in changes.items())


def told(detail: str) -> str:
    """`changes_text` of what the audit trail holds; nothing when it is no change."""
    found: dict[str, object] = json.loads(detail)
    changes = {name: (value["from"], value["to"]) for name, value in found.items() if isinstance(value, dict)}
    return changes_text(changes)


def subject_of(kind: Kind, key: Key) -> str:
    """What the audit trail calls a thing."""
    return label(kind, key)[:LONGEST_SUBJECT]


def record(
    session: Session,
    kind: Kind,
    key: Key,
    action: Literal["add", "change", "remove"],
    *,
    actor: str,
    now: datetime,
    facts: Facts | None = None,
    changes: Changes | None = None,
) -> None:
    """Write down that `actor` made a thing (with these facts), changed it, or took it away."""
    detail: Mapping[str, object] = facts or {}
    if changes is not None:
        detail = {name: {"from": before, "to": after} for name, (before, after) in changes.items()}
    journal.audit(
        session, actor=actor, action=f"{action} {kind}", subject=subject_of(kind, key), now=now, detail=detail
    )
