"""Authority that is handed over: what the delegate may and may not, from which day to which, and who hears of it."""

import json
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from models.database import Database
from models.errors import BadInput, CycleCountError, NotAllowed, NotFound, WrongState
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Company, Role, TeamRole
from models.rules.delegating import HandOver, parse
from models.services import delegations, people, setups
from models.services.asks import escalation_facts
from models.services.cards import card_facts
from models.services.review_calls import call_facts
from models.services.waiting import waiting_for
from tests.services.authorizing import approve_everywhere, end, hand_over
from tests.services.setup_example import SETUP
from tests.services.test_everywhere import in_review
from tests.services.test_races import ROUNDS, approving, race
from tests.services.test_session_limits import limit_session, waiting
from tests.world import World

ONLY_APPROVERS = "Only approvers of Fleet Parts decide this. Ben or Eva can."


@pytest.fixture
def day(world: World) -> date:
    return world.now.date()


def between(day: date, first: int, last: int) -> str:
    """The words for so many days from `day`."""
    return f"{day + timedelta(days=first)} to {day + timedelta(days=last)}"


# -- who may, when


@pytest.mark.parametrize(("first", "last", "may"), [(0, 0, True), (0, 3, True), (1, 3, False)])
def test_a_delegate_decides_in_time_and_not_before(world: World, day: date, first: int, last: int, may: bool) -> None:  # noqa: FBT001 - a column
    hand_over(world, "ben", "zoe", between(day, first, last))
    bolts, line = in_review(world)
    if not may:
        with pytest.raises(NotAllowed, match="You are in no counting team yet"):
            world.approve(line, "zoe")
        return
    made = world.approve(line, "zoe").decision
    assert made is not None
    assert (world.on_hand(bolts), made.for_member_id) == (90, world.person("ben").id)
    until = day + timedelta(days=last)
    assert made.authority == (f"for Ben, approver of Fleet Parts up to 500.00 EUR, until {until.day} {until:%b}")


def test_and_not_after(world: World, day: date) -> None:
    hand_over(world, "ben", "fay", between(day, 0, 1))
    _, line = in_review(world)
    world.now += timedelta(days=1)
    assert world.person("fay").may_decide_for(world.team_id)
    world.now += timedelta(days=1)
    with pytest.raises(NotAllowed) as refusal:
        world.approve(line, "fay")
    assert str(refusal.value) == ONLY_APPROVERS


def test_a_day_is_the_companys(world: World, day: date) -> None:
    with world.database.write() as session:
        session.get_one(Company, 1).timezone = "Pacific/Auckland"
    hand_over(world, "ben", "fay", f"{day + timedelta(days=1)} to {day + timedelta(days=1)}")
    world.clock("10:59")  # 23:59 there
    assert not world.person("fay").may_decide_for(world.team_id)
    world.clock("11:00")
    assert world.person("fay").may_decide_for(world.team_id)
    world.now += timedelta(hours=23, minutes=59)
    assert world.person("fay").may_decide_for(world.team_id)
    world.now += timedelta(minutes=1)
    assert not world.person("fay").may_decide_for(world.team_id)


def test_only_up_to_the_limit_of_who_handed_it_over(world: World) -> None:
    hand_over(world, "ben", "zoe")
    _, line = in_review(world, unit_cost=60)
    assert world.approve(line, "zoe").sentence == "-600.00 EUR is over your limit of 500.00 EUR. I have asked Eva."


def test_the_larger_of_ones_own_and_what_was_handed_over(world: World) -> None:
    hand_over(world, "eva", "ben")
    small, large = waiting(world, 90, 40, unit_cost=10)
    own, acting = world.approve(small, "ben").decision, world.approve(large, "ben").decision
    assert own is not None
    assert acting is not None
    assert (own.for_member_id, acting.for_member_id) == (None, world.person("eva").id)


def test_what_is_posted_in_somebodys_name_counts_with_what_they_post(world: World) -> None:
    limit_session(world, "ben", 250)
    hand_over(world, "ben", "zoe")
    first, second, third = waiting(world, 90, 90, 90)
    world.approve(first, "ben")
    world.approve(second, "zoe")
    told = "With -100.00 EUR you post 300.00 EUR, over your limit of 250.00 EUR a session. I have asked Eva."
    assert world.approve(third, "zoe").sentence == told
    assert world.approve(third, "ben").sentence == told


