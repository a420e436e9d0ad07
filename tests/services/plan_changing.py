"""What the tests of plans made and changed in Slack share: making, editing, and reading what became of it."""

import json
from decimal import Decimal

import pytest
from sqlmodel import col, select

from models.journal import AuditEvent
from models.plans import CountPlan, ToleranceLimit
from models.services import plan_changes
from models.services.plan_changes import BadPlan, PlanFacts
from models.services.plan_facts import Tolerance
from models.services.setup_things import Facts
from tests.services.setup_example import SETUP
from tests.world import World

NEW: Facts = {"team": "Fleet Parts", "schedule": "weekdays 12:00", "lines": 5}
LIMITS: Tolerance = {"percent": {"plus": "2", "minus": "2"}, "value": {"plus": "off", "minus": None}}
FILE = SETUP.replace("Europe/Berlin", "UTC").replace("U03BEN", "U01BEN").replace("U04EVA", "U01EVA").replace(
    "U05KIM", "U01KIM").replace("U02DAN", "U01DAN")  # fmt: skip


def seen(world: World, plan_id: int | None = None) -> PlanFacts:
    with world.database.read() as session:
        return plan_changes.facts_of(session, plan_id or world.plan_id)


def create(world: World, name: str, facts: Facts = NEW, tolerance: Tolerance | None = None, *, who: str = "kim") -> int:
    person = world.person(who)
    with world.step() as session:
        made = plan_changes.create(session, person, name, facts, tolerance or {}, world.now)
        assert made.id is not None
        return made.id


def edit(
    world: World,
    change: Facts,
    *,
    name: str | None = None,
    tolerance: Tolerance | None = None,
    as_of: PlanFacts | None = None,
    plan_id: int | None = None,
) -> CountPlan:
    before = as_of or seen(world, plan_id)
    kim = world.person("kim")
    with world.step() as session:
        return plan_changes.edit(
            session, kim, plan_id or world.plan_id, name or before.name, before.facts | change,
            before.tolerance if tolerance is None else tolerance, seen=before.version, now=world.now,
        )  # fmt: skip


def plan(world: World, plan_id: int | None = None) -> CountPlan:
    with world.database.read() as session:
        return session.get_one(CountPlan, plan_id or world.plan_id)


def problems(world: World, change: Facts, *, name: str = "Lunch", tolerance: Tolerance | None = None) -> dict[str, str]:
    with pytest.raises(BadPlan) as refused:
        create(world, name, NEW | change, tolerance)
    return refused.value.problems


def audited(world: World) -> list[tuple[str, str, str, dict[str, object]]]:
    with world.database.read() as session:
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all()
        return [(event.actor, event.action, event.subject, json.loads(event.detail)) for event in events]


def limits(world: World) -> dict[tuple[str, str, str], Decimal | None]:
    with world.database.read() as session:
        return {(row.scope_key, row.measure, row.side): row.amount for row in session.exec(select(ToleranceLimit))}
