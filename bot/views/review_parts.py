"""The sentences of a review card about how a number came to be: parts that were added up, and the slip it may be."""

from collections.abc import Sequence

from bot.views import blocks
from bot.views.review_lines import moment, moves
from models.parts import Closing
from models.rules import wording
from models.rules.offsets import Likeness, Offset
from models.services.card_attempts import AttemptFacts, AttemptKind, PartFacts
from models.services.cards import CardFacts
from models.services.inquiries import InquiryFacts

_MOST_NAMED = 8


def added_up(facts: CardFacts) -> list[str]:
    """The parts of every number that counts, what became of them, and what moved before the last was done."""
    lines = [
        _parts(facts, attempt) for attempt in facts.attempts if attempt.parts and attempt.kind is not AttemptKind.NOTE
    ]
    if facts.meanwhile.shown:
        lines.append(
            f"Moved while it was added up: {moves(facts, facts.meanwhile)}. Parts may be from before or after."
        )
    return lines


def slip(facts: CardFacts) -> list[str]:
    """What the last number may have been meant to be: for who decides, never for who counts."""
    return [f"Perhaps a slip: {blocks.escape(facts.slip)}"] if facts.slip and facts.is_open else []


def offsets(facts: CardFacts) -> list[str]:
    """The lines under review whose variance cancels this one out, and what that looks like."""
    return [_offset(offset) for offset in facts.offsets]


def inquiries(facts: CardFacts) -> list[str]:
    """What those who moved the part were asked, and answered."""
    return [_inquiry(facts, one) for one in facts.inquiries]


def _inquiry(facts: CardFacts, one: InquiryFacts) -> str:
    asked = f"Asked {blocks.escape(one.who)} {moment(facts, one.asked_at)}"
    if one.answered_at is None:
        return f"{asked}: no answer yet"
    return f"{asked}: “{blocks.escape(one.answer)}” ({moment(facts, one.answered_at)})"


def _offset(offset: Offset) -> str:
    other = offset.other
    over_or_short = "over" if other.amount > 0 else "short"
    there = f"{wording.quantity(abs(other.amount))} {over_or_short} in {blocks.escape(other.location)}"
    if offset.likeness is Likeness.MISPLACED:
        return f"*{there}*: looks misplaced."
    if offset.likeness is Likeness.PARTLY:
        return f"{there}: perhaps a part is misplaced."
    amount = wording.quantity(abs(other.amount))
    there = f"{amount} of {blocks.escape(other.sku)} {over_or_short} in {blocks.escape(other.location)}"
    return f"{there}: taken for each other?"


def _parts(facts: CardFacts, attempt: AttemptFacts) -> str:
    named = _named(facts, attempt.parts)
    if attempt.closing is Closing.LEFT_OPEN:
        return f"*Nobody said that this is all.* Parts left open at the due time: {named}"
    if attempt.closing is Closing.DONE:
        return f"Added up: {named}; done said {blocks.escape(attempt.who)}"
    return f"Parts before {blocks.escape(attempt.who)} wrote the whole number: {named}"


def _named(facts: CardFacts, parts: Sequence[PartFacts]) -> str:
    shown = [
        f"{wording.quantity(part.quantity)} ({blocks.escape(part.who)} {moment(facts, part.at)})"
        for part in parts[-_MOST_NAMED:]
    ]
    more = len(parts) - len(shown)
    return " + ".join([*([f"{more} earlier"] if more else []), *shown])
