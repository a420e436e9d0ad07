"""Home: shown when somebody opens it, and at once after what they do there.

What cannot be told in a channel, because Home is none, stands on top of it.
"""

import logging
from zoneinfo import ZoneInfo

from slack_bolt import App

from bot import ids, payloads
from bot.context import Context
from bot.gateway import SlackRefused, SlackUnavailable
from bot.homes import digest_of, home_of
from bot.listeners import bulk
from bot.payloads import JsonObject, Submission, ViewAction
from bot.views import blocks
from bot.views.count_modal import count_modal
from bot.views.home_past import parse_past, past_value
from bot.views.home_review import review_list
from bot.wiring import Answer, on_event, on_submit, on_view_action, update_view
from models.errors import CycleCountError
from models.services import count_pages, homes, people
from models.services.review_totals import waiting_totals

_LOG = logging.getLogger(__name__)
AGAIN = "Slack did not open the form. Please click again."


def register(app: App, context: Context) -> None:
    """Listen to Home being opened, and to its button for counting."""
    on_event(app, context, "app_home_opened", opened)
    on_view_action(app, context, ids.HOME_ENTER_COUNTS, enter_counts)
    on_view_action(app, context, ids.HOME_REVIEW, review)
    on_submit(app, context, ids.REVIEW_LIST, approve_several)
    on_view_action(app, context, ids.HOME_PAST, turn)


def opened(context: Context, body: JsonObject) -> None:
    """Have Home shown by who delivers: at nine, more open theirs than Slack takes and one listener draws in time.

    The other tab of the same event has nothing of ours.
    """
    user = payloads.text_at(body, "event", "user")
    if user and payloads.text_at(body, "event", "tab") == "home":
        is_there = payloads.text_at(body, "event", "view", "id") is not None
        with context.database.write() as session:
            homes.opened(session, user, context.read_clock(), is_there=is_there)
        context.committed()


def publish(context: Context, user: str, said: str = "") -> bool:
    """Show somebody's Home at once, after what they did there (mrkdwn); returns whether Slack took it."""
    with context.database.read() as session:
        view = home_of(session, user, context.read_clock(), said).view
    try:
        context.gateway.publish_home(user=user, view=view)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("Home was not shown: %s", problem)
        return False
    with context.database.write() as session:
        homes.shown(session, user, digest_of(view))
    return True


def turn(context: Context, action: ViewAction) -> None:
    """Show other cycle counts in the list of those so far."""
    chosen = parse_past(action.value)
    with context.database.write() as session:
        person = people.find_person(session, action.user, context.read_clock())
        if person is not None:
            homes.choose_past(session, person, past_value(chosen), context.read_clock())
    publish(context, action.user)


def review(context: Context, action: ViewAction) -> None:
    """Open the list of what waits for this person."""
    now = context.read_clock()
    with context.database.read() as session:
        person = people.require_person(session, action.user, context.read_clock())
        company = people.company(session)
        view = review_list(waiting_totals(session, person), company.currency, ZoneInfo(company.timezone), now)
    _open(context, action, view)


def approve_several(context: Context, submitted: Submission) -> Answer:
    """Go on from that list to approving several."""
    return update_view(bulk.form_for(context, submitted.user))


def enter_counts(context: Context, action: ViewAction) -> None:
    """Open the first page of what this person may count in the session."""
    try:
        session_id = ids.parse_id(action.value)
        with context.database.read() as session:
            person = people.require_person(session, action.user, context.read_clock())
            page = count_pages.first_page(session, person, session_id)
    except CycleCountError as refusal:
        publish(context, action.user, blocks.escape(str(refusal)))
        return
    _open(context, action, count_modal(page))


def _open(context: Context, action: ViewAction, view: JsonObject) -> None:
    try:
        context.gateway.open_view(trigger_id=action.trigger_id, view=view)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("a form was not opened: %s", problem)
        publish(context, action.user, AGAIN)
