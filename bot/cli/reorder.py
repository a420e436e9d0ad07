"""`reorder`: what to order now and next, what there is too much of; in the terminal or as a file for every item."""

import argparse
import sys
from collections.abc import Iterator

from bot import reorder_text
from bot.cli.databases import now, opened, say
from bot.cli.exports import form_of, write
from bot.cli.next_steps import next_step
from models.database import Database
from models.services import lookup, reorder_reports
from models.services.export_tables import Table, columns_of
from models.services.export_xlsx import about
from models.services.reorder_export import ReorderCells, reorder_cells
from models.services.reorder_reports import ReorderReport
from models.settings import Settings
from scheduler import forecasting

MOST_LISTED = 50


def reorder(parsed: argparse.Namespace, settings: Settings) -> int:
    """Forecast every item anew; then list the first of each advice, or write every item to a file."""
    at = now()
    with opened(settings) as database:
        while forecasting.go(database, at, before=at):
            pass
        with database.read() as session:
            team = None if parsed.team is None else [lookup.find_team(session, parsed.team).id or 0]
            which = reorder_reports.items_of(session, team, parsed.abc_class and parsed.abc_class.upper())
            if parsed.out is not None:
                table = Table(columns_of(ReorderCells), reorder_cells(session, at, which))
                rows = write(session, table, parsed.out, form_of(parsed.out, None), about(session, "reorder", (), at))
                sys.stderr.write(f"{parsed.out}: {rows:,} items\n")
                return 0
            found = reorder_reports.report(session, at, which, most=MOST_LISTED)
        say(*_lines(found), *(_nothing_there(database) if not found.missing.items else ()))
    return 0


def _nothing_there(database: Database) -> Iterator[str]:
    yield "There are no such items."
    yield next_step(database)


def _lines(found: ReorderReport) -> Iterator[str]:
    if not found.missing.items:
        return
    yield reorder_text.head(found)
    for advice, title in reorder_text.TITLES.items():
        rows = found.first[advice]
        if rows:
            yield title
        for row in rows:
            name = "" if row.stock.name == row.stock.sku else f" {row.stock.name}"
            yield f"  {row.stock.sku}{name}: {reorder_text.advice_text(row, found.frame)}"
        more = found.counts[advice] - len(rows)
        if more:
            yield f"  … {more:,} more"
    yield reorder_text.terms_text(found.frame)
    yield from reorder_text.notes(found)
    yield "Every item, with its figures: python -m bot reorder --out reorder.csv"
