"""`import stock.csv`, `--movements moves.csv`, `--counts prior.csv`: take over what other systems say."""

import argparse
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cli import prior_counts
from bot.cli.databases import company_zone, instant, now, opened, say
from bot.cli.next_steps import next_step
from models.errors import BadInput
from models.rules import wording
from models.services.imports import StockImport, import_stock
from models.services.movement_files import read_movements
from models.services.movement_imports import import_movements
from models.services.prior_count_files import PriorCountFile, read_prior_counts
from models.services.prior_counts import mark_new_stock, names_of
from models.services.stock_files import read_stock
from models.settings import Settings


def import_files(parsed: argparse.Namespace, settings: Settings) -> int:
    """Import the files that were named, all of them or none, and print what that did."""
    if parsed.file is None and parsed.movements is None and parsed.counts is None:
        raise BadInput("Name a file: python -m bot import stock.csv, or python -m bot import --movements moves.csv")
    with opened(settings) as database:
        at, zone = now(), company_zone(database)
        as_of = instant(parsed.as_of, zone, option="--as-of") if parsed.as_of else None
        # Read before writing: the database is not locked while a large file is parsed.
        mark = parsed.decimal_mark
        stock = read_stock(parsed.file, decimal_mark=mark) if parsed.file else None
        moves = read_movements(parsed.movements, now=at, timezone=zone, decimal_mark=mark) if parsed.movements else None
        counts = _read_counts(parsed, at, zone)
        names = None
        lines, conflicts = list[str](), list[str]()
        with database.write() as session:
            if stock is not None:
                done = import_stock(session, stock, now=at, as_of=as_of, overwrite=parsed.overwrite)
                lines += _said(done)
                conflicts = _conflicts(done, parsed.file.name)
            if moves is not None:
                moved = import_movements(session, moves, now=at, timezone=zone)
                lines.append(f"movements: {moved.posted:,} posted, {moved.known:,} known already")
            mark_new_stock(session)
            if counts is not None:
                names = names_of(session, counts)
        if counts is not None and names is not None:
            lines.append(prior_counts.store(database, counts, names, zone))
        say(*lines, *(conflicts or [next_step(database)]))
    return 0


def _read_counts(parsed: argparse.Namespace, at: datetime, zone: ZoneInfo) -> PriorCountFile | None:
    if parsed.counts is None:
        return None
    progress = prior_counts.shown(parsed.counts, "read")
    return read_prior_counts(parsed.counts, now=at, timezone=zone, decimal_mark=parsed.decimal_mark, progress=progress)


def _said(done: StockImport) -> Iterator[str]:
    yield f"items: {done.items_new:,} new, {done.items_changed:,} changed"
    yield f"bins: {done.bins_new:,} new, {done.bins_changed:,} changed"
    yield f"stock: {done.opened:,} opened, {done.corrected:,} corrected, {done.unchanged:,} unchanged"
    yield from done.unit_changes


def _conflicts(done: StockImport, file_name: str) -> list[str]:
    """What was left alone and what to do about it; empty when nothing was."""
    if not done.conflicts:
        return []
    lines = [
        f"conflicts: {len(done.conflicts):,}, left alone, because a count adjusted that stock since the last import:"
    ]
    for conflict in done.conflicts:
        last = "nothing" if conflict.last_imported is None else wording.quantity(conflict.last_imported)
        lines.append(
            f"  line {conflict.line}: {conflict.sku} in {conflict.location}: the file says "
            f"{wording.quantity(conflict.file)} (last time {last}), the ledger {wording.quantity(conflict.ledger)}"
        )
    return [
        *lines,
        "Next: post the adjustments in the other system (python -m bot export adjustments) and export its stock",
        f"again, or take the file's word (python -m bot import --overwrite {file_name}).",
    ]
