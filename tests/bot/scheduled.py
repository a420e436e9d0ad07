"""Schedules to be said: runs and whole schedules without a database, and plans that have one."""

from datetime import UTC, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.plans import CountPlan
from models.services.plan_schedule import CutPlan, ScheduledRun
from models.services.team_schedules import ClosedDay, TeamSchedule
from tests.conftest import NOW

BERLIN = ZoneInfo("Europe/Berlin")


def run(at: str, plan: str = "Daily parts", *, lines: int = 9, by_class: tuple[tuple[str, int], ...] = (),
        hours: float = 4, team: str = "Fleet Parts", moved: tuple[str, str] = ("", "")) -> ScheduledRun:  # fmt: skip
    """`moved` is from when, and why."""
    starts = berlin(at)
    return ScheduledRun(
        at=starts, occurrence=berlin(moved[0] or at), plan_id=crc32(plan.encode()), plan=plan, team=team,
        channel="C01PARTS", due_at=starts + timedelta(hours=hours), lines=lines, by_class=by_class,
        sampled="random sample", what="what is due", moved_because=moved[1],
    )  # fmt: skip


def berlin(at: str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=BERLIN).astimezone(UTC)


def book(
    *runs: ScheduledRun, closed: tuple[ClosedDay, ...] = (), teams: tuple[str, ...] = ("Fleet Parts",),
    cut: tuple[CutPlan, ...] = (),
) -> TeamSchedule:  # fmt: skip
    return TeamSchedule(runs, cut, closed, teams, NOW, datetime(2026, 12, 22, 7, tzinfo=UTC), BERLIN)


def plan(session: Session, plan_id: int, schedule: str, **values: object) -> None:
    row = session.get_one(CountPlan, plan_id)
    row.schedule = schedule
    for key, value in values.items():
        setattr(row, key, value)
