"""The list of plans, as `/count plans` answers it: what it says of each, in which order, and what is over."""

import pytest
from sqlmodel import select

from models.counts import CountLine
from models.people import Role
from models.plans import CountPlan, Pace
from tests.bot.planning import command, listed, with_two_plans
from tests.bot.workplace import Workplace


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """Two plans, of which Daily parts takes one line a run."""
    return with_two_plans(place)


def test_a_plan_says_when_how_much_and_what(place: Workplace) -> None:
    with place.database.write() as session:
        daily = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one()
        daily.selection, daily.pace = "due 50%, zero 20%, turnover 500", Pace.LEVEL
    lines = listed(place, "ana").split("\n")
    assert lines[:3] == [
        "Daily parts · next Mon 23 Nov 07:00",
        "Fleet Parts · every day at 07:00 · 1 line · spread evenly",
        "half of the lines what is due, the rest chosen by stock control",
    ]
    with place.database.write() as session:
        session.exec(select(CountPlan).where(CountPlan.name == "Tyre check")).one().selection = "never"
    assert "Tyres · every day at 07:00 · up to 12 lines\nnever counted before" in listed(place, "kim")
    with place.database.write() as session:
        check = session.exec(select(CountPlan).where(CountPlan.name == "Tyre check")).one()
        check.selection, check.schedule = "due", "once 2026-12-01 07:00"
    assert "Tyres · once, Tue 1 Dec 07:00 · up to 12 lines\nwhat is due" in listed(place, "kim")
    all_of_it = (
        "50 % of the lines what is due, 20 % zero balance, the rest more than 500.00 EUR moved since the last count"
    )
    for who in ("ben", "kim"):
        assert all_of_it in listed(place, who)
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben", "kim")
    for who in ("ben", "kim"):
        assert all_of_it not in listed(place, who)
        assert "chosen by stock control" in listed(place, who)


def test_a_plan_that_is_over_leaves_the_list_when_it_is_counted(place: Workplace) -> None:
    with place.database.write() as session:
        daily = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one()
        daily.schedule, daily.next_due = "once 2026-11-20 07:00", None
    command(place, "ben", "start Daily parts")
    for who in ("ana", "ben", "kim"):
        assert "Daily parts · being counted now\nFleet Parts · once, Fri 20 Nov" in listed(place, who)
    with place.database.read() as session:
        (line,) = session.exec(select(CountLine.id)).all()
    place.world.count(line or 0, "ana", 10)
    for who in ("ana", "ben", "kim"):
        assert "Over, with no run to come: Daily parts" in listed(place, who)
        assert "Fri 20 Nov" not in listed(place, who) + place.told(who)
    assert place.told("ana") == "No plan has a run to come."


def test_what_is_being_counted_stands_first(place: Workplace) -> None:
    assert listed(place, "kim").startswith("Daily parts · next")
    place.world.stock("TYRE-1", "T-01", 4)
    command(place, "kim", "start Tyre check")
    assert listed(place, "kim").startswith("Tyre check · being counted now · next")


def test_many_plans_fit_a_message(place: Workplace) -> None:
    with place.database.write() as session:
        for number in range(60):
            place.world.plan(session, f"Plan {number:02}", place.world.team_id)
    listed(place, "kim")
    assert len(place.kim.ephemerals()[-1].blocks) <= 50
    assert "… 22 more" in place.read(place.kim.ephemerals()[-1], "kim")
    assert "Plan 59" in listed(place, "ana")
