"""*Save & reconcile* in Slack: the preview, who may, what is told in the thread, and what a crash leaves behind."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from bot import ids, outbox
from bot.messages import read_message
from bot.sandbox.faults import slack_error
from bot.sandbox.state import Message
from bot.sandbox.uploads import UPLOAD
from models.journal import Intent, OutboxState
from models.people import Role
from models.seals import SealReceipt
from models.sign_offs import SignOff
from tests.bot.attacking import Wish, everything_but_the_trail, last_id, send, trail
from tests.bot.test_home import opened, published
from tests.bot.workplace import PARTS, Workplace
from tests.builders import Stock

BUTTON, FORM = Wish(ids.SIGN_OFF, "sign off"), Wish(ids.SIGN_OFF_MODAL, "sign off", {"note": {"value": ""}})
ONLY_APPROVERS = "Only approvers of Fleet Parts sign this off. Ben or Eva can."
STRANGER = "You are in no counting team yet. Ask Kim to add you."


def closed(place: Workplace) -> tuple[Stock, int]:
    """A session of one line, 90 of 100 counted twice and approved by Eva; its summary stands in the thread."""
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    for who in ("ana", "dan"):
        place.world.count(line, who, 90)
    place.world.approve(line, "eva")
    place.settle()
    return bolts, line


def thread(place: Workplace) -> list[Message]:
    return [message for message in place.ws.thread(PARTS, place.sheet().ts) if message.user == place.ws.bot_user_id]


def summary(place: Workplace) -> Message:
    found = place.sent()[Intent.SUMMARY, "1"]
    return place.ws.message(PARTS, found.ts)


def files(place: Workplace) -> list[Message]:
    return [message for message in thread(place) if message.files]


def receipts(place: Workplace) -> list[str]:
    return [place.read(message) for message in thread(place) if "was signed off" in message.text]


def open_form(place: Workplace, name: str) -> None:
    assert place.who(name).click(PARTS, summary(place).ts, action_id=ids.SIGN_OFF).ok


def sign(place: Workplace, name: str = "ben", note: str = "") -> None:
    open_form(place, name)
    assert place.who(name).submit({"note": note} if note else {}).closed


def sealed(place: Workplace) -> None:
    """What was committed is sealed, and what waits for that is delivered."""
    place.world.seal()
    place.settle()


def shown_in(place: Workplace, name: str) -> str:
    view = place.who(name).view
    assert view is not None
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


def signed(place: Workplace) -> list[SignOff]:
    with place.database.read() as session:
        return list(session.exec(select(SignOff)))


def test_the_preview_is_signed_and_the_receipt_comes_with_the_file(place: Workplace) -> None:
    closed(place)
    assert "[ Save & reconcile ]" in place.read(summary(place))
    open_form(place, "ben")
    text = shown_in(place, "ben")
    assert "1 counted" in text
    assert "0 of 1 right at the first count · net -10.00 EUR · gross 10.00 EUR" in text
    assert text.endswith("Counted by Ana 1\nDecided by Eva 1\nUnresolved: none")
    assert place.ben.submit({"note": "<!channel> all seen"}).closed
    sealed(place)
    assert "Signed off by Ben, 07:0" in place.read(summary(place))
    assert "Save & reconcile" not in place.read(summary(place))
    [receipt] = receipts(place)
    assert "1 line: 1 counted · 0 of 1 right at the first count\nPosted net -10.00 EUR · gross 10.00 EUR" in receipt
    assert "Decided by Eva 1\nUnresolved: none" in receipt
    [made] = signed(place)
    [file] = files(place)
    assert file.files[0].content == made.content
    assert (file.files[0].name, file.text) == ("sign-off-1-1.csv", "Every line of Daily parts, as Ben signed it.")
    assert made.sha256 in receipt
    assert not any(message.rings_everybody for message in thread(place))
    with place.database.read() as session:
        heads = {head.ts: head.head for head in session.exec(select(SealReceipt))}
    shown = place.sent()[Intent.RECEIPT, "1"].ts
    assert f"Sealed up to {heads[shown][:4]}-{heads[shown][4:8]}" in receipt
    assert place.world.problems() == []


def test_the_receipt_waits_for_its_seal_and_after_a_minute_says_that_it_is_to_come(place: Workplace) -> None:
    closed(place)
    place.world.seal()
    sign(place)
    for _ in range(40):
        while place.once():
            pass
        place.wait(timedelta(seconds=1))
    assert receipts(place) == []
    place.settle(40)
    [receipt] = receipts(place)
    assert "which is from before this sign-off" in receipt
    assert len(files(place)) == 1


def test_without_any_seal_the_receipt_says_so(place: Workplace) -> None:
    closed(place)
    sign(place)
    place.settle(90)
    assert "Nothing is sealed yet" in receipts(place)[0]


def test_open_lines_are_listed_without_a_submit_button(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    place.world.count(line, "ana", 90)
    place.settle()
    answer = place.count("ben", "status")
    assert "[ Save & reconcile ]" in answer
    status = place.ben.ephemerals()[-1]
    assert place.ben.click(PARTS, status.ts, action_id=ids.SIGN_OFF).ok
    assert place.ben.view is not None
    assert place.ben.view.get("submit") is None
    assert "cannot be signed off yet. 1 line first:\nA-01-03  Bolt-10 · BOLT-10: Dan is asked" in shown_in(place, "ben")
    assert "Save & reconcile" not in place.count("ana", "status")


def removed(place: Workplace) -> None:
    place.world.remove_role("ben", role=Role.APPROVER)


@pytest.mark.parametrize(
    ("who", "sentence"), [("fay", ONLY_APPROVERS), ("ana", ONLY_APPROVERS), ("zoe", STRANGER), ("ben", STRANGER)]
)
def test_who_may_not_is_refused_by_button_and_form_and_it_is_in_the_trail(
    place: Workplace, who: str, sentence: str
) -> None:
    closed(place)
    open_form(place, "ben")
    assert place.ben.view is not None
    value = place.ben.view["private_metadata"]
    place.ben.close_view()
    removed(place)
    for wish, sent in ((BUTTON, "1"), (FORM, value)):
        before, newest = everything_but_the_trail(place), last_id(place)
        told = send(place, who, wish, sent)
        assert told == (sentence if who in {"zoe", "ben"} else sentence.replace("Ben or Eva", "Eva"))
        assert everything_but_the_trail(place) == before
        [event] = trail(place, after=newest)
        assert (event.actor, event.action, event.subject) == (f"U01{who.upper()}", "refused: sign off", "session 1")
        assert json.loads(event.detail) == {"by": "form" if wish.is_form else "button", "why": told}


def test_an_approver_of_another_team_is_refused(place: Workplace) -> None:
    closed(place)
    place.world.add_team("Others", "Z-", approvers=("zoe",))
    assert send(place, "zoe", BUTTON, "1") == ONLY_APPROVERS


@pytest.mark.parametrize("value", ["", "x", "1.1", "999.1.0", "1.1.x", "1.9.0", "1.1.999"])
def test_a_value_that_we_never_drew_signs_nothing(place: Workplace, value: str) -> None:
    closed(place)
    assert send(place, "ben", FORM, value) != ""
    assert signed(place) == []


def test_whoever_was_faster_is_named_and_the_same_form_twice_signs_once(place: Workplace) -> None:
    closed(place)
    open_form(place, "eva")
    open_form(place, "ben")
    first = place.ben.submit({})
    assert first.closed
    assert first.delivery is not None
    assert place.ws.deliver_again(place.ws.deliveries.index(first.delivery)).answer == {"response_action": "clear"}
    assert place.eva.submit({}).errors == {
        "note": f"Ben signed this off at {signed(place)[0].signed_at:%H:%M}. Nothing was changed."
    }
    assert len(signed(place)) == 1
    assert [event.actor for event in trail(place) if event.action == "refused: sign off"] == ["U01BEN", "U01EVA"]


def test_a_change_is_told_in_the_thread_and_the_next_receipt_says_what_changed(place: Workplace) -> None:
    _, line = closed(place)
    sign(place)
    sealed(place)
    place.world.take_back(line, "eva")
    place.settle()
    [told] = [place.read(message) for message in thread(place) if "has changed since" in message.text]
    assert told.startswith("Daily parts has changed since Ben signed it off, ")
    assert told.endswith("Open again: A-01-03. Once that is decided, it can be signed off again.")
    assert "90" not in told
    place.world.adjust(line, "eva", 95)
    place.settle()
    assert "; changed since" in place.read(summary(place))
    sign(place, "eva")
    sealed(place)
    again = receipts(place)[1]
    assert "was signed off again by Eva" in again
    assert "It follows sign-off 1, by Ben, " in again
    assert "• BOLT-10 in A-01-03: accepted 90 → 95, posted -10 → -5, value -10 → -5, decision approve → adjust" in again
    assert [message.files[0].name for message in files(place)] == ["sign-off-1-1.csv", "sign-off-1-2.csv"]
    assert place.world.problems() == []


def test_a_receipt_waits_while_somebody_of_the_channel_counts_one_of_its_items(place: Workplace) -> None:
    closed(place)
    first = place.sheet()
    sign(place)
    place.world.seal()
    [again] = place.world.spot_count("ben", "BOLT-10").counts
    for _ in range(90):
        while place.once():
            pass
        place.wait(timedelta(seconds=1))
    assert [message for message in place.ws.thread(PARTS, first.ts) if "signed off" in message.text] == []
    [other] = place.world.open_lines(again.session_id)
    place.world.count(other, "fay", 90)
    place.world.seal()
    place.settle(70)
    under = place.ws.thread(PARTS, first.ts)
    assert [bool(message.files) for message in under][-2:] == [False, True]


# -- delivery


def test_a_file_whose_answer_was_lost_is_found_and_not_uploaded_again(place: Workplace) -> None:
    closed(place)
    lost = place.ws.faults.on(method="files.completeUploadExternal", phase="after_store", action="disconnect")
    sign(place)
    place.world.seal()
    place.settle(40)
    assert lost.hits == 1
    assert len(files(place)) == 1
    assert place.only_row(Intent.RECEIPT_FILE).state is OutboxState.SENT
    assert place.calls("files.completeUploadExternal") == 1


@pytest.mark.parametrize(
    ("method", "phase"),
    [
        ("files.getUploadURLExternal", "before_store"), ("files.getUploadURLExternal", "after_store"),
        (UPLOAD, "before_store"), (UPLOAD, "after_store"), ("files.completeUploadExternal", "before_store"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("action", ["disconnect", "500"])
def test_a_file_that_did_not_arrive_is_uploaded_by_the_next_try(
    place: Workplace, method: str, phase: str, action: str
) -> None:
    closed(place)
    place.ws.faults.on(method=method, phase=phase, action=action)  # type: ignore[arg-type]  # parametrized words
    sign(place)
    place.world.seal()
    place.settle(40)
    assert len(files(place)) == 1


def test_a_worker_that_died_after_the_upload_leaves_one_file(place: Workplace) -> None:
    closed(place)
    sign(place)
    place.world.seal()

    class Died(BaseException):
        pass

    working = outbox.mark_sent

    def die(session: object, claim: outbox.Claim, *args: object, **more: object) -> None:
        if claim.intent is Intent.RECEIPT_FILE:
            raise Died
        working(session, claim, *args, **more)  # type: ignore[arg-type]  # handed through as they are

    outbox.mark_sent = die
    try:
        with pytest.raises(Died):
            place.settle(60)
    finally:
        outbox.mark_sent = working
    assert len(files(place)) == 1
    place.wait(outbox.LEASE)
    place.settle()
    assert len(files(place)) == 1
    assert place.only_row(Intent.RECEIPT_FILE).state is OutboxState.SENT


def test_a_file_goes_under_the_sheet_that_is_posted_anew(place: Workplace) -> None:
    closed(place)
    sign(place)
    told_but_no_file(place)
    gone = place.sheet()
    place.ws.faults.on(method="files.completeUploadExternal", action=slack_error("thread_not_found"))
    place.settle(40)
    assert place.sheet().ts != gone.ts
    assert len(files(place)) == 1


def test_a_file_waits_for_a_count_that_began_after_its_receipt_was_told(place: Workplace) -> None:
    closed(place)
    sign(place)
    told_but_no_file(place)
    first = place.sheet()
    [again] = place.world.spot_count("ben", "BOLT-10").counts
    for _ in range(30):
        while place.once():
            pass
        place.wait(timedelta(seconds=1))
    assert not any(message.files for message in place.ws.thread(PARTS, first.ts))
    [other] = place.world.open_lines(again.session_id)
    place.world.count(other, "fay", 90)
    place.settle(40)
    assert any(message.files for message in place.ws.thread(PARTS, first.ts))


def told_but_no_file(place: Workplace) -> None:
    """The message of the receipt stands, its file is still to come."""
    place.world.seal()
    while not receipts(place):
        place.once()
        place.wait(timedelta(seconds=1))
    assert place.only_row(Intent.RECEIPT_FILE).state is not OutboxState.SENT


def test_the_bot_does_not_take_its_own_file_for_a_reply(place: Workplace) -> None:
    closed(place)
    sign(place)
    before = len(trail(place))
    sealed(place)
    assert len(files(place)) == 1
    [shared] = [one.payload for one in place.ws.deliveries if "file_share" in str(one.payload)]
    assert "bot_id" not in shared["event"]
    assert read_message(shared) is None
    assert len(trail(place)) == before
    assert place.calls("chat.postEphemeral") == 0


def test_status_lists_what_can_be_signed_for_who_can(place: Workplace) -> None:
    _, line = closed(place)
    answer = place.count("ben", "status")
    assert "Daily parts · Fleet Parts · closed " in answer
    assert "not signed off yet" in answer
    assert place.ben.click(PARTS, place.ben.ephemerals()[-1].ts, action_id=ids.SIGN_OFF).ok
    assert place.ben.submit({}).closed
    for who in ("ana", "ben", "kim"):
        assert "Fleet Parts" not in place.count(who, "status")
    place.world.take_back(line, "eva")
    assert "1 waits for a decision" in place.count("ben", "status")
    place.world.approve(line, "eva")
    assert "changed since it was signed off" in place.count("kim", "status")
    place.wait(timedelta(days=8))
    assert "Fleet Parts" not in place.count("ben", "status"), "left unsigned on purpose"


def test_home_lists_it_too_and_signs_from_there(place: Workplace) -> None:
    closed(place)
    assert "Save & reconcile" not in opened(place, "ana")
    assert "not signed off yet" in opened(place, "ben")
    view = published(place, "ben")
    assert place.ben.choose_in_view(view["id"], "1", action_id=ids.HOME_SIGN_OFF).ok
    assert place.ben.submit({}).closed
    assert len(signed(place)) == 1
    assert place.ben.choose_in_view(view["id"], "1", action_id=ids.HOME_SIGN_OFF).ok
    assert "Ben signed this off at " in shown_in(place, "ben")
    [event] = [event for event in trail(place) if event.action == "refused: sign off"]
    assert (event.actor, event.subject) == ("U01BEN", "session 1")
