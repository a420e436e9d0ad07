"""The commands, as an answer to one person."""

from bot.views import blocks
from bot.views.blocks import Rendered

COMMANDS = {
    "status": ("status", "what is being counted, and what waits for you"),
    "item": ("item SKU", "on-hand by bin, last counts, last movements"),
    "history": ("history [SKU, bin or team] [since 2026-01-31]", "what was counted, and what became of it"),
    "plans": ("plans", "what is counted when"),
    "start": ("start PLAN", "start a plan now (approvers and stock control)"),
    "new": ("new", "plan a cycle count (stock control, as the next four)"),
    "edit": ("edit PLAN", "change a plan"),
    "pause": ("pause PLAN", "no more runs until it is resumed"),
    "resume": ("resume PLAN", "let a paused plan run again"),
    "end": ("end PLAN", "no more runs; what is being counted goes on"),
    "schedule": ("schedule [team]", "what is counted when in the next four weeks"),
    "now": ("now SKU or bin", "have it counted now"),
    "classes": ("classes", "what the last classification changed, and why (approvers and stock control)"),
    "help": ("help", "this list"),
}
"""Every word `/count` knows: how it is written, and what it answers."""


def help_message() -> Rendered:
    """What `/count` can do."""
    lines = [f"`/count {usage}` {answer}" for usage, answer in COMMANDS.values()]
    return blocks.rendered("/count " + ", ".join(COMMANDS), blocks.sections(lines, "help"))
