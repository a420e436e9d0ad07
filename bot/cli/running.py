"""Running one command, and turning whatever goes wrong into a sentence and an exit code.

A known refusal is its own sentence. Anything else is a defect: the terminal gets a reference, and the log the same
one. The traceback goes to the log only where nobody has to read past it: at LOG_LEVEL=DEBUG, and in JSON.
"""

import argparse
import importlib
import logging
import os
import secrets
import sys
from collections.abc import Callable

from sqlalchemy.exc import DatabaseError, OperationalError

from models import logs
from models.errors import CycleCountError
from models.settings import BadSettings, Settings

MOST_PROBLEMS = 200
"""Lines of a bad file that are printed; the rest is counted."""

FAILED, NOT_UNDERSTOOD, INTERRUPTED = 1, 2, 130

Command = Callable[[argparse.Namespace, Settings], int]

BROKEN = "That broke on my side."
UNUSABLE = (
    "The database cannot be used just now. Check DATABASE_URL: "
    "a file must be a database in a folder that can be written to, a server must run."
)

_LOG = logging.getLogger("bot.cli")


def run(parsed: argparse.Namespace) -> int:
    """Run the command that was parsed; returns the exit code, whatever happens."""
    try:
        settings = Settings.from_environment()
        logs.configure(settings)
        return _command(parsed.handler)(parsed, settings)
    except CycleCountError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has left (`… | head`). Python would complain about it once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except DatabaseError as error:
        is_unusable = isinstance(error, OperationalError) or "not a database" in str(error.orig)
        return _explain(error, UNUSABLE if is_unusable else BROKEN)
    except Exception as error:  # noqa: BLE001 - the last stop: nothing may reach the terminal as a traceback
        return _explain(error, BROKEN)


def _command(handler: str) -> Command:
    """The function behind "module:function" in this package."""
    module, _, function = handler.partition(":")
    command: Command = getattr(importlib.import_module(f"bot.cli.{module}"), function)
    return command


def _refuse(error: CycleCountError) -> int:
    lines = str(error).splitlines()
    for line in lines[:MOST_PROBLEMS]:
        sys.stderr.write(f"{line}\n")
    if len(lines) > MOST_PROBLEMS:
        sys.stderr.write(f"… and {len(lines) - MOST_PROBLEMS:,} more\n")
    return NOT_UNDERSTOOD if isinstance(error, BadSettings) else FAILED


def _explain(error: Exception, sentence: str) -> int:
    reference = secrets.token_hex(3).upper()
    # In JSON nobody has to read past a traceback, and whoever keeps the log wants it.
    with_traceback = _LOG.isEnabledFor(logging.DEBUG) or os.environ.get("LOG_FORMAT", "").lower() == "json"
    _LOG.error("reference %s: %s", reference, type(error).__name__, exc_info=error if with_traceback else None)
    sys.stderr.write(f"{sentence} Reference {reference}; LOG_LEVEL=DEBUG shows what happened.\n")
    return FAILED
