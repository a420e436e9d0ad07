"""Reason codes: why a record and the shelf did not agree.

The cause matters later: what was issued, damaged or stolen without a record was demand, what was miscounted or
misplaced was not.
"""

from enum import StrEnum


class Reason(StrEnum):
    """The cause given with a decision; the value is what people read and what the ledger keeps."""

    UNKNOWN = "cause not known"
    MISPLACED = "misplaced"
    UNRECORDED_ISSUE = "unrecorded issue"
    UNRECORDED_RECEIPT = "unrecorded receipt"
    DAMAGED = "damaged"
    LOST_OR_STOLEN = "lost or stolen"
    UNIT_ERROR = "unit error"
    COUNT_ERROR = "count error"
    LABEL_ERROR = "label error"
    RECORD_ERROR = "record error"
    OTHER = "other"


CONSUMING = frozenset({Reason.UNRECORDED_ISSUE, Reason.DAMAGED, Reason.LOST_OR_STOLEN})
"""Causes that were demand: the stock was used, or is gone."""
