"""Whether the accuracy of people may be asked for: off, until the set-up file switches it on."""

import json
from datetime import datetime

import pytest
from sqlmodel import select

from models.database import Database
from models.errors import BadFile
from models.people import Company
from models.plans import Declaration
from tests.services.setup_example import SETUP
from tests.services.test_setups import apply

ON = SETUP.replace("\n[[team]]", "accuracy_of_people = true\n\n[[team]]")
OFF = ON.replace("accuracy_of_people = true", "accuracy_of_people = false")


def is_on(database: Database) -> bool:
    with database.read() as session:
        return session.get_one(Company, 1).accuracy_of_people


def test_it_is_switched_on_and_off_by_the_file(sqlite_database: Database, now: datetime) -> None:
    apply(sqlite_database, SETUP, now)
    assert not is_on(sqlite_database)
    assert apply(sqlite_database, OFF, now) == apply(sqlite_database, SETUP, now)
    said = apply(sqlite_database, ON, now)
    assert is_on(sqlite_database)
    assert "accuracy_of_people" in "\n".join(said)
    assert apply(sqlite_database, ON, now) == apply(sqlite_database, ON, now)
    apply(sqlite_database, SETUP, now)
    assert not is_on(sqlite_database)


def test_a_file_that_was_applied_by_a_version_without_the_switch_still_says_the_same(
    sqlite_database: Database, now: datetime
) -> None:
    before = apply(sqlite_database, SETUP, now)
    with sqlite_database.write() as session:
        declared = session.exec(select(Declaration).where(Declaration.kind == "company")).one()
        facts = json.loads(declared.declared)
        assert facts.pop("accuracy_of_people") is False
        declared.declared = json.dumps(facts)
    again = apply(sqlite_database, SETUP, now)
    assert "accuracy_of_people" not in "\n".join(again)
    assert again != before
    apply(sqlite_database, ON, now)
    assert is_on(sqlite_database)


def test_anything_but_true_or_false_is_refused(sqlite_database: Database, now: datetime) -> None:
    with pytest.raises(BadFile, match="accuracy_of_people must be true or false"):
        apply(sqlite_database, ON.replace("accuracy_of_people = true", 'accuracy_of_people = "yes"'), now)
