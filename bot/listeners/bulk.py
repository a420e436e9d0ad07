"""`/count review`, and *Approve several…*: two pages, and nothing is approved before the second is submitted."""

from decimal import Decimal, InvalidOperation

from slack_bolt import App

from bot import ids
from bot.context import Context
from bot.errors import FieldError
from bot.listeners.answering import answered
from bot.payloads import Click, Command, JsonObject, Submission
from bot.views.blocks import Rendered
from bot.views.bulk import (
    ANY_VARIANCE,
    AT_MOST,
    CAUSE,
    TIMES,
    approved_modal,
    criteria_modal,
    parse_bulk_value,
    preview_modal,
)
from bot.views.waiting import waiting_message
from bot.wiring import Answer, on_click, on_submit, update_view
from models.errors import BadInput
from models.milestones import Milestone
from models.rules.bulk import Criteria, choose
from models.rules.causes import Reason, Wish
from models.services import bulk, causes, people, waiting

_LARGEST = Decimal(10**9)


def register(app: App, context: Context) -> None:
    """Listen to the buttons and the two pages; the command comes from `bot.listeners.commands`."""
    on_click(app, context, ids.REVIEW_WAITING, show)
    on_click(app, context, ids.APPROVE_SEVERAL, open_form)
    on_submit(app, context, ids.BULK_FORM, preview)
    on_submit(app, context, ids.BULK_APPROVE, approve)


def review(context: Context, command: Command, _rest: str) -> Rendered | None:
    """Answer `/count review`; None when it is answered already."""
    return answered(context, command, _waiting_message(context, command.user))


def show(context: Context, click: Click) -> None:
    """Show what waits for whoever clicked."""
    message = _waiting_message(context, click.user)
    context.show_message(click.channel, click.user, message, thread_ts=click.thread_ts)


def _waiting_message(context: Context, user: str) -> Rendered:
    with context.database.read() as session:
        found = waiting.waiting_for(session, people.require_person(session, user, context.read_clock()))
    workspace = context.gateway.workspace_url() if found.cards else None
    return waiting_message(found, context.read_clock(), workspace)


def open_form(context: Context, click: Click) -> None:
    """Show the first page to somebody who decides something."""
    context.open(click, form_for(context, click.user))


def form_for(context: Context, user: str) -> JsonObject:
    """The first page for somebody who decides something."""
    with context.database.read() as session:
        person = people.require_person(session, user, context.read_clock())
        waiting.require_decider(person)
        offered = causes.read(session).offered(Wish.APPROVE)
        return criteria_modal(people.company(session).currency, offered)


def preview(context: Context, submitted: Submission) -> Answer:
    """Show exactly which lines are meant."""
    at_most, times = _amount(submitted), _times(submitted)
    reason = submitted.chosen(CAUSE) or Reason.UNKNOWN
    with context.database.read() as session:
        found = waiting.waiting_for(session, people.require_person(session, submitted.user, context.read_clock()))
    # What a line is worth is asked of each; here only whether the cause may be given at all.
    if why_not := found.causes.why_not(Wish.APPROVE, reason, value=Decimal(0), currency=found.currency):
        raise FieldError({CAUSE: why_not})
    criteria = Criteria(at_most, times, without_cause=found.causes if reason == Reason.UNKNOWN else None)
    choice = choose(found.lines, criteria, currency=found.currency, most=bulk.MOST_AT_ONCE)
    return update_view(preview_modal(choice, reason, found.currency))


def approve(context: Context, submitted: Submission) -> Answer:
    """Approve the lines of the preview, in one transaction."""
    reason, refs = parse_bulk_value(submitted.metadata)
    now = context.read_clock()
    with context.database.write() as session:
        person = people.require_person(session, submitted.user, now)
        done = bulk.approve_many(session, person=person, seen=refs, reason=reason, now=now)
    context.committed(Milestone.DECISION_MADE if done.lines else None)
    return update_view(approved_modal(done))


def _amount(submitted: Submission) -> Decimal:
    typed = submitted.entered(AT_MOST) or ""
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        raise FieldError({AT_MOST: f"“{typed[:20]}” is not an amount. Write it like 50 or 12.50."}) from None
    if not (amount.is_finite() and 0 <= amount <= _LARGEST):
        raise FieldError({AT_MOST: "Write an amount of 0 or more."})
    return amount


def _times(submitted: Submission) -> Decimal | None:
    chosen = submitted.chosen(TIMES) or ANY_VARIANCE
    if chosen == ANY_VARIANCE:
        return None
    if chosen not in ("2", "3"):
        raise BadInput(ids.NOT_MINE)
    return Decimal(chosen)
