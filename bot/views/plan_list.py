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
from bot.schedule_text import moment_of
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


def plans_message(plans: Sequence[PlanRow], zone: ZoneInfo, now: datetime, said: str = "") -> Rendered:
    """Each plan: when it runs, how much of what it counts, and what this person may do; `said`: what was just done.

    `said` is mrkdwn.
    """
    head = [blocks.section(said, "plans.said")] if said else []
    if not plans:
        text = "There are no plans yet. Stock control makes them with “/count new” or in setup.toml."
        return blocks.rendered(said or text, [*head, blocks.section(text, "plans.none")])
    built = [*head, *plan_rows(plans, zone, now, ids.PLAN_MENU)]
    if any(plan.can_start for plan in plans):
        built.append(blocks.context("Start one now: “/count start” and its name.", "plans.hint"))
    going = [_text(plan, zone, now) for plan in plans if not plan.is_over]
    return blocks.rendered(said or "\n".join(going) or "No plan has a run to come.", built)


def plan_rows(
    plans: Sequence[PlanRow], zone: ZoneInfo, now: datetime, action_id: str, most: int = MOST_MENUS
) -> list[Block]:
    """The rows; those that somebody may do nothing with share their blocks, and so do those that are over."""
    going = [plan for plan in plans if not plan.is_over]
    mine = [plan for plan in going if plan.can_start]
    built = [
        blocks.section(_text(plan, zone, now), f"plan.{plan.plan_id}", _menu(plan, action_id)) for plan in mine[:most]
    ]
    if len(mine) > most:
        word = "edit" if mine[0].can_change else "start"
        built.append(blocks.context(f"… {len(mine) - most} more; “/count {word}” and a name finds them", "plans.more"))
    built += blocks.sections([_text(plan, zone, now) for plan in going if not plan.can_start], "plans")
    if over := [blocks.escape(plan.name) for plan in plans if plan.is_over]:
        built.append(blocks.context(f"Over, with no run to come: {', '.join(over)}", "plans.over"))
    return built


def started_text(name: str, lines: int, due_at: datetime, channel: str, zone: ZoneInfo, *, is_paused: bool) -> str:
    """That a plan was started: how much, until when, and where its sheet comes."""
    count = "1 line" if lines == 1 else f"{lines} lines"
    due = blocks.date(due_at, When.DAY_TIME, zone, before="due ")
    stays = " The plan stays paused." if is_paused else ""
    return f"“{blocks.escape(name)}” is started: {count}, {due}. Its sheet comes in <#{channel}>.{stays}"


def paused_text(name: str) -> str:
    """That a plan does not run, and what ends that."""
    return f"“{blocks.escape(name)}” is paused: no run by itself until it is resumed. “Run now” still starts one."


def resumed_text(name: str, next_due: datetime | None, zone: ZoneInfo, now: datetime, *, was_paused: bool) -> str:
    """That a plan runs again, and when; or that it did all along."""
    again = f"“{blocks.escape(name)}” {'runs again' if was_paused else 'was not paused'}"
    if next_due is None:
        return f"{again}, but it has no run to come."
    return f"{again}: next run {moment_of(next_due, zone, now)}."


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


def _text(plan: PlanRow, zone: ZoneInfo, now: datetime) -> str:
    lines = "1 line" if plan.lines == 1 else f"up to {plan.lines} lines"
    paces = {Pace.LEVEL: "spread evenly", Pace.FULL: "always full", None: ""}
    parts = [plan.team, plan.schedule, lines, paces[plan.pace]]
    return "\n".join(
        [
            f"*{blocks.escape(plan.name)}* · {' · '.join(_state(plan, zone, now))}",
            " · ".join(blocks.escape(part) for part in parts if part),
            blocks.escape(plan.what),
        ]
    )


def _state(plan: PlanRow, zone: ZoneInfo, now: datetime) -> list[str]:
    parts = ["being counted now"] if plan.is_running else []
    if plan.is_paused:
        return [*parts, "paused"]
    if plan.next_due is None:
        return parts or ["no run to come"]
    return [*parts, f"next {moment_of(plan.next_due, zone, now)}"]


def _menu(plan: PlanRow, action_id: str) -> Element:
    def value(verb: PlanVerb) -> str:
        return ids.plan_value(PlanRef(verb, plan.plan_id, plan.last_session))

    if not plan.can_change:
        return blocks.button(_LABELS[PlanVerb.RUN], action_id, value(PlanVerb.RUN))
    pause = PlanVerb.RESUME if plan.is_paused else PlanVerb.PAUSE
    verbs = (PlanVerb.EDIT, PlanVerb.RUN, pause, PlanVerb.END)
    return OverflowMenu(action_id, [Option(blocks.plain(_LABELS[verb]), value(verb)) for verb in verbs])
