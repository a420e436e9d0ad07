"""`check` on what was sealed: the lines it prints, and the heads one can give it."""

from datetime import datetime

import pytest

from models.database import Database
from models.rules import sealing
from models.services import seal_receipts
from tests.bot.shell import Shell
from tests.services.tampering import tamper
from tests.world import World


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two sealed ledger rows, and an audit trail of which nothing is sealed."""
    world = World(sqlite_database, now)
    world.stock("BOLT-10", "A-01", 120)
    world.stock("NUT-10", "A-02", 60)
    world.seal()
    return world


def head(world: World) -> str:
    with world.database.read() as session:
        found = seal_receipts.newest_head(session)
    assert found is not None
    return found.shown


def test_all_is_well_says_how_far_the_chain_reaches(sqlite_shell: Shell, world: World) -> None:
    world.stock("SAW-1", "A-03", 3)
    done = sqlite_shell("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [f"Sealed: 2 rows in 1 seals, up to {head(world)}; 1 not sealed yet."]


def test_without_seals_nothing_is_said_of_them(sqlite_shell: Shell) -> None:
    assert len(sqlite_shell("check").stdout.splitlines()) == 1


def test_a_changed_row_is_named(sqlite_shell: Shell, world: World) -> None:
    tamper(world.database, "UPDATE stockentry SET reference = 'x' WHERE id = 2")
    done = sqlite_shell("check")
    assert done.returncode == 1
    assert done.stdout == "ledger row 2 was changed after it was sealed (seal 1, 2026-11-23 07:00 UTC)\n"


def test_a_row_that_cannot_be_read_is_named_although_other_checks_break(sqlite_shell: Shell, world: World) -> None:
    tamper(world.database, "UPDATE stockentry SET quantity = 'abc' WHERE id = 2")
    done = sqlite_shell("check")
    assert done.returncode == 1
    assert done.stdout.startswith("ledger row 2 was changed after it was sealed (seal 1, ")
    assert "Traceback" not in done.stdout + done.stderr


def test_a_head_from_slack_is_looked_up(sqlite_shell: Shell, world: World) -> None:
    shown = head(world)
    done = sqlite_shell("check", "--head", shown.upper(), "--head", f" {shown}… ")
    assert done.returncode == 0
    assert done.stdout.count(f"The head {shown} is in the chain: seal 1, 2026-11-23 07:00 UTC.\n") == 2


def test_a_chain_made_anew_does_not_have_it(sqlite_shell: Shell, world: World) -> None:
    shown = head(world)
    tamper(world.database, "UPDATE stockentry SET reference = 'x' WHERE id = 2", "DELETE FROM seal")
    world.seal()
    assert sqlite_shell("check").returncode == 0, "the database alone does not show it"
    done = sqlite_shell("check", "--head", shown)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == f"the head {shown} is not in the chain: it was made anew, or cut, since that head was shown\n"


def test_what_is_no_head_is_refused_before_anything_is_done(sqlite_shell: Shell) -> None:
    done = sqlite_shell("check", "--head", "3f7a")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"“3f7a” is not a head; copy all of it from Slack, like {sealing.shown(sealing.FIRST_HEAD)}.\n"
    )
