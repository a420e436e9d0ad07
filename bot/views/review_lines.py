"""The sentences of a review card, each about one thing."""

from datetime import datetime
from decimal import Decimal

from bot.views import blocks
from bot.views.blocks import When
from models.counts import DecisionKind, ReviewCause
from models.rules import wording
from models.services.card_attempts import AttemptFacts, AttemptKind
from models.services.card_parts import LastCount, MovementFacts, Movements
from models.services.cards import CardFacts, DecisionFacts
from models.stock import EntryKind

_MOVED = {
    EntryKind.OPENING: "opening",
    EntryKind.RECEIPT: "received",
    EntryKind.ISSUE: "issued",
    EntryKind.TRANSFER_IN: "moved in",
    EntryKind.TRANSFER_OUT: "moved out",
    EntryKind.ADJUSTMENT: "adjusted",
    EntryKind.IMPORT: "imported",
}
_REFERENCE_LENGTH = 40
SHOWN_BINS = 5


def place(facts: CardFacts, *, bold: bool = True) -> str:
    """The item and its bin: “BOLT-10 Bolt M10x40 in A-01-03”."""
    mark = "*" if bold else ""
    name = blocks.escape(blocks.cut(facts.name, blocks.NAME_LENGTH))
    return f"{mark}{blocks.escape(facts.sku)}{mark} {name} in {mark}{blocks.escape(facts.location)}{mark}"


def headline(facts: CardFacts, *, bold: bool = True) -> str:
    """What is wrong and what it is worth: “...: 12 pcs short, -4.20 EUR (-10 %)”."""
    if facts.variance == 0:
        return f"{place(facts, bold=bold)}: no variance"
    mark = "*" if bold else ""
    amount = f"{wording.quantity(abs(facts.variance))} {blocks.escape(facts.unit)}"
    value = "value unknown, no unit cost" if facts.value is None else wording.money(facts.value, facts.currency)
    percent = "" if facts.percent is None else f" ({'+' if facts.percent > 0 else ''}{wording.percent(facts.percent)})"
    over_or_short = "over" if facts.variance > 0 else "short"
    return f"{place(facts, bold=bold)}: {mark}{amount} {over_or_short}{mark}, {value}{percent}"


def counts(facts: CardFacts) -> str:
    """On-hand at the count and every number that counts; one on-hand for all when it did not change in between."""
    counted = [attempt for attempt in facts.attempts if attempt.kind is AttemptKind.COUNTS]
    if len({attempt.expected for attempt in counted}) == 1:
        numbers = ", ".join(f"{wording.quantity(a.quantity)} ({_who_when(facts, a)})" for a in counted)
        line = f"On-hand {wording.quantity(facts.last.expected)} when counted → {numbers}"
    else:
        numbers = ", ".join(
            f"{wording.quantity(a.expected)} → {wording.quantity(a.quantity)} ({_who_when(facts, a)})" for a in counted
        )
        line = f"On-hand when counted → counted: {numbers}"
    if facts.first_count_visible:
        line += " · first count visible in thread"
    if any(attempt.by_asker for attempt in counted):
        again = "" if counted[0].by_asker else " again"
        line += f" · counted{again} by who asked for it"
    return line


def since(facts: CardFacts) -> list[str]:
    """What moved after the count, and what on-hand becomes; nothing to say when nothing moved."""
    if not facts.since.shown:
        return []
    line = f"Since then: {moves(facts, facts.since)}."
    if facts.is_open and facts.correction is None:
        becomes = wording.quantity(facts.on_hand + facts.proposed)
        line += f" Approved, on-hand becomes {becomes}."
    return [line]


def why(facts: CardFacts) -> list[str]:
    """Why it waits for an approver, where that is not the variance alone; and what stands in the way."""
    lines: list[str] = [_found(facts)] if facts.found else []
    last = facts.last
    if last.expected != last.expected_first or facts.cause is ReviewCause.LATE_MOVEMENT:
        late = f": {moves(facts, facts.late, recorded=True)}" if facts.late.shown else ""
        lines.append(f"Movement recorded later{late}.")
    if last.expected != last.expected_first:
        lines[-1] += f" Before that, on-hand when counted was {wording.quantity(last.expected_first)}."
    if facts.is_open:
        if facts.posted_before is not None:
            lines.append(_compensation(facts, facts.posted_before))
        if facts.dated and facts.correction is None:
            lines.append(f"Approved, it is {facts.dated}.")
        if facts.cause is ReviewCause.NO_OTHER_COUNTER:
            lines.append("Not recounted: there is no other counter to ask.")
        elif facts.cause is ReviewCause.NO_RECOUNT_MADE:
            lines.append("A recount was asked for, and none was made.")
        if facts.correction is not None:
            correction = _move(facts, facts.correction)
            ask = "ask for a recount" if facts.can_recount else "reject it, so that it is counted anew"
            lines.append(f"The record was corrected since this count ({correction}): {ask}.")
    return lines


