"""The buttons of a review card: *Approve*, *Adjust*, *Recount*, *Reject*, *Take back*, and the forms of three of them.

A button carries the line and the version that the card showed. Everything else is decided by the services under the
line's lock, again when a form is submitted: who may, whether the line still waits, and whether somebody was faster.
A second click is therefore harmless. A form that arrives twice finds its own decision, and closes as it did at first.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.errors import FieldError, Repeated
from bot.ids import LineRef
from bot.payloads import Click, Submission
from bot.views.decision_modals import (
    NOTE,
    NOTE_LENGTH,
    QUANTITY,
    REASON,
    adjust_modal,
    reject_modal,
    reverse_modal,
)
from bot.wiring import CLEAR, Answer, field_errors, on_choice, on_click, on_submit
from models.counts import DecisionKind
from models.errors import AlreadyDecided, BadCause, BadInput, BadQuantity, CycleCountError, NotFound
from models.milestones import Milestone
from models.rules.causes import Reason, Wish
from models.rules.quantities_asked import whole_quantity
from models.rules.quantities_units import Measure
from models.services import adjusting, causes, confirming, decisions, journal, people, reversals, transfers
from models.services.decisions import Ruling
from models.services.people import Person


def register(app: App, context: Context) -> None:
    """Listen to the card's buttons and forms."""
    on_choice(app, ids.CAUSE)
    on_click(app, context, ids.APPROVE, approve)
    on_click(app, context, ids.RECOUNT, recount)
    on_click(app, context, ids.ADJUST, open_adjust)
    on_click(app, context, ids.REJECT, open_reject)
    on_click(app, context, ids.TRANSFER, make_transfer)
    on_click(app, context, ids.REVERSE, open_reverse)
    on_click(app, context, ids.CONFIRM, confirm)
    on_click(app, context, ids.WITHDRAW, withdraw)
    on_submit(app, context, ids.ADJUST_MODAL, adjust)
    on_submit(app, context, ids.REVERSE_MODAL, reverse)
    on_submit(app, context, ids.REJECT_MODAL, reject)


def approve(context: Context, click: Click) -> None:
    """Post the proposed variance, with the cause chosen on the card."""
    reason = click.chosen(ids.CAUSE) or Reason.UNKNOWN

    def decide(session: Session, person: Person, ref: LineRef, now: datetime) -> Ruling:
        return decisions.approve(
            session, person=person, line_id=ref.line_id, version=ref.version, reason=reason, now=now
        )

    _decide_by_click(context, click, decide)


def recount(context: Context, click: Click) -> None:
    """Send the line back to be counted once more."""

    def decide(session: Session, person: Person, ref: LineRef, now: datetime) -> Ruling:
        return decisions.recount(session, person=person, line_id=ref.line_id, version=ref.version, now=now)

    _decide_by_click(context, click, decide)


def confirm(context: Context, click: Click) -> None:
    """Post what somebody else decided first."""

    def decide(session: Session, person: Person, ref: LineRef, now: datetime) -> Ruling:
        return confirming.confirm(session, person=person, line_id=ref.line_id, version=ref.version, now=now)

    _decide_by_click(context, click, decide)


def withdraw(context: Context, click: Click) -> None:
    """Take back what one has decided first."""

    def decide(session: Session, person: Person, ref: LineRef, now: datetime) -> Ruling:
        return confirming.withdraw(session, person=person, line_id=ref.line_id, version=ref.version, now=now)

    _decide_by_click(context, click, decide)


def make_transfer(context: Context, click: Click) -> None:
    """Settle this line and the one that offsets it by one transfer."""
    pair, now = ids.parse_pair_value(click.value), context.read_clock()
    with context.database.write() as session:
        if _is_sent_again(session, click, now):
            return
        person = people.require_person(session, click.user, now)
        ruling = transfers.make_transfer(
            session, person=person, line_id=pair.one.line_id, version=pair.one.version,
            other_id=pair.other.line_id, other_version=pair.other.version, now=now,
        )  # fmt: skip
    context.committed(Milestone.DECISION_MADE if ruling.decision else None)
    context.answer(click, ruling.sentence)


def open_adjust(context: Context, click: Click) -> None:
    """Show the form of *Adjust* to somebody who may adjust this line now."""
    ref, now = ids.parse_line_value(click.value), context.read_clock()
    # The checks take the line's lock, so they need a writing transaction; this one changes nothing.
    with context.database.write() as session:
        person = people.require_person(session, click.user, now)
        line = adjusting.open_to_adjust(session, person=person, line_id=ref.line_id, version=ref.version, now=now)
        offered = causes.read(session).offered(Wish.ADJUST)
    context.open(click, adjust_modal(line, offered))


def open_reject(context: Context, click: Click) -> None:
    """Show the form of *Reject* to somebody who may reject this line now."""
    ref, now = ids.parse_line_value(click.value), context.read_clock()
    with context.database.write() as session:
        person = people.require_person(session, click.user, now)
        decisions.open_for(session, person=person, line_id=ref.line_id, version=ref.version, now=now)
        sku, location, _ = _place(session, ref.line_id)
        offered = causes.read(session).offered(Wish.REJECT)
    context.open(click, reject_modal(ref.line_id, ref.version, sku, location, offered))


