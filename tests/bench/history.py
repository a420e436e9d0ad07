"""History and accuracy of many counts against those of few: whatever is asked, it must not take longer for more.

Both databases have ten teams of four people and two plans a team, three years of counts, and 200 counts of each item
in its bin. Lines, entries, judgements and decisions are written beside the records, as the bot would have left them.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import Connection, insert, text
from sqlmodel import Session

from models.counts import CountSession, DecisionKind
from models.database import Database
from models.people import Company, Member, Team
from models.plans import AtDue, CountPlan
from models.records import RecordSource, Sample
from models.rules.lines import LineState
from models.tables import METADATA

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
DAYS = 3 * 365
COUNTS_OF_AN_ITEM = 200
TEAMS, PLANS, MEMBERS = 10, 20, 40
PATTERN = 10_000
"""Rows that are drawn; more are copies of them, moved by a little in time and to other items."""
CLASSES = "AABBBCCCCC"
CAUSES = ("unrecorded issue", "misplaced", "damaged", "count error", "cause not known", "within tolerance")

_COPIES = {
    "countentry": (
        "INSERT INTO countentry (id, line_id, member_id, quantity, attempt, settles, counted_at, recorded_at, source,"
        " source_key, typed) SELECT line_id, line_id, decided_by_id, counted, 1, {yes}, counted_at, counted_at,"
        " 'modal', 'bench ' || line_id, '' FROM countrecord"
    ),
    "judgement": (
        "INSERT INTO judgement (entry_id, judged_at, expected, variance, within, limit_applied) SELECT line_id,"
        " counted_at, expected, variance, {no}, '' FROM countrecord"
    ),
    "decision": (
        "INSERT INTO decision (line_id, line_version, kind, entry_id, posted, reason, note, decided_at)"
        " SELECT line_id, 2, decision, line_id, posted, cause, '', last_at FROM countrecord"
    ),
}
"""The rows that records stand for, made of them in the database."""


def fill(database: Database, rows: int, *, of_an_item: int = COUNTS_OF_AN_ITEM, seed: int = 1) -> None:
    """Write `rows` closed counts, evenly over three years up to now; 5 % have a variance.

    SQLite gets no statistics, for the bot gathers none; PostgreSQL does that by itself sooner or later.
    """
    tables = [METADATA.tables[name] for name in ("countline", "countrecord", "recordperson", *_COPIES)]
    indexes = [index for table in tables for index in table.indexes] if rows > PATTERN else []
    drawn, copies = min(rows, PATTERN), max(rows // PATTERN, 1)
    items = max(drawn // of_an_item, 10)
    with database.write() as session:
        connection = session.connection()
        _ground(session, items * copies)
        for index in indexes:  # many rows are quicker sorted once
            index.drop(connection)
        records = _records(drawn, items, timedelta(days=DAYS) / drawn, seed)
        connection.execute(insert(METADATA.tables["countline"]), [_line(record) for record in records])
        connection.execute(insert(METADATA.tables["countrecord"]), records)
        apart = timedelta(days=DAYS).total_seconds() / drawn / copies
        for copy in range(1, copies):
            moved = {"row": copy * drawn, "item": copy * items, "time": round(apart * copy, 3)}
            for table in ("countline", "countrecord"):
                connection.execute(text(_moved(connection, table, drawn)), moved)
        _complete(connection)
        for index in indexes:
            index.create(connection)
        if not database.is_sqlite:
            connection.execute(text("ANALYZE"))


def _moved(connection: Connection, table: str, drawn: int) -> str:
    """A statement that copies the rows that were drawn: other ids and items, a little later."""
    if connection.dialect.name == "sqlite":
        later = "strftime('%Y-%m-%d %H:%M:%f', {0}, '+' || :time || ' seconds') || '000'"
        day = "strftime('%Y-%m-%d', counted_at, '+' || :time || ' seconds')"
    else:
        later = "{0} + :time * interval '1 second'"
        day = "CAST((counted_at + :time * interval '1 second') AT TIME ZONE 'UTC' AS date)"
    moved = {"id": "id + :row", "line_id": "line_id + :row", "day": day}
    moved |= {name: f"{name} + :item" for name in ("item_id", "location_id")}
    moved |= {name: later.format(name) for name in ("counted_at", "last_at", "due_at", "settled_at")}
    names = [column.name for column in METADATA.tables[table].columns]
    columns = ", ".join(moved.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {columns} FROM {table} WHERE id <= {drawn}"


def _ground(session: Session, items: int) -> None:
    """The company, its people and plans, a session a plan, and the items, each in a bin of its own."""
    team_of = [number % TEAMS + 1 for number in range(MEMBERS)]
    session.add(Company(timezone="Europe/Berlin"))
    session.add_all(Team(id=n, name=f"Team {n}", channel=f"C{n}", review_channel=f"R{n}") for n in range(1, TEAMS + 1))
    session.add_all(Member(id=n + 1, slack_id=f"U{n + 1}", name=f"Person {n + 1}") for n in range(len(team_of)))
    session.flush()
    session.add_all(
        CountPlan(id=n, name=f"Plan {n}", team_id=n % TEAMS + 1, schedule="daily 07:00") for n in range(1, PLANS + 1)
    )
    session.flush()
    session.add_all(
        CountSession(
            id=n, plan_id=n, team_id=n % TEAMS + 1, name=f"Plan {n}", scheduled_for=NOW, started_at=NOW, due_at=NOW,
            recounts=1, replies=True, at_due=AtDue.EXPIRE,
        )
        for n in range(1, PLANS + 1)
    )  # fmt: skip
    session.flush()
    numbers = range(1, items + 1)
    session.execute(
        insert(METADATA.tables["item"]),
        [
            {"id": n, "sku": f"S{n}", "name": f"Item {n}", "category": "", "unit": "pcs", "created_at": NOW,
             "abc_class": CLASSES[n % len(CLASSES)]}
            for n in numbers
        ],
    )  # fmt: skip
    session.execute(insert(METADATA.tables["location"]), [{"id": n, "code": f"B-{n:07}"} for n in numbers])


def _records(rows: int, items: int, step: timedelta, seed: int) -> list[dict[str, object]]:
    random = Random(seed)
    found: list[dict[str, object]] = []
    for number in range(rows):
        item, plan = random.randint(1, items), random.randint(1, PLANS)
        at = NOW - timedelta(days=DAYS) + step * number
        chance = random.random()
        variance = Decimal(random.choice((-3, -1, 1, 2))) if chance < 0.05 else Decimal(0)
        value = variance * 2
        team = plan % TEAMS + 1
        found.append(
            {
                "id": number + 1, "line_id": number + 1, "source": RecordSource.COUNT, "counter": "",
                "counted_at": at, "day": at.date(), "item_id": item, "location_id": item, "team_id": team,
                "plan_id": plan, "session_id": plan, "abc_class": CLASSES[item % len(CLASSES)],
                "sample": Sample.RANDOM if chance > 0.95 else Sample.CONTROL if chance > 0.9 else Sample.NORMAL,
                "state": LineState.RECONCILED, "is_rated": True, "first_expected": Decimal(100),
                "first_counted": Decimal(100) + variance, "hit": not variance, "exact": not variance,
                "last_at": at, "expected": Decimal(100), "counted": Decimal(100) + variance, "variance": variance,
                "variance_value": value, "net_value": value, "book_value": Decimal(200),
                "decision": DecisionKind.APPROVE if variance else DecisionKind.WITHIN_TOLERANCE,
                "decided_by_id": (team - 1) + TEAMS * random.randint(0, MEMBERS // TEAMS - 1) + 1,
                "cause": random.choice(CAUSES) if variance else "", "accepted": Decimal(100) + variance,
                "posted": variance, "posted_later": None, "has_variance": bool(variance),
                "is_adjusted": bool(variance) and chance < 0.04,
            }
        )  # fmt: skip
    return found


def _line(record: dict[str, object]) -> dict[str, object]:
    """The line that a record is of."""
    return {
        "id": record["line_id"], "session_id": record["session_id"], "item_id": record["item_id"],
        "location_id": record["location_id"], "position": 1, "state": record["state"], "version": 2,
        "due_at": record["last_at"], "policy": "due", "recounts_asked": 0, "settled_at": record["last_at"],
        "found": False, "review_calls": 0,
    }  # fmt: skip


def _complete(connection: Connection) -> None:
    """Give the records who made them, and the entries, judgements and decisions that they stand for."""
    truth = {"yes": "1", "no": "0"} if connection.dialect.name == "sqlite" else {"yes": "true", "no": "false"}
    for copy in _COPIES.values():
        connection.execute(text(copy.format(**truth)))
    connection.execute(
        text(
            "INSERT INTO recordperson (record_id, place, member_id, counted_at, has_variance, is_adjusted)"
            " SELECT id, 0, decided_by_id, counted_at, has_variance, is_adjusted FROM countrecord"
        )
    )
