"""People and teams: who counts where, and who may approve how much.

A *member* is a person, known by the Slack id. What a person may do comes from *roles*: counter or approver of a
team, with an approval limit; or controller (stock control), who has no limit and is the last stop of escalation.
Nothing is deleted: what ends becomes inactive, because history names it.
"""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, enum_type, since_revision
from models.rules.digests import DEFAULT


class Role(StrEnum):
    """What a member is to a team."""

    COUNTER = "counter"
    APPROVER = "approver"


class Company(SQLModel, table=True):
    """The one row of company-wide facts: time zone of schedules and files, currency of values, working calendar.

    The calendar is kept in the words of `models.rules.calendars`; an empty text sets nothing. `digest` is the time at
    which teams are told what waits for a decision, or "off". What posts more than `four_eyes_above` takes two people;
    None: nothing does. `accuracy_of_people`: the accuracy of one person's counts may be asked for.
    """

    id: int = Field(default=1, primary_key=True)
    timezone: str = Field(default="UTC", max_length=64)
    currency: str = Field(default="EUR", max_length=3)
    holidays: str = Field(default="", max_length=40, sa_column_kwargs=since_revision("''"))
    working_days: str = Field(default="", max_length=80, sa_column_kwargs=since_revision("''"))
    shutdowns: str = Field(default="", max_length=1000, sa_column_kwargs=since_revision("''"))
    quiet: str = Field(default="", max_length=500, sa_column_kwargs=since_revision("''"))
    digest: str = Field(default=DEFAULT, max_length=5, sa_column_kwargs=since_revision(f"'{DEFAULT}'"))
    four_eyes_above: Decimal | None = Field(default=None, sa_type=Money)
    accuracy_of_people: bool = Field(default=False, sa_column_kwargs=since_revision("false"))


class Member(SQLModel, table=True):
    """A person, by Slack id. `name` is what Slack calls them, kept so that messages need no mention that rings."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    slack_id: str = Field(unique=True, max_length=32)
    name: str | None = Field(default=None, max_length=120)
    is_controller: bool = False


class Team(SQLModel, table=True):
    """A team: the channel its count sheets go to and the channel its variances are decided in.

    What it says of the working calendar, the digest and of four eyes takes the place of what the company says; None:
    as the company.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    name: str = Field(unique=True, max_length=80)
    channel: str = Field(max_length=32)
    review_channel: str = Field(max_length=32)
    is_active: bool = True
    holidays: str | None = Field(default=None, max_length=40)
    working_days: str | None = Field(default=None, max_length=80)
    shutdowns: str | None = Field(default=None, max_length=1000)
    quiet: str | None = Field(default=None, max_length=500)
    digest: str | None = Field(default=None, max_length=5)
    four_eyes_above: Decimal | None = Field(default=None, sa_type=Money)


class TeamLocation(SQLModel, table=True):
    """A bin prefix that a team counts ("A-" is every bin whose code begins so)."""

    __table_args__ = (UniqueConstraint("team_id", "prefix"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    team_id: int = Field(foreign_key="team.id", sa_type=BigId)
    prefix: str = Field(max_length=80)


class TeamRole(SQLModel, table=True):
    """One role of one member in one team.

    An approver's `approval_limit` is for one line, `session_limit` for all they post in one session; None is any value.
    """

    __table_args__ = (UniqueConstraint("team_id", "member_id", "role"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    team_id: int = Field(foreign_key="team.id", sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", index=True, sa_type=BigId)
    role: Role = Field(sa_column=Column(enum_type(Role, constraint="ck_teamrole_role"), nullable=False))
    approval_limit: Decimal | None = Field(default=None, sa_type=Money)
    session_limit: Decimal | None = Field(default=None, sa_type=Money)
    is_active: bool = True
