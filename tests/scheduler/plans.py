"""Setting plans to a schedule and looking at the sessions that came of them."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from models.counts import CountLine, CountSession
from models.people import Company
from models.plans import CountPlan
from scheduler.jobs import Tick, tick
from tests.world import World


def at(text: str) -> datetime:
    """An instant in UTC: "2026-11-23 06:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Plans:
    """The plans of a world. The one that every world has is put to sleep, so that only those of the test run."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.set(world.plan_id, next_due=None)

    def set(self, plan_id: int, **values: object) -> None:
        """Change columns of a plan."""
        with self.world.database.write() as session:
            session.get_one(CountPlan, plan_id).sqlmodel_update(values)

    def add(
        self, schedule: str, next_due: datetime | None, *, name: str = "Nightly", zone: str = "Europe/Berlin",
        grace: timedelta = timedelta(days=1),
    ) -> int:  # fmt: skip
        """Another plan of the team, in the company's zone `zone`."""
        with self.world.database.write() as session:
            session.get_one(Company, 1).timezone = zone
            plan_id = self.world.plan(session, name, self.world.team_id)
        self.set(plan_id, schedule=schedule, next_due=next_due, grace_seconds=int(grace.total_seconds()))
        return plan_id

    def next_due(self, plan_id: int) -> datetime | None:
        """When the plan runs next, as stored."""
        with self.world.database.read() as session:
            return session.get_one(CountPlan, plan_id).next_due

    def runs(self, plan_id: int) -> list[datetime]:
        """The occurrences that became sessions."""
        with self.world.database.read() as session:
            return list(
                session.exec(
                    select(CountSession.scheduled_for)
                    .where(CountSession.plan_id == plan_id)
                    .order_by(col(CountSession.scheduled_for))
                )
            )

    def items_of(self, session_id: int) -> list[int]:
        """The items on the lines of a session."""
        with self.world.database.read() as session:
            return list(session.exec(select(CountLine.item_id).where(CountLine.session_id == session_id)))

    def watch(self, first: str, last: str, every: timedelta = timedelta(minutes=7)) -> list[Tick]:
        """Tick from `first` to `last`; what each tick did."""
        now, done = at(first), []
        while now <= at(last):
            done.append(tick(self.world.database, now))
            now += every
        return done
