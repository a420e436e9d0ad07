"""What history and accuracy read does not grow with what was counted; `python -m tests.bench history` says the time."""

import re

import pytest

from models.database import Database
from models.services.history import ROWS_A_PAGE
from tests.bench.asking import make, questions
from tests.services.test_pick_plan import explained
from tests.statements import statements

LARGE = ("countrecord", "recordperson", "recordsum", "causesum", "recordchange", "countline")


@pytest.fixture
def made(database: Database) -> tuple[Database, int]:
    return database, make(database, 1200, of_an_item=20, days=40)


def test_nothing_that_is_asked_reads_a_whole_table(made: tuple[Database, int]) -> None:
    database, items = made
    for name, ask in questions(items).items():
        with database.read() as session, statements(database) as sent:
            ask(session, 1)
            for statement, parameters in list(sent):
                plan = explained(session, statement, parameters)
                for table in LARGE:
                    for scan in (f"Seq Scan on {table}", f"SCAN {table}"):
                        # Along an index in the order of time a page is read, and no more; open lines have their own.
                        scanned = re.sub(rf"SCAN {table} USING (COVERING )?INDEX ix_{table}_\w*time", "", plan)
                        scanned = scanned.replace("SCAN countline USING INDEX uq_countline_open_stock", "")
                        assert scan not in scanned, f"{name}: {statement} {plan}"


def test_as_many_statements_are_sent_for_much_as_for_little(made: tuple[Database, int], sqlite_url: str) -> None:
    database, items = made
    for name, ask in questions(items).items():
        with database.read() as session, statements(database) as sent:
            ask(session, 1)
        # Each row of a page is asked, besides, whether what was decided may be taken back.
        assert len(sent) <= 20 + 4 * ROWS_A_PAGE, name
