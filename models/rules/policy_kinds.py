"""The ways to choose lines (policies), which of them wins, and what each one means in one line.

A plan combines policies, each with a share of its lines. A stock that two of them would pick is picked once and gets
the stronger reason. The measuring policies come first: a control group and a random sample only say something about
the record when nothing takes their picks away. Then comes what is probably wrong, then what was promised (due), then
what is merely worth a look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType


class Policy(StrEnum):
    """A way to choose lines; the value is its name in a plan's `select`."""

    DUE = "due"
    ABC = "abc"
    VELOCITY = "velocity"
    VALUE = "value"
    LOCATION = "location"
    CATEGORY = "category"
    RANDOM = "random"
    CONTROL = "control"
    NEVER = "never"
    ZERO = "zero"
    NEGATIVE = "negative"
    LOW = "low"
    TURNOVER = "turnover"
    ADJUSTED = "adjusted"
    INACCURATE = "inaccurate"


STRENGTH = (
    Policy.CONTROL,
    Policy.RANDOM,
    Policy.NEGATIVE,
    Policy.ZERO,
    Policy.LOW,
    Policy.ADJUSTED,
    Policy.INACCURATE,
    Policy.TURNOVER,
    Policy.DUE,
    Policy.NEVER,
    Policy.VALUE,
    Policy.VELOCITY,
    Policy.ABC,
    Policy.CATEGORY,
    Policy.LOCATION,
)
"""The strongest first: the order in which policies pick, and whose reason a line gets."""

HIDDEN = frozenset(
    (
        Policy.NEGATIVE,
        Policy.ZERO,
        Policy.LOW,
        Policy.TURNOVER,
        Policy.ADJUSTED,
        Policy.INACCURATE,
        Policy.VALUE,
    )
)
"""Reasons that would tell a counter something of the on-hand: never shown to one."""

READS_BALANCE = frozenset((Policy.NEGATIVE, Policy.ZERO, Policy.LOW, Policy.VALUE, Policy.DUE))
"""Policies whose choice depends on the on-hand; `due` only by putting negative balances first."""

CAPPED = frozenset((Policy.RANDOM, Policy.CONTROL))
"""Policies that never take more than their share, whatever the others leave: a larger sample is another sample."""

WHOLE = 100  # percent: the most that shares may add up to

VELOCITY_DAYS = 90
ADJUSTED_DAYS = 14
INACCURATE_PERCENT = Decimal(90)
INACCURATE_LAST = 5


@dataclass(frozen=True)
class Choice:
    """One policy of a plan, with its arguments; those that are not the policy's own are empty or None.

    `share` is the percentage of the plan's lines; None: an equal part of what the shares of the others leave.

    `classes` is for abc, `prefixes` for location, `categories` for category, `skus` for control, `window_days` for
    velocity and adjusted, `amount` (in the company's currency) for turnover, `percent` and `last` for inaccurate.
    """

    policy: Policy
    share: int | None = None
    classes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    window_days: int | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    last: int | None = None


FORMS: Mapping[Policy, str] = MappingProxyType(
    {
        Policy.DUE: "due",
        Policy.ABC: "abc A B",
        Policy.VELOCITY: "velocity 90d",
        Policy.VALUE: "value",
        Policy.LOCATION: "location A- B-",
        Policy.CATEGORY: 'category "Fasteners" "Oils, greases"',
        Policy.RANDOM: "random",
        Policy.CONTROL: "control BOLT-10 NUT-8",
        Policy.NEVER: "never",
        Policy.ZERO: "zero",
        Policy.NEGATIVE: "negative",
        Policy.LOW: "low",
        Policy.TURNOVER: "turnover 500",
        Policy.ADJUSTED: "adjusted 14d",
        Policy.INACCURATE: "inaccurate 90% of 5",
    }
)
"""How each policy is written, with its arguments as an example; a share may follow (`due 70%`)."""

DEFINITIONS: Mapping[Policy, str] = MappingProxyType(
    {
        Policy.DUE: "what its class says must be counted again, the longest overdue first",
        Policy.ABC: "items of the given classes, the longest uncounted first",
        Policy.VELOCITY: "what moved most often in the last days, since its last count",
        Policy.VALUE: "what is worth most on hand, not counted in the last 30 days",
        Policy.LOCATION: "bins whose code begins so, the longest uncounted first",
        Policy.CATEGORY: "items of the given categories, the longest uncounted first",
        Policy.RANDOM: "a fresh random sample each run, to estimate accuracy without bias",
        Policy.CONTROL: "the same items every run, to test the counting itself",
        Policy.NEVER: "what was never counted, what is there longest first",
        Policy.ZERO: "what the record says is empty, if anything changed since its last count",
        Policy.NEGATIVE: "what the record says is less than nothing, the lowest first",
        Policy.LOW: "what is below its reorder point, if anything changed since its last count",
        Policy.TURNOVER: "what moved for more than this value since its last count, the most first",
        Policy.ADJUSTED: "what a decision adjusted so many days ago, and nobody counted since",
        Policy.INACCURATE: "bins of whose last counts less than a percentage were right, worst first",
    }
)
"""What each policy chooses, in one line."""
