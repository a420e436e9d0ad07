"""A session from its sheet to its receipt, on both transports: counted, decided, signed off, and downloaded from Slack.

`check --receipt` says that it is what was signed. A flipped byte is named, and so is a chain made anew."""

import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import ids
from bot.sandbox.state import Message
from models.database import Database
from models.services import sign_off_checks
from tests.bot.shell import Shell
from tests.journey.office import PARTS, Office, Transport, office
from tests.services.tampering import tamper

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PLAN = "Second round"


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_from_the_sheet_to_the_receipt(sqlite_database: Database, transport: Transport, sqlite_shell: Shell) -> None:
    with office(sqlite_database, transport, START) as here:
        count_and_decide(here)
        sign_off(here)
        path = download(here, sqlite_shell.folder)
        as_signed(here, sqlite_shell, path)
        flipped_bytes_are_named(sqlite_shell, path)
        it_changes_and_is_signed_anew(here)
        assert here.problems() == []
        a_chain_made_anew_is_named(here, sqlite_shell, path)


def count_and_decide(here: Office) -> None:
    here.later(minutes=30)
    here.enter("Ana", PLAN, {"GREASE-1": "18", "HOSE-16": "40"})
    here.later(minutes=1)
    here.recount("Dan", "HOSE-16", "41")
    here.later(minutes=1)
    ben = here.person("Ben")
    assert ben.click(here.card("HOSE-16").channel, here.card("HOSE-16").ts, action_id=ids.APPROVE).ok
    here.later(minutes=1)


def thread(here: Office) -> list[Message]:
    return [one for one in here.workspace.thread(PARTS, here.sheet(PLAN).ts) if one.user == here.workspace.bot_user_id]


def summary(here: Office) -> Message:
    return next(one for one in thread(here) if one.metadata and one.metadata["event_payload"]["intent"] == "summary")


def sign_off(here: Office) -> None:
    ana, eva = here.person("Ana"), here.person("Eva")
    assert ana.click(PARTS, summary(here).ts, action_id=ids.SIGN_OFF).ok
    assert here.told("Ana") == "Only approvers of Fleet Parts sign this off. Ben or Eva can."
    assert eva.click(PARTS, summary(here).ts, action_id=ids.SIGN_OFF).ok
    assert eva.submit({"note": "=all seen"}).closed
    here.later(minutes=1)
    [receipt] = [eva.reads(one) for one in thread(here) if "was signed off" in one.text]
    assert "2 lines: 2 counted · 1 of 2 right at the first count" in receipt
    assert "Decided by tolerance limit 1, Ben 1" in receipt
    assert "Sealed up to " in receipt
    assert "before this sign-off" not in receipt


def download(here: Office, folder: Path) -> Path:
    """As somebody does it on the page."""
    [file] = [file for one in thread(here) for file in one.files]
    path = folder / file.name
    page = here.api_url.removesuffix("api/")
    with urllib.request.urlopen(f"{page}page/file?id={file.id}", timeout=5) as answer:
        path.write_bytes(answer.read())
    return path


def as_signed(here: Office, shell: Shell, path: Path) -> None:
    done = shell("check", "--receipt", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{path.name} is exactly what Eva signed: Second round, sign-off 1, ")
    text = path.read_text("utf-8")
    assert "HOSE-16" in text
    assert len(text.splitlines()) == 3
    assert here.problems() == []


def flipped_bytes_are_named(shell: Shell, path: Path) -> None:
    content = path.read_bytes()
    for at in range(0, len(content), 29):
        changed = bytearray(content)
        changed[at] ^= 1
        path.write_bytes(changed)
        done = shell("check", "--receipt", str(path))
        assert done.returncode == 1
        assert done.stdout.startswith(f"{path.name}: "), f"byte {at}"
    path.write_bytes(content)


def it_changes_and_is_signed_anew(here: Office) -> None:
    ben = here.person("Ben")
    card = here.card("HOSE-16")
    assert ben.click(card.channel, card.ts, action_id=ids.REVERSE).ok
    assert ben.submit({"note": "the wrong hose"}).closed
    here.later(minutes=1)
    assert "Open again: A-04-02." in "\n".join(ben.reads(one) for one in thread(here))
    card = here.card("HOSE-16")
    assert here.person("Eva").click(card.channel, card.ts, action_id=ids.REJECT).ok
    here.person("Eva").submit({"reason": "count error", "note": "another hose"})
    here.later(minutes=1)
    assert ben.click(PARTS, summary(here).ts, action_id=ids.SIGN_OFF).ok
    assert ben.submit({}).closed
    here.later(minutes=1)
    [again] = [ben.reads(one) for one in thread(here) if "was signed off again" in one.text]
    assert "HOSE-16 in A-04-02: state reconciled → rejected, accepted 41 → empty, posted -1 → 0" in again
    assert [file.name for one in thread(here) for file in one.files] == ["sign-off-2-1.csv", "sign-off-2-2.csv"]


def a_chain_made_anew_is_named(here: Office, shell: Shell, path: Path) -> None:
    """Who changes what was signed and everything that proves it is found by the receipt of the head."""
    tamper(here.database, "UPDATE stockentry SET reference = 'x' WHERE id = 1", "DELETE FROM seal")
    here.later(minutes=1)
    done = shell("check", "--receipt", str(path))
    assert done.returncode == 1
    assert "receipt 1: the head " in done.stdout
    with here.database.read() as session:
        assert list(sign_off_checks.compared(session, path.read_bytes())) == []
