"""Every refused wish to decide a line, or to sign a session off, is put into the audit trail: who, what, and why not.

By the time somebody is refused, the transaction of their wish is rolled back; this one is its own, short, and runs
after the person was told. It runs beside the listener, which waits for it only so long: a database that is slow to take
it keeps neither the acknowledgement from Slack nor the sentence from the person, and if it fails, the log has it.
"""

import logging
import threading
from dataclasses import dataclass

from bot import ids, payloads
from bot.context import Context
from bot.payloads import JsonObject
from models.errors import BadInput
from models.services import refusals

PATIENCE_SECONDS = 1.0
SIGNING = "sign off"

_NAMES = {
    "approve": (ids.APPROVE,),
    "confirm": (ids.CONFIRM,),
    "withdraw": (ids.WITHDRAW,),
    "adjust": (ids.ADJUST, ids.ADJUST_MODAL),
    "recount": (ids.RECOUNT,),
    "reject": (ids.REJECT, ids.REJECT_MODAL),
    "take back": (ids.REVERSE, ids.REVERSE_MODAL),
    "transfer": (ids.TRANSFER,),
    SIGNING: (ids.SIGN_OFF, ids.HOME_SIGN_OFF, ids.SIGN_OFF_MODAL),
    "ask": (ids.ASK,),
    "approve several": (ids.APPROVE_SEVERAL, ids.BULK_FORM, ids.BULK_APPROVE),
}
_WISHES = {name: decide for decide, names in _NAMES.items() for name in names}
"""What somebody wishes who uses a button of a review card or submits a form of one."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """`who` (a Slack id) wishes to `decide` something; `value` says of which line; by a button, or by a form."""

    who: str
    decide: str
    value: str
    by: str


def wish_of(body: JsonObject) -> Wish | None:
    """The wish to decide in what Slack sent; None when it is anything else."""
    if body.get("type") == "view_submission":
        name, by = payloads.text_at(body, "view", "callback_id"), "form"
        value = payloads.text_at(body, "view", "private_metadata") or ""
    else:
        action = payloads.first_action(body)
        name, by = payloads.text_at(action, "action_id"), "button"
        value = payloads.value_of(action)
    decide = _WISHES.get((name or "").partition(".")[0])
    who = payloads.text_at(body, "user", "id") or "unknown"
    return None if decide is None else Wish(who, decide, value, by)


def keep(context: Context, wish: Wish, why: str, *, patience: float = PATIENCE_SECONDS) -> None:
    """Write down that a wish was refused, and `why`; never raises, and waits for no more than `patience` seconds."""
    writing = threading.Thread(target=_write, args=(context, wish, why), name="refusal")
    writing.start()
    writing.join(patience)


def _write(context: Context, wish: Wish, why: str) -> None:
    line_id = None if wish.decide == SIGNING else _line_of(wish.value)
    session_id = _session_of(wish.value) if wish.decide == SIGNING else None
    is_named = line_id is not None or session_id is not None
    detail = {"by": wish.by} if is_named else {"by": wish.by, "sent": wish.value}
    try:
        with context.database.write() as session:
            refusals.keep(
                session, actor=wish.who, wish=wish.decide, line_id=line_id, why=why, now=context.read_clock(),
                detail=detail, session_id=session_id,
            )  # fmt: skip
    except Exception:  # noqa: BLE001 - the refusal was told and stands; what is wrong with the trail is for the log
        _LOG.exception("a refusal is not in the audit trail: %s wished to %s", wish.who, wish.decide)


def _session_of(value: str) -> int | None:
    """The session that a button or form of a sign-off names."""
    try:
        return ids.parse_id(value.partition(".")[0])
    except BadInput:
        return None


def _line_of(value: str) -> int | None:
    """The line that a value names; of two, the one whose card it is on."""
    for parse in (ids.parse_line_value, lambda pair: ids.parse_pair_value(pair).one):
        try:
            return parse(value).line_id
        except BadInput:
            continue
    return None
