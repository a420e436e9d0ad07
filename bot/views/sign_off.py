"""*Save & reconcile*: the preview that is signed, and what is told of it in the thread."""

from collections.abc import Sequence
from itertools import groupby

from slackblocks import Block, PlainTextInput

from bot import ids
from bot.views import blocks, summary
from bot.views.blocks import JsonObject, Rendered, When
from models.rules import sealing, wording
from models.rules.receipts import Change
from models.services.receipts import ReceiptFacts
from models.services.sign_off_news import ChangeFacts
from models.services.sign_offs import LONGEST_NOTE, Preview

NOTE = "note"
SHOWN = 20
SHOWN_CHANGES = 10


def sign_off_modal(preview: Preview) -> JsonObject:
    """What would be signed; of a session with open lines, each of them and what has to happen to it first."""
    if preview.result is None:
        return _not_yet(preview)
    facts = preview.facts
    texts = summary.result_lines(facts, preview.result)
    if people := summary.by_person(facts):
        texts.append(f"Counted by {people}")
    texts += _decided_by(preview.deciders)
    texts.append("Unresolved: none")
    if preview.before is not None:
        when = blocks.date(preview.before.at, When.DAY_TIME, facts.zone)
        texts.append(f"Changed since {blocks.escape(preview.before.who)} signed it off, {when}. This one names what.")
    return blocks.modal(
        title=summary.SIGN_OFF,
        blocks=[
            *blocks.sections(texts, "totals"),
            blocks.context("After that, only a decision that is taken back or a late movement changes it.", "after"),
            blocks.field(
                "Note",
                PlainTextInput(action_id=NOTE, multiline=True, max_length=LONGEST_NOTE),
                NOTE,
                optional=True,
            ),
        ],
        callback_id=ids.SIGN_OFF_MODAL,
        private_metadata=ids.sign_off_value(ids.SignOffRef(preview.session_id, preview.number, preview.seen)),
        submit=summary.SIGN_OFF,
    )


def receipt(facts: ReceiptFacts) -> Rendered:
    """The message of a sign-off in the thread: the totals, the people, what is unresolved, and the sealed head."""
    signed, zone = facts.signed, facts.zone
    when = blocks.date(signed.signed_at, When.DAY_TIME, zone)
    again = "" if signed.number == 1 else " again"
    head = f"*{blocks.escape(facts.name)}* was signed off{again} by {blocks.escape(facts.who)}, {when}."
    texts = [head, f"{_count(signed.lines, 'line')}: {_parts(facts)}"]
    if signed.counted > signed.unknown_cost:
        net, gross = (wording.money(value, facts.currency) for value in (signed.net_value, signed.gross_value))
        texts.append(f"Posted net {net} · gross {gross}")
    if signed.unknown_cost:
        texts.append(f"{signed.unknown_cost} without a unit cost, not in the values")
    if facts.counters:
        texts.append(f"Counted by {_people(facts.counters)}")
    texts += _decided_by(facts.deciders)
    texts.append(f"Unresolved: none{_skipped(facts.skipped)}")
    if signed.note:
        texts.append(f"Note: {blocks.escape(signed.note)}")
    if facts.before is not None:
        texts += _since(facts)
    built = [*blocks.sections(texts, "receipt"), blocks.context(_proof(facts), "receipt.seal")]
    return blocks.rendered(head.replace("*", ""), built)


def file_comment(facts: ReceiptFacts) -> str:
    """What stands beside the file."""
    return f"Every line of {blocks.escape(facts.name)}, as {blocks.escape(facts.who)} signed it."


def changed(facts: ChangeFacts) -> Rendered:
    """That a session changed after it was signed off; which bins, and never a number."""
    name, when = blocks.escape(facts.name), blocks.date(facts.signed.at, When.DAY_TIME, facts.zone)
    text = f"*{name}* has changed since {blocks.escape(facts.signed.who)} signed it off, {when}."
    if facts.open_places:
        places = blocks.escape(wording.all_of(list(facts.open_places[:SHOWN])))
        text += f" Open again: {places}. Once that is decided, it can be signed off again."
    elif not facts.signed.stands:
        text += " It is closed again and can be signed off again."
    return blocks.rendered(text.replace("*", ""), [blocks.section(text, "changed")])


def _not_yet(preview: Preview) -> JsonObject:
    left = preview.unresolved
    head = f"*{blocks.escape(preview.facts.name)}* cannot be signed off yet. {_count(len(left), 'line')} first:"
    lines = [
        f"{blocks.escape(one.location)}  {blocks.item(one.name, one.sku)}: {blocks.escape(one.what)}"
        for one in left[:SHOWN]
    ]
    if len(left) > SHOWN:
        lines.append(f"… {len(left) - SHOWN} more")
    built: list[Block] = blocks.sections([head, *lines], "unresolved")
    return blocks.modal(title=summary.SIGN_OFF, blocks=built, callback_id=ids.SIGN_OFF_MODAL, close="Close")


def _parts(facts: ReceiptFacts) -> str:
    signed = facts.signed
    parts = [f"{signed.counted} counted"]
    if signed.blind_counts:
        parts.append(f"{signed.right_at_first} of {signed.blind_counts} right at the first count")
    if signed.rejected:
        parts.append(f"{signed.rejected} rejected")
    if signed.skipped:
        parts.append(f"{signed.skipped} skipped")
    return " · ".join(parts)


def _since(facts: ReceiptFacts) -> list[str]:
    who, at = facts.before or ("", facts.signed.signed_at)
    when = blocks.date(at, When.DAY_TIME, facts.zone)
    lines = [_changed_line(place, list(cells)) for place, cells in groupby(facts.changed, lambda one: one.place)]
    shown = lines[:SHOWN_CHANGES]
    if len(lines) > SHOWN_CHANGES:
        shown.append(f"… {len(lines) - SHOWN_CHANGES} more")
    before = f"It follows sign-off {facts.signed.number - 1}, by {blocks.escape(who)}, {when}."
    return [f"{before} Changed since:" if shown else f"{before} No line says anything else.", *shown]


def _changed_line(place: str, cells: Sequence[Change]) -> str:
    """All that is another now of one line: “• BOLT-10 in A-01-03: accepted 90 → 95, posted -10 → -5”."""
    shown = [f"{one.column.replace('_', ' ')} {one.was or 'empty'} → {one.now or 'empty'}" for one in cells]
    return f"• {blocks.escape(place)}: {blocks.escape(', '.join(shown))}"


def _proof(facts: ReceiptFacts) -> str:
    file = f"File {facts.signed.file_name}, SHA-256 {facts.signed.sha256}"
    if facts.head is None:
        return f"Nothing is sealed yet. {file}"
    head = sealing.shown(facts.head.digits)
    return f"Sealed up to {head}{'' if facts.is_sealed else ', which is from before this sign-off'}. {file}"


def _skipped(bins: Sequence[str]) -> str:
    if not bins:
        return ""
    shown = ", ".join(map(blocks.escape, bins[:SHOWN]))
    return f" · not counted: {shown}{f', … {len(bins) - SHOWN} more' if len(bins) > SHOWN else ''}"


def _decided_by(deciders: Sequence[tuple[str, int]]) -> list[str]:
    return [f"Decided by {_people(deciders)}"] if deciders else []


def _people(counted: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{blocks.escape(name)} {number}" for name, number in counted)


def _count(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number} {word}s"
