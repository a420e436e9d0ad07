"""What people do with plans: from the menu of the list or of Home, and by command.

Everybody is authorized from the database; a menu only says which plan was meant. What became of it stands on top of the
list, which is shown again in place of the one that was clicked in.
"""

import json
import logging
from zoneinfo import ZoneInfo

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.gateway import SlackRefused, SlackUnavailable
from bot.ids import PlanRef, PlanVerb
from bot.listeners import home, plan_form
from bot.payloads import NOT_MINE, Click, Command, Submission, ViewAction
from bot.responses import replace_original
from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.plan_form import Origin
from bot.views.plan_list import end_form, paused_text, plans_message, resumed_text, started_text
from bot.wiring import CLEAR, Answer, on_click, on_submit, on_view_action
from models.counts import CountSession
from models.errors import BadInput, CycleCountError, NotFound
from models.milestones import Milestone
from models.people import Team
from models.plans import CountPlan
from models.services import journal, people, plan_changes, plan_runs, plans, statuses

_LOG = logging.getLogger(__name__)

START, NEW = "start", "new"
COMMANDS = (NEW, START, PlanVerb.EDIT, PlanVerb.PAUSE, PlanVerb.RESUME, PlanVerb.END)
"""The words of `/count` that are answered here."""


def register(app: App, context: Context) -> None:
    """Listen to the menus, and to the question before a plan ends."""
    on_click(app, context, ids.PLAN_MENU, from_list)
    on_view_action(app, context, ids.HOME_PLAN_MENU, from_home)
    on_submit(app, context, ids.END_PLAN_FORM, end)


def from_list(context: Context, click: Click) -> None:
    """Do what was chosen in the list's menu, and show the list as it is then."""
    said = _tried(context, click.user, click.trigger_id, click.value, Origin(click.channel))
    if said is None:
        return
    with context.database.read() as session:
        person = people.require_person(session, click.user, context.read_clock())
        now = context.read_clock()
        shown = plans_message(statuses.plan_rows(session, person, now), _zone(session), now, said)
    try:
        replace_original(click.response_url, shown)
    except (SlackRefused, SlackUnavailable) as problem:
        _LOG.info("a list of plans was not shown again: %s", problem)
        context.show(click.channel, click.user, said, thread_ts=click.thread_ts)


def from_home(context: Context, action: ViewAction) -> None:
    """Do what was chosen on Home, and show Home as it is then."""
    said = _tried(context, action.user, action.trigger_id, action.value, Origin(is_home=True))
    if said is not None:
        home.publish(context, action.user, said)


def answer(context: Context, command: Command, word: str, name: str) -> Rendered | None:
    """Answer a command about plans; None when a form was opened."""
    origin = Origin(command.channel)
    if word == NEW:
        said = _opened(context, command.trigger_id, plan_form.new_form(context, command.user, origin, name))
    elif word == START:
        said = _started_by_name(context, command, name)
    else:
        with context.database.read() as session:
            person = people.require_person(session, command.user, context.read_clock())
            plan_changes.require_controller(session, person)
            plan_id = _by_name(session, word, name).id or 0
        said = _asked(context, command.user, command.trigger_id, PlanRef(PlanVerb(word), plan_id, 0), origin)
    return None if said is None else blocks.rendered(said, [blocks.section(said, "answer")])


def end(context: Context, submitted: Submission) -> Answer:
    """End a plan, after the question."""
    try:
        found = json.loads(submitted.metadata)
        plan_id, origin = int(found["p"]), Origin(str(found["c"]), bool(found["h"]))
    except (ValueError, KeyError, TypeError):
        raise BadInput(NOT_MINE) from None
    now = context.read_clock()
    try:
        with context.database.write() as session:
            person = people.require_person(session, submitted.user, context.read_clock())
            if not journal.first_time(session, f"view:{submitted.view_id}", now):
                return CLEAR
            said = _ended(plan_changes.end(session, person, plan_id, now))
    except CycleCountError as refusal:  # the question has no field that it could stand under
        return plan_form.conclude(context, submitted.user, origin, str(refusal))
    context.committed()
    return plan_form.conclude(context, submitted.user, origin, said)