def test_both_at_once_do_not_pass_the_session_limit_together(world: World) -> None:
    limit_session(world, "ben", 150)
    hand_over(world, "ben", "zoe")
    for number in ROUNDS:
        one, other = waiting(world, 90, 90, prefix=f"BOLT-{number}")
        rulings = race(world, approving(world, one, "ben"), approving(world, other, "zoe"))
        assert sorted(bool(getattr(ruling, "decision", None)) for ruling in rulings) == [False, True]
        for line in (one, other):
            if not world.decided(line):
                world.approve(line, "eva")
        world.now = world.now.replace(hour=8 + number)


def test_what_the_holder_counted_is_not_decided_for_them(world: World) -> None:
    with world.step() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "ben")
    hand_over(world, "ben", "zoe")
    bolts = world.stock("BOLT-10", "A-01-03", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "ben", 90)
    for decide in (world.approve, world.ask_recount, world.reject):
        with pytest.raises(NotAllowed, match="You act for Ben, who counted this line, so somebody else"):
            decide(line, "zoe")
    with world.database.read() as session:
        assert card_facts(session, line, world.now).deciders.names == ("Eva",)
        [listed] = waiting_for(session, world.person("zoe")).lines
    assert listed.against == "who you act for counted it"
    hand_over(world, "eva", "zoe")
    assert world.approve(line, "zoe").decision is not None


def test_a_delegate_hands_nothing_on(world: World) -> None:
    hand_over(world, "ben", "zoe")
    with pytest.raises(NotAllowed, match=r"You have no authority of your own that could be handed over. Write “/count"):
        hand_over(world, "zoe", "fay")
    hand_over(world, "eva", "ben")
    assert [one.holder_id for one in world.person("zoe").authorities[world.team_id]] == [world.person("ben").id]


def test_a_team_alone_and_every_team(world: World) -> None:
    approve_everywhere(world, "max", 300)
    tyres = world.add_team("Tyres", "T-")
    hand_over(world, "max", "zoe", team="tyres")
    assert world.person("zoe").approves == {tyres}
    hand_over(world, "max", "fay", team="Fleet Parts")
    assert world.person("fay").approves == {world.team_id}
    end(world, "max")
    hand_over(world, "max", "zoe")
    assert world.person("zoe").approves == {tyres, world.team_id}


def test_they_are_named_asked_and_called(world: World) -> None:
    hand_over(world, "eva", "zoe")
    _, line = in_review(world, unit_cost=60)
    with pytest.raises(NotAllowed) as refusal:
        world.approve(line, "fay")
    assert str(refusal.value) == "Only approvers of Fleet Parts decide this. Ben, Eva or Zoe can."
    assert world.approve(line, "ben").sentence.endswith(" I have asked Eva and Zoe.")
    with world.database.read() as session:
        assert card_facts(session, line, world.now).deciders.names == ("Eva", "Zoe")
        assert escalation_facts(session, line, world.version(line), world.now).asked == ("U01EVA", "U01ZOE")
        assert call_facts(session, line, 0, world.now).asked == ("U01EVA", "U01ZOE")


# -- when it ends


def test_it_ends_when_the_holder_loses_the_role(world: World) -> None:
    hand_over(world, "ben", "zoe")
    world.remove_role("ben", role=Role.APPROVER)
    with world.database.read() as session:
        assert people.find_person(session, "U01ZOE", world.now) is None
    with world.step() as session:
        [over] = delegations.end_lapsed(session, actor="setup file", now=world.now)
    assert over.is_over
    with world.step() as session:
        for role in session.exec(select(TeamRole).where(TeamRole.role == Role.APPROVER)):
            role.is_active = True
        assert people.find_person(session, "U01ZOE", world.now) is None, "a role that comes back brings nothing back"


def test_it_ends_when_they_say_so_or_stock_control_does(world: World) -> None:
    hand_over(world, "ben", "zoe")
    hand_over(world, "eva", "zoe")
    assert [one.holder for one in end(world, "ben")] == ["Ben"]
    assert [one.holder_id for one in world.person("zoe").authorities[world.team_id]] == [world.person("eva").id]
    with pytest.raises(NotAllowed, match="Only stock control hands over for others"):
        end(world, "ben", "end for @Eva")
    end(world, "kim", "end for @Eva")
    with pytest.raises(WrongState, match="Nothing is handed over"):
        end(world, "kim", "end for @Eva")


def test_both_are_told_and_the_trail_has_it(world: World) -> None:
    handed = hand_over(world, "ben", "zoe", "until 2026-12-31")
    end(world, "kim", "end for @Ben @Zoe")
    subjects = {f"{handed.delegation_id}.{world.person('ben').id}"}
    with world.database.read() as session:
        sent = session.exec(select(OutboxMessage).where(OutboxMessage.intent == Intent.DELEGATION)).all()
        events = session.exec(
            select(AuditEvent).where(col(AuditEvent.subject) == f"delegation {handed.delegation_id}")
        ).all()
    assert len(sent) == 2
    assert subjects <= {row.subject for row in sent}
    assert [(event.actor, event.action) for event in events] == [
        ("U01BEN", "delegate"),
        ("U01KIM", "end delegation"),
    ]
    assert json.loads(events[0].detail) == {
        "from": "U01BEN", "to": "U01ZOE", "team": None, "first": str(world.now.date()), "last": "2026-12-31",
    }  # fmt: skip


