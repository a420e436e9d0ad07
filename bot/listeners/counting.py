"""*Enter counts*: a modal with the lines somebody may count, saved a page at a time.

The count instant is the arrival of the page. Every field stands for itself: a number that cannot be meant, or a line
that somebody else settled meanwhile, gets its sentence under its field, and all the other lines of the page are saved
at once. Nobody who walked the aisle loses nine good numbers to one bad one, and the good ones keep their count
instant. The form stays open with everything in it; submitting it again stores only what has changed since: an equal
number is known already, another number for the same line is a correction by the same counter. A bare number of an item
with packs is asked about once, under its field; the same number again is then taken.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from slack_bolt import App
from sqlmodel import Session, col, select

from bot import ids
from bot.context import Context
from bot.payloads import Click, Submission
from bot.views.claims import only_claimed
from bot.views.count_modal import block_of, count_modal, read_metadata, saved_view
from bot.wiring import CLEAR, Answer, field_errors, on_click, on_submit, update_view
from models.counts import CountEntry, EntrySource
from models.errors import BadQuantity, CycleCountError
from models.milestones import Milestone
from models.parts import CountPart
from models.rules.quantities_asked import Given
from models.rules.quantities_meaning import Done, Part
from models.rules.quantities_units import Measure
from models.services import adding_up, asked_quantities, claims, count_answers, count_pages, direct_storing, people
from models.services.adding_up import Deed
from models.services.claims import ClaimedByOther, OnlyClaimedLeft
from models.services.count_pages import CountPage
from models.services.counts import LineToCount
from models.services.people import Person

Stored = TypeVar("Stored", CountEntry, CountPart)

REST_IS_SAVED = "The rest of this page is saved."
CLEAR_FIELD = "Clear this field to go on."
SAVE_AGAIN = "Save again to do so, or clear this field."


def register(app: App, context: Context) -> None:
    """Listen to the buttons that open the count modal, and to its pages."""
    on_click(app, context, ids.ENTER_COUNTS, open_counts)
    on_click(app, context, ids.ENTER_CLAIMED, open_claimed)
    on_click(app, context, ids.ENTER_RECOUNT, open_recount)
    on_submit(app, context, ids.COUNT_MODAL, save_page)


def open_counts(context: Context, click: Click) -> None:
    """Show the first page of what this person may count in the session; what others have, only if they want it."""
    session_id = ids.parse_id(click.value)
    try:
        with context.database.read() as session:
            person = people.require_person(session, click.user)
            page = count_pages.first_page(session, person, session_id)
    except OnlyClaimedLeft as left:
        context.show_message(click.channel, click.user, only_claimed(str(left), session_id), thread_ts=click.thread_ts)
        return
    context.open(click, count_modal(page))


def open_claimed(context: Context, click: Click) -> None:
    """Show what others have claimed too, to somebody who wants to count it."""
    session_id = ids.parse_id(click.value)
    with context.database.read() as session:
        person = people.require_person(session, click.user)
        page = count_pages.first_page(session, person, session_id, of_others=True)
    context.open(click, count_modal(page))


def open_recount(context: Context, click: Click) -> None:
    """Show the one line that was asked for."""
    line_id = ids.parse_id(click.value)
    with context.database.read() as session:
        person = people.require_person(session, click.user)
        page = count_pages.single_page(session, person, line_id)
    context.open(click, count_modal(page))


def save_page(context: Context, submitted: Submission) -> Answer:
    """Store the numbers of a page; then the next page, or the end."""
    now = context.read_clock()
    shown = read_metadata(submitted.metadata)
    with context.database.write() as session:
        person = people.require_person(session, submitted.user)
        page = count_pages.shown_page(
            session,
            shown.session_id,
            shown.line_ids,
            number=shown.number,
            is_single=shown.is_single,
            ends_in_own=shown.ends_in_own,
        )
        saved = _save(session, person, page, submitted, now)
        following = count_pages.next_page(session, person, page)
        left = [] if page.is_single else claims.lines_offered(session, person, page.session_id)[0]
    if saved.stored:
        context.committed(Milestone.COUNT_RECORDED)
    if saved.errors:
        return field_errors(saved.errors)
    if following is not None:
        return update_view(count_modal(following, saved.notes))
    if left or saved.notes:
        return update_view(saved_view(page, left, saved.notes))
    return CLEAR


@dataclass
class _Saved:
    """What became of a page: how many numbers were stored, sentences under fields, and numbers that came too late."""

    stored: int = 0
    known: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _save(session: Session, person: Person, page: CountPage, submitted: Submission, now: datetime) -> _Saved:
    saved = _Saved()
    filled = [line.line_id for line in page.lines if submitted.entered(block_of(line.line_id)) is not None]
    direct_storing.store_of(session, filled, now, but_of=person)
    # In the order of the ids, in which everybody else locks them too.
    for line in sorted(page.lines, key=lambda line: line.line_id):
        typed = submitted.entered(block_of(line.line_id))
        if typed is None:
            continue
        try:
            measure = Measure(line.unit, line.packs)
            place = submitted.trigger_id
            given = asked_quantities.understand(session, person, line.line_id, typed, measure, place=place, now=now)
            _record(session, person, line, given, typed, submitted.view_id, now, saved)
        except BadQuantity as refusal:
            saved.errors[block_of(line.line_id)] = str(refusal)
        except ClaimedByOther as question:
            saved.errors[block_of(line.line_id)] = f"{question} {SAVE_AGAIN}"
        except CycleCountError as refusal:
            saved.errors[block_of(line.line_id)] = f"{refusal} {CLEAR_FIELD}"
    if saved.errors and saved.stored + saved.known:
        first = next(iter(saved.errors))
        saved.errors[first] += f" {REST_IS_SAVED}"
    return saved


def _record(
    session: Session,
    person: Person,
    line: LineToCount,
    given: Given,
    typed: str,
    view_id: str,
    now: datetime,
    saved: _Saved,
) -> None:
    # One modal can store several numbers for a line, each a correction of the one before: the key counts them.
    prefix = f"modal:{view_id}:{line.line_id}:"
    numbers, found = _stored(session, CountEntry, prefix), _stored(session, CountPart, prefix)
    before: list[CountEntry] | list[CountPart] = found if isinstance(given, Part) else numbers
    if before and (isinstance(given, Done) or before[-1].quantity == given.quantity):
        saved.known += 1
        if not isinstance(given, Done) and count_answers.is_converted(given.echo):
            saved.notes.append(f"{line.sku} in {line.location}: {given.echo}")
        return
    claims.ask_first(session, person, line.line_id, adding_up.said(given), now)
    deed = Deed(person, line.line_id, now, EntrySource.MODAL, f"{prefix}{len(before)}", typed)
    taken = adding_up.take(session, deed, given, replaces=found[-1] if found else None, now=now)
    saved.stored += 1
    if not taken.is_plain:
        saved.notes.append(taken.sentence)


def _stored(session: Session, table: type[Stored], prefix: str) -> list[Stored]:
    """What this very form stored before, oldest first."""
    found = session.exec(
        select(table).where(col(table.source_key).startswith(prefix, autoescape=True)).order_by(col(table.id))
    )
    return list(found)
