"""What somebody asks about, in the words they type: names of all kinds, with or without a period, in any order."""

from datetime import date

import pytest
from sqlmodel import select

from models.catalog import Item
from models.errors import CycleCountError
from models.people import Member, Team
from models.plans import CountPlan
from models.rules.periods import Period
from models.services.history_queries import Only
from models.services.history_words import Asked, read
from models.services.lookup import Subject
from tests.world import World

TODAY = date(2026, 11, 24)
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))
SINCE_MONDAY = Period(date(2026, 11, 23))


@pytest.fixture
def named(small_world: World) -> World:
    """An item and a plan that are called like a team, one like a bin, one like a month, and one with spaces."""
    world = small_world
    skus = ("BOLT-10", "Tyres", "A-03", "2026-09", "M 10 x 40")
    for sku, code in zip(skus, ("A-01", "A-02", "A-03", "A-04", "B-1"), strict=True):
        world.stock(sku, code)
    world.add_team("Tyres", "T-")
    with world.database.write() as session:
        world.plan(session, "Fleet Parts", world.team_id)
        session.add(Member(slack_id="U09ANA", name="Ana Maria"))
    return world


def asked(world: World, text: str) -> Asked:
    with world.database.read() as session:
        return read(session, text, TODAY)


def ids(world: World) -> dict[str, int | None]:
    with world.database.read() as session:
        found = {f"item {item.sku}": item.id for item in session.exec(select(Item))}
        found |= {f"team {team.name}": team.id for team in session.exec(select(Team))}
        found |= {f"plan {plan.name}": plan.id for plan in session.exec(select(CountPlan))}
        return found | {f"member {member.name}": member.id for member in session.exec(select(Member))}


def test_names_of_all_kinds_are_understood(named: World) -> None:
    known = ids(named)
    ana = known["member Ana"]
    for text, subject in {
        "": Subject(),
        "bolt-10": Subject(item_id=known["item BOLT-10"]),
        "  BOLT-10   A-01 ": Subject(item_id=known["item BOLT-10"], location_id=1),
        "m 10 x 40": Subject(item_id=known["item M 10 x 40"]),
        "a-03": Subject(item_id=known["item A-03"]),
        "bin a-03": Subject(location_id=3),
        "Tyres": Subject(item_id=known["item Tyres"]),
        "team tyres": Subject(team_id=known["team Tyres"]),
        "fleet parts": Subject(team_id=known["team Fleet Parts"]),
        "plan fleet parts": Subject(plan_id=known["plan Fleet Parts"]),
        "daily parts": Subject(plan_id=known["plan Daily parts"]),
        "@ana": Subject(member_id=ana),
        "@Ana Maria": Subject(member_id=known["member Ana Maria"]),
        "<@U01ANA|ana>": Subject(member_id=ana),
        "<@U01ANA>": Subject(member_id=ana),
        "by dan": Subject(member_id=known["member Dan"]),
        "person @dan": Subject(member_id=known["member Dan"]),
        "bolt-10 @ana fleet parts": Subject(
            item_id=known["item BOLT-10"], member_id=ana, team_id=known["team Fleet Parts"]
        ),
    }.items():
        assert asked(named, text) == Asked(subject), text


def test_names_periods_and_wishes_come_in_any_order(named: World) -> None:
    known = ids(named)
    bolts = Subject(item_id=known["item BOLT-10"])
    for text, wanted in {
        "since monday": Asked(period=SINCE_MONDAY),
        "BOLT-10 since monday only variances": Asked(bolts, SINCE_MONDAY, only=Only.VARIANCES),
        "only adjusted since monday BOLT-10": Asked(bolts, SINCE_MONDAY, only=Only.ADJUSTED),
        "September BOLT-10": Asked(bolts, SEPTEMBER),
        "BOLT-10 2026-09-01 to 2026-09-30": Asked(bolts, SEPTEMBER),
        "since 2026-09-01 BOLT-10 until 2026-09-30": Asked(bolts, SEPTEMBER),
        "2026-09": Asked(Subject(item_id=known["item 2026-09"])),
        "in 2026-09": Asked(period=SEPTEMBER),
        "class b last month fleet parts": Asked(
            Subject(team_id=known["team Fleet Parts"]), Period(date(2026, 10, 1), date(2026, 10, 31)), "B"
        ),
    }.items():
        assert asked(named, text) == wanted, text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("BOLT-01", "There is no SKU, bin, team or plan “BOLT-01”. Did you mean BOLT-10?"),
        ("Flet Parts since monday", "There is no SKU, bin, team or plan “Flet Parts”. Did you mean Fleet Parts?"),
        ("BOLT-10 team North", "There is no team “North”."),
        ("@anna", "Nobody here is called “@anna”. Did you mean @Ana?"),
        ("by nobody", "Nobody here is called “by nobody”."),
        ("BOLT-10 A-03", "That is more than one SKU. Name one of them."),
        ("BOLT-10 last quarters", "“last quarters” is no time that I know. Write it like since monday, last quarter,"),
        ("since 2026-12-24", "“2026-12-24” is still to come."),
        ("31/13/2026", "There is no “31/13/2026”."),
        ("last week this month", "Those two times do not go together."),
        ("since monday until october", "“since monday until october” ends before it begins."),
        ("since monday BOLT-10 until october", "Those two times do not go together."),
    ],
)
def test_what_is_not_understood_is_told_with_what_works(named: World, text: str, said: str) -> None:
    with pytest.raises(CycleCountError) as refusal:
        asked(named, text)
    assert str(refusal.value).startswith(said)
