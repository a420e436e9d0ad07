"""Building a small warehouse for a test: one team, its people, their bins, a plan, stock and tolerance limits.

`tests.world.World` adds what people do in it. Quantities are written as plain numbers or strings ("2.5").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, select

from models.catalog import Item, Location
from models.database import Database
from models.people import Company, Member, Role, Team, TeamLocation, TeamRole
from models.plans import AtDue, CountPlan, Pace, ToleranceLimit
from models.rules.tolerance import Measure, Scope, Side
from models.services import ledger
from models.stock import EntryKind

Number = Decimal | int | str

COUNTERS = ("ana", "dan", "fay")


@dataclass(frozen=True)
class Stock:
    """One item at one location, with its level row."""

    item_id: int
    location_id: int
    level_id: int
    sku: str


class Warehouse:
    """Team Fleet Parts: Ana, Dan and Fay count; Ben approves up to 500 EUR, Eva any value; Kim is stock control."""

    def __init__(
        self, database: Database, now: datetime, *, recounts: int = 1, at_due: AtDue = AtDue.EXPIRE, lines: int = 12
    ) -> None:
        self.database = database
        self.now = now
        with database.write() as session:
            session.add(Company(timezone="UTC", currency="EUR"))
            self.team_id = self._team(session, "Fleet Parts", "C01PARTS", "C01REVIEW", "A-", "B-")
            self.give_role(session, self.team_id, Role.COUNTER, *COUNTERS)
            self.give_role(session, self.team_id, Role.APPROVER, "ben", limit=Decimal(500))
            self.give_role(session, self.team_id, Role.APPROVER, "eva")
            self.member(session, "kim").is_controller = True
            self.plan_id = self.plan(session, "Daily parts", self.team_id, recounts, at_due, lines)

    # -- set-up

    def _team(self, session: Session, name: str, channel: str, review_channel: str, *prefixes: str) -> int:
        team = Team(name=name, channel=channel, review_channel=review_channel)
        session.add(team)
        session.flush()
        assert team.id is not None
        session.add_all(TeamLocation(team_id=team.id, prefix=prefix) for prefix in prefixes)
        return team.id

    def give_role(self, session: Session, team_id: int, role: Role, *names: str, limit: Decimal | None = None) -> None:
        """Give people a role in a team."""
        for name in names:
            member_id = self.member(session, name).id
            assert member_id is not None
            session.add(TeamRole(team_id=team_id, member_id=member_id, role=role, approval_limit=limit))
        session.flush()

    def member(self, session: Session, name: str) -> Member:
        """The member called `name` ("ana" is U01ANA, shown as Ana), made when missing."""
        slack_id = f"U01{name.upper()}"
        found = session.exec(select(Member).where(Member.slack_id == slack_id)).one_or_none()
        if found is None:
            found = Member(slack_id=slack_id, name=name.capitalize())
            session.add(found)
            session.flush()
        return found

    def add_team(
        self, name: str, *prefixes: str, counters: tuple[str, ...] = (), approvers: tuple[str, ...] = ()
    ) -> int:
        """Another team with its bins and people; returns its id."""
        with self.database.write() as session:
            team_id = self._team(session, name, f"C{name.upper()}", f"C{name.upper()}R", *prefixes)
            self.give_role(session, team_id, Role.COUNTER, *counters)
            self.give_role(session, team_id, Role.APPROVER, *approvers)
        return team_id

    def plan(
        self,
        session: Session,
        name: str,
        team_id: int,
        recounts: int = 1,
        at_due: AtDue = AtDue.EXPIRE,
        lines: int = 12,
    ) -> int:
        """A plan that runs daily at 07:00, takes all its lines and is due four hours later; returns its id."""
        plan = CountPlan(
            name=name, team_id=team_id, schedule="daily 07:00", recounts=recounts, at_due=at_due, lines=lines,
            pace=Pace.FULL, next_due=self.now,
        )  # fmt: skip
        session.add(plan)
        session.flush()
        assert plan.id is not None
        return plan.id

    def remove_role(self, *names: str, role: Role = Role.COUNTER) -> None:
        """End a role of people in the team."""
        with self.database.write() as session:
            for name in names:
                member = self.member(session, name)
                for row in session.exec(select(TeamRole).where(TeamRole.member_id == member.id, TeamRole.role == role)):
                    row.is_active = False

    def stock(
        self, sku: str, code: str, on_hand: Number = 0, *, unit_cost: Number | None = 1, category: str = "",
        abc_class: str | None = None,
    ) -> Stock:  # fmt: skip
        """An item in a bin, with what it holds posted an hour before now (nothing is posted for 0)."""
        before = self.now - timedelta(hours=1)
        with self.database.write() as session:
            item = session.exec(select(Item).where(Item.sku == sku)).one_or_none() or Item(
                sku=sku, name=sku.title(), category=category, abc_class=abc_class, created_at=before,
                unit_cost=None if unit_cost is None else Decimal(unit_cost),
            )  # fmt: skip
            location = session.exec(select(Location).where(Location.code == code)).one_or_none() or Location(code=code)
            session.add_all([item, location])
            session.flush()
            assert item.id is not None
            assert location.id is not None
            level = ledger.level_of(session, item.id, location.id, before)
            if Decimal(on_hand):
                ledger.post(session, level, EntryKind.OPENING, Decimal(on_hand), occurred_at=before, now=before)
            assert level.id is not None
            return Stock(item.id, location.id, level.id, sku)

    def tolerate(
        self, measure: Measure, amount: Number | None, *, scope: Scope = Scope.PLAN, key: str = "Daily parts",
        sides: tuple[Side, ...] = tuple(Side),
    ) -> None:  # fmt: skip
        """Set a tolerance limit (None: "off") on both sides, or on those given."""
        with self.database.write() as session:
            session.add_all(
                ToleranceLimit(
                    scope=scope, scope_key="" if scope is Scope.COMPANY else key, measure=measure, side=side,
                    amount=None if amount is None else Decimal(amount),
                )
                for side in sides
            )  # fmt: skip
