"""`[classes]` in setup.toml: what is wrong is said with its line; what is right takes effect, once."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from models.catalog import Item
from models.classes import ClassFrequency, ClassSettings
from models.database import Database
from models.errors import BadFile
from models.services import item_classes, setups
from models.services.setup_files import read_setup
from models.stock import StockLevel
from tests.services.classifying import classes
from tests.services.importing import HEADER, load, stock_file
from tests.world import World

COMPANY = 'timezone = "Europe/Berlin"\ncontrollers = ["U05KIM"]\n'
CLASSES = """[classes]
by = "movements"
window = "90d"
cuts = [70, 90, 97.5]
every = "monthly 1 02:00"
counts_per_year = { A = 26, B = 12, C = 4, D = 1 }
pins = { "X" = "A" }
"""
WITH_CLASS = f"{HEADER},abc_class"
CRON = "write it like “cron 0 7 * * mon-fri”."


def apply(database: Database, now: datetime, text: str) -> list[str]:
    with database.write() as session:
        return setups.apply(session, COMPANY + text, file_name="setup.toml", now=now)


def problems(text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        read_setup(COMPANY + text, file_name="setup.toml").problems.refuse()
    return [line.removeprefix("setup.toml ") for line in str(refused.value).splitlines()]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('by = "usage"', 'by must be "usage value" or "on-hand value" or "movements" or "unit cost"'),
        ('window = "3d"',
         "window: “3d” is too short to tell what moves often. Write at least 7d, like 365d for a year."),
        ('window = "36h"', "window: “36h” is not a number of whole days. Write it like 365d."),
        (
            'window = "1y"',
            "window: “1y” is not a number of days up to 366. Write it like 90d, or 365d for a year.",
        ),
        (
            'window = "400d"',
            "window: “400d” is not a number of days up to 366. Write it like 90d, or 365d for a year.",
        ),
        ("cuts = 80", "cuts must be a list"),
        ("cuts = []", "cuts must be a list of percentages, like [80, 95]"),
        ('cuts = ["80", 95]', "cuts must be a list of percentages, like [80, 95]"),
        ("cuts = [80, nan]", "cuts must be a list of percentages, like [80, 95]"),
        ("cuts = [80, 100]", "cuts must be above 0 and below 100, because the last class has what is left"),
        ("cuts = [0, 95]", "cuts must be above 0 and below 100, because the last class has what is left"),
        (
            "cuts = [80, 15, 5]",
            "cuts must rise: each is the share of a class together with those before it, like [80, 95]",
        ),
        (f"cuts = {list(range(1, 90))}", "cuts make more classes than anybody can tell apart; write fewer"),
        (
            'every = "cron 0 2 30 2 *"',
            f"every: “cron 0 2 30 2 *” can never run: the day-of-month cannot be right; {CRON}",
        ),
        ("counts_per_year = 12", "counts_per_year must be a table"),
        (
            'pins = { X = "Q" }',
            "pins: X: the cuts make no class Q; pin it to A, B or C, or say in counts_per_year how often Q is counted",
        ),
        (
            'pins = { X = "C" }\ncuts = [80]',
            "pins: X: the cuts make no class C; pin it to A or B, or say in counts_per_year how often C is counted",
        ),
        (
            "counts_per_year = { A = 12, B = 4 }",
            "counts_per_year says nothing of class C, which the cuts make; add how often, like C = 2",
        ),
        (
            "counts_per_year = { A = 12 }\ncuts = [50, 70, 95]",
            (
                "counts_per_year says nothing of classes B, C and D, which the cuts make; add how often, like B = 4, "
                "C = 2, D = 2"
            ),
        ),
        *(
            (f'window = "{zero}"',
             f"window: “{zero}” is too short to tell what moves often. Write at least 7d, like 365d for a year.")
            for zero in ("0d", "0h 00m")
        ),
        ('window = "9999d"',
         "window: “9999d” is not a number of days up to 366. Write it like 90d, or 365d for a year."),
        ("often = 1", 'unknown key "often"; there are by, window, cuts, every, counts_per_year, pins'),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_line(line: str, problem: str) -> None:
    assert problems(f"[classes]\n{line}\n")[0] in (f"line 4: classes: {problem}", f"line 3: classes: {problem}")


def test_what_cannot_be_in_its_tables() -> None:
    found = problems(
        '[classes]\n[classes.counts_per_year]\nA = 12\nB = 0\nC = "2"\nbig = 3\n'
        '[classes.pins]\nX = "a"\n"" = "A"\nY = 1\n'
    )
    assert sorted(found) == [
        "line 10: classes: pins: X must be pinned to one capital letter, such as A",
        'line 11: classes: pins: "" is not a SKU',
        "line 12: classes: pins: Y must be pinned to one capital letter, such as A",
        "line 6: classes: counts_per_year: B must be a whole number from 1 to 366",
        "line 7: classes: counts_per_year: C must be a whole number from 1 to 366",
        'line 8: classes: counts_per_year: "big" is not a class, which is one capital letter, such as A',
    ]


def test_what_the_file_says_takes_effect_once(world: World) -> None:
    world.stock("X", "A-01", 5)
    world.stock("X", "A-02", 5)
    said = [
        "classes added",
        "class A added",
        "class B added",
        "class C added",
        "class D added",
        "pin of X added",
    ]
    assert apply(world.database, world.now, CLASSES)[-6:] == said
    assert apply(world.database, world.now, CLASSES) == []
    with world.database.read() as session:
        found = session.get_one(ClassSettings, 1)
        assert (found.measure, found.window_days, found.cuts) == ("movements", 90, "70/20/7.5/2.5")
        assert found.next_due == datetime(2026, 12, 1, 1, tzinfo=UTC)
        assert item_classes.frequencies(session) == {"A": 26, "B": 12, "C": 4, "D": 1}
        item = session.exec(select(Item)).one()
        assert (item.pinned_class, item.abc_class) == ("A", "A")
        assert session.exec(select(StockLevel.abc_class)).all() == ["A", "A"]


def test_the_usual_way_needs_no_words(world: World) -> None:
    apply(world.database, world.now, "[classes]\n")
    with world.database.read() as session:
        found, usual = session.get_one(ClassSettings, 1), ClassSettings()
        assert (found.measure, found.window_days, found.cuts, found.schedule, found.next_due) == (
            usual.measure, usual.window_days, usual.cuts, "", None,
        )  # fmt: skip


def test_what_the_file_changes_is_changed(world: World) -> None:
    world.stock("X", "A-01", 5)
    apply(world.database, world.now, CLASSES)
    other = (
        CLASSES.replace("movements", "unit cost").replace("90d", "365d").replace("97.5", "95").replace('"A"', '"B"')
        .replace("A = 26", "A = 24").replace('every = "monthly 1 02:00"\n', "")
    )  # fmt: skip
    changed = (
        'by "movements" -> "unit cost", window "90d" -> "365d", cuts "70/20/7.5/2.5" -> "70/20/5/5", '
        'every "monthly 1 02:00" -> none'
    )
    assert apply(world.database, world.now, other) == [
        f"classes: {changed}",
        "class A: counts_per_year 26 -> 24",
        'pin of X: class "A" -> "B"',
    ]
    assert classes(world) == {"X": "B"}
    with world.database.read() as session:
        assert session.get_one(ClassSettings, 1).next_due is None


def test_what_is_gone_from_the_file_is_gone_and_the_class_stays(world: World) -> None:
    world.stock("X", "A-01", 5)
    apply(world.database, world.now, CLASSES)
    assert apply(world.database, world.now, "")[-6:] == [
        "classes: is not in the file any more; removed",
        *(f"class {letter}: is not in the file any more; removed" for letter in "ABCD"),
        "pin of X: is not in the file any more; removed",
    ]
    with world.database.read() as session:
        assert session.exec(select(ClassFrequency)).all() == []
        assert session.get(ClassSettings, 1) is None
        item = session.exec(select(Item)).one()
        assert (item.pinned_class, item.abc_class) == (None, "A")


def test_a_pin_beats_the_stock_file_which_has_its_word_when_the_pin_is_gone(world: World) -> None:
    load(world, stock_file("X,x,,pcs,1,A-01,5,C", header=WITH_CLASS))
    apply(world.database, world.now, CLASSES)
    assert classes(world) == {"X": "A"}
    apply(world.database, world.now, "")
    assert classes(world) == {"X": "C"}


def test_a_run_that_is_due_is_not_lost_to_another_apply(world: World) -> None:
    apply(world.database, world.now, CLASSES)
    due = datetime(2026, 12, 1, 1, tzinfo=UTC)
    apply(world.database, due, CLASSES.replace("90d", "30d"))
    with world.database.read() as session:
        assert session.get_one(ClassSettings, 1).next_due == due


def test_a_changed_schedule_or_zone_is_scheduled_again(world: World) -> None:
    apply(world.database, world.now, CLASSES)
    apply(world.database, world.now, CLASSES.replace("02:00", "03:00"))
    with world.database.read() as session:
        assert session.get_one(ClassSettings, 1).next_due == datetime(2026, 12, 1, 2, tzinfo=UTC)
    with world.database.write() as session:
        setups.apply(
            session, (COMPANY + CLASSES).replace("Europe/Berlin", "UTC").replace("02:00", "03:00"),
            file_name="setup.toml", now=world.now,
        )  # fmt: skip
    with world.database.read() as session:
        assert session.get_one(ClassSettings, 1).next_due == datetime(2026, 12, 1, 3, tzinfo=UTC)


def test_a_once_that_is_over_is_said(world: World) -> None:
    text = CLASSES.replace("monthly 1 02:00", "once 2026-01-01 02:00")
    assert apply(world.database, world.now, text)[-1].startswith("classes: “once 2026-01-01 02:00” is over")


def test_a_pin_of_an_unknown_sku_is_refused_when_there_are_items(world: World) -> None:
    world.stock("BOLT-10", "A-01", 5)
    with pytest.raises(BadFile) as refused:
        apply(world.database, world.now, '[classes]\npins = { "BOLT-01" = "A", "BOLT-10" = "B" }\n')
    assert str(refused.value) == (
        'setup.toml line 4: classes: pins: there is no SKU "BOLT-01"; did you mean "BOLT-10"?'
    )
    assert classes(world) == {"BOLT-10": None}


def test_pins_wait_for_the_first_stock_file(world: World) -> None:
    assert "pin of X added" in apply(world.database, world.now, CLASSES)
    assert apply(world.database, world.now, CLASSES) == []
    other = CLASSES.replace('"X" = "A"', '"X" = "B", "Y" = "A"')
    assert apply(world.database, world.now, other) == ['pin of X: class "A" -> "B"', "pin of Y added"]
    load(world, stock_file("X,x,,pcs,1,A-01,5,C", "Z,z,,pcs,1,A-01,5,", header=WITH_CLASS))
    assert classes(world) == {"X": "B", "Z": None}
    with world.database.read() as session:
        copies = session.exec(select(StockLevel.abc_class).order_by(col(StockLevel.id))).all()
    assert copies == ["B", ""]
    with pytest.raises(BadFile, match='there is no SKU "Y"'):  # the file that came does not know it
        apply(world.database, world.now, other)


def test_a_pin_that_waits_may_be_taken_back(world: World) -> None:
    apply(world.database, world.now, CLASSES)
    assert "pin of X: is not in the file any more; removed" in apply(world.database, world.now, "")
    load(world, stock_file("X,x,,pcs,1,A-01,5,C", header=WITH_CLASS))
    assert classes(world) == {"X": "C"}
