"""`/count accuracy`: what it says to whom, and what it keeps to itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.refused_blocks import NEWER
from bot.sandbox.faults import slack_error
from bot.sandbox.workspace import Limits
from models.database import Database
from models.people import Company
from models.rules.tolerance import Measure, Scope
from tests.bot.snapshots import assert_same
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW


def play(place: Workplace) -> Workplace:
    """Two weeks: ten right and two short in the first, six right in the second."""
    world = place.world
    stocks = [world.stock(f"BOLT-{n}", f"A-0{n}", 100, unit_cost=2, abc_class="AC"[n % 2]) for n in range(6)]
    for turn, short in enumerate((2, 0, 0)):
        world.start()
        for number, stock in enumerate(stocks):
            line, expected = world.line(stock), world.on_hand(stock)
            world.count(line, "ana", expected - (5 if number < short else 0))
            if number < short:
                world.count(line, "dan", expected - 5)
                world.approve(line, "ben")
        world.now += timedelta(days=1 if turn == 0 else 6)
    place.now()
    return place


@pytest.fixture
def counted(place: Workplace) -> Workplace:
    return play(place)


@pytest.mark.parametrize("asked", ["accuracy", "accuracy coverage"])
@pytest.mark.parametrize(
    ("form", "refused", "kinds"),
    [
        ("drawn", (), {"data_visualization"}),
        ("table", ("data_visualization",), {"table"}),
        ("lines", ("data_visualization", "table"), set()),
    ],
)
def test_each_workspace_gets_what_it_takes(
    sqlite_database: Database, asked: str, form: str, refused: tuple[str, ...], kinds: set[str]
) -> None:
    limits = replace(Limits().without_rates(), refused_blocks=frozenset(refused))
    with workplace(sqlite_database, NOW, limits=limits) as place:
        play(place)
        for _ in range(2):  # refused, and then remembered
            assert_same(f"{asked.replace(' ', '-')}-{form}", place.count("ben", asked))
        shown = place.ben.ephemerals()[-1]
        assert {str(block["type"]) for block in shown.blocks} & NEWER == kinds


def test_a_slack_that_does_not_answer_is_answered_with_the_acknowledgement(counted: Workplace) -> None:
    counted.ws.faults.on(method="response_url", action=slack_error("used_url"))
    assert "right at the first count" in counted.count("ben", "accuracy")


@pytest.mark.parametrize(
    ("asked", "first", "second"),
    [
        ("A-00", "Accuracy of A-00 7 Sep to 6 Dec", "2 of 3, too few for a percentage, right at the first count"),
        ("class A this month", "Accuracy of class A in Dec 2026", ""),
        ("Fleet Parts yesterday", "Accuracy of Fleet Parts on 5 Dec", "No blind counts yet in that time."),
        ("plan Daily parts since 2026-11-24", "Accuracy of Daily parts since 24 Nov", "100 % (75.8 to 100) right"),
        (
            "@ana",
            "Accuracy of one person is switched off. Kim can switch it on in setup.toml: accuracy_of_people = true.",
            "",
        ),
        ("only variances", "Accuracy is of all counts; “/count history only variances” lists some.", ""),
        ("BOLT-99", "There is no SKU, bin, team or plan “BOLT-99”. Did you mean BOLT-", ""),
    ],
)
def test_of_what_is_named(counted: Workplace, asked: str, first: str, second: str) -> None:
    said = counted.count("kim", f"accuracy {asked}").split("\n")
    assert said[0].startswith(first)
    assert "\n".join(said[1:]).startswith(second)


def test_a_persons_share_is_said_where_it_is_switched_on(counted: Workplace) -> None:
    assert "right at the first count" not in counted.count("kim", "history @ana").split("\n")[0]
    with counted.database.write() as session:
        session.get_one(Company, 1).accuracy_of_people = True
    said = counted.count("ben", "accuracy @Ana").split("\n")
    assert said[:2] == [
        "Accuracy of Ana 7 Sep to 6 Dec",
        "88.9 % (67.2 to 96.9) right at the first count (IRA) · 18 lines",
    ]
    assert counted.count("ben", "accuracy by dan").split("\n")[1] == "No blind counts yet in that time."


def test_who_counts_sees_accuracy_without_what_is_being_counted(counted: Workplace) -> None:
    counted.world.tolerate(Measure.PERCENT, 2, scope=Scope.COMPANY)
    counted.world.spot_count("ben", "BOLT-0")
    said = counted.count("ana", "accuracy")
    assert "of 9" in said
    assert "10.00 EUR" in said
    assert "20.00 EUR" not in said
    assert "A-00" not in said
    assert said.endswith("Without 1 SKU that you may still have to count.")
    assert "No blind counts yet" in counted.count("ana", "accuracy BOLT-0")


def test_before_anything_is_counted(place: Workplace) -> None:
    assert "No blind counts yet in that time." in place.count("kim", "accuracy")


def test_what_is_overdue_is_said_with_its_class(place: Workplace) -> None:
    for number, letter in enumerate("AAC"):
        place.world.stock(f"BOLT-{number}", f"A-0{number}", 100, abc_class=letter)
    place.world.now += timedelta(days=37)
    assert place.count("dan", "accuracy coverage").split("\n")[:2] == ["2 lines are overdue", "By class: A 2 of 2"]
    assert place.count("dan", "accuracy Coverage").startswith("2 lines are overdue")


def test_coverage_before_there_is_any_stock(place: Workplace) -> None:
    assert place.count("dan", "accuracy coverage").startswith("Nothing is overdue\nCounts promised and done")
