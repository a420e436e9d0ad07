"""Sign-offs: somebody answers for a closed session, and what they signed is kept as it was.

A session may be signed off more than once: a decision that is taken back, or a movement that is recorded late, opens it
again, and the next sign-off names the one before it by its `number`. Rows are never changed; nor is what they say.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn  # Any: SQLAlchemy's event arguments

from sqlalchemy import Column, LargeBinary, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, UtcDateTime


class SignOff(SQLModel, table=True):
    """The `number`-th sign-off of a session (1 first), the totals as they were then, and every line in a file.

    `right_at_first` are of the `blind_counts`, the lines whose first count says something about accuracy. Values are in
    the company's currency, of what was posted; `unknown_cost` lines are in neither. `last_decision_id`
    and `last_ledger_id` say how far the session's decisions and ledger rows had come (0: there were none), `audit_id`
    is the event of the sign-off itself, which names `sha256`: that of `content`, the receipt's file.
    """

    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    session_id: int = Field(foreign_key="countsession.id", sa_type=BigId)
    number: int
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    signed_at: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(default="", max_length=500)
    lines: int
    counted: int
    blind_counts: int
    right_at_first: int
    skipped: int
    rejected: int
    net_value: Decimal = Field(sa_type=Money)
    gross_value: Decimal = Field(sa_type=Money)
    unknown_cost: int
    last_decision_id: int = Field(sa_type=BigId)
    last_ledger_id: int = Field(sa_type=BigId)
    audit_id: int = Field(sa_type=BigId)
    sha256: str = Field(max_length=64)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))

    @property
    def file_name(self) -> str:
        """What its file is called: of no other sign-off, so that it is found in a thread by its name."""
        return f"sign-off-{self.session_id}-{self.number}.csv"


def _refuse(_mapper: Any, _connection: Any, signed: SignOff) -> NoReturn:  # noqa: ANN401 - see import
    raise RuntimeError(f"sign-off {signed.id} is never changed or deleted; what comes later is signed off anew")


event.listen(SignOff, "before_update", _refuse)
event.listen(SignOff, "before_delete", _refuse)
