"""From an intent to the message that shows it as things are now.

An outbox row says *what* to show, not what it looks like. It is rendered when it is sent, from one consistent state
of the database, so a late message shows today's truth. Three answers are possible: a message to post or update;
nothing, because it makes no sense any more; or not yet, because the thread it belongs in has no parent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from bot import ids, outbox
from bot.views import exported
from bot.views.blocks import Rendered
from bot.views.class_report import class_report_message
from bot.views.delegations import delegation_message
from bot.views.direct import question, refusal
from bot.views.escalation import escalation
from bot.views.inquiry import inquiry
from bot.views.overdue import overdue
from bot.views.practice import practice_sheet
from bot.views.recount import recount_ask
from bot.views.reminder import reminder
from bot.views.review import review_card
from bot.views.review_call import review_call
from bot.views.second import call_for_a_second
from bot.views.sheet import sheet
from bot.views.sign_off import changed, receipt
from bot.views.skip_list import skip_list
from bot.views.summary import summary
from bot.views.waiting import digest
from models.database import Database
from models.export_requests import ExportRequest
from models.journal import Intent, SentMessage
from models.services import delegations, digests, practices, signed, skip_lists
from models.services.asks import AskState, escalation_facts, recount_facts
from models.services.cards import card_facts
from models.services.class_reports import team_report
from models.services.direct_facts import question_facts, refusal_facts
from models.services.inquiries import question_facts as inquiry_facts
from models.services.receipts import receipt_facts
from models.services.reminder_facts import overdue_facts, reminder_facts
from models.services.review_calls import call_facts
from models.services.seal_receipts import Head, newest_head
from models.services.seconds import second_facts
from models.services.sheets import sheet_facts
from models.services.sign_off_news import change_facts


@dataclass(frozen=True)
class Parent:
    """The message whose thread another one belongs in."""

    intent: Intent
    subject: str


@dataclass(frozen=True)
class Picture:
    """What to show. `only_if_posted`: worth an update of what stands already, not worth a new message.

    `unnamed` are Slack ids of people in it whose name is not known yet. `direct_to`: who should get it by direct
    message; where that cannot be, it goes where it would go without. `head` is that of the seal it shows. `not_before`:
    it must not go out before that, though it is looked at again sooner.
    """

    message: Rendered
    parent: Parent | None = None
    only_if_posted: bool = False
    unnamed: tuple[str, ...] = ()
    direct_to: str | None = None
    head: Head | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class Placed:
    """A picture, and where it goes: `sent` to update, else a new post, in the thread of `parent` when there is one.

    `direct` is the channel of direct messages that it goes to instead. `is_waiting`: the parent is not in Slack yet.
    """

    picture: Picture
    sent: SentMessage | None
    parent: SentMessage | None
    direct: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether this has to wait for its parent."""
        return (self.sent, self.parent, self.direct) == (None, None, None) and self.picture.parent is not None

    @property
    def thread(self) -> SentMessage | None:
        """The message under which a new post goes; None for a post of its own."""
        return None if self.direct is not None else self.parent

    def channel(self, otherwise: str) -> str:
        """The channel of a new post."""
        return self.direct or (self.parent.channel if self.parent is not None else otherwise)


def place(database: Database, intent: Intent, subject: str, now: datetime, workspace: str | None = None) -> Placed:
    """Render an intent from a fresh, consistent read, and find out where it goes. `workspace` is its URL, for links."""
    with database.read() as session:
        if not database.is_sqlite:
            # A picture is read in several queries; a count committed in between must not make it contradict itself.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        picture = render(session, intent, subject, now, workspace)
        parent = picture.parent
        return Placed(
            picture=picture,
            sent=outbox.sent_message(session, intent, subject),
            parent=None if parent is None else outbox.sent_message(session, parent.intent, parent.subject),
        )


def render(session: Session, intent: Intent, subject: str, now: datetime, workspace: str | None = None) -> Picture:
    """The message of an intent. Reactions (TICK) and files are not messages: they raise ValueError."""
    if intent is Intent.DIGEST:
        return _digest(session, subject, workspace)
    if intent in _PICTURES_OF_TODAY:
        return _PICTURES_OF_TODAY[intent](session, subject, now)
    if intent not in _PICTURES:
        raise ValueError("a reaction or a file is not rendered")
    return _PICTURES[intent](session, subject)


def _sheet(session: Session, subject: str) -> Picture:
    facts = sheet_facts(session, ids.parse_id(subject))
    return Picture(sheet(facts), unnamed=facts.unnamed)


def _summary(session: Session, subject: str) -> Picture:
    facts = sheet_facts(session, ids.parse_id(subject))
    # Where nothing was counted others may still count what was left, blind: a head follows from the ledger.
    head = newest_head(session) if facts.result is not None and facts.result.counted else None
    return Picture(
        summary(facts, head.shown if head else None, signed.signed(session, facts.session_id)),
        parent=Parent(Intent.SHEET, subject),
        only_if_posted=facts.result is None,
        unnamed=facts.unnamed,
        head=head,
    )


def _receipt(session: Session, subject: str) -> Picture:
    facts = receipt_facts(session, ids.parse_id(subject))
    return Picture(
        receipt(facts),
        parent=Parent(Intent.SHEET, str(facts.signed.session_id)),
        head=facts.head,
        not_before=facts.not_before,
    )


def _changed(session: Session, subject: str) -> Picture:
    session_id, _ = ids.parse_line_value(subject)
    return Picture(changed(change_facts(session, session_id)), parent=Parent(Intent.SHEET, str(session_id)))


