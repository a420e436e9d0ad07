"""`classify`: compute ABC classes, look at what that would change, or print what it changed last."""

import argparse
from collections.abc import Iterable, Iterator

from bot.cli.databases import now, opened, say
from bot.cli.next_steps import next_step
from models.database import Database
from models.services import class_reports, classification
from models.services.class_reports import Change
from models.services.classification import ClassReport, Ranking
from models.settings import Settings

ACTOR = "command line"


def classify(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print one line for each item whose class changes, changed, or would, and why."""
    with opened(settings) as database:
        if parsed.last:
            say(*_last(database))
            return 0
        at = now()
        # Ranking a million items takes a while: nobody has to wait for it.
        with database.read() as session:
            ranking = classification.rank(session, at)
            report = classification.preview(session, ranking) if parsed.dry_run else None
        if report is None and ranking.items:
            with database.write() as session:
                report = classification.apply(session, ranking, now=at, actor=ACTOR)
        found = report if report is not None and ranking.items else None
        say(*_nothing_there() if found is None else _fresh(found, next_step(database)))
    return 0


def _nothing_there() -> Iterator[str]:
    yield "There are no items yet."
    yield "Next: python -m bot import stock.csv"


def _fresh(report: ClassReport, following: str) -> Iterator[str]:
    ranking = report.ranking
    yield f"by {ranking.basis}"
    yield f"{_items(ranking.items)}: {_sizes(ranking)}"
    kept = [
        f"{number:,} {why}"
        for number, why in (
            (ranking.pinned, "by a pin"),
            (ranking.from_file, "by the stock file"),
            (ranking.unranked, "for want of a unit cost"),
        )
        if number
    ]
    if kept:
        yield f"keep their class: {', '.join(kept)}"
    is_done = report.run_id is not None
    if report.changes:
        yield f"{_items(len(report.changes))} {'changed' if is_done else 'would change'} class:"
        yield from _lines(report.changes)
        if is_done:
            yield "The teams they lie with are told in their review channels."
        yield following if is_done else "Next: python -m bot classify"
        return
    yield f"No item {'changed' if is_done else 'would change'} its class."
    if ranking.from_file == ranking.items:
        yield "Next: leave abc_class blank in the stock file where classes are to be computed, and import it again."
    else:
        yield following


def _last(database: Database) -> Iterator[str]:
    with database.read() as session:
        report = class_reports.last_report(session, most=None)
    if report is None:
        yield "Classes were never computed here."
        yield "Next: python -m bot classify --dry-run"
        return
    yield f"{report.at.astimezone(report.zone):%Y-%m-%d %H:%M}, by {report.basis}"
    if not report.changed:
        yield f"No item of {report.items:,} changed its class."
    else:
        yield f"{report.changed:,} of {_items(report.items)} changed class:"
        yield from _lines(report.changes)
    yield "Next: python -m bot classify --dry-run"


def _lines(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        name = "" if change.name == change.sku else f" {change.name}"
        yield f"  {change.sku}{name}: {change.reason}"


def _sizes(ranking: Ranking) -> str:
    letters = sorted(ranking.before.keys() | ranking.after.keys(), key=lambda letter: (not letter, letter))
    return ", ".join(
        f"{letter or 'no class'} {ranking.before[letter]:,} -> {ranking.after[letter]:,}" for letter in letters
    )


def _items(number: int) -> str:
    return f"{number:,} item{'s' * (number != 1)}"
