"""Draft the next revision: `python -m models.migrations "add lots"`.

The draft is the difference between the tables in the code and the schema the existing revisions build, found on an
empty SQLite database that is thrown away afterwards. Read it, tidy it, and raise `models.migrate.HEAD`.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from models.database import Database


def main(message: str) -> int:
    """Write the draft beside the other revisions and say where it is."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder).as_posix()}/draft.db")
        try:
            with database.engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        finally:
            database.close()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program's name and the message
        sys.exit('Say what the revision does: python -m models.migrations "add lots"')
    sys.exit(main(sys.argv[1]))
