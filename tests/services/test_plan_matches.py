"""Plans whose bins, categories, SKUs and classes are all there, and never together: refused, in file and form alike."""

import pytest
from sqlmodel import select

from models.errors import BadFile
from models.plans import CountPlan
from models.services import plan_changes, plan_checks, setups
from models.services.setup_things import Facts
from tests.services.setup_example import SETUP
from tests.world import World

CASES: list[tuple[dict[str, str], str, str]] = [
    ({"categories": "['Oils']", "bins": "['A-']"}, "categories",
     "Nothing of “Oils” lies in the bins that begin with “A-”; choose other bins or categories."),
    ({"categories": "['Tyres']"}, "categories",
     "Nothing of “Tyres” lies in the bins of Fleet Parts; choose other categories."),
    ({"select": "'category Tyres'"}, "select",
     "Nothing of “Tyres” lies in the bins of Fleet Parts; choose other categories."),
    ({"select": "'due, category Oils'", "bins": "['A-']"}, "select",
     "Nothing of “Oils” lies in the bins that begin with “A-”; choose other bins or categories."),
    ({"select": "'location B-'", "categories": "['Fasteners']"}, "select",
     "Nothing that this plan counts lies in bins that begin with “B-”; choose others."),
    ({"select": "'control BOLT-1 TYRE-1'"}, "select", "TYRE-1 lies in no bin of Fleet Parts; leave it out."),
    ({"select": "'control BOLT-1 OIL-1 TYRE-1'", "bins": "['A-']"}, "select",
     "OIL-1 and TYRE-1 lie in no bin that this plan counts; leave them out."),
    ({"select": "'abc A Z'"}, "select", "No item is in class Z; choose A, B or C."),
]  # fmt: skip


@pytest.fixture
def stocked(world: World) -> World:
    """Bolts in aisle A, oil in aisle B, and tyres where nobody of Fleet Parts counts."""
    world.add_team("Yard", "T-", counters=("yan",))
    world.stock("BOLT-1", "A-01", 5, category="Fasteners", abc_class="A")
    world.stock("OIL-1", "B-01", 0, category="Oils", abc_class="X")
    world.stock("TYRE-1", "T-01", 5, category="Tyres")
    return world


def with_lines(said: dict[str, str]) -> str:
    """The set-up file, with these lines in its plan."""
    text = SETUP.replace('select = "due"\n', "" if "select" in said else 'select = "due"\n')
    return text.replace("lines = 12\n", "".join(f"{name} = {value}\n" for name, value in said.items()))


def apply(world: World, text: str) -> list[str]:
    with world.database.write() as session:
        return setups.apply(session, text, file_name="setup.toml", now=world.now)


@pytest.mark.parametrize(("said", "name", "sentence"), CASES)
def test_a_file_is_refused_with_the_line(stocked: World, said: dict[str, str], name: str, sentence: str) -> None:
    text = with_lines(said)
    line = next(n for n, found in enumerate(text.splitlines(), start=1) if found.startswith(f"{name} ="))
    with stocked.database.write() as session:
        session.get_one(CountPlan, stocked.plan_id).name = "Another"  # so that the file's is new
    with pytest.raises(BadFile) as refused:
        apply(stocked, text)
    assert str(refused.value) == f'setup.toml line {line}: plan "Daily parts": {name}: {sentence}'


def problems(world: World, facts: Facts) -> dict[str, str]:
    everything = {"team": "Fleet Parts", "schedule": "daily 07:00", **facts}
    with world.database.read() as session:
        return plan_checks.problems(session, "Lunch", everything, is_new=True, now=world.now)


@pytest.mark.parametrize(
    "facts",
    [
        {
            "bins": "B-",
            "categories": '["Fasteners", "Oils"]',
        },  # some of it is there; that its bin is empty is no matter
        {"bins": "B-", "select": "category Oils"},
        {"select": "abc B"},  # the next classification may make it
        {"select": "abc X"},  # the stock file has made it
        {"select": "control BOLT-1 OIL-1"},
        {"select": "location A-0", "categories": '["Fasteners"]'},
    ],
)
def test_what_can_match_is_accepted(stocked: World, facts: Facts) -> None:
    assert problems(stocked, facts) == {}


@pytest.mark.parametrize(("said", "name", "sentence"), CASES)
def test_without_any_stock_it_cannot_be_told(world: World, said: dict[str, str], name: str, sentence: str) -> None:
    apply(world, with_lines(said))
    with world.database.read() as session:
        plan = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one()
        assert plan_changes.facts_of(session, plan.id or 0).facts[name] != ""


def test_what_is_being_counted_counts_as_there(stocked: World) -> None:
    stocked.start()
    assert problems(stocked, {"select": "control BOLT-1"}) == {}


def test_a_pinned_class_is_one_that_items_have(stocked: World) -> None:
    pins = '[classes]\ncounts_per_year = { A = 12, B = 4, C = 2, Z = 1 }\npins = { "OIL-1" = "Z" }\n'
    assert any(said.startswith("pin of OIL-1") for said in apply(stocked, with_lines({"select": "'abc Z'"}) + pins))
