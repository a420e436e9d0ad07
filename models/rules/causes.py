"""Reason codes: why a record and the shelf did not agree.

The cause matters later: what was issued, damaged or stolen without a record was demand, what was miscounted or
misplaced was not. The company says which causes may be chosen, adds its own, and above which value one must be.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.rules import wording


class Reason(StrEnum):
    """The cause given with a decision; the value is what people read and what the ledger keeps.

    A company may have causes of its own besides: they are known by their text alone.
    """

    UNKNOWN = "cause not known"
    MISPLACED = "misplaced"
    UNRECORDED_ISSUE = "unrecorded issue"
    UNRECORDED_RECEIPT = "unrecorded receipt"
    DAMAGED = "damaged"
    LOST_OR_STOLEN = "lost or stolen"
    UNIT_ERROR = "unit error"
    COUNT_ERROR = "count error"
    LABEL_ERROR = "label error"
    RECORD_ERROR = "record error"
    OTHER = "other"


class Wish(StrEnum):
    """The decisions that carry a cause."""

    APPROVE = "approve"
    ADJUST = "adjust"
    REJECT = "reject"


CONSUMING = frozenset({Reason.UNRECORDED_ISSUE, Reason.DAMAGED, Reason.LOST_OR_STOLEN})
"""Causes that were demand: the stock was used, or is gone."""

STANDARD = tuple(reason for reason in Reason if reason is not Reason.UNKNOWN)
"""The causes that need no set-up, in the order they are shown in; that nobody knows the cause is none of them."""

WITHIN_TOLERANCE = "within tolerance"
"""What the ledger keeps as the reason of what a limit settled; nobody can choose it."""

RESERVED = frozenset({*Reason, WITHIN_TOLERANCE})
"""Texts that no cause of a company's own may have."""


@dataclass(frozen=True)
class Causes:
    """What may be given as a cause now: of the standard ones and of the company's own, in the order to show them.

    `withdrawn` are own causes of before. Above `required_above`, in currency and on either side, an approval needs a
    cause; None: it never does.
    """

    standard: tuple[Reason, ...] = STANDARD
    own: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    required_above: Decimal | None = None

    def offered(self, wish: Wish) -> tuple[str, ...]:
        """What a decision may carry: an approval has no note for “other”, and an adjustment needs a cause."""
        unknown = () if wish is Wish.ADJUST else (Reason.UNKNOWN,)
        named = (*(reason for reason in self.standard if reason is not Reason.OTHER), *self.own)
        other = (Reason.OTHER,) if Reason.OTHER in self.standard and wish is not Wish.APPROVE else ()
        return tuple(map(str, (*unknown, *named, *other)))

    def are_required(self, value: Decimal | None) -> bool:
        """Whether an approval of this value needs a cause; one that is not known (None) may be any."""
        return self.required_above is not None and (value is None or abs(value) > self.required_above)

    def why_not(self, wish: Wish, cause: str, *, value: Decimal | None, currency: str) -> str:
        """Why a decision that posts `value` cannot carry this cause, and what to do instead; "" when it can."""
        if cause in self.offered(wish):
            is_missing = wish is Wish.APPROVE and cause == Reason.UNKNOWN and self.are_required(value)
            return self._required(value, currency) if is_missing else ""
        if cause == Reason.UNKNOWN:
            return "Choose a cause: an adjustment needs one."
        if cause == Reason.OTHER and Reason.OTHER in self.standard:
            return "Use Adjust… to say what happened, or choose another cause."
        if cause in STANDARD or cause in self.withdrawn:
            return f"Choose another cause: “{cause}” is not in use any more."
        return "Choose another cause: that one is not in use."

    def _required(self, value: Decimal | None, currency: str) -> str:
        over = wording.money(self.required_above or Decimal(0), currency)
        worth = "it has no unit cost, so it may be" if value is None else f"{wording.money(abs(value), currency)} is"
        return f"Choose the cause on the card and click again: {worth} over {over}."
