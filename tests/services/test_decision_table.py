"""The rows of the decision table that are marked: counted and decided for real, with a set-up file that says so."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from models.counts import DecisionKind
from models.database import Database
from models.errors import NotAllowed
from models.people import Role
from models.rules.lines import LineState
from models.rules.tolerance import Scope
from models.services import setups
from models.services.decisions import Ruling
from tests.builders import Stock
from tests.rules.decision_rows import ABC_CLASS, CATEGORY, KEYS, SKU, AuthorityRow, Row, authority_rows, tolerance_rows
from tests.services.authorizing import hand_over
from tests.world import World

TOLERANCE = [row for row in tolerance_rows() if row.is_real]
AUTHORITY = [row for row in authority_rows() if row.is_real]

SETUP = """
timezone = "UTC"
currency = "EUR"
controllers = ["U01KIM"]
{company}

[[team]]
name = "Fleet Parts"
channel = "C01PARTS"
review_channel = "C01REVIEW"
locations = ["A-", "B-"]
counters = ["U01ANA", "U01DAN", "U01FAY"]
approvers = [{approvers}]

[[plan]]
name = "Daily parts"
team = "Fleet Parts"
schedule = "daily 07:00"
pace = "full"
recounts = 0
{plan}
"""
BEN_AND_EVA = '{ slack_id = "U01BEN", limit = 500 }, { slack_id = "U01EVA" }'


DAYS = {
    "today": "2026-11-24 to 2026-11-24",
    "until yesterday": "until 2026-11-23",
    "from tomorrow": "2026-11-25 to 2026-12-31",
    "and Ben counted": "until 2026-12-31",
}
"""The days of a delegation: it is set on the 23rd of November, and the line is counted and decided on the 24th."""


def toml(value: object) -> str:
    """A value as a set-up file has it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{key}" = {toml(one)}' for key, one in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)


def set_up(
    database: Database, now: datetime, row: Row, *, approvers: str = BEN_AND_EVA, also: str = ""
) -> tuple[World, Stock]:
    """A world with the item of the tables, and the limits of a row; `also` is what the file says of the company."""
    world = World(database, now)
    part = world.stock(SKU, "A-01", row.book, unit_cost=row.unit_cost, category=CATEGORY, abc_class=ABC_CLASS)
    limits = row.by_level()
    company, plan = limits.pop(Scope.COMPANY, {}), limits.pop(Scope.PLAN, None)
    below = {scope: {KEYS[scope]: own} for scope, own in limits.items()}
    text = SETUP.format(
        company=f"{also}\ntolerance = {toml(dict(company) | below)}",
        approvers=approvers,
        plan="" if plan is None else f"tolerance = {toml(plan)}",
    )
    with database.write() as session:
        setups.apply(session, text, file_name="setup.toml", now=now, force=True)
    return world, part


@pytest.mark.parametrize("row", TOLERANCE, ids=lambda row: row.where)
def test_it_settles_or_waits_for_an_approver(sqlite_database: Database, now: datetime, row: Row) -> None:
    world, part = set_up(sqlite_database, now, row)
    line = world.line(part)
    world.count(line, "ana", row.counted)
    [judgement] = world.judgements(world.entries(line)[-1])
    assert judgement.limit_applied == row.named
    if row.settles:
        assert world.state(line) is LineState.RECONCILED
        assert [(made.kind, made.note) for made in world.decided(line)] == [(DecisionKind.WITHIN_TOLERANCE, row.named)]
    else:
        assert world.state(line) is LineState.IN_REVIEW
        assert world.decided(line) == []
    assert world.on_hand(part) == (row.counted if row.settles else row.book)


@pytest.mark.parametrize("row", AUTHORITY, ids=lambda row: row.where)
def test_who_decides_it(sqlite_database: Database, now: datetime, row: AuthorityRow) -> None:
    limit = "" if row.limit is None else f", limit = {row.limit}"
    ben = f'{{ slack_id = "U01BEN"{limit} }}'
    _, _, how = row.who.partition(", ")
    also = {"of every team": f"approvers = [{ben}]", "two above 400": "four_eyes_above = 400"}.get(how, "")
    of_team = "" if how == "of every team" else f"{ben}, "
    world, part = set_up(sqlite_database, now, row, approvers=f'{of_team}{{ slack_id = "U01EVA" }}', also=also)
    if how == "of every team":
        world.remove_role("ben", role=Role.APPROVER)
    if how.startswith("Fay acts"):
        hand_over(world, "ben", "fay", DAYS[how.partition(" for Ben ")[2]])
    world.now += timedelta(days=1)
    if row.who.endswith("no Eva"):
        world.remove_role("eva", role=Role.APPROVER)
    who = {"controller": "kim", "counter": "dan", "of another team": "zed"}.get(
        row.who, "fay" if how.startswith("Fay acts") else "ben"
    )
    world.add_team("Others", "Z-", approvers=("zed",))
    counter = {"counted it": "ben", "limit 500, Eva counted": "eva"}.get(
        row.who, "ben" if how.endswith("Ben counted") else "ana"
    )
    if counter != "ana":
        with world.step() as session:
            world.give_role(session, world.team_id, Role.COUNTER, counter)
    line = world.line(part)
    world.count(line, counter, row.counted)
    assert world.state(line) is LineState.IN_REVIEW

    if row.outcome.startswith("refused: "):
        with pytest.raises(NotAllowed) as refusal:
            decide(world, line, who, row)
        assert str(refusal.value) == row.outcome.removeprefix("refused: ")
        posted = None
    else:
        ruling = decide(world, line, who, row)
        posted = None if ruling.decision is None else ruling.decision.posted
        if row.outcome == "waits for a second":
            assert ruling.is_kept
        elif posted is None:
            _, _, asked = row.outcome.partition(", ")
            assert ruling.sentence.endswith(f" I have asked {asked.removesuffix(' is asked')}.")
            assert "over your limit of" in ruling.sentence
        else:
            assert row.outcome == f"posts {posted.normalize():+f}".replace("+0", "0")
    assert (posted is None) is (world.decided(line) == [])
    assert world.on_hand(part) == row.book + (posted or 0)
    assert world.problems() == []


def decide(world: World, line: int, who: str, row: AuthorityRow) -> Ruling:
    """What the row does, done."""
    if row.does == "approves":
        return world.approve(line, who)
    if row.does == "rejects":
        return world.reject(line, who)
    if row.does == "asks again":
        return world.ask_recount(line, who)
    return world.adjust(line, who, Decimal(row.does.removeprefix("adjusts to ")))
