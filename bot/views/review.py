"""The review card: what is wrong, by how much, and the buttons; then what helps to judge it.

Once it is decided the same card keeps the facts, loses the buttons and gains a line that says who decided what. While
a recount that an approver asked for is open the card shows no number at all: whoever makes it may read this channel.
"""

from collections.abc import Sequence

from slackblocks import Block, Element

from bot import ids
from bot.ids import LineRef
from bot.views import blocks, review_lines, review_parts, second
from bot.views.blocks import Rendered
from bot.views.causes import cause_menu
from bot.views.photos import photo_lines
from models.parts import Closing
from models.rules import wording
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.rules.offsets import Likeness
from models.services.cards import CardFacts


def review_card(facts: CardFacts) -> Rendered:
    """The card of a line as it stands now: to be decided, sent back for a recount, or decided."""
    if facts.state is LineState.RECOUNT:
        return _asked(facts)
    top = [review_lines.headline(facts), review_lines.counts(facts), *review_parts.added_up(facts)]
    top += [
        *review_parts.slip(facts),
        *review_parts.offsets(facts),
        *review_lines.since(facts),
        *review_lines.why(facts),
    ]
    built: list[Block] = blocks.sections(top, "card.facts")
    built += blocks.sections(photo_lines(facts.photos, facts.zone), "card.photos")
    built.append(blocks.context("\n".join(review_lines.background(facts)), "card.background"))
    built += blocks.sections(review_parts.inquiries(facts), "card.inquiries")
    built += blocks.sections(review_lines.decisions(facts), "card.decisions")
    built += blocks.sections(second.first_lines(facts), "card.first")
    if facts.state is LineState.RECONCILED:
        value = ids.line_value(facts.line_id, facts.version)
        buttons = [*second.first_buttons(facts), blocks.button("Take back…", ids.REVERSE, value)]
        built.append(blocks.actions(buttons, f"card.buttons.{facts.line_id}"))
    if facts.is_open:
        built += _choices(facts)
        fallback = review_lines.headline(facts, bold=False)
    else:
        fallback = ": ".join([review_lines.place(facts, bold=False), *review_lines.decisions(facts)[-1:]])
    return blocks.rendered(fallback, built)


def approve_label(facts: CardFacts) -> str:
    """What *Approve* would do: “Approve -12, Dan's recount”."""
    if facts.proposed == 0:
        return "Approve, nothing to post"
    amount = wording.signed(facts.proposed)
    if facts.posted_before is not None:
        return f"Approve {amount}, compensating"
    last = facts.last
    if last.closing is Closing.LEFT_OPEN:
        return f"Approve {amount}, the open parts"
    return f"Approve {amount}, {last.who}'s {'count' if last.number == 1 else 'recount'}"


def _asked(facts: CardFacts) -> Rendered:
    """A card without numbers, while somebody counts blind."""
    who = f" of {blocks.escape(facts.asked)}" if facts.asked else ""
    lines = [
        f"{review_lines.place(facts)}: recount asked{who}. The numbers come back with the count.",
        *review_lines.sent_back(facts),
    ]
    return blocks.rendered(
        f"{review_lines.place(facts, bold=False)}: recount asked{who}", blocks.sections(lines, "card.facts")
    )


def _transfers(facts: CardFacts) -> list[Element]:
    """The button that makes this variance and its opposite one transfer: for the nearest bin that has it exactly."""
    for offset in facts.offsets:
        if offset.likeness is Likeness.MISPLACED:
            other = offset.other
            to_or_from = "to" if facts.proposed < 0 else "from"
            label = f"Transfer {wording.quantity(abs(facts.proposed))} {to_or_from} {other.location}"
            value = ids.pair_value(LineRef(facts.line_id, facts.version), LineRef(other.line_id, other.version))
            return [blocks.button(label, ids.TRANSFER, value)]
    return []


def _choices(facts: CardFacts) -> Sequence[Block]:
    value = ids.line_value(facts.line_id, facts.version)
    buttons: list[Element] = []
    built: list[Block] = []
    if facts.correction is None:
        menu = cause_menu(ids.CAUSE, facts.causes, initial=Reason.UNKNOWN.value)
        built.append(blocks.actions([menu], f"{ids.CAUSE_BLOCK}.{facts.line_id}"))
        buttons += second.first_buttons(facts)
        if not second.is_approved_first(facts):
            buttons.append(blocks.button(approve_label(facts), ids.APPROVE, value, primary=True))
        buttons += _transfers(facts)
        buttons.append(blocks.button("Adjust…", ids.ADJUST, value))
    if facts.can_recount:
        buttons.append(blocks.button("Recount", ids.RECOUNT, value))
    if facts.askable:
        buttons.append(blocks.button(f"Ask {wording.all_of(facts.askable)}", ids.ASK, value))
    buttons.append(blocks.button("Reject…", ids.REJECT, value, danger=True))
    built.append(blocks.actions(buttons, f"card.buttons.{facts.line_id}"))
    return built
