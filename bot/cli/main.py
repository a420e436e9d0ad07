"""The way in: words first, everything else after.

`--help` and a mistyped word are answered by the standard library alone; the tables and Slack's SDK take a second to
load and are only loaded to run a command.
"""

import importlib
from collections.abc import Sequence

from bot.cli.parser import build_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (`sys.argv` unless given); returns the exit code."""
    parsed = build_parser().parse_args(arguments)
    code: int = importlib.import_module("bot.cli.running").run(parsed)
    return code
