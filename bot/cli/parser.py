"""The words of the command line."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    _Commands = _SubParsersAction[argparse.ArgumentParser]


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; `handler` of its result names the function, as "module:function" in `bot.cli`."""
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Inventory cycle counting in Slack.",
        epilog="Begin with: python -m bot demo",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_set_up, _files, _plans, _processes, _care, _books):
        add(commands)
    return parser


def _set_up(commands: "_Commands") -> None:
    """A workspace to look at, the database, and who does what."""
    demo = commands.add_parser("demo", help="a local Slack workspace with demo stock; nothing else is needed")
    demo.add_argument("--tour", action="store_true", help="play the whole loop without hands, print it, and exit")
    demo.add_argument("--port", type=port, default=0, help="of the workspace's page (default: a free one)")
    demo.set_defaults(handler="demo:demo")

    migrate = commands.add_parser("migrate", help="create or upgrade the database")
    migrate.set_defaults(handler="migrate:migrate")

    apply = commands.add_parser("apply", help="declare teams, people, plans and tolerances; prints what changed")
    apply.add_argument("file", type=Path, metavar="setup.toml")
    apply.add_argument("--force", action="store_true", help="also undo what was edited in Slack since the last apply")
    apply.set_defaults(handler="apply:apply")


def _files(commands: "_Commands") -> None:
    """What comes in and goes out."""
    imports = commands.add_parser("import", help="import stock, movements, and counts that were made before")
    imports.add_argument("file", type=Path, nargs="?", metavar="stock.csv", help="items, bins and on-hand")
    imports.add_argument("--movements", type=Path, metavar="moves.csv", help="receipts, issues and transfers")
    imports.add_argument("--counts", type=Path, metavar="prior.csv", help="counts of before; they move no stock")
    imports.add_argument(
        "--decimal-mark",
        choices=(".", ","),
        default=".",
        metavar="MARK",
        help="of the numbers in the files: . or , (default: .)",
    )
    imports.add_argument(
        "--as-of", metavar="TIME", help="when the stock file was true, such as 2026-11-22T18:00 (default: now)"
    )
    imports.add_argument(
        "--overwrite", action="store_true", help="take the file's word also where a count adjusted the stock since"
    )
    imports.set_defaults(handler="imports:import_files")

    _describe_export(
        commands.add_parser("export", help="counts, adjustments, accuracy, advice or the audit trail, as a file")
    )


def _plans(commands: "_Commands") -> None:
    """Classes, schedules and what to order."""
    classify = commands.add_parser("classify", help="compute ABC classes; prints what changed class, and why")
    which = classify.add_mutually_exclusive_group()
    which.add_argument("--dry-run", action="store_true", help="only print what would change")
    which.add_argument("--last", action="store_true", help="print what changed the last time")
    classify.set_defaults(handler="classify:classify")

    schedule = commands.add_parser("schedule", help="what is counted when in the coming weeks; or a calendar file")
    schedule.add_argument("--team", metavar="TEAM", help="(default: every team)")
    schedule.add_argument("--weeks", type=weeks, default=4, metavar="N", help="from 1 to 52 (default: 4)")
    schedule.add_argument("--ics", type=Path, metavar="FILE.ics", help="write a calendar file instead of printing")
    schedule.set_defaults(handler="schedule:schedule")

    reorder = commands.add_parser("reorder", help="what to order now and next, and what there is too much of")
    reorder.add_argument("--team", metavar="TEAM", help="what lies in the bins of a team (default: everything)")
    reorder.add_argument("--class", dest="abc_class", metavar="CLASS", help="items of an ABC class (default: of any)")
    reorder.add_argument("--out", type=Path, metavar="FILE.csv", help="write every item to a file instead of printing")
    reorder.set_defaults(handler="reorder:reorder")