def _found(facts: CardFacts) -> str:
    found = "*Found here*, not on the sheet."
    if not facts.is_open:  # other bins are looked up as long as it waits
        return found
    return f"{found} The record has such items in {wording.all_of(_bins(facts)) or 'no other bin'}."


def _bins(facts: CardFacts) -> list[str]:
    """Other bins with their on-hand: “A-01-04 (40)”; one that is being counted blind without."""
    shown = [
        blocks.escape(other.code)
        + (" (being counted)" if other.on_hand is None else f" ({wording.quantity(other.on_hand)})")
        for other in facts.elsewhere[:SHOWN_BINS]
    ]
    more = len(facts.elsewhere) - len(shown)
    return [*shown, *([f"{more} more"] if more else [])]


def _earlier(facts: CardFacts, count: LastCount) -> str:
    found = "matched" if count.variance == 0 else wording.signed(count.variance)
    return f"{_day(facts, count.counted_at)}: {found}{', rejected' if count.rejected else ''}"


def _compensation(facts: CardFacts, posted: Decimal) -> str:
    settled = f"Settled before with {wording.signed(posted)} posted"
    if facts.proposed == 0:
        return f"{settled}, which still is right."
    worth = "" if facts.proposed_value is None else f" ({wording.money(facts.proposed_value, facts.currency)})"
    return f"{settled}: {wording.signed(facts.proposed)}{worth} makes it right."


def background(facts: CardFacts) -> list[str]:
    """What helps to judge: the last count, earlier moves, other numbers, the tolerance, and who may decide."""
    parts: list[str] = []
    if facts.last_counts:
        counted = " · ".join(_earlier(facts, count) for count in facts.last_counts)
        parts.append(f"Last {'count' if len(facts.last_counts) == 1 else 'counts'} {counted}.")
    if facts.before.shown:
        earlier = " · ".join(_short(facts, move) for move in facts.before.shown)
        parts.append(f"Last moves: {earlier}")
    lines = [" ".join(parts)] if parts else ["First count of this stock."]
    if facts.elsewhere and not facts.found:
        lines.append(f"Also in {wording.all_of(_bins(facts))}")
    if facts.chosen_because:
        lines.append(f"Counted because: {blocks.escape(facts.chosen_because)}")
    if not facts.blind:
        lines.append("Not a blind count: the counters saw the record.")
    others = [
        f"{wording.quantity(a.quantity)} ({_who_when(facts, a)}, {a.kind})"
        for a in facts.attempts
        if a.kind is not AttemptKind.COUNTS
    ]
    if others:
        lines.append(f"Also entered: {', '.join(others)}")
    if facts.last.quantity != facts.last.expected:
        lines.append(f"Allowed: {blocks.escape(facts.last.limit_applied)}")
    if facts.is_open:
        lines.append(_who_decides(facts))
    return lines


def decisions(facts: CardFacts) -> list[str]:
    """What was decided, oldest first, one line each."""
    return [_decided(facts, decision) for decision in facts.decisions]


def sent_back(facts: CardFacts) -> list[str]:
    """The decisions of a card that shows no numbers: only who sent it back, and when."""
    return [_decided(facts, decision) for decision in facts.decisions if decision.kind is DecisionKind.RECOUNT]


