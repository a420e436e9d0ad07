"""The form of a plan that could match nothing: what is wrong stands under the field to change."""

from typing import Any  # Any: what is entered in a form

import pytest

from tests.bot.planning import add_shortcuts, command, plan_names, preview, submit
from tests.bot.workplace import Workplace


@pytest.fixture
def opened(place: Workplace) -> Workplace:
    """Bolts in aisle A, oil in aisle B, tyres in another team's; and the form open for stock control."""
    add_shortcuts(place)
    place.world.add_team("Yard", "T-", counters=("yan",))
    place.world.stock("BOLT-1", "A-01", 5, category="Fasteners")
    place.world.stock("OIL-1", "B-01", 5, category="Oils")
    place.world.stock("TYRE-1", "T-01", 5, category="Tyres")
    assert command(place, "kim", "new") == ""
    return place


@pytest.mark.parametrize(
    ("entries", "field", "sentence"),
    [
        ({"bins": "A-", "categories": ["Oils"]}, "categories", "Nothing of “Oils” lies in the bins that begin with"),
        ({"choice": ["due", "control"], "policy_control": "BOLT-1 TYRE-1"}, "policy.control",
         "TYRE-1 lies in no bin of Fleet Parts; leave it out."),
        ({"choice": ["due", "abc"], "policy_abc": "Z"}, "policy.abc", "No item is in class Z; choose A, B or C."),
    ],
)  # fmt: skip
def test_a_plan_that_matches_nothing_is_refused_under_its_field(
    opened: Workplace, entries: dict[str, Any], field: str, sentence: str
) -> None:
    refused = submit(opened, force=True, name="Nothing", team="Fleet Parts", **entries)
    assert refused.errors is not None
    assert {name: said.startswith(sentence) for name, said in refused.errors.items()} == {field: True}
    assert sentence in preview(opened)
    assert plan_names(opened) == ["Daily parts"]
