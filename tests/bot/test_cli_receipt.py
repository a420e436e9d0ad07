"""`check --receipt`: whether a downloaded file is exactly what was signed, and what differs; and what was tampered."""

from datetime import datetime
from pathlib import Path

import pytest

from models.database import Database
from models.sign_offs import SignOff
from tests.bot.shell import Shell
from tests.services.signing import counted, sign
from tests.services.tampering import tamper
from tests.world import World


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    return World(sqlite_database, now)


@pytest.fixture
def made(world: World) -> SignOff:
    """Ben signed a session of one line."""
    made = sign(world, "ben", counted(world)[2])
    world.seal()
    return made


def saved(shell: Shell, content: bytes, name: str = "receipt.csv") -> Path:
    path = shell.folder / name
    path.write_bytes(content)
    return path


def test_a_receipt_as_it_was_signed(sqlite_shell: Shell, made: SignOff) -> None:
    done = sqlite_shell("check", "--receipt", str(saved(sqlite_shell, made.content)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        f"receipt.csv is exactly what Ben signed: Daily parts, sign-off 1, {made.signed_at:%Y-%m-%d %H:%M} UTC."
        f" Audit event {made.audit_id} names it.\n"
    )


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (b",-10,0.35,", b",-11,0.35,", "BOLT-0 in A-00: posted was -10, is -11"),
        (b"Ana; Dan", b"Ana; Fay", "BOLT-0 in A-00: counted_by was Ana; Dan, is Ana; Fay"),
        (b"\r\n", b"\n", "every cell is as it was signed, but not every byte: another program has saved it since"),
    ],
)
def test_what_differs_is_named(sqlite_shell: Shell, made: SignOff, was: bytes, becomes: bytes, said: str) -> None:
    assert was in made.content
    done = sqlite_shell("check", "--receipt", str(saved(sqlite_shell, made.content.replace(was, becomes))))
    assert (done.returncode, done.stdout) == (1, f"receipt.csv: {said}\n")


def test_a_row_that_is_missing_or_added_is_named(sqlite_shell: Shell, world: World, made: SignOff) -> None:
    header, row, _ = made.content.split(b"\r\n")
    other = row.replace(b",1,A-00,BOLT-0", b",99,A-09,NUT-9")
    assert other != row
    more = sqlite_shell("check", "--receipt", str(saved(sqlite_shell, b"\r\n".join([header, row, other, b""]))))
    assert more.stdout == "receipt.csv: NUT-9 in A-09: is there and was not\n"
    del world


@pytest.mark.parametrize("content", [b"", b"a,b\r\n1,2\r\n", b"\xff\xfe\x00", b'"', b"session,sign_off\r\n9,9\r\n"])
def test_a_file_of_something_else(sqlite_shell: Shell, made: SignOff, content: bytes) -> None:
    del made
    done = sqlite_shell("check", "--receipt", str(saved(sqlite_shell, content)))
    assert (done.returncode, done.stdout) == (1, "receipt.csv: this is the receipt of no sign-off that is known here\n")


def test_a_file_that_is_not_there(sqlite_shell: Shell) -> None:
    done = sqlite_shell("check", "--receipt", "gone.csv")
    assert done.returncode != 0
    assert "gone.csv: cannot be read" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE signoff SET content = X'00'", "sign-off 1 of session 1: its file was changed after it was signed\n"),
        ("UPDATE signoff SET sha256 = 'x'", "sign-off 1 of session 1: its audit event names another file\n"),
        ("UPDATE signoff SET counted = 9", "counted is 9, its audit event says 1\n"),
        ("UPDATE signoff SET net_value = 1", "sign-off 1 of session 1: net_value is 0.0001, its lines say -3.5000\n"),
        ("UPDATE signoff SET number = 2", "sign-off 2 of session 1 follows sign-off 0\n"),
        ("UPDATE signoff SET audit_id = 1", "sign-off 1 of session 1: its audit event 1 is not there\n"),
        ("UPDATE auditevent SET detail = '{}' WHERE action = 'sign off'", " was changed after it was sealed "),
    ],
)
def test_what_was_tampered_with_is_named(
    sqlite_shell: Shell, world: World, made: SignOff, change: str, said: str
) -> None:
    tamper(world.database, change)
    done = sqlite_shell("check")
    assert done.returncode == 1
    assert said in done.stdout
    del made
