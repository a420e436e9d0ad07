"""files.*: uploading a file, and sharing it in a channel or thread."""

from bot.sandbox.errors import SlackError
from bot.sandbox.files import SCOPE
from bot.sandbox.json_types import JsonObject
from bot.sandbox.methods.chat import shared_files, thread_of
from bot.sandbox.methods.registry import Ask, method
from bot.sandbox.state import Channel

MOST_BYTES = 1_000_000_000
SNIPPET_BYTES = 1_000_000
ALT_TEXT = 1000
WRITE = "files:write"


@method("files.getUploadURLExternal", tier=4, scope=WRITE, required=("filename", "length"))
def get_upload_url(ask: Ask) -> JsonObject:
    """Announce a file; the answer says where its content goes. A length of 0 is no length, as Slack has it."""
    length = ask.number("length", 0)
    if length <= 0:
        raise SlackError("missing_argument" if length == 0 else "invalid_arguments")
    if length > MOST_BYTES:
        raise SlackError("file_upload_size_restricted")
    if ask.text("snippet_type") and length > SNIPPET_BYTES:
        raise SlackError("snippet_too_large")
    if len(ask.text("alt_txt") or "") > ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    ask.before_store()
    ticket = ask.ws.uploads.announce(ask.required("filename"), length)
    ask.ws.record.stored(ask.call)
    return {"upload_url": ask.ws.uploads.address(ticket), "file_id": ticket.file_id}


@method("files.completeUploadExternal", tier=4, scope=WRITE, required=("files",))
def complete_upload(ask: Ask) -> JsonObject:
    """Finish uploads, in a channel or thread when one is named; else the files stay private.

    Slack makes the message a moment later, and does not say which it is; here it is there at once. That a thread which
    is not there is refused is stricter than Slack.
    """
    ws = ask.ws
    wanted = _wanted(ask)
    tickets = [(ws.uploads.require(file_id), title) for file_id, title in wanted]
    channel = _channel(ask)
    if len(ask.text("initial_comment") or "") > ws.limits.message_text:
        raise SlackError("msg_too_long")
    thread_ts = None
    if ask.text("thread_ts"):
        if channel is None:
            raise SlackError("invalid_arguments", messages=["[ERROR] thread_ts needs a channel"])
        thread_ts = thread_of(ask, channel)
    ask.call.reader = channel.id if channel else ""
    ask.before_store()
    files = [ws.uploads.complete(ticket, title) for ticket, title in tickets]
    if channel is not None:
        message = shared_files(ask, channel, ask.text("initial_comment") or "", thread_ts, files)
        ws.conversations.post(message)
    ws.record.stored(ask.call)
    return {"files": [file.as_slack() for file in files]}


@method("files.info", tier=4, scope=SCOPE, required=("file",))
def file_info(ask: Ask) -> JsonObject:
    """What is known of a file. While Slack is looking through it, that is not yet what kind of file it is."""
    try:
        file = ask.ws.files.find(ask.required("file"))
    except LookupError:
        raise SlackError("file_not_found") from None
    shown = file.as_slack()
    return {"file": shown if ask.ws.files.is_processed(file) else {**shown, "mimetype": "", "filetype": ""}}


def _wanted(ask: Ask) -> list[tuple[str, str | None]]:
    found = ask.json("files", "invalid_arguments")
    if not isinstance(found, list) or not found:
        raise SlackError("invalid_arguments", messages=["[ERROR] files must be a list"])
    wanted: list[tuple[str, str | None]] = []
    for one in found:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise SlackError("invalid_arguments", messages=["[ERROR] each of files needs an id"])
        if any(file_id == one["id"] for file_id, _ in wanted):
            raise SlackError("invalid_arguments", messages=[f"[ERROR] {one['id']} is there twice"])
        wanted.append((one["id"], one.get("title")))
    return wanted


def _channel(ask: Ask) -> Channel | None:
    if not ask.text("channel_id"):
        return None
    channel = ask.joined_channel("channel_id")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel
