"""Simulated years of counting by plan: is everything counted as often as promised, and no day a mountain?

Three teams, public holidays, random movements (some balances go below nothing), lines that cannot be counted and days
on which a whole team is away. Runs are started by the scheduler's own tick, so occurrences, calendar, quotas and
choosing are the real ones. Only the counting itself is written in bulk: what a count does to a line is not the question
here, and two years of it would take hours.
"""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from models.counts import CountSession
from models.database import Database
from models.migrate import migrate
from models.people import Team
from models.rules.due_order import Due, due_order
from models.rules.levelling import DEFAULT_FREQUENCIES, float_days, intervals, quota
from models.rules.lines import LineState
from models.rules.policies import parse_policies
from models.rules.schedules import parse_schedule
from models.rules.selection import walk_key
from models.services import setups
from models.services.calendars import calendar_of
from models.services.due_stock import CATCH_UP
from models.services.plan_preview import preview
from models.services.plan_terms import Terms
from models.stock import EntryKind, StockLevel
from models.tables import METADATA
from scheduler.jobs import tick

ZONE = ZoneInfo("Europe/Berlin")
FIRST_DAY = date(2026, 1, 1)
CLASSES = (("A", 20), ("B", 30), ("C", 50))  # percent of the items
TEAMS = ("North", "East", "South")
UNCOUNTED = 0.03  # of the lines: blocked, unsafe, forgotten
AWAY = 0.015  # of the days, for each team
MOVED = 0.02  # of the stocks, each day

ITEM, LOCATION, LEVEL, LINE, LEDGER = (
    METADATA.tables[name] for name in ("item", "location", "stocklevel", "countline", "stockentry")
)


@dataclass
class Outcome:
    """What came of a simulation. Days are working days."""

    promised: dict[str, Fraction]
    items: Counter[str]
    capacity: dict[str, int]
    demand: Fraction
    warnings: dict[str, tuple[str, ...]]
    counts: Counter[str] = field(default_factory=Counter)
    longest: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    caught_up: Counter[str] = field(default_factory=Counter)
    over_quota: list[str] = field(default_factory=list)
    over_capacity: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    lines_a_day: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    working_days: int = 0
    chosen: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def peak_and_mean(self) -> tuple[int, float]:
        """Lines a day and team: the most, and the mean."""
        days = [lines for of_team in self.lines_a_day.values() for lines in of_team]
        return max(days), sum(days) / len(days)


