"""How long a line may wait for a decision before somebody is called, and who is.

After eight hours those who may decide it are called, in the thread of its card; after a day stock control, because
nobody of the team was there. Nobody is called twice for the same wait, and it begins anew when the line comes back.
"""

from datetime import timedelta

FIRST_CALL = timedelta(hours=8)
LAST_CALL = timedelta(hours=24)

CALLS = (FIRST_CALL, LAST_CALL)
"""After how long a wait each call is made."""


def is_call_due(waited: timedelta, made: int) -> bool:
    """Whether the next call is due, when so many were made of a line that waited so long."""
    return made < len(CALLS) and waited >= CALLS[made]
