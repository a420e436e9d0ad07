"""Home: shown when somebody opens it, and again after what they do there.

What cannot be told in a channel, because Home is none, stands on top of it.
"""

import logging

from slack_bolt import App
from sqlmodel import Session

from bot import ids, payloads
from bot.context import Context
from bot.gateway import SlackRefused, SlackUnavailable
from bot.payloads import JsonObject, ViewAction
from bot.views import blocks
from bot.views.count_modal import count_modal
from bot.views.home import HomeFacts, home_view, stranger_view
from bot.wiring import on_event, on_view_action
from models.errors import CycleCountError, NotAllowed
from models.services import count_pages, people, statuses, team_schedules, unsigned
from models.services.people import Person

_LOG = logging.getLogger(__name__)
WEEKS = 1
AGAIN = "Slack did not open the form. Please click again."


def register(app: App, context: Context) -> None:
    """Listen to Home being opened, and to its button for counting."""
    on_event(app, context, "app_home_opened", opened)
    on_view_action(app, context, ids.HOME_ENTER_COUNTS, enter_counts)


def opened(context: Context, body: JsonObject) -> None:
    """Show Home; the other tab of the same event has nothing of ours."""
    user = payloads.text_at(body, "event", "user")
    if user and payloads.text_at(body, "event", "tab") == "home":
        publish(context, user)


def publish(context: Context, user: str, said: str = "") -> bool:
    """Show somebody's Home as it is now, and what was just done (mrkdwn); returns whether Slack took it."""
    try:
        with context.database.read() as session:
            view = home_view(_facts(session, people.require_person(session, user), context), said)
    except NotAllowed as refusal:
        view = stranger_view(str(refusal))
    try:
        context.gateway.publish_home(user=user, view=view)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("Home was not shown: %s", problem)
        return False
    return True


def enter_counts(context: Context, action: ViewAction) -> None:
    """Open the first page of what this person may count in the session."""
    try:
        session_id = ids.parse_id(action.value)
        with context.database.read() as session:
            person = people.require_person(session, action.user)
            page = count_pages.first_page(session, person, session_id)
    except CycleCountError as refusal:
        publish(context, action.user, blocks.escape(str(refusal)))
        return
    try:
        context.gateway.open_view(trigger_id=action.trigger_id, view=count_modal(page))
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("a form was not opened: %s", problem)
        publish(context, action.user, AGAIN)


def _facts(session: Session, person: Person, context: Context) -> HomeFacts:
    now = context.read_clock()
    found = statuses.status(session, person)
    decides = person.is_controller or bool(person.approves)
    coming = None
    if person.teams:
        coming = team_schedules.team_schedule(session, team_ids=person.teams, now=now, weeks=WEEKS)
    return HomeFacts(
        sessions=found.sessions,
        coming=coming,
        plans=statuses.plan_rows(session, person, now) if decides else [],
        can_plan=person.is_controller,
        zone=found.zone,
        now=now,
        unsigned=unsigned.unsigned(session, person, now),
    )
