"""Authority that is handed over: what both are told, and the list of it."""

from collections.abc import Sequence
from datetime import date

from bot.views import blocks
from bot.views.blocks import Rendered
from models.rules import wording
from models.services.delegations import Handed, Told


def delegation_message(told: Told) -> Rendered:
    """What the one who hands it over, or the one it is handed to, is told by direct message."""
    handed = told.handed
    by = f" {blocks.escape(told.by)} set it." if told.by else ""
    of_team = "" if handed.team is None else f" for {blocks.escape(handed.team)}"
    days = period(handed)
    if handed.is_over:
        text = (
            f"You no longer decide{of_team} for {blocks.escape(handed.holder)} ({days})."
            if told.to_delegate
            else f"{_delegate(handed)} no longer decides{of_team} for you ({days})."
        )
    elif told.to_delegate:
        holder = blocks.escape(handed.holder)
        text = (
            f"You decide{of_team} for {holder}, {days}: what {holder} may, up to the same limits, but not what "
            f"{holder} has counted.{by} `/count review` lists what waits."
        )
    else:
        text = f"{_delegate(handed)} decides{of_team} for you, {days}.{by} `/count delegate end` ends it."
    return blocks.rendered(text, [blocks.section(text, "delegation")])


def handed_over(handed: Handed) -> Rendered:
    """The answer to who handed it over."""
    return _said([f"{_line(handed)}. Both are told. `/count delegate end` ends it."])


def ended(all_handed: Sequence[Handed]) -> Rendered:
    """The answer to who ended it."""
    return _said([f"Ended: {_line(handed)}." for handed in all_handed])


def delegations_message(all_handed: Sequence[Handed], forms: str) -> Rendered:
    """What is handed over today and later."""
    lines = [f"{_line(handed)}{'' if handed.runs else ', not yet'}" for handed in all_handed]
    return _said([*(lines or ["Nothing is handed over."]), blocks.escape(forms)])


def period(handed: Handed) -> str:
    """From which day to which, both included: “Tue 1 Dec to Sat 5 Dec 2026”."""
    first, last = handed.first, handed.last
    if first == last:
        return f"on {_day(last)}"
    return f"{wording.day_of(first, last.year)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{wording.day_of(day)} {day.year}"


def _delegate(handed: Handed) -> str:
    return blocks.mention(handed.unnamed) if handed.unnamed else blocks.escape(handed.delegate)


def _line(handed: Handed) -> str:
    of_team = "" if handed.team is None else f" for {blocks.escape(handed.team)}"
    delegate, holder = _delegate(handed), blocks.escape(handed.holder)
    return f"{delegate} decides{of_team} in the name of {holder}, {period(handed)}"


def _said(lines: Sequence[str]) -> Rendered:
    return blocks.rendered("\n".join(lines), blocks.sections(list(lines), "answer"))
