"""Files that the app uploads, in Slack's three steps: it asks for an address, posts the content there, completes it.

An address works once, and only for as many bytes as were announced. A file that is not completed is nobody's: it is in
no message and nobody can find it. The content may come as it is, or as the one file of a multipart form.
"""

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from mimetypes import guess_type
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from bot.sandbox.calls import Call
from bot.sandbox.errors import SlackError

if TYPE_CHECKING:  # the workspace keeps them
    from bot.sandbox.files import StoredFile
    from bot.sandbox.workspace import Workspace

PATH = "/upload/v1/"
UPLOAD = "files.upload.content"
"""What the record of calls and the faults call the posting of a content; Slack has no method for it."""


@dataclass
class Ticket:
    """A file that was announced. `content` is None until it has come."""

    file_id: str
    name: str
    length: int
    key: str
    content: bytes | None = None


class Uploads:
    """What was announced and is not completed yet."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws
        self._tickets: dict[str, Ticket] = {}

    def announce(self, name: str, length: int) -> Ticket:
        """Give out an address for a file."""
        with self._ws.changes.lock:
            ticket = Ticket(self._ws.files.next_id(), name, length, secrets.token_urlsafe(12))
            self._tickets[ticket.file_id] = ticket
            return ticket

    def address(self, ticket: Ticket) -> str:
        """Where its content is to be posted."""
        return f"{self._ws.response_urls.base}{PATH.removeprefix('/')}{ticket.key}"

    def require(self, file_id: str) -> Ticket:
        """A ticket whose content has come and that was not completed; SlackError for any other."""
        ticket = self._tickets.get(file_id)
        if ticket is None or ticket.content is None:
            raise SlackError("file_not_found")
        return ticket

    def complete(self, ticket: Ticket, title: str | None) -> "StoredFile":
        """Make it a file of the workspace; this works once."""
        with self._ws.changes.lock:
            del self._tickets[ticket.file_id]
            kind = guess_type(ticket.name)[0] or "application/octet-stream"
            return self._ws.files.add(
                self._ws.bot_user_id, ticket.name, ticket.content or b"", kind, file_id=ticket.file_id, title=title
            )

    def take(self, request: Request) -> Response:
        """Take a content at its address."""
        ws, key = self._ws, request.path.removeprefix(PATH)
        with ws.changes.lock:
            ticket = next((one for one in self._tickets.values() if one.key == key), None)
            call = Call(UPLOAD, {"file": ticket.file_id if ticket else "unknown"}, ws.clock.now())
            ws.record.calls.append(call)
        try:
            ws.faults.meet(call, "before_store")
            self._store(call, ticket, request)
            ws.faults.meet(call, "after_store")
        except SlackError as trouble:
            return self._answered(call, Response(trouble.error, status=trouble.status), trouble.error)
        return self._answered(call, Response(f"OK - {ticket.length if ticket else 0}"), None)

    def _store(self, call: Call, ticket: Ticket | None, request: Request) -> None:
        if request.method != "POST":
            raise SlackError("method_not_allowed", status=HTTPStatus.METHOD_NOT_ALLOWED)
        content = _content(request)
        with self._ws.changes.lock:
            if ticket is None or ticket.content is not None:  # an address works once
                raise SlackError("upload_not_found", status=HTTPStatus.NOT_FOUND)
            if len(content) != ticket.length:
                raise SlackError("wrong_length", status=HTTPStatus.BAD_REQUEST)
            ticket.content = content
            self._ws.record.stored(call)

    def _answered(self, call: Call, response: Response, error: str | None) -> Response:
        with self._ws.changes.lock:
            call.status, call.error = response.status_code, error
            self._ws.changes.happened()
        return response


def _content(request: Request) -> bytes:
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    return next((file.read() for file in request.files.values()), b"")
