"""`export history`, `export adjustments`, `export audit`: CSV for other systems."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.cli.databases import company_zone, instant, opened
from models.errors import BadInput
from models.services.audit_export import AuditRow, audit_rows
from models.services.exports import AdjustmentRow, HistoryRow, adjustment_rows, history_rows, write_csv
from models.settings import Settings

EVERYTHING = datetime(1970, 1, 1, tzinfo=UTC)


def export(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write the file, all of it or nothing, and say how many rows it has."""
    with opened(settings) as database:
        since = instant(parsed.since, company_zone(database), option="--since") if parsed.since else EVERYTHING
        with database.read() as session, written(parsed.out) as stream:
            if parsed.what == "history":
                rows = write_csv(session, stream, HistoryRow._fields, history_rows(session, since=since))
            elif parsed.what == "audit":
                rows = write_csv(session, stream, AuditRow._fields, audit_rows(session, since=since))
            else:
                rows = write_csv(session, stream, AdjustmentRow._fields, adjustment_rows(session, since=since))
    sys.stderr.write(f"{parsed.out or parsed.what}: {rows:,} rows\n")
    return 0


@contextmanager
def written(path: Path | None) -> Iterator[TextIO]:
    """A stream to standard output, or to a file that appears under its name only when it is complete."""
    if path is None:
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]  # standard output is a TextIOWrapper
        yield sys.stdout
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({(error.strerror or 'unknown error').lower()}).") from error
    finally:
        part.unlink(missing_ok=True)
