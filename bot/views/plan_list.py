"""The plans: a row each, with a menu of what this person may do with it. As an answer, and on Home.

A menu's entry names the plan and the last session there was when it was drawn, so that a second click of *Run now*
starts nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block, Element, Option, OverflowMenu

from bot import ids
from bot.ids import PlanRef, PlanVerb
from bot.schedule_text import day_of
from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered, When
from models.plans import Pace
from models.services.statuses import PlanRow

MOST_MENUS = 40
"""Rows with a menu, a block each; a message has 50."""

_LABELS = {
    PlanVerb.EDIT: "Edit",
    PlanVerb.RUN: "Run now",
    PlanVerb.PAUSE: "Pause",
    PlanVerb.RESUME: "Resume",
    PlanVerb.END: "End…",
}


def plans_message(plans: Sequence[PlanRow], zone: ZoneInfo, said: str = "") -> Rendered:
    """Each plan: when it runs, how much of what it counts, and what this person may do; `said`: what was just done.

    `said` is mrkdwn.
    """
    head = [blocks.section(said, "plans.said")] if said else []
    if not plans:
        text = "There are no plans yet. Stock control makes them with “/count new” or in setup.toml."
        return blocks.rendered(said or text, [*head, blocks.section(text, "plans.none")])
    built = [*head, *plan_rows(plans, zone, ids.PLAN_MENU)]
    if any(plan.can_start for plan in plans):
        built.append(blocks.context("Start one now: “/count start” and its name.", "plans.hint"))
    return blocks.rendered(said or "\n".join(_text(plan, zone) for plan in plans), built)


def plan_rows(plans: Sequence[PlanRow], zone: ZoneInfo, action_id: str, most: int = MOST_MENUS) -> list[Block]:
    """The rows; those that somebody may do nothing with share their blocks."""
    mine = [plan for plan in plans if plan.can_start]
    built = [blocks.section(_text(plan, zone), f"plan.{plan.plan_id}", _menu(plan, action_id)) for plan in mine[:most]]
    if len(mine) > most:
        word = "edit" if mine[0].can_change else "start"
        built.append(blocks.context(f"… {len(mine) - most} more; “/count {word}” and a name finds them", "plans.more"))
    return built + blocks.sections([_text(plan, zone) for plan in plans if not plan.can_start], "plans")


def started_text(name: str, lines: int, due_at: datetime, channel: str, zone: ZoneInfo) -> str:
    """That a plan was started: how much, until when, and where its sheet comes."""
    count = "1 line" if lines == 1 else f"{lines} lines"
    due = blocks.date(due_at, When.DAY_TIME, zone, before="due ")
    return f"{blocks.escape(name)} is started: {count}, {due}. Its sheet comes in <#{channel}>."


def resumed_text(name: str, next_due: datetime | None, zone: ZoneInfo) -> str:
    """That a plan runs again, and when."""
    again = f"{blocks.escape(name)} is not paused"
    if next_due is None:
        return f"{again}, but it has no further run."
    at = next_due.astimezone(zone)
    return f"{again}: next run {day_of(at)} {at:%H:%M}."


def end_form(plan_id: int, name: str, metadata: str) -> JsonObject:
    """The question before a plan ends."""
    text = f"*{blocks.escape(name)}* will not run again. What is being counted goes on."
    return blocks.modal(
        title="End this cycle count?",
        blocks=[blocks.section(text, f"end.{plan_id}")],
        callback_id=ids.END_PLAN_FORM,
        private_metadata=metadata,
        submit="End it",
        close="Keep it",
    )


def _text(plan: PlanRow, zone: ZoneInfo) -> str:
    lines = "1 line" if plan.lines == 1 else f"up to {plan.lines} lines"
    paces = {Pace.LEVEL: "spread evenly", Pace.FULL: "always full", None: ""}
    parts = [plan.team, plan.schedule, lines, paces[plan.pace]]
    return "\n".join(
        [
            f"*{blocks.escape(plan.name)}* · {_next(plan, zone)}",
            " · ".join(blocks.escape(part) for part in parts if part),
            blocks.escape(plan.what),
        ]
    )


def _next(plan: PlanRow, zone: ZoneInfo) -> str:
    if plan.is_paused:
        return "paused"
    if plan.next_due is None:
        return "no further run"
    at = plan.next_due.astimezone(zone)
    return f"next {day_of(at)} {at:%H:%M}"


def _menu(plan: PlanRow, action_id: str) -> Element:
    def value(verb: PlanVerb) -> str:
        return ids.plan_value(PlanRef(verb, plan.plan_id, plan.last_session))

    if not plan.can_change:
        return blocks.button(_LABELS[PlanVerb.RUN], action_id, value(PlanVerb.RUN))
    pause = PlanVerb.RESUME if plan.is_paused else PlanVerb.PAUSE
    verbs = (PlanVerb.EDIT, PlanVerb.RUN, pause, PlanVerb.END)
    return OverflowMenu(action_id, [Option(blocks.plain(_LABELS[verb]), value(verb)) for verb in verbs])
