"""Four eyes: what was decided first, on the card and its buttons, and the call for a second in the card's thread."""

from slackblocks import Element

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.review_lines import moment
from models.counts import DecisionKind
from models.rules import wording
from models.services.cards import CardFacts
from models.services.seconds import FirstFacts, SecondFacts

_DID = {
    DecisionKind.APPROVE: "Approved",
    DecisionKind.ADJUST: "Adjusted",
    DecisionKind.TRANSFER: "Made a transfer",
    DecisionKind.REVERSE: "Taken back",
}


def first_lines(facts: CardFacts) -> list[str]:
    """Who decided what first, and who may confirm it; or that it came to nothing. And that it takes two at all."""
    first = facts.first
    if first is None:
        return _takes_two(facts)
    for_whom = f" for {blocks.escape(first.for_whom)}" if first.for_whom else ""
    by = f"{blocks.escape(first.who)}{for_whom}, {moment(facts, first.at)}"
    did = _DID.get(first.kind, str(first.kind).capitalize())
    if first.withdrawn:
        return [f"{did} first by {by}, and withdrawn since. Nothing was posted.", *_takes_two(facts)]
    if not first.stands:
        return [f"{did} first by {by}: void, the facts or the decision have changed since. Nothing was posted."]
    parts = [f"*{did} first* by {by}", wording.signed(first.posted), blocks.escape(first.reason or "")]
    if first.note:
        parts.append(f"“{blocks.escape(first.note)}”")
    able = wording.any_of([blocks.escape(name) for name in first.able])
    waits = (
        f"Nothing is posted before a second confirms it: {able}."
        if able
        else ("Nobody else may confirm it. Ask stock control to name an approver.")
    )
    return [" · ".join(part for part in parts if part), waits]


def first_buttons(facts: CardFacts) -> list[Element]:
    """*Confirm -12*, and the way back for who decided it."""
    first = facts.first
    if first is None or not first.stands:
        return []
    value = ids.line_value(facts.line_id, facts.version)
    return [
        blocks.button(_confirm_label(first), ids.CONFIRM, value, primary=True),
        blocks.button(f"Withdraw {first.who}'s", ids.WITHDRAW, value),
    ]


def is_approved_first(facts: CardFacts) -> bool:
    """Whether *Approve* would say once more what waits for a second already."""
    return facts.first is not None and facts.first.stands and facts.first.kind is DecisionKind.APPROVE


def call_for_a_second(facts: SecondFacts) -> Rendered:
    """Who is asked to confirm what; or that the call is over."""
    what = f"{blocks.escape(facts.sku)} in {blocks.escape(facts.location)}"
    first = blocks.escape(facts.first)
    if not facts.is_current:
        text = f"{what} waited for a second to confirm it; this call is over."
    elif facts.asked:
        people = wording.any_of([blocks.mention(slack_id) for slack_id in facts.asked])
        text = f"{people}, please confirm {what}, or decide otherwise: {first} has decided it first, and it takes two."
    else:
        text = (
            f"Nobody may confirm {what}, which {first} has decided first, and it takes two. Ask stock control to name "
            "an approver who has not counted it."
        )
    return blocks.rendered(text, [blocks.section(text, "second")])


def _confirm_label(first: FirstFacts) -> str:
    return f"Confirm {wording.signed(first.posted)}"


def _takes_two(facts: CardFacts) -> list[str]:
    if facts.takes_two_above is None:
        return []
    more = wording.money(facts.takes_two_above, facts.currency)
    if facts.proposed_value is None:
        return [f"It takes two people: its value is unknown, so it may be more than {more}."]
    return [f"It takes two people: worth more than {more}."]
