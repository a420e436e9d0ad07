import logging
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from models import milestones
from models.milestones import Milestone
from models.services import expiry, selection
from models.services import plans as plan_service
from models.services.plan_terms import Terms
from scheduler.failures import Failures
from scheduler.jobs import Tick, tick
from tests.scheduler.plans import Plans, at


def test_a_plan_that_is_due_starts_one_session_and_moves_on(plans: Plans) -> None:
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    database = plans.world.database
    assert tick(database, at("2026-11-23 05:59:59")) == Tick()
    started = tick(database, at("2026-11-23 06:00"))
    assert len(started.started) == 1
    assert tick(database, at("2026-11-23 06:00:01")) == Tick()
    assert plans.runs(plan_id) == [at("2026-11-23 06:00")]
    assert plans.next_due(plan_id) == at("2026-11-24 06:00")


def test_a_missed_night_is_caught_up_once(plans: Plans) -> None:
    plan_id = plans.add("daily 02:00", at("2026-11-20 01:00"))
    plans.watch("2026-11-23 07:30", "2026-11-23 09:00")
    assert plans.runs(plan_id) == [at("2026-11-23 01:00")]  # of four missed nights, the last
    assert plans.next_due(plan_id) == at("2026-11-24 01:00")


def test_a_run_missed_longer_ago_than_the_grace_is_left_out_and_the_next_one_is_not(plans: Plans) -> None:
    plan_id = plans.add("weekly mon 07:00", at("2026-11-16 06:00"), grace=timedelta(hours=4))
    plans.watch("2026-11-16 10:01", "2026-11-16 12:00")
    assert plans.runs(plan_id) == []
    plans.watch("2026-11-23 05:00", "2026-11-23 07:00")
    assert plans.runs(plan_id) == [at("2026-11-23 06:00")]


def test_a_time_in_the_spring_gap_runs_once_at_the_first_moment_after_it(plans: Plans) -> None:
    plan_id = plans.add("daily 02:30", at("2026-03-28 01:30"))
    plans.watch("2026-03-28 01:30", "2026-03-30 02:00")
    assert plans.runs(plan_id) == [at("2026-03-28 01:30"), at("2026-03-29 01:00"), at("2026-03-30 00:30")]


@pytest.mark.parametrize(
    "first",
    [
        "2026-10-25 00:00",  # running all night
        "2026-10-25 00:45",  # not running when the clock showed 02:30 first
        "2026-10-25 01:10",  # nor between the two
        "2026-10-25 01:31",  # nor when it showed it again
    ],
)
def test_a_time_in_the_autumn_fold_runs_once(plans: Plans, first: str) -> None:
    plan_id = plans.add("daily 02:30", at("2026-10-25 00:30"))
    plans.watch(first, "2026-10-26 01:00")
    assert plans.runs(plan_id) == [at("2026-10-25 00:30")]
    assert plans.next_due(plan_id) == at("2026-10-26 01:30")


def test_an_inactive_plan_does_not_start(plans: Plans) -> None:
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    plans.set(plan_id, is_active=False)
    assert tick(plans.world.database, at("2026-11-23 06:00")) == Tick()


def test_lines_expire_before_plans_start_so_that_the_new_session_can_have_them(plans: Plans) -> None:
    bolts = plans.world.stock("BOLT-10", "A-01-03", 100)
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    plans.set(plan_id, due_in_seconds=24 * 3600)
    database = plans.world.database
    (first,) = tick(database, at("2026-11-23 06:00")).started
    next_morning = tick(database, at("2026-11-24 06:00"))
    assert len(next_morning.expired) == 1
    (second,) = next_morning.started
    assert plans.items_of(first) == plans.items_of(second) == [bolts.item_id]


def test_an_error_in_one_plan_is_logged_and_leaves_the_others_alone(
    plans: Plans, caplog: pytest.LogCaptureFixture
) -> None:
    broken = plans.add("dayly 07:00", at("2026-11-23 06:00"), name="Broken")
    sound = plans.add("daily 07:00", at("2026-11-23 06:00"), name="Sound")
    done = tick(plans.world.database, at("2026-11-23 06:00"))
    assert (plans.runs(broken), plans.runs(sound)) == ([], [at("2026-11-23 06:00")])
    (reference,) = done.failed
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert f"starting plan {broken} failed (reference {reference})" in record.getMessage()
    assert record.exc_info is not None


def test_a_start_that_fails_half_way_leaves_nothing_and_is_made_up_for(
    plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    database, failures = plans.world.database, Failures()

    def fail(_session: Session, _terms: Terms, **_facts: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(selection, "choose", fail)
        assert len(tick(database, at("2026-11-23 06:00"), failures).failed) == 1
    assert (plans.runs(plan_id), plans.next_due(plan_id)) == ([], at("2026-11-23 06:00"))
    assert tick(database, at("2026-11-23 06:00:00.5"), failures) == Tick()  # it rests for a second
    assert len(tick(database, at("2026-11-23 06:00:01"), failures).started) == 1
    assert plans.runs(plan_id) == [at("2026-11-23 06:00")]


def test_an_error_in_one_line_leaves_the_others_alone(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    world = plans.world
    first, second = (world.line(world.stock(sku, code, 5)) for sku, code in (("NUT", "A-1"), ("NAIL", "A-2")))
    expire = expiry.expire_line

    def fail_once(session: Session, line_id: int, now: datetime) -> bool:
        done = expire(session, line_id, now)
        if line_id == first:
            raise OSError("disk full")
        return done

    monkeypatch.setattr(expiry, "expire_line", fail_once)
    done = tick(world.database, world.now + timedelta(days=1))
    assert done.expired == (second,)
    assert len(done.failed) == 1
    with world.database.read() as session:
        assert expiry.lines_due(session, world.now + timedelta(days=1)) == [first]  # rolled back, still due


def test_without_a_database_a_tick_logs_and_does_nothing(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))

    def unreachable(_session: Session, _now: datetime) -> list[int]:
        raise OSError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(plan_service, "due_plan_ids", unreachable)
        assert len(tick(plans.world.database, at("2026-11-23 06:00")).failed) == 1
    assert plans.runs(plan_id) == []


def test_the_milestone_of_a_start_is_passed_after_its_commit(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    seen: list[tuple[Milestone, bool]] = []

    def observe(milestone: Milestone) -> None:
        if milestone is Milestone.SESSION_STARTED:
            seen.append((milestone, bool(plans.runs(plan_id))))  # another connection sees committed rows only

    monkeypatch.setattr(milestones, "_observers", [observe])
    tick(plans.world.database, at("2026-11-23 06:00"))
    assert seen == [(Milestone.SESSION_STARTED, True)]
