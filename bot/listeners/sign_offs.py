"""*Save & reconcile*: the button opens a preview, and submitting that signs the session off.

Who may is asked of the database both times. A preview that something has changed since is not signed. A form that
arrives twice finds its own sign-off, and closes as it did at first.
"""

import logging

from slack_bolt import App

from bot import ids
from bot.context import Context
from bot.errors import FieldError, Repeated
from bot.gateway import SlackRefused, SlackUnavailable
from bot.payloads import Click, JsonObject, Submission, ViewAction
from bot.views.sign_off import NOTE, sign_off_modal
from bot.wiring import CLEAR, Answer, on_click, on_submit, on_view_action
from models.errors import CycleCountError
from models.services import people, sign_offs
from models.services.sign_offs import SignedAlready

_LOG = logging.getLogger(__name__)


def register(app: App, context: Context) -> None:
    """Listen to the button and the form."""
    on_click(app, context, ids.SIGN_OFF, open_preview)
    on_view_action(app, context, ids.HOME_SIGN_OFF, open_from_home)
    on_submit(app, context, ids.SIGN_OFF_MODAL, sign)


def open_preview(context: Context, click: Click) -> None:
    """Show what would be signed, or what has to happen first."""
    context.open(click, _form(context, click.user, click.value))


def open_from_home(context: Context, action: ViewAction) -> None:
    """The same from Home."""
    view = _form(context, action.user, action.value)
    try:
        context.gateway.open_view(trigger_id=action.trigger_id, view=view)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("a form was not opened: %s", problem)


def _form(context: Context, user: str, value: str) -> JsonObject:
    session_id, now = ids.parse_id(value), context.read_clock()
    # It is read while nobody else signs, so it needs a writing transaction; this one changes nothing.
    with context.database.write() as session:
        person = people.require_person(session, user, now)
        preview = sign_offs.preview(session, person=person, session_id=session_id, now=now)
    return sign_off_modal(preview)


def sign(context: Context, submitted: Submission) -> Answer:
    """Sign the session off as it was shown; a refusal stays in the form."""
    ref, now = ids.parse_sign_off_value(submitted.metadata), context.read_clock()
    person = None
    try:
        with context.database.write() as session:
            person = people.require_person(session, submitted.user, context.read_clock())
            sign_offs.sign(
                session, person=person, session_id=ref.session_id, number=ref.number, seen=ref.seen,
                note=submitted.entered(NOTE) or "", now=now,
            )  # fmt: skip
    except CycleCountError as refusal:
        if isinstance(refusal, SignedAlready) and person is not None and refusal.by_form(person.id, ref.number):
            raise Repeated from None
        raise FieldError({NOTE: str(refusal)}) from refusal
    context.committed()
    return CLEAR