def _skips(session: Session, subject: str) -> Picture:
    skipped = skip_lists.skip_list(session, ids.parse_id(subject))
    return Picture(skip_list(skipped), only_if_posted=not skipped.is_worth_posting, unnamed=skipped.unnamed)


def _recount(session: Session, subject: str) -> Picture:
    line_id, number = ids.parse_line_value(subject)
    asked = recount_facts(session, line_id, number)
    return Picture(
        recount_ask(asked),
        parent=Parent(Intent.SHEET, str(asked.session_id)),
        only_if_posted=asked.state is not AskState.WAITING,
        unnamed=asked.unnamed,
        direct_to=asked.slack_id,
    )


def _card(session: Session, subject: str, now: datetime) -> Picture:
    card = card_facts(session, ids.parse_id(subject), now)
    return Picture(review_card(card), unnamed=card.unnamed)


def _reminder(session: Session, subject: str) -> Picture:
    facts = reminder_facts(session, ids.parse_id(subject))
    return Picture(reminder(facts), parent=Parent(Intent.SHEET, subject), only_if_posted=not facts.left)


def _overdue(session: Session, subject: str) -> Picture:
    facts = overdue_facts(session, ids.parse_id(subject))
    return Picture(overdue(facts), only_if_posted=not (facts.is_due and facts.left))


def _under_card(line_id: int, message: Rendered, *, is_current: bool) -> Picture:
    """A call in the thread of a line's card; once it is over, only what stands already says so."""
    return Picture(message, parent=Parent(Intent.REVIEW_CARD, str(line_id)), only_if_posted=not is_current)


def _escalation(session: Session, subject: str, now: datetime) -> Picture:
    line_id, version = ids.parse_line_value(subject)
    called = escalation_facts(session, line_id, version, now)
    return _under_card(line_id, escalation(called), is_current=called.is_current)


def _second(session: Session, subject: str, now: datetime) -> Picture:
    line_id, version = ids.parse_line_value(subject)
    called = second_facts(session, line_id, version, now)
    return _under_card(line_id, call_for_a_second(called), is_current=called.is_current)


def _call(session: Session, subject: str, now: datetime) -> Picture:
    line_id, number = ids.parse_line_value(subject)
    called = call_facts(session, line_id, number, now)
    return _under_card(line_id, review_call(called), is_current=called.is_current)


def _inquiry(session: Session, subject: str) -> Picture:
    asked = inquiry_facts(session, ids.parse_id(subject))
    return Picture(
        inquiry(asked),
        parent=Parent(Intent.REVIEW_CARD, str(asked.line_id)),
        only_if_posted=not asked.is_current,
        direct_to=asked.slack_id,
    )


def _classes(session: Session, subject: str) -> Picture:
    run_id, team_id = ids.parse_line_value(subject)
    return Picture(class_report_message(team_report(session, run_id, team_id)))


def _delegation(session: Session, subject: str, now: datetime) -> Picture:
    delegation_id, member_id = ids.parse_line_value(subject)
    told = delegations.told(session, delegation_id, member_id, now)
    unnamed = (told.handed.unnamed,) if told.handed.unnamed else ()
    return Picture(delegation_message(told), unnamed=unnamed, direct_to=told.to)


def _question(session: Session, subject: str) -> Picture:
    asking = question_facts(session, ids.parse_id(subject))
    return Picture(question(asking), only_if_posted=not asking.is_open)


def _refusal(session: Session, subject: str) -> Picture:
    return Picture(refusal(refusal_facts(session, ids.parse_id(subject))))


def _practice(session: Session, subject: str) -> Picture:
    return Picture(practice_sheet(practices.facts(session, ids.parse_id(subject))))


def _digest(session: Session, subject: str, workspace: str | None) -> Picture:
    team_id, number = ids.parse_line_value(subject)
    facts = digests.digest_facts(session, team_id, digests.day_of(number))
    waits = facts.waiting is not None and bool(facts.waiting.lines)
    return Picture(digest(facts, workspace), only_if_posted=not waits)


def _no_export(session: Session, subject: str) -> Picture:
    request = session.get_one(ExportRequest, ids.parse_id(subject))
    return Picture(exported.refused(request.what, request.problem))


_PICTURES: Mapping[Intent, Callable[[Session, str], Picture]] = MappingProxyType(
    {
        Intent.SHEET: _sheet,
        Intent.SUMMARY: _summary,
        Intent.RECEIPT: _receipt,
        Intent.SIGN_OFF_CHANGED: _changed,
        Intent.SKIPS: _skips,
        Intent.RECOUNT_ASK: _recount,
        Intent.REMINDER: _reminder,
        Intent.OVERDUE: _overdue,
        Intent.CLASS_REPORT: _classes,
        Intent.INQUIRY: _inquiry,
        Intent.DIRECT_QUESTION: _question,
        Intent.DIRECT_REFUSAL: _refusal,
        Intent.PRACTICE: _practice,
        Intent.EXPORT_REFUSED: _no_export,
    }
)

_PICTURES_OF_TODAY: Mapping[Intent, Callable[[Session, str, datetime], Picture]] = MappingProxyType(
    {
        Intent.REVIEW_CARD: _card,
        Intent.ESCALATION: _escalation,
        Intent.REVIEW_CALL: _call,
        Intent.SECOND: _second,
        Intent.DELEGATION: _delegation,
    }
)
"""Those that name who may decide: what is handed over is so on some days only."""