# -- what is refused


def test_stock_control_does_it_for_anybody_with_authority(world: World) -> None:
    kim = world.person("kim")

    def ask(words: str) -> delegations.Handed:
        wish = parse(words)
        assert isinstance(wish, HandOver)
        with world.step() as session:
            return delegations.hand_over(session, person=kim, wish=wish, now=world.now)

    assert ask("for @Ben to @Eva until 2026-12-31").holder == "Ben"
    with pytest.raises(NotAllowed, match="Ana has no authority of their own"):
        ask("for @Ana to @Eva until 2026-12-31")
    with pytest.raises(NotAllowed, match="for @Ben to @Eva"):
        ask("@Eva until 2026-12-31")
    with pytest.raises(NotFound, match="I know nobody called “Nobody”"):
        ask("for @Nobody to @Eva until 2026-12-31")


def test_a_set_up_file_that_takes_the_role_away_ends_it(database: Database, now: datetime) -> None:
    def apply(text: str) -> list[str]:
        with database.write() as session:
            return setups.apply(session, text, file_name="setup.toml", now=now)

    apply(SETUP)
    wish = parse("<@U09ZOE> until 2026-12-31")
    assert isinstance(wish, HandOver)
    with database.write() as session:
        ben = people.require_person(session, "U03BEN", now)
        delegations.hand_over(session, person=ben, wish=wish, now=now)
    assert apply(SETUP.replace('{ slack_id = "U03BEN", limit = 500 }, ', "")) == [
        'team "Fleet Parts": approver U03BEN: is not in the file any more; deactivated',
        "what U03BEN handed over to U09ZOE has ended with the role",
    ]
    apply(SETUP)
    with database.read() as session:
        assert people.find_person(session, "U09ZOE", now) is None


@pytest.mark.parametrize(
    ("days", "team", "to", "error", "said"),
    [
        ("2026-10-01 to 2026-12-31", "", "eva", BadInput, "2026-10-01 is over"),
        ("2026-12-05 to 2026-12-01", "", "eva", BadInput, "The last day is before the first"),
        ("2026-12-01 to 2028-12-01", "", "eva", BadInput, "longer than a year"),
        ("until 2026-12-31", "", "ben", BadInput, "Name somebody else"),
        ("until 2026-12-31", "Tyres", "eva", NotFound, "You approve for Fleet Parts, not for “Tyres”"),
    ],
)
def test_what_makes_no_sense_is_refused(
    world: World, days: str, team: str, to: str, error: type[CycleCountError], said: str
) -> None:
    with pytest.raises(error, match=said):
        hand_over(world, "ben", to, days, team)


def test_the_same_is_not_handed_over_twice_at_once(world: World, day: date) -> None:
    hand_over(world, "ben", "zoe", between(day, 2, 4))
    for days in (between(day, 4, 6), between(day, 0, 2), between(day, 3, 3)):
        with pytest.raises(WrongState, match="That is handed over already: to Zoe"):
            hand_over(world, "ben", "eva", days)
    hand_over(world, "ben", "eva", between(day, 5, 6))


def test_two_who_hand_the_same_over_at_once_do_it_once(world: World) -> None:
    wish = parse("for @Ben to @Eva until 2026-12-31")
    kim, now = world.person("kim"), world.now
    assert isinstance(wish, HandOver)
    results = race(world, *[lambda s: delegations.hand_over(s, person=kim, wish=wish, now=now)] * 3)
    assert len([one for one in results if isinstance(one, WrongState)]) == 2


def test_the_list_is_ones_own_and_all_for_stock_control(world: World, day: date) -> None:
    hand_over(world, "ben", "zoe", between(day, 0, 1))
    hand_over(world, "eva", "fay", between(day, 1, 2))

    def names(who: str) -> list[tuple[str, str, bool]]:
        with world.database.read() as session:
            found = delegations.listed(session, world.person(who), world.now)
        return [(one.holder, one.delegate, one.runs) for one in found]

    assert names("ben") == names("zoe") == [("Ben", "Zoe", True)]
    assert names("kim") == [("Ben", "Zoe", True), ("Eva", "Fay", False)]
    world.now += timedelta(days=2)
    assert names("kim") == [("Eva", "Fay", True)]
