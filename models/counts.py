"""Count sessions, their lines, the blind entries people make, and the decisions that close them.

A *session* is the work of one run of a plan. A *line* is one item at one location to count; its state moves only as
`models.rules.lines` says, and `version` grows with every move, so that a button drawn for an older state is known.
An *entry* is one blind attempt at a line and is never edited: a correction is another entry that replaces it. What
an entry meant against the ledger is kept apart in *judgements*, because a movement recorded later changes what was
expected, and both answers must stay readable.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BindParameter, Column, ColumnElement, Index, UniqueConstraint, bindparam, text
from sqlmodel import Field, SQLModel, col

from models.columns import BigId, Money, Quantity, UtcDateTime, enum_type, since_revision
from models.plans import AtDue
from models.rules.lines import LineState
from models.rules.reminders import Reminded

OPEN_STATES = (LineState.TO_COUNT, LineState.RECOUNT, LineState.IN_REVIEW)
_IS_OPEN = text("state IN ('TO_COUNT', 'RECOUNT', 'IN_REVIEW')")
_IS_CLAIMED = text("claimed_by_id IS NOT NULL")
_IS_REVERSAL = text("reverses_id IS NOT NULL")


class EntrySource(StrEnum):
    """How a count reached us. A REPLY can be read by others in the thread; a MODAL page or a DIRECT message cannot."""

    MODAL = "modal"
    REPLY = "reply"
    DIRECT = "direct"


class ReviewCause(StrEnum):
    """Why a line waits for an approver."""

    VARIANCE = "variance"  # still out of tolerance after the recounts
    NO_OTHER_COUNTER = "no other counter"
    NO_RECOUNT_MADE = "no recount made"
    LATE_MOVEMENT = "late movement"
    MOVED_MEANWHILE = "moved while added up"
    PARTS_LEFT_OPEN = "parts left open"
    FOUND = "found here"  # it was on no sheet, and the record does not have it there
    REVERSED = "reversed"  # what was decided was taken back


class DecisionKind(StrEnum):
    """How a line was closed, or sent back."""

    WITHIN_TOLERANCE = "within tolerance"  # by the limit itself, nobody was needed
    APPROVE = "approve"
    ADJUST = "adjust"
    RECOUNT = "recount"
    REJECT = "reject"
    REVERSE = "reverse"
    TRANSFER = "transfer"  # what is short here is over in another bin


class CountSession(SQLModel, table=True):
    """One run of a plan, or a spot count (`plan_id` None).

    The plan's terms are copied, so that editing the plan leaves a running session alone. `scheduled_for` is the time
    the schedule names; `moved_because` says why the session started later ("" when it did not). `seed` is what a
    random sample was drawn with. `blind` False: the counters saw the record, so it says nothing about accuracy.
    `asked_by_id` is who asked for a spot count, and may have read the record before. `extensions` counts how often the
    due time was put off.
    """

    __table_args__ = (UniqueConstraint("plan_id", "scheduled_for"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    plan_id: int | None = Field(default=None, foreign_key="countplan.id", sa_type=BigId)
    team_id: int = Field(foreign_key="team.id", index=True, sa_type=BigId)
    name: str = Field(max_length=80)
    scheduled_for: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    recounts: int
    replies: bool
    at_due: AtDue = Field(sa_column=Column(enum_type(AtDue, constraint="ck_countsession_at_due"), nullable=False))
    blind: bool = Field(default=True, sa_column_kwargs=since_revision("true"))
    seed: int | None = Field(default=None, sa_type=BigId)
    moved_because: str = Field(default="", max_length=200, sa_column_kwargs=since_revision("''"))
    asked_by_id: int | None = Field(default=None, foreign_key="member.id", index=True, sa_type=BigId)
    reminded: Reminded = Field(
        default=Reminded.NOT_YET,
        sa_column=Column(enum_type(Reminded), nullable=False, server_default=text("'not yet'")),
    )
    extensions: int = Field(default=0, sa_column_kwargs=since_revision("0"))


class CountLine(SQLModel, table=True):
    """One item at one location to count. Only one open line per item and location exists in the whole system.

    `policy` is what chose it (`models.rules.policies`, or "spot count"), `reason` the sentence that says why. A reason
    may give the on-hand away: it is for those who decide, never for those who may still count.

    `review_since` is since when it waits for a decision, and `review_calls` how often somebody was called for it.

    `claimed_by_id` is who said that they count it, as long as it is to count, and `claimed_at` since when. `found`: it
    was not chosen, somebody came upon it.
    """

    __table_args__ = (
        Index(
            "uq_countline_open_stock",
            "item_id",
            "location_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_countline_stock", "item_id", "location_id"),
        Index("ix_countline_due", "due_at", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index("ix_countline_claimed", "claimed_at", sqlite_where=_IS_CLAIMED, postgresql_where=_IS_CLAIMED),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    session_id: int = Field(foreign_key="countsession.id", index=True, sa_type=BigId)
    item_id: int = Field(foreign_key="item.id", sa_type=BigId)
    location_id: int = Field(foreign_key="location.id", sa_type=BigId)
    position: int
    state: LineState = Field(
        default=LineState.TO_COUNT,
        sa_column=Column(enum_type(LineState, constraint="ck_countline_state"), nullable=False),
    )
    version: int = 1
    due_at: datetime = Field(sa_type=UtcDateTime)
    policy: str = Field(default="", max_length=20, sa_column_kwargs=since_revision("''"))
    reason: str = Field(default="", max_length=200, sa_column_kwargs=since_revision("''"))
    recounts_asked: int = 0
    asked_member_id: int | None = Field(default=None, foreign_key="member.id", sa_type=BigId)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    review_cause: ReviewCause | None = Field(default=None, sa_column=Column(enum_type(ReviewCause), nullable=True))
    # Set while a movement recorded after this line was settled, but dated before its count, waits for an answer.
    late_movement_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claimed_by_id: int | None = Field(default=None, foreign_key="member.id", sa_type=BigId)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    found: bool = Field(default=False, sa_column_kwargs=since_revision("false"))
    review_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    review_calls: int = Field(default=0, sa_column_kwargs=since_revision("0"))


def is_open() -> ColumnElement[bool]:
    """Whether a `CountLine` is open, written out as the indexes of open lines are, so that they are used.

    However many lines were ever counted, there are not many open ones.
    """
    states: BindParameter[LineState] = bindparam("open_states", OPEN_STATES, expanding=True, literal_execute=True)
    return col(CountLine.state).in_(states)


class CountEntry(SQLModel, table=True):
    """One blind attempt, in base units; never edited.

    `attempt` is 1 for the first count, 2 for the first recount... `settles` is False for a number that came too late
    to matter (kept, shown to the approver). `replaces_id` is the entry this one corrects. `source_key` is unique for
    what the person did, so that a payload delivered twice stores one entry.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="countline.id", index=True, sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", index=True, sa_type=BigId)
    quantity: Decimal = Field(sa_type=Quantity)
    attempt: int
    settles: bool
    replaces_id: int | None = Field(default=None, foreign_key="countentry.id", sa_type=BigId)
    counted_at: datetime = Field(sa_type=UtcDateTime, index=True)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    source: EntrySource = Field(
        sa_column=Column(enum_type(EntrySource, constraint="ck_countentry_source"), nullable=False)
    )
    source_key: str = Field(unique=True, max_length=200)
    message_ts: str | None = Field(default=None, max_length=32, index=True)
    typed: str = Field(default="", max_length=200)


