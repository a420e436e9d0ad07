"""What a doctored client sends: the buttons of a review card and its forms, by anybody, with any value."""

from dataclasses import dataclass, field

from sqlmodel import SQLModel, col, select

from bot import ids
from bot.sandbox import interactions
from bot.sandbox.json_types import JsonObject
from models.counts import DecisionKind
from models.journal import AuditEvent
from models.rules.causes import Reason
from models.rules.lines import LineState
from tests.bot.workplace import REVIEW, Workplace

CAUSE = {"type": "static_select", "selected_option": {"value": Reason.COUNT_ERROR.value}}
QUANTITY = {"type": "plain_text_input", "value": "95"}
NOTE = {"type": "plain_text_input", "value": "so it is"}


@dataclass(frozen=True)
class Wish:
    """A button or a form of the card, and what the audit trail calls it; `fields` is what the form holds."""

    name: str
    called: str
    fields: dict[str, JsonObject] | None = field(default=None, hash=False)

    @property
    def is_form(self) -> bool:
        """Whether it is one."""
        return self.fields is not None

    @property
    def is_of_a_decided_line(self) -> bool:
        """Whether the line has to be settled for it."""
        return self.called == "take back"


WISHES = (
    Wish(ids.APPROVE, "approve"),
    Wish(ids.ADJUST, "adjust"),
    Wish(ids.RECOUNT, "recount"),
    Wish(ids.ASK, "ask"),
    Wish(ids.REJECT, "reject"),
    Wish(ids.REVERSE, "take back"),
    Wish(ids.ADJUST_MODAL, "adjust", {"quantity": QUANTITY, "reason": CAUSE, "note": NOTE}),
    Wish(ids.REJECT_MODAL, "reject", {"reason": CAUSE, "note": NOTE}),
    Wish(ids.REVERSE_MODAL, "take back", {"note": NOTE}),
)


def send(place: Workplace, name: str, wish: Wish, value: str) -> str:
    """Have `name` send a wish with a value of their choice; returns the sentence they were told."""
    payload = _form(place, name, wish, value) if wish.is_form else _click(place, name, wish, value)
    told = len(place.everything_told(name))
    delivery = place.ws.courier.send_and_wait("interactive", payload)
    assert delivery.acknowledged, delivery.problem
    answer = delivery.attempts[0].answer
    if answer and "errors" in answer:
        [sentence] = answer["errors"].values()
        return str(sentence)
    [sentence] = place.everything_told(name)[told:] or [""]
    return sentence


def _common(place: Workplace, name: str) -> JsonObject:
    return interactions.common(place.ws, place.who(name).user)


def _form(place: Workplace, name: str, wish: Wish, value: str) -> JsonObject:
    fields = wish.fields or {}
    return {
        "type": "view_submission",
        **_common(place, name),
        "trigger_id": "1.2.forged",
        "view": {
            "id": "V0FORGED",
            "type": "modal",
            "callback_id": wish.name,
            "private_metadata": value,
            "blocks": [{"type": "input", "block_id": block} for block in fields],
            "state": {"values": {block: {"entered": entry} for block, entry in fields.items()}},
        },
    }


def _click(place: Workplace, name: str, wish: Wish, value: str) -> JsonObject:
    return {
        "type": "block_actions",
        **_common(place, name),
        "trigger_id": "1.2.forged",
        "channel": {"id": REVIEW, "name": "review"},
        "container": {"type": "message", "channel_id": REVIEW, "message_ts": "1.000001"},
        "state": {"values": {}},
        "actions": [{"type": "button", "action_id": wish.name, "block_id": "forged", "value": value}],
    }


@dataclass(frozen=True)
class Lines:
    """A line that waits for a decision, and one that Eva decided."""

    waiting: int
    decided: int

    def of(self, wish: Wish) -> int:
        """The one that a wish is about."""
        return self.decided if wish.is_of_a_decided_line else self.waiting


def two_lines(place: Workplace) -> Lines:
    """90 of 100 counted twice in two bins, at 1 EUR apiece; Eva approved the second."""
    found = []
    for number in (1, 2):
        stock = place.world.stock(f"BOLT-{number}", f"A-0{number}", 100)
        line = place.world.line(stock)
        place.world.count(line, "ana", 90)
        place.world.count(line, "dan", 90)
        found.append(line)
    place.world.approve(found[1], "eva")
    place.settle()
    assert [place.world.state(line) for line in found] == [LineState.IN_REVIEW, LineState.RECONCILED]
    assert [made.kind for made in place.world.decided(found[1])] == [DecisionKind.APPROVE]
    return Lines(*found)


def value_of(place: Workplace, line: int, *, later: int = 0) -> str:
    """The value that a line's card carries now, or one of so many versions later."""
    return ids.line_value(line, place.world.version(line) + later)


def everything_but_the_trail(place: Workplace) -> dict[str, list[object]]:
    """Every row of every table, without the audit trail."""
    with place.database.read() as session:
        return {
            name: list(session.connection().execute(table.select()))
            for name, table in SQLModel.metadata.tables.items()
            if name != AuditEvent.__tablename__
        }


def trail(place: Workplace, *, after: int = 0) -> list[AuditEvent]:
    """The audit events, oldest first; those whose id is greater than `after`."""
    with place.database.read() as session:
        return list(session.exec(select(AuditEvent).where(col(AuditEvent.id) > after).order_by(col(AuditEvent.id))))


def last_id(place: Workplace) -> int:
    """The id of the newest audit event."""
    return max((event.id or 0 for event in trail(place)), default=0)