def open_reverse(context: Context, click: Click) -> None:
    """Show the form of *Take back* to somebody who may take back what was decided."""
    ref, now = ids.parse_line_value(click.value), context.read_clock()
    with context.database.write() as session:
        person = people.require_person(session, click.user, now)
        line = reversals.open_to_reverse(session, person=person, line_id=ref.line_id, version=ref.version, now=now)
    context.open(click, reverse_modal(line))


def adjust(context: Context, submitted: Submission) -> Answer:
    """Post what is missing to the quantity that was there at the count."""
    ref = ids.parse_line_value(submitted.metadata)
    reason, note = submitted.chosen(REASON) or "", _note(submitted)
    typed = submitted.entered(QUANTITY) or ""

    def decide(session: Session, person: Person, now: datetime) -> Ruling:
        _, _, unit = _place(session, ref.line_id)
        try:
            # Who may not decide it is told that, whatever they entered.
            decisions.open_for(session, person=person, line_id=ref.line_id, version=ref.version, now=now)
            return decisions.adjust(
                session,
                person=person,
                line_id=ref.line_id,
                version=ref.version,
                quantity=whole_quantity(typed, Measure(unit)),
                reason=reason,
                note=note,
                now=now,
            )
        except AlreadyDecided:
            if _is_repeat(session, person, ref, DecisionKind.ADJUST, reason, whole_quantity(typed, Measure(unit))):
                raise Repeated from None
            raise

    return _decide_by_form(context, submitted, ref, QUANTITY, decide)


def reject(context: Context, submitted: Submission) -> Answer:
    """Close the line without believing its count."""
    ref = ids.parse_line_value(submitted.metadata)
    reason, note = submitted.chosen(REASON) or "", _note(submitted)

    def decide(session: Session, person: Person, now: datetime) -> Ruling:
        try:
            return decisions.reject(
                session, person=person, line_id=ref.line_id, version=ref.version, reason=reason, note=note, now=now
            )
        except AlreadyDecided:
            if _is_repeat(session, person, ref, DecisionKind.REJECT, reason, None):
                raise Repeated from None
            raise

    return _decide_by_form(context, submitted, ref, REASON, decide)


def reverse(context: Context, submitted: Submission) -> Answer:
    """Take back what was decided; the line waits for a decision again."""
    ref, note = ids.parse_line_value(submitted.metadata), _note(submitted)

    def decide(session: Session, person: Person, now: datetime) -> Ruling:
        try:
            return reversals.reverse(
                session, person=person, line_id=ref.line_id, version=ref.version, note=note, now=now
            )
        except AlreadyDecided:
            if _is_repeat(session, person, ref, DecisionKind.REVERSE, None, None):
                raise Repeated from None
            raise

    return _decide_by_form(context, submitted, ref, NOTE, decide)


def _decide_by_click(
    context: Context, click: Click, decide: Callable[[Session, Person, LineRef, datetime], Ruling]
) -> None:
    ref, now = ids.parse_line_value(click.value), context.read_clock()
    with context.database.write() as session:
        if _is_sent_again(session, click, now):
            return
        person = people.require_person(session, click.user, now)
        ruling = decide(session, person, ref, now)
    context.committed(Milestone.DECISION_MADE if ruling.decision else None)
    context.answer(click, ruling.sentence)


def _is_sent_again(session: Session, click: Click, now: datetime) -> bool:
    """Whether Slack has sent this very click before, and it did what it was to do: a refusal is not remembered."""
    if not click.action_ts:
        return False
    return not journal.first_time(session, f"click {click.action_ts} {click.user} {click.value}", now)


def _decide_by_form(
    context: Context,
    submitted: Submission,
    ref: LineRef,
    field: str,
    decide: Callable[[Session, Person, datetime], Ruling],
) -> Answer:
    """Decide what a form asks for; refusals stay in it, under `field` or under the cause or note that is missing."""
    now = context.read_clock()
    try:
        with context.database.write() as session:
            person = people.require_person(session, submitted.user, now)
            ruling = decide(session, person, now)
            channel = adjusting.review_channel_of(session, ref.line_id)
    except Repeated:
        raise
    except BadCause as refusal:
        raise FieldError({REASON: str(refusal)}) from refusal
    except BadInput as refusal:
        raise FieldError({NOTE: str(refusal)}) from refusal
    except BadQuantity as refusal:
        raise FieldError({QUANTITY: str(refusal)}) from refusal
    except CycleCountError as refusal:
        raise FieldError({field: str(refusal)}) from refusal
    context.committed(Milestone.DECISION_MADE if ruling.decision else None)
    if ruling.decision is None and not ruling.is_kept:
        return field_errors({field: ruling.sentence})
    context.tell(channel, submitted.user, [ruling.sentence])
    return CLEAR


def _is_repeat(
    session: Session, person: Person, ref: LineRef, kind: DecisionKind, reason: str | None, quantity: Decimal | None
) -> bool:
    return adjusting.was_decided_so(
        session,
        person=person,
        line_id=ref.line_id,
        version=ref.version,
        kind=kind,
        reason=reason,
        quantity=quantity,
    )


def _place(session: Session, line_id: int) -> tuple[str, str, str]:
    place = adjusting.place_of(session, line_id)
    if place is None:
        raise NotFound("That count line is not there any more.")
    return place


def _note(submitted: Submission) -> str:
    return (submitted.entered(NOTE) or "").strip()[:NOTE_LENGTH]