def _decided(facts: CardFacts, decision: DecisionFacts) -> str:
    by = f"by {_deciders(decision)}, " if decision.who else ""
    when = moment(facts, decision.at)
    if decision.kind is DecisionKind.RECOUNT:
        return f"Recount asked {by}{when}"
    if decision.veiled:
        return f"Decided {by}{when} · told again once what is being counted is counted"
    did = {
        DecisionKind.APPROVE: "Approved",
        DecisionKind.ADJUST: "Adjusted",
        DecisionKind.REJECT: "Rejected",
        DecisionKind.REVERSE: "Taken back",
        DecisionKind.TRANSFER: f"Transferred {blocks.escape(decision.note)}",
        DecisionKind.WITHIN_TOLERANCE: "Within tolerance,",
    }[decision.kind]
    parts = [f"*{did}* {by}{when}"]
    if decision.kind is DecisionKind.WITHIN_TOLERANCE:
        parts.append(blocks.escape(decision.note))
    elif decision.kind is not DecisionKind.REVERSE:
        parts.append(blocks.escape(decision.reason or ""))
    if decision.kind is DecisionKind.REJECT:
        parts.append("nothing posted, to be counted anew")
    else:
        posted = f"{wording.signed(decision.posted)} posted" if decision.posted else "nothing to post"
        parts += [f"{posted}, on-hand {wording.quantity(decision.on_hand)}", decision.dated]
    if decision.note and decision.kind not in (DecisionKind.WITHIN_TOLERANCE, DecisionKind.TRANSFER):
        parts.append(f"“{blocks.escape(decision.note)}”")
    return " · ".join(part for part in parts if part)


def _deciders(decision: DecisionFacts) -> str:
    """Who decided, in whose name, and who was the second: “Zoe for Ben, confirmed by Eva”."""
    text = _named(decision.who, decision.for_whom)
    return f"{text}, confirmed by {_named(decision.second, decision.second_for)}" if decision.second else text


def _named(who: str | None, for_whom: str | None) -> str:
    return f"{blocks.escape(who or '')} for {blocks.escape(for_whom)}" if for_whom else blocks.escape(who or "")


def _who_decides(facts: CardFacts) -> str:
    who = wording.any_of([blocks.escape(name) for name in facts.deciders.names])
    team = blocks.escape(facts.team)
    if not who:
        return "Nobody may decide this: whoever could has counted it, or may not post so much. Ask stock control."
    if facts.deciders.controllers_only:
        return f"For {who} of stock control: no approver of {team} may decide it."
    return f"For {who}"


def _who_when(facts: CardFacts, attempt: AttemptFacts) -> str:
    return f"{blocks.escape(attempt.who)} {moment(facts, attempt.at)}"


def moment(facts: CardFacts, instant: datetime) -> str:
    """The time alone on the day of the count, with its day on any other."""
    same_day = instant.astimezone(facts.zone).date() == facts.last.at.astimezone(facts.zone).date()
    return blocks.date(instant, When.TIME if same_day else When.DAY_TIME, facts.zone)


def moves(facts: CardFacts, movements: Movements, *, recorded: bool = False) -> str:
    """Movements in the order they happened: “+20 received 10:05 (PO-881), -3 issued 10:20”."""
    texts = [_move(facts, move, recorded=recorded) for move in reversed(movements.shown)]
    return f"{movements.more} earlier, {', '.join(texts)}" if movements.more else ", ".join(texts)


def _move(facts: CardFacts, move: MovementFacts, *, recorded: bool = False) -> str:
    text = f"{wording.signed(move.quantity)} {_MOVED[move.kind]} {moment(facts, move.occurred_at)}"
    if recorded:
        text += f", recorded {moment(facts, move.recorded_at)}"
    about = ", ".join(part for part in (_reference(move), _mover(move)) if part)
    return f"{text} ({about})" if about else text


def _short(facts: CardFacts, move: MovementFacts) -> str:
    text = f"{wording.signed(move.quantity)} {_reference(move) or _MOVED[move.kind]} {_day(facts, move.occurred_at)}"
    return f"{text}, {_mover(move)}" if move.moved_by else text


def _day(facts: CardFacts, instant: datetime) -> str:
    """A day that is long past: “20 Nov”. Slack's own form always has the year, which crowds the line."""
    day, counted = instant.astimezone(facts.zone), facts.last.at.astimezone(facts.zone)
    return f"{day.day} {day:%b}" if day.year == counted.year else f"{day.day} {day:%b %Y}"


def _reference(move: MovementFacts) -> str:
    return blocks.escape(blocks.cut(move.reference, _REFERENCE_LENGTH))


def _mover(move: MovementFacts) -> str:
    return blocks.escape(blocks.cut(move.moved_by, _REFERENCE_LENGTH))
