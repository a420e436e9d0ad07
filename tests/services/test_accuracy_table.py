"""Accuracy against examples worked by hand, which stand in a table that a controller can check."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from models.plans import CountPlan
from models.rules.lines import LineState
from models.services import accuracy_facts, transfers
from models.services.accuracy_facts import AccuracyFacts
from models.services.history_words import Asked
from models.services.lookup import Subject
from scheduler.folding import fold
from tests.world import World


def rows() -> Iterator[tuple[str, str, list[str]]]:
    for line in (Path(__file__).parent / "accuracy_table.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, counted, *wanted = (cell.strip() for cell in line.split("|"))
            yield name, counted, wanted


def facts(world: World, asked: Asked | None = None, who: str = "kim") -> AccuracyFacts:
    with world.database.read() as session:
        return accuracy_facts.accuracy_facts(session, world.person(who), asked or Asked(), world.now)


def play(world: World, counted: str) -> None:
    """Do what a cell says, all bins in one session."""
    scripts = [part.split(":") for part in counted.split(";")]
    stocks = []
    for number, (ground, _) in enumerate(scripts):
        abc_class, cost, on_hand = ground.split()
        stocks.append(
            world.stock(
                "BOLT-10", f"A-0{number}", on_hand, unit_cost=None if cost == "?" else cost,
                abc_class=None if abc_class == "-" else abc_class,
            )
        )  # fmt: skip
    world.start()
    lines = [world.line(stock) for stock in stocks]
    for line, (_, steps) in zip(lines, scripts, strict=True):
        for step in steps.split(","):
            act(world, line, lines, step.strip())


def act(world: World, line: int, lines: list[int], step: str) -> None:
    word, _, rest = step.partition(" ")
    match word:
        case "approve":
            world.approve(line, "eva")
        case "adjust":
            world.adjust(line, "eva", rest)
        case "reject":
            world.reject(line, "eva")
        case "take":
            world.take_back(line, "eva")
        case "transfer":
            other = lines[0]
            with world.step() as session:
                transfers.make_transfer(
                    session, person=world.person("eva"), line_id=line, version=world.version(line), other_id=other,
                    other_version=world.version(other), now=world.now,
                )  # fmt: skip
        case _:
            world.count(line, word, rest)


@pytest.mark.parametrize(("name", "counted", "wanted"), list(rows()))
def test_the_table(small_world: World, name: str, counted: str, wanted: list[str]) -> None:
    play(small_world, counted)
    for _ in range(2):  # from records, and from sums
        found = facts(small_world)
        assert list(astuple(found.chosen))[:-1] == [Decimal(number) for number in wanted]
        of_item = facts(small_world, Asked(Subject(item_id=1)))
        assert of_item.chosen == found.chosen
        fold(small_world.database, small_world.now)


def test_a_counters_own_correction_is_the_first_count(world: World) -> None:
    with world.database.write() as session:
        world.plan_id = world.plan(session, "No recounts", world.team_id, recounts=0)
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 90)
    assert world.state(line) is LineState.IN_REVIEW
    world.count(line, "ana", 100)
    world.approve(line, "ben")
    assert (facts(world).chosen.lines, facts(world).chosen.hits) == (1, 1)


@pytest.mark.parametrize(("lines", "rate"), [(4, None), (5, 0.8)])
def test_too_few_lines_have_no_percentage(small_world: World, lines: int, rate: float | None) -> None:
    stocks = [small_world.stock(f"BOLT-{number}", f"A-{number}", 10) for number in range(lines)]
    for number, stock in enumerate(stocks):
        line = small_world.line(stock)
        small_world.count(line, "ana", 9 if number == 0 else 10)
        if number == 0:
            small_world.count(line, "dan", 9)
            small_world.approve(line, "eva")
    found = facts(small_world).chosen
    assert (found.lines, found.hits, found.hit_rate) == (lines, lines - 1, rate)
    assert (found.interval is None) == (rate is None)
    # 4 of 5: Wilson's interval, by hand: (0.8 + 0.3841 +- 1.96 * sqrt(0.032 + 0.0384)) / 1.7683
    assert rate is None or found.interval == pytest.approx((0.3755, 0.9638), abs=1e-4)


def test_samples_stand_apart_and_weeks_follow_each_other(small_world: World) -> None:
    world = small_world
    bolts, nuts = world.stock("BOLT-10", "A-01", 100, abc_class="A"), world.stock("NUT-10", "A-02", 50, abc_class="C")
    for policy in ("due", "random", "control NUT-10"):
        with world.database.write() as session:
            plan_id = world.plan(session, f"Plan {policy}", world.team_id)
            session.get_one(CountPlan, plan_id).selection = policy
        world.start(plan_id)
        for stock in (bolts, nuts):
            if policy != "control NUT-10" or stock is nuts:
                world.count(world.line(stock), "ana", world.on_hand(stock))
        world.now += timedelta(days=7)
    for _ in range(2):
        found = facts(world)
        assert [part.lines for part in (found.chosen, found.control, found.random)] == [2, 1, 2]
        assert [(part.name, part.accuracy.lines) for part in found.by_class] == [("A", 1), ("C", 1)]
        assert [(part.name, part.accuracy.lines) for part in found.by_team] == [("Fleet Parts", 2)]
        assert [(str(point.week), point.accuracy.lines) for point in found.weeks] == [("2026-11-23", 2)]
        assert facts(world, Asked(abc_class="A")).chosen.lines == 1
        fold(world.database, world.now)


def test_who_may_still_have_to_count_an_item_sees_accuracy_without_it(world: World) -> None:
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 50)
    for stock, counted in ((bolts, 90), (nuts, 50)):
        line = world.line(stock)
        world.count(line, "ana", counted)
        if counted == 90:
            world.count(line, "dan", 90)
            world.approve(line, "ben")
    for _ in range(2):
        assert (facts(world, who="ana").chosen.lines, facts(world, who="ana").hidden) == (2, 0)
        assert [one.location for one in facts(world, who="ana").bins.bins] == ["A-01"]
        fold(world.database, world.now)
    world.spot_count("ben", "BOLT-10")
    seen = facts(world, who="ana")
    assert (seen.chosen.lines, seen.chosen.gross_value, seen.causes, seen.bins.bins) == (1, 0, (), ())
    assert seen.hidden == 1
    assert facts(world, Asked(Subject(item_id=bolts.item_id)), who="ana").chosen.lines == 0
    assert facts(world, who="kim").chosen.lines == 2
