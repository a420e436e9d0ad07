"""`[causes]` in setup.toml: what is wrong is said with its line; what is right takes effect, once."""

from decimal import Decimal

import pytest
from sqlmodel import select

from models.causes import OwnCause
from models.journal import AuditEvent
from models.rules.causes import STANDARD, Causes, Reason
from models.services import causes
from tests.services.test_setup_classes import apply, problems
from tests.world import World

CAUSES = """[causes]
offered = ["other", "damaged", "misplaced"]
required_above = 100
[causes.own]
"wrong box" = { consuming = false }
"In training" = { consuming = true }
"""
MUST = "must be written like { consuming = false }"


def now(world: World) -> Causes:
    with world.database.read() as session:
        return causes.read(session)


def trail(world: World) -> list[tuple[str, str]]:
    with world.database.read() as session:
        return [(event.action, event.subject) for event in session.exec(select(AuditEvent))]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('offered = "damaged"', "offered must be a list"),
        ('offered = ["damagd"]', 'offered: "damagd" is not a standard cause; did you mean "damaged"?'),
        (
            'offered = ["eaten by mice"]',
            'offered: "eaten by mice" is not a standard cause; write a cause of your own below [causes.own]',
        ),
        ("offered = [1]", "offered: something is not a standard cause; write a cause of your own below [causes.own]"),
        ("offered = []", "offered leaves no cause to approve with; name one, or add some of your own"),
        ('offered = ["other"]', "offered leaves no cause to approve with; name one, or add some of your own"),
        ("required_above = -1", "required_above must be a number from 0 to 1,000,000,000,000"),
        ('required_above = "100"', "required_above must be a number"),
        ("required_abov = 1", 'unknown key "required_abov"; did you mean "required_above"?'),
        ('own = ["wrong box"]', "own must be a table"),
        ('own = { "wrong box" = false }', f'own: "wrong box" {MUST}'),
        ('own = { "wrong box" = { consumes = true } }', f'own: "wrong box" {MUST}'),
        ('own = { "wrong box" = { consuming = 1 } }', f'own: "wrong box" {MUST}'),
        ('own = { " " = {} }', 'own: " " is not a cause'),
        ('own = { "a\\u0007b" = {} }', 'own: "it" is not a cause'),
        (f'own = {{ "{"x" * 41}" = {{}} }}', f'own: "{"x" * 39}…" is longer than 40 characters'),
        ('own = { "Damaged" = {} }', 'own: "Damaged" is there already; give yours another name'),
        ('own = { "within tolerance" = {} }', 'own: "within tolerance" is there already; give yours another name'),
        ('own = { "Box" = {}, "box" = {} }', 'own: "box" is there already; give yours another name'),
        (
            f"own = {{ {', '.join(f'c{number} = {{}}' for number in range(26))} }}",
            "own: has 26 causes; nobody finds the right one among more than 25",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_line(line: str, problem: str) -> None:
    assert problems(f"[causes]\n{line}\n")[0] in (f"line 4: causes: {problem}", f"line 3: causes: {problem}")


def test_what_the_file_says_takes_effect_once_and_is_in_the_trail(world: World) -> None:
    said = ["causes added", 'cause "wrong box" added', 'cause "In training" added']
    assert apply(world.database, world.now, CAUSES)[-3:] == said
    before = trail(world)
    assert before[-3:] == [
        ("add causes", "causes"), ("add cause", 'cause "wrong box"'), ("add cause", 'cause "In training"'),
    ]  # fmt: skip
    assert apply(world.database, world.now, CAUSES) == []
    assert trail(world) == before
    assert now(world) == Causes(
        standard=(Reason.MISPLACED, Reason.DAMAGED, Reason.OTHER), own=("In training", "wrong box"),
        required_above=Decimal(100),
    )  # fmt: skip


def test_an_empty_section_says_the_usual(world: World) -> None:
    assert now(world) == Causes()
    apply(world.database, world.now, "[causes]\n")
    assert now(world) == Causes()
    apply(world.database, world.now, f"[causes]\noffered = {[str(reason) for reason in STANDARD]}\n")
    assert now(world) == Causes()


def test_a_company_may_have_only_causes_of_its_own(world: World) -> None:
    apply(world.database, world.now, '[causes]\noffered = []\nown = { "wrong box" = {} }\n')
    assert now(world) == Causes(standard=(), own=("wrong box",))


def test_what_the_file_changes_is_changed(world: World) -> None:
    apply(world.database, world.now, CAUSES)
    other = CAUSES.replace('"damaged", ', "").replace("= 100", "= 250.50").replace("= false", "= true")
    assert apply(world.database, world.now, other) == [
        'causes: offered "misplaced, damaged, other" -> "misplaced, other", required_above "100" -> "250.5"',
        'cause "wrong box": consuming false -> true',
    ]


def test_what_is_gone_from_the_file_is_withdrawn_and_may_come_back(world: World) -> None:
    apply(world.database, world.now, CAUSES)
    assert apply(world.database, world.now, "")[-3:] == [
        "causes: is not in the file any more; removed",
        'cause "wrong box": is not in the file any more; deactivated',
        'cause "In training": is not in the file any more; deactivated',
    ]
    assert now(world) == Causes(withdrawn=("In training", "wrong box"))
    with world.database.read() as session:
        assert session.get_one(OwnCause, "In training").consuming, "what was demand stays so"
    assert len(apply(world.database, world.now, CAUSES)) == 3
    assert now(world).own == ("In training", "wrong box")
