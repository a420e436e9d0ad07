"""Handing over a content: where it goes, and what becomes of an upload that Slack lost or does not allow."""

from datetime import timedelta

import pytest

from bot.gateway import tls
from bot.sandbox.faults import slack_error
from bot.slack_errors import SlackRefused, SlackUnavailable
from bot.uploads import put
from models.journal import Intent, OutboxState
from tests.bot.test_sign_off import closed, files, sign
from tests.bot.workplace import Workplace


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "nothing", ""])
def test_a_content_goes_nowhere_but_by_the_scheme_of_the_web_api(url: str) -> None:
    with pytest.raises(SlackRefused, match="foreign_scheme"):
        put(url, b"x", scheme="https", tls=tls())


def test_an_address_that_is_refused_is_tried_anew(place: Workplace) -> None:
    with pytest.raises(SlackUnavailable, match="HTTP 404"):
        put(place.api_url.replace("/api/", "/upload/v1/unknown"), b"x", scheme="http", tls=tls())


@pytest.mark.parametrize("code", ["file_not_found", "file_update_failed"])
def test_an_upload_that_slack_lost_is_made_again(place: Workplace, code: str) -> None:
    closed(place)
    place.ws.faults.on(method="files.completeUploadExternal", action=slack_error(code))
    sign(place)
    place.world.seal()
    place.settle(40)
    assert len(files(place)) == 1


@pytest.mark.parametrize("code", ["file_uploads_disabled", "posting_to_channel_denied", "missing_scope"])
def test_what_an_administrator_can_mend_is_waited_for(place: Workplace, code: str) -> None:
    closed(place)
    place.ws.faults.on(method="files.getUploadURLExternal", action=slack_error(code), times=3)
    sign(place)
    place.world.seal()
    place.settle(60)
    assert len(files(place)) == 1


def test_what_slack_will_never_take_is_given_up_and_the_message_stands(place: Workplace) -> None:
    closed(place)
    place.ws.faults.on(method="files.getUploadURLExternal", action=slack_error("invalid_arguments"), times=None)
    sign(place)
    place.world.seal()
    place.settle()
    place.wait(timedelta(minutes=1))
    assert place.only_row(Intent.RECEIPT_FILE).state is OutboxState.FAILED
    assert place.only_row(Intent.RECEIPT).state is OutboxState.SENT
