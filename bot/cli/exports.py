"""`export history`, `export adjustments`, `export audit`: CSV for other systems, XLSX for people."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.cli.databases import company_zone, instant, now, opened
from bot.whole_files import whole_file
from models.errors import BadInput
from models.services import exports
from models.services.export_filters import Filters, read_filters
from models.services.export_xlsx import about, write_xlsx
from models.settings import Settings

FORMATS = ("csv", "xlsx")
_FILTERS = ("since", "until", "sku", "bin", "team", "plan", "person", "only")


def export(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write the file, all of it or nothing, and say how many rows it has and whose clocks its times follow."""
    form = _form(parsed.out, parsed.format)
    with opened(settings) as database:
        zone = company_zone(database)
        # One state of everything: rows that arrive meanwhile are in the next export.
        with database.snapshot() as session:
            filters = _filters(session, parsed, zone)
            table = exports.table(session, parsed.what, since=filters.since, wanted=filters.wanted)
            if form == "xlsx":
                with whole_file(parsed.out) as path:
                    rows = write_xlsx(path, table, about(session, parsed.what, filters.said, now()))
            else:
                with written(parsed.out) as stream:
                    rows = exports.write_csv(
                        session, stream, tuple(column.name for column in table.columns), table.rows
                    )
    sys.stderr.write(f"{parsed.out or parsed.what}: {rows:,} rows, times in {zone.key}\n")
    return 0


@contextmanager
def written(path: Path | None) -> Iterator[TextIO]:
    """A stream to standard output, or to a file that appears under its name only when it is complete."""
    if path is None:
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]  # standard output is a TextIOWrapper
        yield sys.stdout
        return
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream


def _form(out: Path | None, asked: str | None) -> str:
    """Csv or xlsx: as asked for, else as the name of the file says."""
    if out is None:
        if asked == "xlsx":
            raise BadInput("An XLSX file needs a name: --out FILE.xlsx")
        return "csv"
    ending = out.suffix.casefold().removeprefix(".")
    if ending not in FORMATS:
        return asked or "csv"
    if asked not in (None, ending):
        raise BadInput(f"{out}: that name is for {ending.upper()}; call it {out.with_suffix(f'.{asked}')}.")
    return ending


def _filters(session: Session, parsed: argparse.Namespace, zone: ZoneInfo) -> Filters:
    said = {name: value for name in _FILTERS if (value := getattr(parsed, name)) is not None}
    return read_filters(
        session,
        parsed.what,
        said,
        since=instant(parsed.since, zone, option="--since") if parsed.since else None,
        until=_end(parsed.until, zone) if parsed.until else None,
    )


def _end(text: str, zone: ZoneInfo) -> datetime:
    """The moment before which rows are wanted: the end of a day, or the time that was written."""
    found = instant(text, zone, option="--until")
    is_day = len(text) == len("2026-01-31")
    return instant(f"{found.astimezone(zone).date() + timedelta(days=1)}", zone, option="--until") if is_day else found
