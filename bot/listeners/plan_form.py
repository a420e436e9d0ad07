"""*New cycle count*, and editing one: a form whose preview follows what is entered, and what becomes of it.

Whoever opens, changes or saves it is authorized each time. What is wrong stands in the preview while the form is filled
in, and under its field when it is saved; then nothing is written, and everything stays as it was typed.
"""

import logging
from datetime import datetime, timedelta

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.errors import FieldError
from bot.gateway import SlackRefused, SlackUnavailable
from bot.listeners import home
from bot.live_views import LiveViews
from bot.payloads import JsonObject, Shortcut, Submission, ViewAction
from bot.plan_entries import (
    CATEGORIES,
    FIELD_OF_FACT,
    MORE,
    NAME,
    RARE,
    TEAM,
    YES,
    Reading,
    entries_of,
    new_entries,
)
from bot.plan_looks import Look, foresee, judge, look
from bot.policy_entries import Entries, one
from bot.views import blocks
from bot.views.plan_form import Origin, Subject, fields_of, plan_form, read_metadata, said_view
from bot.views.plan_preview import planned_text
from bot.wiring import CLEAR, Answer, on_shortcut, on_submit, on_view_action, update_view
from models.errors import CycleCountError, WrongState
from models.plans import CountPlan
from models.services import journal, people, plan_changes
from models.services.people import Person
from models.services.plan_changes import BadPlan
from models.services.plan_facts import LONGEST_NAME
from models.services.plan_offers import offered
from models.services.plan_times import over_until

_LOG = logging.getLogger(__name__)

NEW_TITLE, PLAN_TITLE = "New cycle count", "Cycle count"
AGAIN = "Slack did not open the form. Please try again."


class _Incomplete(Exception):
    """The form lacks fields that its own choices ask for: it was submitted before they were drawn."""

    def __init__(self, entries: Entries) -> None:
        super().__init__()
        self.entries = entries


def register(app: App, context: Context) -> None:
    """Listen to the shortcut and the button that open the form, to its fields, and to its being saved."""
    live = LiveViews(context.gateway)

    def change(context: Context, action: ViewAction) -> None:
        live.changed(action, lambda newest: redrawn(context, newest))

    on_shortcut(app, context, ids.NEW_PLAN, open_from_shortcut)
    on_view_action(app, context, ids.HOME_NEW_PLAN, open_from_home)
    on_view_action(app, context, ids.PLAN_FIELD, change)
    on_submit(app, context, ids.PLAN_FORM, save)


def open_from_shortcut(context: Context, used: Shortcut) -> None:
    """Show the form; to who may not plan, why not."""
    try:
        view = new_form(context, used.user, Origin())
    except CycleCountError as refusal:
        view = said_view(NEW_TITLE, str(refusal))
    show(context, used.trigger_id, view)


def open_from_home(context: Context, action: ViewAction) -> None:
    """Show the form; to who may not plan any more, why not."""
    try:
        view = new_form(context, action.user, Origin(is_home=True))
    except CycleCountError as refusal:
        home.publish(context, action.user, blocks.escape(str(refusal)))
        return
    if not show(context, action.trigger_id, view):
        home.publish(context, action.user, AGAIN)


def show(context: Context, trigger_id: str, view: JsonObject) -> bool:
    """Open a form; returns whether Slack did."""
    try:
        context.gateway.open_view(trigger_id=trigger_id, view=view)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("a form was not opened: %s", problem)
        return False
    return True


def new_form(context: Context, user: str, origin: Origin, name: str = "") -> JsonObject:
    """The form for a new plan; NotAllowed for who may not make one."""
    now = context.read_clock()
    with context.database.read() as session:
        person = _planner(session, user)
        offer = offered(session)
        team_id = offer.teams[0][0] if len(offer.teams) == 1 else None
        tomorrow = now.astimezone(offer.zone).date() + timedelta(days=1)
        return _form(session, person, new_entries(tomorrow, team_id, name[:LONGEST_NAME]), Subject(origin), now)


def edit_form(context: Context, user: str, origin: Origin, plan_id: int) -> JsonObject:
    """The form of a plan as it is; NotAllowed for who may not change it."""
    now = context.read_clock()
    with context.database.read() as session:
        person = _planner(session, user)
        plan = plan_changes.facts_of(session, plan_id)
        stored = session.get_one(CountPlan, plan_id)
        if not stored.is_active:
            raise WrongState(f"“{plan.name}” has ended.")
        offer = offered(session)
        tomorrow = now.astimezone(offer.zone).date() + timedelta(days=1)
        entries = new_entries(tomorrow) | entries_of(plan, stored.team_id)
        return _form(session, person, entries, Subject(origin, plan_id, plan.version), now)


