"""Approvers of every team: they decide, are asked and are named in each; a role in a team wins there."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlmodel import select

from models.database import Database
from models.errors import BadFile, NotAllowed
from models.people import Role, Team, TeamRole
from models.rules.bulk import Criteria, choose
from models.services import people, setups
from models.services.asks import escalation_facts
from models.services.cards import card_facts
from models.services.review_calls import call_facts
from models.services.waiting import waiting_for
from tests.builders import Stock
from tests.services.authorizing import approve_everywhere
from tests.services.setup_example import SETUP
from tests.services.test_races import ROUNDS, approving, race
from tests.services.test_session_limits import waiting
from tests.world import World


def in_review(world: World, counted: int = 90, *, unit_cost: int = 1) -> tuple[Stock, int]:
    """A line of 100 in the book, counted twice."""
    bolts = world.stock("BOLT-10", "A-01-03", 100, unit_cost=unit_cost)
    line = world.line(bolts)
    world.count(line, "ana", counted)
    world.count(line, "dan", counted)
    return bolts, line


def test_they_decide_in_each_team_also_in_one_made_later(world: World) -> None:
    approve_everywhere(world, "max", 500)
    bolts, line = in_review(world)
    made = world.approve(line, "max").decision
    assert made is not None
    assert (world.on_hand(bolts), made.authority) == (90, "approver of every team up to 500.00 EUR")
    assert made.for_member_id is None
    later = world.add_team("Tyres", "T-")
    assert later in world.person("max").approves
    with world.database.write() as session:
        session.get_one(Team, later).is_active = False
    assert later not in world.person("max").approves


def test_a_role_in_the_team_wins_over_the_one_for_every_team(world: World) -> None:
    approve_everywhere(world, "ben", 5000)
    _, line = in_review(world, unit_cost=60)
    assert world.approve(line, "ben").sentence == "-600.00 EUR is over your limit of 500.00 EUR. I have asked Eva."
    with world.database.write() as session:
        for role in session.exec(select(TeamRole).where(TeamRole.member_id == world.person("ben").id)):
            role.is_active = False
    assert world.approve(line, "ben").decision is not None


def test_their_limit_holds(world: World) -> None:
    approve_everywhere(world, "max", 500)
    _, line = in_review(world, unit_cost=60)
    assert world.approve(line, "max").sentence == "-600.00 EUR is over your limit of 500.00 EUR. I have asked Eva."


def test_their_session_limit_holds_in_each_session(world: World) -> None:
    approve_everywhere(world, "max", None, 150)
    first, second = waiting(world, 90, 90)
    world.approve(first, "max")
    assert world.approve(second, "max").sentence == (
        "With -100.00 EUR you post 200.00 EUR, over your limit of 150.00 EUR a session. I have asked Ben or Eva."
    ).replace(" or ", " and ")


def test_two_lines_at_once_do_not_pass_their_session_limit_together(world: World) -> None:
    approve_everywhere(world, "max", None, 150)
    for number in ROUNDS:
        lines = waiting(world, 90, 90, prefix=f"BOLT-{number}")
        rulings = race(world, *[approving(world, line, "max") for line in lines])
        assert sorted(bool(getattr(ruling, "decision", None)) for ruling in rulings) == [False, True]
        for line in lines:
            if not world.decided(line):
                world.approve(line, "eva")
        world.now = world.now.replace(hour=8 + number)


def test_who_counted_it_does_not_decide_it_by_any_role(world: World) -> None:
    approve_everywhere(world, "dan")
    _, line = in_review(world)
    with pytest.raises(NotAllowed, match="You counted this line"):
        world.approve(line, "dan")


def test_they_are_named_asked_and_called(world: World) -> None:
    approve_everywhere(world, "max", 5000)
    world.remove_role("eva", role=Role.APPROVER)
    _, line = in_review(world, unit_cost=60)
    with pytest.raises(NotAllowed) as refusal:
        world.approve(line, "fay")
    assert str(refusal.value) == "Only approvers of Fleet Parts decide this. Ben or Max can."
    assert world.approve(line, "ben").sentence.endswith(" I have asked Max.")
    with world.database.read() as session:
        card, called = card_facts(session, line, world.now), call_facts(session, line, 0, world.now)
        assert escalation_facts(session, line, world.version(line), world.now).asked == ("U01MAX",)
    assert (card.deciders.names, card.deciders.controllers_only) == (("Max",), False)
    assert (called.asked, called.to_stock_control) == (("U01MAX",), False)


def test_what_waits_for_them_is_listed_and_approved_together(world: World) -> None:
    approve_everywhere(world, "max", 500)
    _, line = in_review(world)
    max_ = world.person("max")
    with world.step() as session:
        choice = choose(waiting_for(session, max_).lines, Criteria(Decimal(500), None), currency="EUR", most=40)
    assert [one.line_id for one in choice.taken] == [line]


def test_the_set_up_file_names_them(database: Database, now: datetime) -> None:
    def apply(text: str) -> list[str]:
        with database.write() as session:
            return setups.apply(session, text, file_name="setup.toml", now=now)

    def of_max() -> tuple[Decimal | None, Decimal | None]:
        with database.read() as session:
            [[own]] = people.require_person(session, "U06MAX").authorities.values()
            return own.limit, own.session_limit

    apply(SETUP)
    named = SETUP.replace("\n[[team]]", '\napprovers = [{ slack_id = "U06MAX", limit = 5000 }]\n\n[[team]]', 1)
    assert apply(named) == ["company approver U06MAX added"]
    assert apply(named) == []
    assert of_max() == (5000, None)
    assert apply(named.replace("limit = 5000", "session_limit = 9000")) == [
        'company approver U06MAX: limit "5000" -> none, session_limit none -> "9000"'
    ]
    assert of_max() == (None, 9000)
    assert apply(SETUP) == ["company approver U06MAX: is not in the file any more; deactivated"]
    with database.read() as session:
        assert people.find_person(session, "U06MAX") is None
    assert apply(named) == ["company approver U06MAX added"]


def test_a_team_without_approvers_of_its_own_needs_one_of_every_team(database: Database, now: datetime) -> None:
    alone = SETUP.replace("controllers =", "# controllers =").replace("approvers =", "# approvers =")
    with pytest.raises(BadFile, match="nobody may approve"), database.write() as session:
        setups.apply(session, alone, file_name="setup.toml", now=now)
    with database.write() as session:
        setups.apply(session, f'approvers = ["U06MAX"]\n{alone}', file_name="setup.toml", now=now)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("approvers = 5", "approvers must be a list"),
        ('approvers = [{ slack_id = "U06MAX", limit = -1 }]', "the limit of U06MAX must be a number from 0"),
        ('approvers = ["U06MAX", "U06MAX"]', "approvers names U06MAX twice"),
        ('approvers = [{ slack_id = "U06MAX", lim = 1 }]', 'unknown key "lim"'),
        ("four_eyes_above = -1", "four_eyes_above must be a number from 0"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(database: Database, now: datetime, written: str, problem: str) -> None:
    with pytest.raises(BadFile, match=problem) as refusal, database.write() as session:
        setups.apply(session, f"{written}\n{SETUP}", file_name="setup.toml", now=now)
    assert "setup.toml line 1: " in str(refusal.value)
