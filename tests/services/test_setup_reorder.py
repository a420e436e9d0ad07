"""`[reorder]` in setup.toml: what is wrong is said with its line; what is right takes effect, once."""

import pytest

from models.rules.reorder import Terms
from models.services import reorder_settings
from tests.services.test_setup_classes import apply, problems
from tests.world import World

USUAL = Terms(lead_time_days=14, service_level=0.95, cover_days=30, overstock_days=180, dead_days=180)
REORDER = """[reorder]
lead_time = "21d"
service_level = 97.5
order_for = "60d"
overstock = "366d"
dead_stock = "364d"
"""


def terms(world: World) -> Terms:
    with world.database.read() as session:
        return reorder_settings.terms(session)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('lead_time = "12h"', "lead_time: “12h” is not a number of whole days. Write it like 14d."),
        ("lead_time = 14", "lead_time must be a text"),
        ('order_for = "0d"', "order_for: “0d” is no time at all. Write at least 1m, like 4h or 90m."),
        ('dead_stock = "365d"', "dead_stock is longer than 364d, the history that is looked at"),
        ("service_level = 100", "service_level must be a number of percent from 50 to 99.9, like 95"),
        ("service_level = 0.95", "service_level must be a number of percent from 50 to 99.9, like 95"),
        ('service_level = "95"', "service_level must be a number of percent from 50 to 99.9, like 95"),
        ('leadtime = "14d"', 'unknown key "leadtime"; did you mean "lead_time"?'),
    ],
)
def test_what_cannot_be_is_said_with_its_line(line: str, problem: str) -> None:
    assert problems(f"[reorder]\n{line}\n") == [f"line 4: reorder: {problem}"]


def test_what_the_file_says_takes_effect_once_and_goes_with_it(world: World) -> None:
    assert terms(world) == USUAL
    assert apply(world.database, world.now, REORDER)[-1] == "reorder added"
    assert terms(world) == Terms(21, 0.975, 60, 366, 364)
    assert apply(world.database, world.now, REORDER) == []
    other = REORDER.replace("97.5", "99").replace('"21d"', '"7d"')
    assert apply(world.database, world.now, other) == ['reorder: lead_time "21d" -> "7d", service_level "97.5" -> "99"']
    assert apply(world.database, world.now, "")[-1] == "reorder: is not in the file any more; removed"
    assert terms(world) == USUAL


def test_what_the_file_leaves_out_is_as_usual(world: World) -> None:
    apply(world.database, world.now, "[reorder]\nservice_level = 90\n")
    assert terms(world) == Terms(14, 0.9, 30, 180, 180)
