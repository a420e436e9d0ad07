"""The commands, as an answer to one person: those that they may use."""

from enum import Enum
from typing import NamedTuple

from bot.views import blocks
from bot.views.blocks import Rendered
from models.services.people import Person


class Who(Enum):
    """Whom a command is for."""

    EVERYBODY = "everybody"
    DECIDERS = "approvers and stock control"
    STOCK_CONTROL = "stock control"

    def has(self, person: Person) -> bool:
        """Whether somebody is one of them."""
        if self is Who.EVERYBODY or person.is_controller:
            return True
        return self is Who.DECIDERS and bool(person.approves)


class Usage(NamedTuple):
    """How a command is written, what it answers, and whom it is for."""

    written: str
    answers: str
    who: Who = Who.EVERYBODY


COMMANDS = {
    "status": Usage("status", "what is being counted, and what waits for you"),
    "now": Usage("now SKU or bin", "have it counted now"),
    "release": Usage("release", "let go of the lines you took, so that others can count them"),
    "dm": Usage("dm", "I ask for your lines one by one in our direct messages"),
    "practice": Usage("practice", "try counting on toys, in our direct messages"),
    "schedule": Usage("schedule [team]", "what is counted when in the next four weeks"),
    "calendar": Usage("calendar [team]", "which days are worked, and which are not"),
    "plans": Usage("plans", "the cycle counts: how often, how much, and what"),
    "item": Usage("item SKU", "on-hand by bin, last counts, last movements"),
    "history": Usage(
        "history [SKU, bin, team, plan or @person] [last quarter] [only variances]",
        "what was counted, and what became of it",
    ),
    "accuracy": Usage(
        "accuracy [team, bin, plan or class A] [last quarter]",
        "how often the record was right, and what it was worth; `accuracy coverage`: what was promised and counted",
    ),
    "review": Usage("review", "what waits for your decision; several small ones at once", Who.DECIDERS),
    "delegate": Usage("delegate @Eva until 2026-12-05", "hand your authority over for some days", Who.DECIDERS),
    "export": Usage(
        "export history, adjustments, accuracy, reorder or audit [SKU, bin, team, plan or @person] [period] [csv]",
        "a file in our direct messages",
        Who.DECIDERS,
    ),
    "start": Usage("start PLAN", "start a plan now", Who.DECIDERS),
    "reorder": Usage("reorder [SKU]", "what to order now and next, and what there is too much of", Who.DECIDERS),
    "classes": Usage("classes", "what the last classification changed, and why", Who.DECIDERS),
    "new": Usage("new", "plan a cycle count", Who.STOCK_CONTROL),
    "edit": Usage("edit PLAN", "change a plan", Who.STOCK_CONTROL),
    "pause": Usage("pause PLAN", "no more runs until it is resumed", Who.STOCK_CONTROL),
    "resume": Usage("resume PLAN", "let a paused plan run again", Who.STOCK_CONTROL),
    "end": Usage("end PLAN", "no more runs; what is being counted goes on", Who.STOCK_CONTROL),
    "lock": Usage("lock [2026-10]", "which months are locked for the books; or lock one", Who.STOCK_CONTROL),
    "unlock": Usage("unlock 2026-10 REASON", "open a month again", Who.STOCK_CONTROL),
    "help": Usage("help", "this list"),
}
"""Every word `/count` knows."""


COUNTING = (
    "In a sheet's thread: `BOLT-10 42`, `BOLT-10 3 boxes + 4`; `BOLT-10 +12` for a part of it, and `BOLT-10 done` when "
    "the parts are all there is"
)
"""How a counter writes a count."""


def commands_of(person: Person) -> dict[str, Usage]:
    """The commands that somebody may use, by their words."""
    return {word: usage for word, usage in COMMANDS.items() if usage.who.has(person)}


def help_message(person: Person) -> Rendered:
    """What `/count` can do for this person."""
    mine = commands_of(person)
    lines = [f"`/count {usage.written}` {usage.answers}" for usage in mine.values()]
    if person.counts:
        lines.append(COUNTING)
    return blocks.rendered("/count " + ", ".join(mine), blocks.sections(lines, "help"))
