"""Several people change plans at once, or a file does: nothing is lost, and who comes second is told."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import Session

from models.errors import BadInput, CycleCountError, WrongState
from models.plans import CountPlan
from models.services import plan_changes, setups
from models.services.plan_changes import BadPlan, PlanFacts
from tests.services.plan_changing import FILE, NEW, edit, plan, seen
from tests.services.test_races import race, split
from tests.world import World


def test_an_edit_of_what_somebody_else_has_changed_is_refused(world: World) -> None:
    before = seen(world)
    edit(world, {"lines": 20}, as_of=before)
    with pytest.raises(WrongState) as refused:
        edit(world, {"lines": 30}, as_of=before)
    assert str(refused.value) == (
        "“Daily parts” is not as you saw it any more: Kim changed it at 07:00 (lines 12 -> 20). "
        "Nothing of yours was saved; open it again to see how it is now."
    )
    assert plan(world).lines == 20
    changes: list[Callable[[], CountPlan]] = [
        lambda: edit(world, {}, name="Parts, daily"),
        lambda: edit(world, {}, tolerance={"percent": {"plus": "1", "minus": None}}),
    ]
    for change in changes:
        before = seen(world)
        change()
        with pytest.raises(WrongState, match="Kim changed it at"):
            edit(world, {"lines": 30}, as_of=before)


def test_two_edits_at_once_are_one_edit_and_one_refusal(world: World) -> None:
    kim = world.person("kim")
    for number in range(20, 24):
        before, now = seen(world), world.now

        def editing(lines: int, before: PlanFacts = before, now: datetime = now) -> Callable[[Session], object]:
            return lambda session: plan_changes.edit(
                session, kim, world.plan_id, before.name, before.facts | {"lines": lines}, {},
                seen=before.version, now=now,
            ).lines  # fmt: skip

        won, lost = split(race(world, editing(number), editing(number + 100)))
        assert (len(won), [type(error) for error in lost]) == (1, [WrongState])
        assert plan(world).lines == won[0]


def test_two_plans_of_one_name_at_once_are_one_plan(world: World) -> None:
    kim, now = world.person("kim"), world.now
    for number in range(4):

        def making(name: str) -> Callable[[Session], object]:
            return lambda session: plan_changes.create(session, kim, name, NEW, {}, now)

        won, lost = split(race(world, making(f"Lunch {number}"), making(f"LUNCH {number}")))
        assert (len(won), [type(error) for error in lost]) == (1, [BadPlan])


def test_an_edit_and_an_apply_at_once_lose_nothing(world: World) -> None:
    kim = world.person("kim")
    with world.step() as session:
        setups.apply(session, FILE, file_name="setup.toml", now=world.now, force=True)
    for number in range(4):
        before, now, text = seen(world), world.now, FILE.replace('"4h"', f'"{number + 5}h"')

        def editing(session: Session, before: PlanFacts = before, lines: int = number + 20) -> object:
            return plan_changes.edit(
                session, kim, world.plan_id, before.name, before.facts | {"lines": lines}, before.tolerance,
                seen=before.version, now=now,  # noqa: B023 - run at once
            )  # fmt: skip

        def applying(session: Session, text: str = text) -> object:
            return setups.apply(session, text, file_name="setup.toml", now=now)  # noqa: B023 - same

        _, lost = split(race(world, editing, applying))
        assert plan(world).due_in_seconds == (number + 5) * 3600
        assert plan(world).lines == (seen(world).facts["lines"] if lost else number + 20)
        assert all(isinstance(error, WrongState) for error in lost)


def test_what_was_changed_in_slack_is_reported_by_apply_and_kept(world: World) -> None:
    text = FILE.replace("lines = 12\n", "lines = 12\nbins = []\npaused = false\n")

    def apply(*, force: bool = False) -> list[str]:
        with world.step() as session:
            return setups.apply(session, text, file_name="setup.toml", now=world.now, force=force)

    limit = 'tolerance of plan "Daily parts":'
    apply(force=True)
    assert apply() == []
    before = seen(world)
    edit(world, {"lines": 20, "bins": "A-"}, tolerance={"percent": {"plus": "3", "minus": "3"}})
    with world.step() as session:
        plan_changes.pause(session, world.person("kim"), world.plan_id, world.now)
    for _ in range(2):
        assert apply() == [
            'plan "Daily parts": bins was edited since the last apply; kept "A-", --force sets all',
            'plan "Daily parts": lines was edited since the last apply; kept 20, --force sets 12',
            'plan "Daily parts": paused was edited since the last apply; kept true, --force sets false',
            f'{limit} percent: plus was edited since the last apply; kept "3", --force sets "2"',
            f'{limit} percent: minus was edited since the last apply; kept "3", --force sets "2"',
            f"{limit} value: was removed since the last apply; still removed, --force brings it back",
        ]
    assert plan(world).next_due is None
    apply(force=True)
    assert seen(world) == before
    assert plan(world).next_due is not None


def test_a_known_refusal_is_one_sentence_a_problem() -> None:
    error = BadPlan({"lines": "Write a whole number from 1 to 200.", "name": "Give the plan a name."})
    assert isinstance(error, BadInput)
    assert isinstance(error, CycleCountError)
    assert str(error).splitlines() == ["lines: Write a whole number from 1 to 200.", "name: Give the plan a name."]
