"""One item as an answer to one person."""

from slackblocks import Block

from bot.views import blocks
from bot.views.blocks import Rendered, When
from bot.views.history import row_line
from models.rules import wording
from models.services.item_card import BinStock, ItemCard, Movement


def item_message(card: ItemCard) -> Rendered:
    """On-hand by bin, the last counts and the last movements; nothing of it for who may still have to count it."""
    if card.is_hidden:
        return being_counted(card.name, card.sku)
    name = f"*{blocks.item(card.name, card.sku)}*"
    unit = blocks.escape(card.unit)
    head = f"{name} · {wording.quantity(card.total)} {unit} on hand"
    built: list[Block] = [blocks.section(head, "item.head")]
    places = [_bin(one, card) for one in card.bins]
    if card.more_bins:
        places.append(f"… {card.more_bins} more bins")
    built += blocks.sections(places or ["In no bin yet."], "item.bins")
    if card.allowed:
        own = "a plan's own limits come before the company's"
        built.append(blocks.context(f"Allowed: {blocks.escape(card.allowed)}; {own}", "item.allowed"))
    if card.counts:
        built += blocks.sections(
            ["*Last counts*", *(row_line(row, card.zone, card.currency, with_sku=False) for row in card.counts)],
            "item.counts",
        )
    if card.movements:
        built += blocks.sections(["*Last movements*", *(_move(one, card) for one in card.movements)], "item.moves")
    return blocks.rendered(head, built)


def being_counted(name: str, sku: str) -> Rendered:
    """What somebody reads of an item that they may still have to count."""
    text = f"*{blocks.item(name, sku)}* is being counted, so you see its numbers when that is done."
    return blocks.rendered(text, [blocks.section(text, "item.head")])


def _bin(stock: BinStock, card: ItemCard) -> str:
    counted = "never counted"
    if stock.last_counted_at is not None:
        counted = f"counted {blocks.date(stock.last_counted_at, When.DAY, card.zone)}"
    return (
        f"*{blocks.escape(stock.location)}*  {wording.quantity(stock.on_hand)} {blocks.escape(card.unit)} · {counted}"
    )


def _move(move: Movement, card: ItemCard) -> str:
    kind = str(move.kind).lower().replace("_", " ")
    reference = f" · {blocks.escape(move.reference)}" if move.reference else ""
    when = blocks.date(move.occurred_at, When.DAY, card.zone)
    return f"{when}  {wording.signed(move.quantity)} {kind} · {blocks.escape(move.location)}{reference}"
