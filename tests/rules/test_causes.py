"""Which cause a decision may carry, and when an approval needs one."""

from decimal import Decimal

import pytest

from models.rules.causes import STANDARD, Causes, Reason, Wish

APPROVE, ADJUST, REJECT = Wish
UNKNOWN, DAMAGED, OTHER = Reason.UNKNOWN, Reason.DAMAGED, Reason.OTHER
CLICK_AGAIN = "Choose the cause on the card and click again: "
NO_COST = "it has no unit cost, so it may be"
TO_ADJUST = "Use Adjust… to say what happened, or choose another cause."
NEEDS_ONE = "Choose a cause: an adjustment needs one."
GONE = "Choose another cause: “{}” is not in use any more."
NEVER = "Choose another cause: that one is not in use."


@pytest.mark.parametrize(
    ("wish", "above", "value", "cause", "why_not"),
    [
        # without an amount, nothing is needed to approve
        (APPROVE, None, "-4000", UNKNOWN, ""),
        (APPROVE, None, None, UNKNOWN, ""),
        # the amount itself is not above it; both sides count
        (APPROVE, "100", "-100", UNKNOWN, ""),
        (APPROVE, "100", "100", UNKNOWN, ""),
        (APPROVE, "100", "-100.01", UNKNOWN, CLICK_AGAIN + "100.01 EUR is over 100.00 EUR."),
        (APPROVE, "100", "100.01", UNKNOWN, CLICK_AGAIN + "100.01 EUR is over 100.00 EUR."),
        (APPROVE, "100", "-100.01", DAMAGED, ""),
        (APPROVE, "100", "-100.01", "wrong box", ""),
        # above nothing is every variance, but none is none
        (APPROVE, "0", "0", UNKNOWN, ""),
        (APPROVE, "0", "0.01", UNKNOWN, CLICK_AGAIN + "0.01 EUR is over 0.00 EUR."),
        # a value that nobody knows may be any
        (APPROVE, "100", None, UNKNOWN, CLICK_AGAIN + f"{NO_COST} over 100.00 EUR."),
        (APPROVE, "100", None, DAMAGED, ""),
        # an approval has no note, so it cannot say what else it was
        (APPROVE, None, "-1", OTHER, TO_ADJUST),
        (APPROVE, "100", "-500", OTHER, TO_ADJUST),
        (ADJUST, None, "-1", OTHER, ""),
        (REJECT, None, None, OTHER, ""),
        # an adjustment always needs a cause, a count that is not believed does not
        (ADJUST, None, "-1", UNKNOWN, NEEDS_ONE),
        (ADJUST, None, "0", UNKNOWN, NEEDS_ONE),
        (ADJUST, "100", "-500", DAMAGED, ""),
        (ADJUST, None, None, "wrong box", ""),
        (REJECT, "100", None, UNKNOWN, ""),
        # what was withdrawn, and what never was
        (APPROVE, None, "-1", "label error", GONE.format("label error")),
        (ADJUST, None, "-1", "label error", GONE.format("label error")),
        (REJECT, None, None, "old own", GONE.format("old own")),
        (APPROVE, None, "-1", "because", NEVER),
        (APPROVE, None, "-1", "Damaged", NEVER),
        (ADJUST, None, "-1", "", NEVER),
        (ADJUST, None, "-1", "within tolerance", NEVER),
    ],
)
def test_what_a_decision_may_carry(wish: Wish, above: str | None, value: str | None, cause: str, why_not: str) -> None:
    causes = Causes(
        standard=tuple(reason for reason in STANDARD if reason is not Reason.LABEL_ERROR),
        own=("wrong box",),
        withdrawn=("old own",),
        required_above=None if above is None else Decimal(above),
    )
    worth = None if value is None else Decimal(value)
    assert causes.why_not(wish, cause, value=worth, currency="EUR") == why_not


def test_what_each_decision_offers() -> None:
    causes = Causes(standard=(Reason.MISPLACED, Reason.OTHER), own=("wrong box",))
    assert causes.offered(APPROVE) == ("cause not known", "misplaced", "wrong box")
    assert causes.offered(ADJUST) == ("misplaced", "wrong box", "other")
    assert causes.offered(REJECT) == ("cause not known", "misplaced", "wrong box", "other")
    without = Causes(standard=(Reason.MISPLACED,))
    assert without.why_not(APPROVE, OTHER, value=None, currency="EUR") == GONE.format("other")


def test_the_defaults_are_those_of_the_trade() -> None:
    assert Causes().offered(ADJUST) == (
        "misplaced", "unrecorded issue", "unrecorded receipt", "damaged", "lost or stolen", "unit error", "count error",
        "label error", "record error", "other",
    )  # fmt: skip
