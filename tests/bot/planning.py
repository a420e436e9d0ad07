"""What the tests of planning share: opening the form, filling it in, and reading what it says back."""

import json
from pathlib import Path
from typing import Any  # Any: views of a Slack workspace are JSON

from sqlmodel import col, select

from bot.sandbox.results import SubmitResult
from models.journal import AuditEvent
from models.plans import CountPlan
from models.services import plan_changes
from tests.bot.workplace import PARTS, Workplace

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text("utf-8"))

CREATE = {"name": "Aisle A"}


def add_shortcuts(place: Workplace) -> None:
    """The shortcuts of the manifest."""
    for one in MANIFEST["features"]["shortcuts"]:
        place.ws.add_shortcut(one["name"], one["type"], one["callback_id"], one["description"])


def stock_aisles(place: Workplace) -> None:
    """Six items in aisles A and B, two categories, two classes; and the shortcuts of the manifest."""
    add_shortcuts(place)
    for number in range(1, 5):
        place.world.stock(f"BOLT-{number}", f"A-0{number}", 10 * number, category="Fasteners", abc_class="A")
    for number in range(1, 3):
        place.world.stock(f"OIL-{number}", f"B-0{number}", 5, category="Oils", abc_class="B")


def command(place: Workplace, who: str, line: str) -> str:
    """Type a command that opens a form; returns the answer, which is empty when it does."""
    place.now()
    before = len(place.who(who).ephemerals())
    result = place.who(who).slash(PARTS, f"/count {line}")
    assert result.ok, result.problem
    told = place.who(who).ephemerals()[before:]
    return place.read(told[-1], who) if told else ""


def form(place: Workplace, who: str = "kim") -> dict[str, Any]:
    """The open form."""
    view = place.who(who).view
    assert view is not None
    return view


def fields(place: Workplace, who: str = "kim") -> list[str]:
    """The block ids of its fields, in order."""
    return [block["block_id"] for block in form(place, who)["blocks"] if block["type"] == "input"]


def element(place: Workplace, block_id: str, who: str = "kim") -> dict[str, Any]:
    """What stands in a block."""
    found: dict[str, Any] = next(one for one in form(place, who)["blocks"] if one["block_id"] == block_id)["element"]
    return found


def entered(place: Workplace, block_id: str, who: str = "kim") -> Any:
    """What is entered in a field."""
    (entry,) = form(place, who)["state"]["values"][block_id].values()
    if "selected_options" in entry:
        return [one["value"] for one in entry["selected_options"]]
    if "selected_option" in entry:
        return entry["selected_option"] and entry["selected_option"]["value"]
    return entry.get("value") or entry.get("selected_date") or entry.get("selected_time")


def enter(place: Workplace, who: str = "kim", **values: Any) -> None:
    """Fill fields in, one after the other; `policy_abc` is the field of abc."""
    for name, value in values.items():
        place.who(who).enter(name.replace("policy_", "policy."), value)


def preview(place: Workplace, who: str = "kim") -> str:
    """What the preview says."""
    block = next(one for one in form(place, who)["blocks"] if one["block_id"] == "preview")
    return str(block["text"]["text"])


def submit(place: Workplace, who: str = "kim", *, force: bool = False, **values: Any) -> SubmitResult:
    """Fill in and save."""
    place.now()
    enter(place, who, **values)
    return place.who(who).submit(force=force)


def plan(place: Workplace, name: str) -> CountPlan:
    """The plan of that name."""
    with place.database.read() as session:
        return session.exec(select(CountPlan).where(CountPlan.name == name)).one()


def plan_names(place: Workplace) -> list[str]:
    """Every plan that has not ended."""
    with place.database.read() as session:
        return list(session.exec(select(CountPlan.name).where(col(CountPlan.is_active)).order_by(col(CountPlan.id))))


def audit(place: Workplace) -> list[tuple[str, str, str]]:
    """Who did what to which plan."""
    with place.database.read() as session:
        rows = session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all()
        return [(row.actor, row.action, row.subject) for row in rows if row.action.endswith(("plan", "tolerance"))]


def with_two_plans(place: Workplace) -> Workplace:
    """Two bins of bolts; Daily parts takes one line a run, and Tyre check is another team's."""
    place.world.stock("BOLT-1", "A-01", 10)
    place.world.stock("BOLT-2", "A-02", 10)
    other = place.world.add_team("Tyres", "T-", counters=("fay",))
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().lines = 1
        place.world.plan(session, "Tyre check", other)
    return place


def listed(place: Workplace, who: str) -> str:
    """The list, as `/count plans` answers it."""
    return place.count(who, "plans")


def ended(place: Workplace, name: str = "Daily parts") -> None:
    """Have Kim end a plan, elsewhere."""
    with place.database.write() as session:
        plan_changes.end(session, place.world.person("kim"), plan(place, name).id or 0, place.world.now)
