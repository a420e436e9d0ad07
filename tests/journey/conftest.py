"""The command line, as the tests of the bot call it."""

from tests.bot.conftest import _logging_as_it_was, sqlite_shell

__all__ = ["_logging_as_it_was", "sqlite_shell"]