def _tried(context: Context, user: str, trigger_id: str, value: str, origin: Origin) -> str | None:
    """What was done, or why not, as mrkdwn; None when a form was opened."""
    try:
        return _asked(context, user, trigger_id, ids.parse_plan_value(value), origin)
    except CycleCountError as refusal:
        return blocks.escape(str(refusal))


def _asked(context: Context, user: str, trigger_id: str, ref: PlanRef, origin: Origin) -> str | None:
    """Open the form that was asked for, or do it at once and return what was done."""
    if ref.verb is PlanVerb.EDIT:
        return _opened(context, trigger_id, plan_form.edit_form(context, user, origin, ref.plan_id))
    if ref.verb is PlanVerb.END:
        return _asked_to_end(context, user, trigger_id, ref.plan_id, origin)
    return _done(context, user, ref)


def _done(context: Context, user: str, ref: PlanRef) -> str:
    now = context.read_clock()
    draft = None
    if ref.verb is PlanVerb.RUN:
        with context.database.read() as session:
            draft = plan_runs.draft_for(
                session, people.require_person(session, user, context.read_clock()), ref.plan_id, now
            )
    with context.database.write() as session:
        person = people.require_person(session, user, context.read_clock())
        match ref.verb:
            case PlanVerb.PAUSE:
                said = paused_text(plan_changes.pause(session, person, ref.plan_id, now).name)
            case PlanVerb.RESUME:
                stored = session.get(CountPlan, ref.plan_id)
                was_paused = stored is not None and stored.is_paused
                plan = plan_changes.resume(session, person, ref.plan_id, now)
                said = resumed_text(plan.name, plan.next_due, _zone(session), now, was_paused=was_paused)
            case _:
                started = plan_runs.start_seen(
                    session, person=person, plan_id=ref.plan_id, seen=ref.last_session, now=now, draft=draft
                )
                said = _started(session, started)
    context.committed(Milestone.SESSION_STARTED if ref.verb is PlanVerb.RUN else None)
    return said


def _started_by_name(context: Context, command: Command, name: str) -> str:
    now = context.read_clock()
    with context.database.read() as session:
        person = people.require_person(session, command.user, context.read_clock())
        draft = plan_runs.draft_for(session, person, _by_name(session, START, name).id or 0, now)
    with context.database.write() as session:
        person = people.require_person(session, command.user, context.read_clock())
        plan = _by_name(session, START, name)
        if command.trigger_id and not journal.first_time(session, f"command:{command.trigger_id}", now):
            return f"“{blocks.escape(plan.name)}” was started already."
        said = _started(session, plans.start_by(session, person, plan, now, draft))
    context.committed(Milestone.SESSION_STARTED)
    return said


def _asked_to_end(context: Context, user: str, trigger_id: str, plan_id: int, origin: Origin) -> str | None:
    with context.database.read() as session:
        person = people.require_person(session, user, context.read_clock())
        plan_changes.require_controller(session, person)
        plan = session.get(CountPlan, plan_id)
    if plan is None:
        raise NotFound("There is no such plan any more.")
    if not plan.is_active:
        raise plan_runs.has_ended(plan)
    metadata = json.dumps({"p": plan_id, "c": origin.channel, "h": origin.is_home})
    return _opened(context, trigger_id, end_form(plan_id, plan.name, metadata))


def _opened(context: Context, trigger_id: str, view: blocks.JsonObject) -> str | None:
    return None if plan_form.show(context, trigger_id, view) else plan_form.AGAIN


def _by_name(session: Session, word: str, name: str) -> CountPlan:
    if not name:
        raise BadInput(f"Which plan? “/count plans” lists them; then write “/count {word}” and its name.")
    return plan_runs.find_plan(session, name)


def _started(session: Session, started: CountSession) -> str:
    lines = plans.line_count(session, started)
    channel = session.get_one(Team, started.team_id).channel
    plan = session.get_one(CountPlan, started.plan_id)
    return started_text(started.name, lines, started.due_at, channel, _zone(session), is_paused=plan.is_paused)


def _ended(plan: CountPlan) -> str:
    return f"“{plan.name}” has ended. What is being counted goes on."


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(people.company(session).timezone)
