"""The command line: `python -m bot COMMAND`.

`parser` knows the words, `main` turns errors into sentences and exit codes, and every other module is one command,
imported only when it is asked for, so that `--help` and small commands stay quick. This is the composition root: the
only place that may put the bot and the scheduler into one process.

Exit codes: 0 done; 1 refused or failed, with a sentence (for a file, a line for each problem); 2 a word or an
environment variable that was not understood.
"""
