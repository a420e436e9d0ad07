"""One item as an answer to one person."""

from collections.abc import Iterator

from slackblocks import Block

from bot import reorder_text
from bot.views import blocks
from bot.views.blocks import Rendered, When
from bot.views.history import row_blocks
from models.rules import wording
from models.services.item_card import BinStock, ItemCard, Movement
from models.services.reorder import ReorderRow
from models.services.reorder_reports import Frame, Missing


def item_message(card: ItemCard) -> Rendered:
    """On-hand by bin, the last counts and the last movements; nothing of it for who may still have to count it."""
    if card.is_hidden:
        return being_counted(card.name, card.sku)
    name = f"*{blocks.item(card.name, card.sku)}*"
    unit = blocks.escape(card.unit)
    head = f"{name} · {wording.quantity(card.total)} {unit} on hand"
    built: list[Block] = [blocks.section(head, "item.head")]
    if card.reorder is not None:
        built += blocks.sections(list(_reorder(*card.reorder)), "item.reorder")
    places = [_bin(one, card) for one in card.bins]
    if card.more_bins:
        places.append(f"… {card.more_bins} more bins")
    built += blocks.sections(places or ["In no bin yet."], "item.bins")
    if card.allowed:
        own = "a plan's own limits come before the company's"
        built.append(blocks.context(f"Allowed: {blocks.escape(card.allowed)}; {own}", "item.allowed"))
    if card.counts:
        built += row_blocks(card.counts, card.zone, card.currency, "item.counts", with_sku=False, title="*Last counts*")
    if card.movements:
        built += blocks.sections(["*Last movements*", *(_move(one, card) for one in card.movements)], "item.moves")
    return blocks.rendered(head, built)


def being_counted(name: str, sku: str) -> Rendered:
    """What somebody reads of an item that they may still have to count."""
    text = f"*{blocks.item(name, sku)}* is being counted, so you see its numbers when that is done."
    return blocks.rendered(text, [blocks.section(text, "item.head")])


def _reorder(row: ReorderRow, frame: Frame) -> Iterator[str]:
    """What to order and how long it lasts, in a line; below it what nobody has said."""
    missing = Missing()
    missing.note(row)
    advice = reorder_text.advice_text(row, frame)
    said = " · ".join(filter(None, (f"{advice[:1].upper()}{advice[1:]}", reorder_text.cover_text(row))))
    for line in (said, *reorder_text.missing_lines(missing, frame)):
        yield blocks.escape(line)


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
    taken_back = " taken back" if move.takes_back else ""
    mover = f" · {blocks.escape(move.moved_by)}" if move.moved_by else ""
    dated = f" · dated {wording.day_of(move.posting_date, move.occurred_at.year)}" if move.posting_date else ""
    where = blocks.escape(move.location)
    return f"{when}  {wording.signed(move.quantity)} {kind}{taken_back} · {where}{reference}{mover}{dated}"
