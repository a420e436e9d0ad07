"""`export history`, `export adjustments` and so on: CSV for other systems, XLSX for people."""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.cli.databases import company_zone, instant, now, opened
from bot.whole_files import whole_file
from models.errors import BadInput
from models.rules.periods import parse_period
from models.services import exports
from models.services.export_filters import Filters, read_filters
from models.services.export_tables import Table
from models.services.export_xlsx import About, about, write_xlsx
from models.settings import Settings
from scheduler import forecasting

_LIKE_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?")
FORMATS = ("csv", "xlsx")
_FILTERS = ("since", "until", "sku", "bin", "team", "plan", "person", "only")


def export(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write the file, all of it or nothing, and say how many rows it has and whose clocks its times follow."""
    form, at = form_of(parsed.out, parsed.format), now()
    with opened(settings) as database:
        zone = company_zone(database)
        if parsed.what == "reorder":
            while forecasting.go(database, at, before=at):
                pass
        # One state of everything: rows that arrive meanwhile are in the next export.
        with database.snapshot() as session:
            filters = _filters(session, parsed, zone)
            wanted = replace(filters.wanted, at=at)
            table = exports.table(session, parsed.what, since=filters.since, wanted=wanted)
            rows = write(session, table, parsed.out, form, about(session, parsed.what, filters.said, at))
    sys.stderr.write(f"{parsed.out or parsed.what}: {rows:,} rows, times in {zone.key}\n")
    return 0


def write(session: Session, table: Table, out: Path | None, form: str, told: About) -> int:
    """Write the rows to a file, all of them or nothing, or to standard output; returns how many there are."""
    if form == "xlsx" and out is not None:
        with whole_file(out) as path:
            return write_xlsx(path, table, told)
    with written(out) as stream:
        return exports.write_csv(session, stream, table.names, table.rows)


@contextmanager
def written(path: Path | None) -> Iterator[TextIO]:
    """A stream to standard output, or to a file that appears under its name only when it is complete."""
    if path is None:
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]  # standard output is a TextIOWrapper
        yield sys.stdout
        return
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream


def form_of(out: Path | None, asked: str | None) -> str:
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
    since, until = (
        said_time(said[name], zone, now(), option=name) if name in said else None for name in ("since", "until")
    )
    return read_filters(session, parsed.what, said, since=since, until=until)


def said_time(text: str, zone: ZoneInfo, at: datetime, *, option: str) -> datetime:
    """From when on, or until when, as `/count history` takes it (“monday”, “last quarter”), or a time of day.

    A day that rows are wanted until is one of those that they are wanted of.

    Raises:
        BadInput: naming the option.
    """
    if _LIKE_ISO.fullmatch(text):
        found = instant(text, zone, option=f"--{option}")
        is_last_day = option == "until" and len(text) == len("2026-11-22")
        return _day_after(found, zone) if is_last_day else found
    try:
        period = parse_period(f"{option} {text}", at.astimezone(zone).date())
    except BadInput as error:
        raise BadInput(f"--{option}: {error}") from error
    since, until = period.instants(zone) if period is not None else (None, None)
    wanted = since if option == "since" else until
    if wanted is None:
        like = "2026-11-22, 2026-11-22T14:05 or last quarter"
        raise BadInput(f"--{option}: “{text}” is not a time; write it like {like}.")
    return wanted


def _day_after(found: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the next day in the zone; of the last day there is, that day itself."""
    day = found.astimezone(zone).date()
    return found if day == date.max else datetime.combine(day + timedelta(days=1), time.min, zone)
