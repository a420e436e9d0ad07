"""Who moved stock: what a file of movements says of it, and the members that this names."""

import re
from collections import Counter
from functools import cached_property

from sqlmodel import Session, select

from models.people import Member
from models.services import people

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>|@?(.+)", re.DOTALL)


class Movers:
    """Reads the members once, if at all. A member is meant by the Slack id, or by a name that no other member has."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def member(self, moved_by: str | None) -> Member | None:
        """The member that the words mean; None for others, and when it may be one of several."""
        found = _MENTION.fullmatch(moved_by.strip()) if moved_by else None
        return self._known.get(found[1] or found[2].strip()) if found else None

    def named(self, moved_by: str | None) -> str:
        """What to call who moved it; "" when nobody said."""
        member = self.member(moved_by)
        return people.display_name(member) if member else moved_by or ""

    @cached_property
    def _known(self) -> dict[str, Member]:
        members = self._session.exec(select(Member)).all()
        named = Counter(member.name for member in members)
        known = {member.name: member for member in members if member.name and named[member.name] == 1}
        return known | {member.slack_id: member for member in members}
