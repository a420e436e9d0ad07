"""How the rows of a history are found among many: from an index, a page at a time, never by a scan or a sort."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select, update

from models.counts import CountLine
from models.database import Database
from models.rules.lines import LineState
from models.rules.periods import Period
from models.services import blindness, history
from models.services.history import Key, Only, Query
from models.services.lookup import Subject
from models.services.people import Person
from tests.bench.history import NOW, fill
from tests.services.test_pick_plan import explained
from tests.statements import statements

ROWS = 3000

SUBJECTS = {
    "all": (Subject(), "time"),
    "item": (Subject(item_id=7), "item"),
    "bin": (Subject(location_id=7), "location"),
    "team": (Subject(team_id=1), "team"),
    "person": (Subject(member_id=2), "person"),
    "plan": (Subject(plan_id=1), "plan"),
    "item and team": (Subject(item_id=7, team_id=1), "item"),
    "bin and person": (Subject(location_id=7, member_id=2), "location"),
    "person and plan": (Subject(member_id=2, plan_id=1), "person"),
    "plan and team": (Subject(plan_id=1, team_id=1), "plan"),
    "item and bin, team, plan, person": (Subject(7, 7, 1, 1, 2), "item"),
}


def index_of(leader: str, only: Only | None) -> str:
    """The index that should find the rows: those of an item or a bin are few, so their flags need none."""
    kind = "" if only is None else {Only.VARIANCES: "variance", Only.ADJUSTED: "adjusted"}[only]
    if leader == "person":
        return f"ix_recordperson_{kind or 'time'}"
    return (
        f"ix_countrecord_{leader}" if leader in ("item", "location") or not kind else f"ix_countrecord_{kind}_{leader}"
    )


def good_indexes(leader: str, only: Only | None, database: Database) -> list[str]:
    """PostgreSQL knows that one in ten counts is of a team: it may as well read them all in the order of time."""
    may_read_all = not database.is_sqlite and leader in ("team", "plan")
    return [index_of(leader, only), *([index_of("time", only)] if may_read_all else [])]


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database, ROWS, of_an_item=20)
    return database


def page_statements(session: Session, database: Database, query: Query) -> Iterator[str]:
    """How the database finds the keys of a page."""
    kim = Person(1, "U1", "Kim", is_controller=True, counts=frozenset(), approves={}, session_limits={})
    with statements(database) as sent:
        history.history(session, kim, query)
        found = [one for one in sent if "LIMIT" in one[0]]
    assert found
    for statement, parameters in found:
        yield explained(session, statement, parameters)


def test_a_page_is_read_from_the_index_of_what_leads(filled: Database) -> None:
    for name, (subject, leader) in SUBJECTS.items():
        for only in (None, Only.VARIANCES, Only.ADJUSTED):
            pages_are_read_by_index(filled, name, subject, leader, only)


def pages_are_read_by_index(filled: Database, name: str, subject: Subject, leader: str, only: Only | None) -> None:
    for place in (None, Key(NOW - timedelta(days=100), 900)):
        for period in (Period(), Period((NOW - timedelta(days=200)).date(), (NOW - timedelta(days=1)).date())):
            for query in (Query(subject, period, only, place), Query(subject, period, only, None, place)):
                with filled.read() as session:
                    for plan in page_statements(session, filled, query):
                        assert any(f"{index} " in f"{plan} " for index in good_indexes(leader, only, filled)), plan
                        if filled.is_sqlite:
                            assert "TEMP B-TREE" not in plan
                            assert "SCAN" not in plan.replace("SCAN anon_1", "") or name == "all"
                        else:
                            assert "Seq Scan" not in plan


def test_what_is_hidden_is_found_among_open_lines_alone(filled: Database) -> None:
    with filled.write() as session:
        newest = select(func.max(CountLine.id)).where(col(CountLine.item_id) <= 5).group_by(col(CountLine.item_id))
        session.execute(update(CountLine).where(col(CountLine.id).in_(newest)).values(state=LineState.RECOUNT))
    ana = Person(2, "U2", "Ana", is_controller=False, counts=frozenset(range(1, 11)), approves={}, session_limits={})
    with filled.read() as session, statements(filled) as sent:
        assert len(blindness.hidden_items(session, ana)) > 0
        (found,) = sent
        plan = explained(session, *found)
    assert "uq_countline_open_stock" in plan or "ix_countline_due" in plan
    assert "countsession_team" not in plan
