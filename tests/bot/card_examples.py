"""The review card of screens.md as facts, and reading it as an approver does: for the tests of the card's view."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.gateway import check_message
from bot.sandbox.checks.messages import prepared_blocks
from bot.sandbox.workspace import Limits
from bot.views.blocks import JsonObject, Rendered
from models.counts import DecisionKind, EntrySource, ReviewCause
from models.rules.lines import LineState
from models.services.card_attempts import AttemptFacts, AttemptKind
from models.services.card_parts import LastCount, MovementFacts, Movements
from models.services.cards import CardFacts, Deciders, DecisionFacts
from models.stock import EntryKind
from tests.bot.outbound import shown


def at(time: str, day: int = 22, month: int = 11) -> datetime:
    hour, minute = map(int, time.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def attempt(number: int, who: str, time: str, quantity: int, **more: object) -> AttemptFacts:
    made = AttemptFacts(
        number=number, who=who, at=at(time), quantity=Decimal(quantity), kind=AttemptKind.COUNTS,
        source=EntrySource.MODAL, expected=Decimal(120), expected_first=Decimal(120), unit_cost=Decimal("0.35"),
        limit_applied="2 % (plan Daily parts)",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # the fields that a test names


def moved(kind: EntryKind, quantity: int, when: datetime, reference: str = "") -> MovementFacts:
    return MovementFacts(kind, Decimal(quantity), when, when, reference, None)


FACTS = CardFacts(
    line_id=34,
    version=3,
    state=LineState.IN_REVIEW,
    sku="BOLT-10",
    name="Bolt M10x40",
    unit="pcs",
    location="A-01-03",
    plan="Daily parts",
    chosen_because="",
    blind=True,
    team="Fleet Parts",
    zone=ZoneInfo("UTC"),
    currency="EUR",
    attempts=(attempt(1, "Ana", "09:12", 108), attempt(2, "Dan", "09:40", 108)),
    variance=Decimal(-12),
    value=Decimal("-4.20"),
    percent=Decimal(-10),
    proposed=Decimal(-12),
    proposed_value=Decimal("-4.20"),
    posted_before=None,
    on_hand=Decimal(140),
    since=Movements((moved(EntryKind.RECEIPT, 20, at("10:05"), "PO-881"),)),
    late=Movements(),
    before=Movements(
        (
            moved(EntryKind.ISSUE, -40, at("08:00", 20), "WO-551"),
            moved(EntryKind.RECEIPT, 100, at("08:00", 18), "PO-874"),
        )
    ),
    last_counts=(LastCount(at("09:00", 14, 8), Decimal(0), rejected=False),),
    first_count_visible=False,
    cause=ReviewCause.VARIANCE,
    correction=None,
    deciders=Deciders(("Ben", "Eva"), controllers_only=False),
    can_recount=True,
    asked=None,
    decisions=(),
    unnamed=(),
)
APPROVED = replace(
    FACTS,
    state=LineState.RECONCILED,
    on_hand=Decimal(128),
    decisions=(
        DecisionFacts("Ben", DecisionKind.APPROVE, at("10:51"), "unrecorded issue", "", Decimal(-12), Decimal(128)),
    ),
)


def read(message: Rendered) -> str:
    """What an approver in UTC reads on that day, after the checks of the gateway and the workspace."""
    check_message(message)
    prepared_blocks(message.blocks, Limits())
    return shown(message, at("12:00"))


def elements(message: Rendered) -> list[JsonObject]:
    found: list[JsonObject] = []
    for block in message.blocks:
        if block["type"] == "actions":
            inside = block["elements"]
            assert isinstance(inside, list)
            found += inside
    return found
