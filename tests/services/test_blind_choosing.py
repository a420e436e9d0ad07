"""What is on a sheet must not tell what the record says: choosing looks at the balance only where that is declared.

`READS_BALANCE` lists the policies that do. They are the exceptions to the proof in `tests/journey/test_blindness.py`,
that counters are sent the same bytes whatever the record says.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session

from models.catalog import Item
from models.rules.policies import READS_BALANCE, Policy, parse_policies
from models.services import selection
from models.services.plan_terms import Terms
from models.stock import EntryKind
from tests.databases import SqliteTemplate, opened
from tests.world import World

ARGUMENTS = {
    Policy.ABC: "A B", Policy.CATEGORY: "Bolts", Policy.LOCATION: "A-0", Policy.CONTROL: "SKU-3 SKU-1",
    Policy.TURNOVER: "10",
}  # fmt: skip
# On-hand of seven stocks, by the record.
RECORDS = ((50, 40, 30, 20, 10, 60, 70), (5, 90, 10, 80, 300, 1, 2), (50, -3, 0, 20, -9, 0, 70))
POSITIVE = RECORDS[:2]


def chosen(template: SqliteTemplate, folder: Path, now: datetime, policy: Policy, record: Sequence[int]) -> list[str]:
    """The SKUs that a plan of that policy alone takes, three of seven, from stock of that record."""
    with opened(template.url(folder)) as database:
        world = World(database, now)
        for number, on_hand in enumerate(record):
            stock = world.stock(
                f"SKU-{number}",
                f"A-0{number}",
                on_hand,
                unit_cost=number + 1,
                category="Bolts",
                abc_class="ABC"[number % 3],
            )
            with database.write() as session:
                session.get_one(Item, stock.item_id).reorder_point = Decimal(25)
            for _ in range(number % 4):
                world.post(stock, EntryKind.RECEIPT, 6)
                world.post(stock, EntryKind.ISSUE, -6)
        terms = Terms(world.team_id, parse_policies(f"{policy} {ARGUMENTS.get(policy, '')}"), lines=3)
        with database.read() as session:
            return picked(session, terms, now + timedelta(days=1))


def picked(session: Session, terms: Terms, now: datetime) -> list[str]:
    return [pick.stock.sku for pick in selection.choose(session, terms, now=now, seed=3)]


@pytest.mark.parametrize("policy", sorted(set(Policy) - READS_BALANCE))
def test_a_policy_that_does_not_read_the_balance_chooses_the_same_whatever_it_is(
    policy: Policy, sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory, now: datetime
) -> None:
    choices = [chosen(sqlite_template, tmp_path_factory.mktemp("db"), now, policy, record) for record in RECORDS]
    assert choices == [choices[0]] * len(RECORDS)
    assert choices[0] or policy in {Policy.ADJUSTED, Policy.INACCURATE}  # which need counts to choose anything


@pytest.mark.parametrize("policy", sorted(READS_BALANCE))
def test_a_policy_that_is_said_to_read_the_balance_does(
    policy: Policy, sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory, now: datetime
) -> None:
    choices = [chosen(sqlite_template, tmp_path_factory.mktemp("db"), now, policy, record) for record in RECORDS]
    assert any(choice != choices[0] for choice in choices)


def test_what_is_due_depends_on_the_balance_only_where_that_is_below_nothing(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory, now: datetime
) -> None:
    first, second = (
        chosen(sqlite_template, tmp_path_factory.mktemp("db"), now, Policy.DUE, record) for record in POSITIVE
    )
    assert first == second