def redrawn(context: Context, action: ViewAction) -> JsonObject:
    """The form as it is after a change: the fields that now apply, and the preview."""
    subject = read_metadata(action.metadata)
    with context.database.read() as session:
        person = people.require_person(session, action.user)
        return _form(session, person, subject.kept | action.entries, subject, context.read_clock())


def save(context: Context, submitted: Submission) -> Answer:
    """Make or change the plan; what is refused stands under its field."""
    now = context.read_clock()
    subject = read_metadata(submitted.metadata)
    entries = subject.kept | submitted.entries
    try:
        with context.database.write() as session:
            person = _planner(session, submitted.user)
            if not journal.first_time(session, f"view:{submitted.view_id}", now):
                return CLEAR
            plan = _saved(session, person, entries, subject, set(submitted.state), now)
    except _Incomplete as incomplete:  # drawn here, because a preview may take longer than others wait to write
        with context.database.read() as session:
            person = _planner(session, submitted.user)
            return update_view(_form(session, person, incomplete.entries, subject, now))
    context.committed()
    return conclude(context, submitted.user, subject.origin, _told(context, person, plan, subject, now))


def conclude(context: Context, user: str, origin: Origin, sentence: str) -> Answer:
    """Close the form and tell (plain text) where the person is; where nothing can be told, the form says it."""
    if origin.is_home and home.publish(context, user, blocks.escape(sentence)):
        return CLEAR
    if origin.channel and context.tell(origin.channel, user, [sentence]):
        return CLEAR
    return update_view(said_view(PLAN_TITLE, sentence))


def _planner(session: Session, user: str) -> Person:
    person = people.require_person(session, user)
    plan_changes.require_controller(session, person)
    return person


def _form(session: Session, person: Person, entries: Entries, subject: Subject, now: datetime) -> JsonObject:
    before = None if subject.plan_id is None else plan_changes.facts_of(session, subject.plan_id)
    offer = offered(session, team=one(entries, TEAM), categories=entries.get(CATEGORIES, []))
    try:
        plan_changes.require_controller(session, person)
        seen = look(session, person, entries, offer, before, now)
    except CycleCountError as refusal:
        seen = Look(problems=(str(refusal),))
    return plan_form(entries, offer, seen, subject, before)


def _saved(
    session: Session, person: Person, entries: Entries, subject: Subject, shown: set[str], now: datetime
) -> CountPlan:
    before = None if subject.plan_id is None else plan_changes.facts_of(session, subject.plan_id)
    offer = offered(session, team=one(entries, TEAM), categories=entries.get(CATEGORIES, []))
    found, errors = judge(session, entries, offer, before, now)
    if (errors.keys() & set(RARE)) - shown:
        entries = entries | {MORE: [YES]}
    if fields_of(plan_form(entries, offer, Look(), subject, before)["blocks"]) - shown:
        raise _Incomplete(entries)
    if errors:
        raise FieldError({block_id if block_id in shown else NAME: sentence for block_id, sentence in errors.items()})
    try:
        return _written(session, person, found, subject, now)
    except BadPlan as refusal:  # what was judged changed in this very moment
        raise FieldError({FIELD_OF_FACT.get(fact, NAME): said for fact, said in refusal.problems.items()}) from refusal


def _written(session: Session, person: Person, found: Reading, subject: Subject, now: datetime) -> CountPlan:
    if subject.plan_id is None:
        return plan_changes.create(session, person, found.name, found.facts, found.tolerance, now)
    return plan_changes.edit(
        session,
        person,
        subject.plan_id,
        found.name,
        found.facts,
        found.tolerance,
        seen=subject.version,
        now=now,
    )


def _told(context: Context, person: Person, plan: CountPlan, subject: Subject, now: datetime) -> str:
    assert plan.id is not None  # noqa: S101 - a stored row has an id
    with context.database.read() as session:
        zone = offered(session).zone
        try:
            facts = plan_changes.facts_of(session, plan.id).facts
            since = over_until(session.get_one(CountPlan, plan.id), now)
            seen = foresee(session, person, plan.team_id, facts, zone, now, since=since)
        except CycleCountError:  # it is saved, whatever the calendar says to it
            seen = Look()
    return planned_text(plan.name, seen, zone, is_new=subject.plan_id is None, is_paused=plan.is_paused)
