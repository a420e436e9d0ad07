"""`outbox`: what waits and what was given up, and that trying again tells it once."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.faults import slack_error
from bot.views.home_health import health_block
from models.journal import Intent, OutboxState
from models.services.health import Health
from models.services.undelivered import retry_all
from tests.bot.outbound import PARTS, Outbound, new_sheet
from tests.bot.shell import Shell


def give_up(slack: Outbound) -> int:
    """A sheet that Slack took and said it had not; the row's id."""
    new_sheet(slack)
    slack.ws.faults.on(method="chat.postMessage", phase="after_store", action=slack_error("msg_too_long"))
    assert slack.once()
    row = slack.only_row(Intent.SHEET)
    assert row.state is OutboxState.FAILED
    return row.id or 0


def deliver(slack: Outbound) -> None:
    """The command has the real clock; go where it is due."""
    latest = max(row.not_before for row in slack.rows(OutboxState.PENDING))
    slack.wait(max(timedelta(0), latest - slack.now()))
    slack.settle()


def test_nothing_waits(shell: Shell) -> None:
    done = shell("outbox")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing waits.\nNothing was given up.\n", "")
    assert shell("outbox", "--retry-failed").stdout == "Nothing was given up.\n"


def test_what_waits_and_what_was_given_up_is_listed(either: Outbound, shell: Shell) -> None:
    number = give_up(either)
    either.notify(Intent.SUMMARY, 1, PARTS)
    done = shell("outbox")
    assert (done.returncode, done.stderr) == (0, "")
    first, waiting, third, failed, hint = done.stdout.splitlines()
    assert (first, third) == ("1 message is waiting:", "1 message is given up:")
    assert f"summary 1 for {PARTS}, since 2026-11-23 07:0" in waiting
    assert failed.startswith(f"  {number}  sheet 1 for {PARTS}, since 2026-11-23 07:0")
    assert failed.endswith(", tried 1 time: msg_too_long")
    assert hint == "Mend what they say, then: python -m bot outbox --retry-failed (or --retry ID)"
    assert shell("outbox", "--failed").stdout.splitlines() == [third, failed, hint]


@pytest.mark.parametrize("by", ["id", "all"])
def test_trying_again_tells_it_once(either: Outbound, shell: Shell, by: str) -> None:
    number = give_up(either)
    words = ["--retry", str(number)] if by == "id" else ["--retry-failed"]
    done = shell("outbox", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tried again" in done.stdout
    deliver(either)
    assert len(either.messages()) == 1, "it is found where it went the first time"
    assert either.sent()[Intent.SHEET, "1"].ts == either.messages()[0].ts
    assert either.only_row(Intent.SHEET).state is OutboxState.SENT


def test_what_waits_already_takes_over(either: Outbound, shell: Shell) -> None:
    number = give_up(either)
    first_try = either.only_row(Intent.SHEET).attempted_at
    either.notify(Intent.SHEET, 1, PARTS)
    assert shell("outbox", "--retry", str(number)).returncode == 0
    row = either.only_row(Intent.SHEET)
    assert (row.state, row.attempted_at) == (OutboxState.PENDING, first_try)
    deliver(either)
    assert len(either.messages()) == 1


def test_only_what_was_given_up_can_be_tried_again(slack: Outbound, sqlite_shell: Shell) -> None:
    new_sheet(slack)
    (number,) = [row.id for row in slack.rows()]
    done = sqlite_shell("outbox", "--retry", str(number))
    assert (done.returncode, done.stderr) == (1, f"Message {number} is still tried: nothing to do.\n")
    slack.settle()
    assert sqlite_shell("outbox", "--retry", str(number)).stderr == f"Message {number} was sent: nothing to do.\n"
    assert sqlite_shell("outbox", "--retry", "999").stderr == "There is no message 999. See python -m bot outbox\n"


def test_many_are_put_back_a_part_at_a_time(slack: Outbound) -> None:
    for subject in range(5):
        slack.notify(Intent.TICK, f"C.{subject}", PARTS)
    with slack.database.write() as session:
        for row in slack.rows():
            row.state = OutboxState.FAILED
            session.merge(row)
    done = []
    for _ in range(4):
        with slack.database.write() as session:
            done.append(retry_all(session, most=2, now=slack.now()))
    assert done == [2, 2, 1, 0]


def test_home_names_the_command() -> None:
    said = str(health_block(Health(0, None, 2, 0, 0, None), ZoneInfo("UTC"))._resolve())
    assert "2 messages were given up in the last seven days: `python -m bot outbox --failed` says why." in said