def _processes(commands: "_Commands") -> None:
    """What runs."""
    for name, explanation in (
        ("run", "the bot over Socket Mode"),
        ("serve", "the bot over signed HTTP at /slack/events, and /healthz"),
    ):
        process = commands.add_parser(name, help=explanation)
        process.add_argument("--with-scheduler", action="store_true", help="with the clock in the same process")
        if name == "serve":
            process.add_argument("--host", help="to listen on (default: $BIND_HOST, else every address)")
            process.add_argument("--port", type=port, help="to listen on (default: $PORT)")
        process.set_defaults(handler=f"processes:{name}")


def _care(commands: "_Commands") -> None:
    """What whoever keeps it running needs."""
    backup = commands.add_parser("backup", help="copy a SQLite database that is in use; the copy is verified")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.add_argument("--force", action="store_true", help="also over a file that is there")
    backup.set_defaults(handler="backup:backup")

    copy = commands.add_parser("copy", help="move a SQLite deployment into an empty PostgreSQL database")
    copy.add_argument("--to", required=True, metavar="postgresql://…", help="its address; stop the bot first")
    copy.set_defaults(handler="copying:copy")

    outbox = commands.add_parser("outbox", help="what waits to be told in Slack, what was given up and why")
    outbox.add_argument("--failed", action="store_true", help="only what was given up")
    again = outbox.add_mutually_exclusive_group()
    again.add_argument("--retry", type=int, metavar="ID", help="try one again that was given up")
    again.add_argument("--retry-failed", action="store_true", help="try all of those again")
    outbox.set_defaults(handler="outbox:outbox")

    doctor = commands.add_parser("doctor", help="whether everything the bot needs is there; exit 1 when it is not")
    doctor.set_defaults(handler="doctor:doctor")


def _books(commands: "_Commands") -> None:
    """Locked months and invariants."""
    for name, explanation in (
        ("lock", "lock a month for the books; without one, list what is locked"),
        ("unlock", "open a month again, saying why"),
    ):
        period = commands.add_parser(name, help=explanation)
        period.add_argument("period", nargs="?" if name == "lock" else None, metavar="MONTH", help="such as 2026-10")
        if name == "unlock":
            period.add_argument("reason", nargs="+", metavar="REASON", help="is kept")
        period.set_defaults(handler=f"periods:{name}")

    check = commands.add_parser("check", help="run every invariant; exit 1 and a line each when one fails")
    check.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="HEAD",
        help="also look up this head of a seal, as a summary in Slack shows it; may be repeated",
    )
    check.add_argument(
        "--receipt",
        action="append",
        default=[],
        type=Path,
        metavar="FILE.csv",
        help="also compare this receipt of a sign-off, as it was downloaded from Slack; may be repeated",
    )
    check.set_defaults(handler="check:check")


def _describe_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("what", choices=("history", "adjustments", "accuracy", "reorder", "audit"))
    export.add_argument("--out", type=Path, metavar="FILE", help="FILE.csv or FILE.xlsx (default: standard output)")
    export.add_argument("--format", choices=("csv", "xlsx"), help="(default: as the file is named, else csv)")
    export.add_argument("--since", metavar="DATE", help="2026-01-01, monday, last quarter … (default: everything)")
    export.add_argument("--until", metavar="DATE", help="that day included")
    for name in ("sku", "bin", "team", "plan", "person"):
        export.add_argument(f"--{name}", metavar=name.upper())
    export.add_argument("--only", choices=("variances", "adjusted"), help="what was off, or what the ledger got")
    export.set_defaults(handler="exports:export")


def port(text: str) -> int:
    """A port number; 0 is any that is free."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):  # noqa: PLR2004 - the largest port
        raise argparse.ArgumentTypeError(f"“{text}” is not a port; write a number from 0 to 65535")
    return int(text)


def weeks(text: str) -> int:
    """A number of weeks, up to a year."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 52):  # noqa: PLR2004 - the weeks of a year
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of weeks; write one from 1 to 52")
    return int(text)
