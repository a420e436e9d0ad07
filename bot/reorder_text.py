"""Reorder advice in words: the same in Slack and in the terminal. What is foreign in it (units) is not escaped here."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from models.rules import wording
from models.rules.reorder import Advice, safety_factor
from models.services.reorder import ReorderRow
from models.services.reorder_reports import Frame, Missing, ReorderReport

OLD = timedelta(days=7)
"""What is on order is told to be of some day when it is older than this."""

TITLES = {
    Advice.NOW: "Order now",
    Advice.LATER: "Order later",
    Advice.OVERSTOCK: "Too much",
    Advice.DEAD: "Nobody takes it",
}
_COARSE = 10  # from here on nobody reads a decimal


def head(found: ReorderReport) -> str:
    """How many items there are of each."""
    counts = found.counts
    if not any(counts[advice] for advice in TITLES):
        return "Nothing to order"
    words = {
        Advice.NOW: "to order now",
        Advice.LATER: "to order later",
        Advice.OVERSTOCK: "with too much",
        Advice.DEAD: "nobody takes",
    }
    return ", ".join(f"{counts[advice]:,} {word}" for advice, word in words.items() if counts[advice])


def terms_text(frame: Frame) -> str:
    """The company's terms."""
    terms = frame.terms
    return (
        f"Lead time {_days(terms.lead_time_days)} where the item says none, service level "
        f"{number(terms.service_level * 100)} %, an order lasts {_days(terms.cover_days)}"
    )


def advice_text(row: ReorderRow, frame: Frame) -> str:
    """What to do with an item and why, in one line."""
    advised, unit = row.advised, row.stock.unit
    match advised.advice:
        case Advice.NOW | Advice.LATER:
            by = "now" if advised.advice is Advice.NOW else f"by {day(advised.order_by, frame)}"
            point = number(advised.reorder_point or 0)
            why = f"{exact(advised.available)} available, reorder point {point}"
            text = f"order {order_text(row)} {by}: {why}"
        case Advice.OVERSTOCK:
            lasting = f"{exact(advised.available)} last {ceil(advised.cover_days or 0):,} days"
            text = f"{exact(advised.excess)} {unit} too many{_worth(row, frame)}: {lasting}"
        case Advice.DEAD:
            since = day(frame.day_of(row.forecast.last_at), frame)
            text = f"{exact(advised.excess)} {unit}{_worth(row, frame)}: nothing taken since {since}"
        case Advice.UNKNOWN:
            text = "too little history to say when; a reorder_point in the stock file would do until then"
        case _:
            text = "nothing to order"
    changed = changed_text(row, frame)
    return f"{text} · {changed}" if changed else text


def order_text(row: ReorderRow) -> str:
    """The quantity of an order; as so many order multiples, if that is known."""
    quantity, multiple = row.advised.quantity, float(row.stock.multiple or 0)
    text = f"{exact(quantity)} {row.stock.unit}"
    return f"{text} ({round(quantity / multiple):,} x {exact(multiple)})" if multiple not in {0, 1} else text


def changed_text(row: ReorderRow, frame: Frame) -> str:
    """What counting changed about the day, "" when it did not."""
    now, before = row.advised, row.uncorrected
    if before is None:
        return ""
    earlier = row.days_earlier
    if earlier:
        return f"{_days(abs(earlier))} {'earlier' if earlier > 0 else 'later'} than the uncorrected record said"
    if now.order_by is not None and before.order_by is None:
        return "the uncorrected record said that there is enough"
    if now.order_by is None and before.order_by is not None:
        by = "now" if before.advice is Advice.NOW else f"by {day(before.order_by, frame)}"
        return f"the uncorrected record said to order {by}"
    return ""


def why(row: ReorderRow) -> Iterator[str]:
    """The figures that the advice about one item rests on, a line each."""
    advised, stock, outlook, unit = row.advised, row.stock, row.outlook, row.stock.unit
    parts = [f"{wording.quantity(stock.on_hand)} on hand"]
    if stock.on_order is not None:
        parts.append(f"+ {wording.quantity(stock.on_order)} on order")
    if stock.reserved is not None:
        parts.append(f"- {wording.quantity(stock.reserved)} reserved")
    yield f"{exact(advised.available)} {unit} available: {' '.join(parts)}"
    over = f"{number(outlook.per_day)} a day for {_days(row.terms.lead_time_days)}"
    if outlook.spread is not None:
        spare = safety_factor(row.terms.service_level) * outlook.spread
        level = number(row.terms.service_level * 100)
        computed = outlook.per_day * row.terms.lead_time_days + spare
        yield f"Reorder point {number(computed)}: {over}, and {number(spare)} for a service level of {level} %"
    elif stock.told_point is not None:
        yield f"Reorder point {wording.quantity(stock.told_point)}, as the stock file says; {over}"
    else:
        yield f"{over}, as far as is known"
    choice = row.forecast.choice
    if choice.spread is not None:
        yield f"Forecast: {choice.method}, by {choice.errors} weeks in which it was tried"


def missing_lines(found: Missing, frame: Frame) -> Iterator[str]:
    """What is not there, or old, and what to do about it; nothing when all is there."""
    names = [name for name, number in (("on_order", found.on_order), ("reserved", found.reserved)) if number]
    if names:
        most = max(found.on_order, found.reserved)
        whose = "of this item" if found.items == 1 else f"of {most:,} of {found.items:,} items"
        columns = wording.all_of(names)
        yield f"Not known {whose}: {columns}. Add {'these columns' if len(names) > 1 else 'this column'} to stock.csv."
    if found.oldest is not None and frame.now - found.oldest > OLD:
        said = day(frame.day_of(found.oldest), frame)
        yield f"What is on order was said on {said}: import a newer stock file."
    if found.forecast:
        items = "1 item was" if found.forecast == 1 else f"{found.forecast:,} items were"
        yield f"{items} not forecast yet; the clock does it, or python -m bot reorder."


def notes(found: ReorderReport) -> Iterator[str]:
    """What else is to be known of a report."""
    unknown = found.counts[Advice.UNKNOWN]
    if unknown:
        yield f"Too little history: {unknown:,} item{'s' * (unknown != 1)}."
    if found.missing.items and not found.has_demand:
        yield "Nothing was taken in the last year, as far as the ledger knows. Import issues with --movements."
    yield from missing_lines(found.missing, found.frame)
    if found.hidden:
        yield f"Left out while being counted: {found.hidden:,} item{'s' * (found.hidden != 1)}."


def number(value: float) -> str:
    """A computed figure: with one decimal below 10, without any from there on."""
    return wording.quantity(Decimal(value).quantize(Decimal("0.1") if abs(value) < _COARSE else Decimal(1)))


def exact(value: float) -> str:
    """A figure of stock, which has three decimals at most."""
    return wording.quantity(Decimal(value).quantize(Decimal("0.001")))


def day(found: date | None, frame: Frame) -> str:
    """A day as “4 Dec”; with its year when that is another."""
    if found is None:
        return ""
    return f"{found.day} {found:%b}{'' if found.year == frame.today.year else f' {found.year}'}"


def _worth(row: ReorderRow, frame: Frame) -> str:
    value = row.excess_value
    return "" if value is None else f", {wording.money(value, frame.currency)}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number:,} days"