class Judgement(SQLModel, table=True):
    """What one entry meant against the ledger, as known when it was judged; the newest one counts.

    `expected` is the ledger at the count instant, `variance` = quantity - expected. `limit_applied` names the
    tolerance limit that decided and where it came from.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    entry_id: int = Field(foreign_key="countentry.id", index=True, sa_type=BigId)
    judged_at: datetime = Field(sa_type=UtcDateTime)
    expected: Decimal = Field(sa_type=Quantity)
    variance: Decimal = Field(sa_type=Quantity)
    unit_cost: Decimal | None = Field(default=None, sa_type=Money)
    within: bool
    limit_applied: str = Field(default="", max_length=200)


class LineSkip(SQLModel, table=True):
    """Somebody could not count a line, and why."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="countline.id", index=True, sa_type=BigId)
    member_id: int | None = Field(default=None, foreign_key="member.id", sa_type=BigId)
    reason: str = Field(max_length=200)
    skipped_at: datetime = Field(sa_type=UtcDateTime)


class Decision(SQLModel, table=True):
    """How a line was decided, once for each version of it. `member_id` None: the tolerance limit decided.

    `quantity` is what was accepted as having been there at `count_instant`; `posted` is what the ledger got for it.
    A REVERSE names the decision that it takes back in `reverses_id`, and posted the opposite. A TRANSFER names the line
    of the other bin in `other_line_id`, whose own decision posted the opposite at the same moment.
    """

    __table_args__ = (
        UniqueConstraint("line_id", "line_version"),
        Index(
            "uq_decision_reverses",
            "reverses_id",
            unique=True,
            sqlite_where=_IS_REVERSAL,
            postgresql_where=_IS_REVERSAL,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="countline.id", sa_type=BigId)
    line_version: int
    kind: DecisionKind = Field(sa_column=Column(enum_type(DecisionKind, constraint="ck_decision_kind"), nullable=False))
    member_id: int | None = Field(default=None, foreign_key="member.id", sa_type=BigId)
    entry_id: int | None = Field(default=None, foreign_key="countentry.id", sa_type=BigId)
    count_instant: datetime | None = Field(default=None, sa_type=UtcDateTime)
    quantity: Decimal | None = Field(default=None, sa_type=Quantity)
    posted: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    unit_cost: Decimal | None = Field(default=None, sa_type=Money)
    reason: str | None = Field(default=None, max_length=40)
    note: str = Field(default="", max_length=500)
    decided_at: datetime = Field(sa_type=UtcDateTime, index=True)
    reverses_id: int | None = Field(default=None, foreign_key="decision.id", sa_type=BigId)
    other_line_id: int | None = Field(default=None, foreign_key="countline.id", sa_type=BigId)