class Simulation:
    """A database, a clock that jumps from day to day, and random people."""

    def __init__(self, database: Database, *, items: int, capacity: float, seed: int, look_closely: bool) -> None:
        self.database = database
        self.random = Random(seed)
        self.look_closely = look_closely
        self.now = datetime(FIRST_DAY.year, 1, 1, tzinfo=ZONE).astimezone(UTC)
        self._stock(items)
        self.outcome = self._plans(capacity)
        self.created = FIRST_DAY
        with database.read() as session:
            self.calendars = {
                team.name: calendar_of(session, team) for team in session.exec(select(Team).order_by(col(Team.id)))
            }
            self.levels = {
                level_id or 0: (letter, TEAMS[(location_id - 1) % len(TEAMS)])
                for level_id, letter, location_id in session.exec(
                    select(col(StockLevel.id), StockLevel.abc_class, StockLevel.location_id)
                ).all()
            }
        self.last_count: dict[int, date] = {}

    # -- what there is

    def _stock(self, items: int) -> None:
        letters = [letter for letter, percent in CLASSES for _ in range(items * percent // 100)]
        letters += [CLASSES[-1][0]] * (items - len(letters))
        self.random.shuffle(letters)
        numbers = range(1, items + 1)
        with self.database.write() as session:
            session.execute(
                insert(ITEM),
                [
                    {
                        "id": number, "sku": f"SKU-{number}", "name": f"Item {number}", "category": "", "unit": "pcs",
                        "unit_cost": Decimal(self.random.randint(1, 500)), "abc_class": letter, "file_class": letter,
                        "created_at": self.now,
                    }
                    for number, letter in zip(numbers, letters, strict=True)
                ],
            )  # fmt: skip
            session.execute(
                insert(LOCATION),
                [{"id": number, "code": f"{TEAMS[(number - 1) % 3][0]}-{number:06}"} for number in numbers],
            )
            session.execute(
                insert(LEVEL),
                [
                    {
                        "item_id": number, "location_id": number, "on_hand": Decimal(self.random.randint(0, 200)),
                        "abc_class": letter, "created_at": self.now, "due_from": self.now,
                    }
                    for number, letter in zip(numbers, letters, strict=True)
                ],
            )  # fmt: skip

    def _plans(self, capacity: float) -> Outcome:
        """Three teams and their plans, each with `capacity` times the lines a day that it needs."""
        with self.database.write() as session:
            setups.apply(session, _setup(dict.fromkeys(TEAMS, 1)), file_name="setup.toml", now=self.now)
            year = calendar_of(session, session.exec(select(Team)).all()[0]).year_from(FIRST_DAY)
            lengths = intervals(year, DEFAULT_FREQUENCIES)
            per_team: dict[str, Counter[str]] = {name: Counter() for name in TEAMS}
            for letter, location_id in session.exec(select(StockLevel.abc_class, StockLevel.location_id)).all():
                per_team[TEAMS[(location_id - 1) % 3]][letter] += 1
            needs = {
                name: sum((quota(count, 1, lengths[letter]) for letter, count in found.items()), Fraction(0))
                for name, found in per_team.items()
            }
            rounded = ceil if capacity >= 1 else floor
            share = Fraction(capacity).limit_denominator(100)
            lines = {name: max(1, rounded(need * share)) for name, need in needs.items()}
            setups.apply(session, _setup(lines), file_name="setup.toml", now=self.now)
            rhythm = parse_schedule("daily 07:00", ZONE.key)
            warnings = {}
            for team in session.exec(select(Team)).all():
                terms = Terms(team.id or 0, parse_policies("due"), lines[team.name])
                warnings[team.name] = preview(session, terms, rhythm, self.now).warnings
        self.lengths, self.per_team = lengths, per_team
        return Outcome(
            promised=lengths,
            items=sum(per_team.values(), Counter()),
            capacity=lines,
            demand=sum(needs.values(), Fraction(0)),
            warnings=warnings,
        )

    # -- what happens

    def run(self, end: date) -> Outcome:
        """Go through the days before `end`."""
        day = FIRST_DAY
        while day < end:
            self._day(day)
            day += timedelta(days=1)
        self.outcome.working_days = next(iter(self.calendars.values())).count(FIRST_DAY, end - timedelta(days=1))
        self._still_waiting(end - timedelta(days=1))
        return self.outcome

    def _day(self, day: date) -> None:
        self.now = datetime(day.year, day.month, day.day, 7, tzinfo=ZONE).astimezone(UTC)
        done = tick(self.database, self.now)
        assert not done.failed, done
        for session_id in done.started:
            self._count(session_id, day)
        self._move()

    def _count(self, session_id: int, day: date) -> None:
        """A team counts what is on its sheet, or does not."""
        with self.database.write() as session:
            team = session.get_one(Team, session.get_one(CountSession, session_id).team_id).name
            rows = session.execute(
                select(LINE.c.id, LEVEL.c.id, LINE.c.reason, ITEM.c.sku)
                .join(LEVEL, (LEVEL.c.item_id == LINE.c.item_id) & (LEVEL.c.location_id == LINE.c.location_id))
                .join(ITEM, ITEM.c.id == LINE.c.item_id)
                .where(LINE.c.session_id == session_id)
                .order_by(LINE.c.id)
            ).all()
            self._judge_run(session, team, day, {level_id: reason for _, level_id, reason, _ in rows})
            self.outcome.chosen += [(day.isoformat(), team, sku) for *_, sku in rows]
            away = self.random.random() < AWAY
            counted = {row[0]: row[1] for row in rows if not away and self.random.random() >= UNCOUNTED}
            for level_id in counted.values():
                self._counted(level_id, team, day)
            self._write(session, [row[0] for row in rows], counted)

    def _write(self, session: Session, line_ids: list[int], counted: dict[int, int]) -> None:
        at = self.now + timedelta(hours=1)
        for state, ids in (
            (LineState.RECONCILED, list(counted)),
            (LineState.SKIPPED, [one for one in line_ids if one not in counted]),
        ):
            if ids:
                session.execute(
                    update(LINE).where(LINE.c.id == bindparam("line")).values(state=state, settled_at=at),
                    [{"line": one} for one in ids],
                )
        if counted:
            session.execute(
                update(LEVEL).where(LEVEL.c.id == bindparam("level")).values(last_counted_at=at, due_from=at),
                [{"level": one} for one in counted.values()],
            )

    def _move(self) -> None:
        """Receipts and issues; now and then more is issued than there was."""
        moved = self.random.sample(sorted(self.levels), max(1, int(len(self.levels) * MOVED)))
        changes = [(level_id, Decimal(self.random.randint(-40, 40) or 1)) for level_id in moved]
        with self.database.write() as session:
            session.execute(
                insert(LEDGER),
                [
                    {
                        "item_id": one, "location_id": one, "quantity": quantity, "occurred_at": self.now,
                        "kind": EntryKind.RECEIPT if quantity > 0 else EntryKind.ISSUE, "recorded_at": self.now,
                        "reference": "",
                    }
                    for one, quantity in changes
                ],
            )  # fmt: skip
            session.execute(
                update(LEVEL).where(LEVEL.c.id == bindparam("level")).values(on_hand=LEVEL.c.on_hand + bindparam("by")),
                [{"level": one, "by": quantity} for one, quantity in changes],
            )

    # -- what is looked at

    def _judge_run(self, session: Session, team: str, day: date, reasons: dict[int, str]) -> None:
        outcome = self.outcome
        outcome.lines_a_day[team].append(len(reasons))
        if len(reasons) > outcome.capacity[team]:
            outcome.over_capacity.append(f"{day} {team}: {len(reasons)} lines")
        planned: Counter[str] = Counter()
        for level_id, reason in reasons.items():
            letter = self.levels[level_id][0]
            (outcome.caught_up if reason.startswith(CATCH_UP) else planned)[letter] += 1
        for letter, lines in planned.items():
            owed = quota(self.per_team[team][letter], 1, self.lengths[letter])
            if lines > owed + 1:
                outcome.over_quota.append(f"{day} {team} class {letter}: {lines} lines, quota {float(owed):.2f}")
        if self.look_closely:
            self._look_at_order(session, team, day, set(reasons), planned)

    def _look_at_order(self, session: Session, team: str, day: date, chosen: set[int], planned: Counter[str]) -> None:
        """Whoever was left out comes after everybody who was chosen, unless the quota of the class was full.

        Overdue is measured by the intervals of that day, which follow the working days ahead.
        """
        calendar = self.calendars[team]
        lengths = intervals(calendar.year_from(day.replace(day=1)), DEFAULT_FREQUENCIES)
        rows = session.execute(
            select(LEVEL.c.id, LEVEL.c.on_hand, ITEM.c.unit_cost, LOCATION.c.code)
            .join(ITEM, ITEM.c.id == LEVEL.c.item_id)
            .join(LOCATION, LOCATION.c.id == LEVEL.c.location_id)
            .where(LOCATION.c.code.startswith(f"{team[0]}-"))
        ).all()
        dues = {}
        for level_id, on_hand, cost, code in rows:
            letter, _ = self.levels[level_id]
            waited = calendar.count(self.last_count.get(level_id, self.created), day)
            never = level_id not in self.last_count
            dues[level_id] = Due(level_id, letter, waited, never, on_hand < 0, cost, walk_key(code, None))
        key = due_order(lengths)
        last = max((key(dues[one]) for one in chosen), default=None)
        owed = {letter: int(quota(stocks, 1, lengths[letter])) for letter, stocks in self.per_team[team].items()}
        for level_id, one in dues.items():
            is_due = one.never_counted or one.waited >= lengths[one.abc_class]
            is_full = planned[one.abc_class] >= owed[one.abc_class]
            if level_id not in chosen and is_due and not is_full and last is not None and key(one) < last:
                self.outcome.misplaced.append(f"{day} {team}: {level_id} was passed over")

    def _counted(self, level_id: int, team: str, day: date) -> None:
        letter = self.levels[level_id][0]
        self._waited(letter, self.calendars[team].count(self.last_count.get(level_id, self.created), day))
        self.outcome.counts[letter] += 1
        self.last_count[level_id] = day

    def _still_waiting(self, day: date) -> None:
        for level_id, (letter, team) in self.levels.items():
            self._waited(letter, self.calendars[team].count(self.last_count.get(level_id, self.created), day))

    def _waited(self, letter: str, days: int) -> None:
        self.outcome.longest[letter] = max(self.outcome.longest[letter], days)
        self.outcome.late[letter] += days > self.lengths[letter] + float_days(self.lengths[letter])


def _setup(lines: dict[str, int]) -> str:
    teams = "".join(
        f"""
[[team]]
name = "{name}"
channel = "C{name.upper()}"
review_channel = "CREVIEW{name.upper()}"
locations = ["{name[0]}-"]
counters = ["U{name.upper()}"]
approvers = ["UAPPROVER"]

[[plan]]
name = "{name} daily"
team = "{name}"
schedule = "daily 07:00"
lines = {lines[name]}
"""
        for name in TEAMS
    )
    calendar = '[calendar]\nholidays = "DE-BE"\nworking_days = "mon-fri"\n'
    return f'timezone = "{ZONE.key}"\ncontrollers = ["UKIM"]\n{calendar}{teams}'


@contextmanager
def simulation(*, items: int, capacity: float, seed: int, look_closely: bool = False) -> Iterator[Simulation]:
    """A simulation in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="cycle-count-bench-") as folder:
        url = f"sqlite:///{(Path(folder) / 'years.db').as_posix()}"
        migrate(url)
        database = Database(url)
        try:
            yield Simulation(database, items=items, capacity=capacity, seed=seed, look_closely=look_closely)
        finally:
            database.close()
