"""Accuracy, coverage and its picture on Home: who sees what, and how a picture gets there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.home_delivery import PICTURES_PAUSE
from bot.homes import home_of
from bot.sandbox.faults import slack_error
from bot.sandbox.workspace import Limits
from models.database import Database
from models.hosted import HostedChart
from models.journal import OutboxState
from models.people import Role
from tests.bot.snapshots import assert_same
from tests.bot.test_accuracy import play
from tests.bot.test_home import home, opened, published
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW
from tests.services.signing import sign
from tests.statements import statements

UPLOAD = "files.completeUploadExternal"
PROCESSING = 3.0


@pytest.fixture
def counted(sqlite_database: Database) -> Iterator[Workplace]:
    """Twelve lines in a week, six in the next, which is the week of today; the second session is signed off."""
    limits = replace(Limits().without_rates(), file_processing=PROCESSING)
    with workplace(sqlite_database, NOW, limits=limits) as place:
        yield play(place)


def picture(place: Workplace) -> list[dict[str, object]]:
    return [block for block in published(place, "kim")["blocks"] if block["type"] == "image"]


def uploads(place: Workplace) -> int:
    return sum(call.method == UPLOAD and call.error is None for call in place.ws.calls)


def open_until_uploaded(place: Workplace) -> None:
    """Kim opens Home, and the worker stops behind the upload."""
    place.now()
    place.kim.open_home()
    place.ws.wait_until_quiet()
    while not uploads(place):
        place.once()


@pytest.mark.parametrize(("who", "role"), [("ana", "counter"), ("ben", "approver"), ("kim", "controller")])
def test_home_as_each_of_them_reads_it(counted: Workplace, who: str, role: str) -> None:
    sign(counted.world, "ben", 2)
    counted.world.seal()
    assert_same(f"home-{role}", re.sub(r"F[0-9A-Z]{6,}", "FILE", opened(counted, who)))


def test_the_picture_comes_when_slack_has_it_and_is_the_same_for_all_of_them(counted: Workplace) -> None:
    counted.now()
    counted.kim.open_home()
    counted.ws.wait_until_quiet()
    while counted.ws.home(counted.kim.id) is None:
        counted.once()
    assert picture(counted) == [], "the first look goes without it"
    assert "This week: 100 % (61 to 100) right at the first count · 6 lines" in home(counted, "kim")
    counted.settle()
    (shown,) = picture(counted)
    assert str(shown["alt_text"]).startswith("Accuracy by week, 1 week to the week of 23 Nov 2026: 83 %")
    with counted.database.write() as session:
        counted.world.member(session, "zoe").is_controller = True
    opened(counted, "zoe")
    assert uploads(counted) == 1


def test_a_restart_uploads_nothing_again(counted: Workplace) -> None:
    opened(counted, "kim")
    counted.delivery = counted.worker("after a restart")
    opened(counted, "kim")
    assert (uploads(counted), len(picture(counted))) == (1, 1)


def test_a_restart_while_slack_looks_through_it_uploads_nothing_again(counted: Workplace) -> None:
    open_until_uploaded(counted)
    counted.delivery = counted.worker("after a restart")
    counted.settle()
    assert (uploads(counted), len(picture(counted))) == (1, 1)


def test_a_picture_that_slack_has_lost_is_uploaded_again(counted: Workplace) -> None:
    opened(counted, "kim")
    (file_id,) = files(counted)
    counted.ws.files.find(file_id).is_deleted = True
    counted.world.stock("NEW", "A-99", 1)
    counted.world.start()
    assert "Accuracy and coverage" in opened(counted, "kim")
    assert (files(counted), picture(counted)) == ([], []), "not at once: it may be that Slack shows none"
    counted.wait(PICTURES_PAUSE)
    opened(counted, "kim")
    (again,) = files(counted)
    assert again != file_id
    assert len(picture(counted)) == 1


def files(place: Workplace) -> list[str]:
    with place.database.read() as session:
        return list(session.exec(select(HostedChart.file_id)))


def test_a_workspace_that_takes_no_files_has_a_home_without_picture(counted: Workplace) -> None:
    counted.ws.faults.on(method="files.getUploadURLExternal", action=slack_error("missing_scope"), times=None)
    assert "Accuracy and coverage" in opened(counted, "kim")
    assert picture(counted) == []
    assert counted.rows(OutboxState.PENDING, OutboxState.CLAIMED, OutboxState.FAILED) == []


def test_a_file_that_never_can_be_shown_is_given_up(counted: Workplace) -> None:
    open_until_uploaded(counted)
    (file_id,) = files(counted)
    counted.ws.files.find(file_id).is_deleted = True
    counted.wait(timedelta(minutes=11))
    counted.settle()
    assert (files(counted), picture(counted)) == ([], [])


def test_who_may_still_have_to_count_sees_numbers_without_it_and_no_picture(counted: Workplace) -> None:
    with counted.database.write() as session:
        counted.world.give_role(session, counted.world.team_id, Role.COUNTER, "kim")
    assert "6 lines" in opened(counted, "kim")
    counted.world.spot_count("ben", "BOLT-0")
    text = opened(counted, "kim")
    assert "This week: 100 % (56.6 to 100) right at the first count · 5 lines" in text
    assert "10 of 11 right" not in text
    assert "4 of 5 right at the first count · gross 10.00 EUR" in text, "BOLT-0 was short too, and is not told"
    assert picture(counted) == []


def test_too_few_lines_have_no_percentage(place: Workplace) -> None:
    line = place.world.line(place.world.stock("BOLT-1", "A-01", 100))
    place.world.count(line, "ana", 100)
    few = "1 of 1, too few for a percentage"
    assert f"This week: {few}, right at the first count · 1 line" in opened(place, "kim")
    assert f"Right at the first count since 2 Nov: Fleet Parts {few}" in opened(place, "ben")


def test_before_anything_is_counted(place: Workplace) -> None:
    text = opened(place, "kim")
    assert "This week: no blind counts yet." in text
    assert "Nothing is overdue" in text
    assert "Right at the first count" not in opened(place, "ben")


def test_a_sign_off_that_something_changed_since_says_so(counted: Workplace) -> None:
    sign(counted.world, "ben", 3)
    counted.world.seal()
    assert "signed off by Ben" in opened(counted, "eva")
    counted.world.take_back(13, "eva")
    counted.world.approve(13, "eva")
    assert "changed since Ben signed it off" in opened(counted, "eva")


@pytest.mark.parametrize(("who", "most"), [("ana", 45), ("ben", 45), ("kim", 62)])
def test_what_one_opening_asks_the_database_grows_with_what_is_being_counted_alone(
    counted: Workplace, who: str, most: int
) -> None:
    def asked() -> int:
        with counted.database.read() as session, statements(counted.database) as sent:
            home_of(session, counted.who(who).id, counted.now())
        return len(sent)

    before = asked()
    assert before <= most
    for _ in range(3):
        counted.world.start()
        counted.world.now += timedelta(days=1)
    assert asked() <= before + 3 * 3, "each cycle count that runs is asked after by itself"
