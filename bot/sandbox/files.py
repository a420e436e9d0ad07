"""Files of the workspace: what the bot is told of them, and who may fetch their content.

A file has addresses. At `url_private` its content is given to whoever brings the bot's token, and the scope
`files:read` with it; anybody else is sent to the sign-in page, as Slack does it: a redirection, which ends in a page of
HTML with a 200. The `permalink` is for people. A deleted file has no content, and what tells of it says only its id.
"""

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from bot.sandbox.calls import Call
from bot.sandbox.errors import SlackError
from bot.sandbox.json_types import JsonObject

if TYPE_CHECKING:  # the workspace keeps them
    from bot.sandbox.workspace import Workspace

CONTENT, PERMALINK = "/files-pri/", "/files/"
DOWNLOAD = "files.download"
"""What the record of calls and the faults call the fetching of a content; Slack has no method for it."""

PICTURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
"""The kinds of pictures that blocks can show, and how their content begins."""

SHOWN_ON_THE_PAGE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
SCOPE = "files:read"


@dataclass
class StoredFile:
    """A file as somebody uploaded it."""

    id: str
    name: str
    mimetype: str
    user: str
    created: int
    content: bytes
    team_id: str
    base: str
    is_deleted: bool = False
    given_title: str | None = None

    @property
    def filetype(self) -> str:
        """What Slack calls the type: mostly the ending of the name."""
        ending = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        return {"jpeg": "jpg"}.get(ending, ending)

    @property
    def is_picture(self) -> bool:
        """Whether blocks can show it: what it says that it is, and what it is."""
        return self.mimetype in PICTURES and self.content.startswith(PICTURES[self.mimetype])

    def as_slack(self) -> JsonObject:
        """The file object of events and of `state.values`."""
        if self.is_deleted:
            return {"id": self.id, "mode": "tombstone"}
        private, name = f"{self.base}files-pri/{self.team_id}-{self.id}", self.name.lower().replace(" ", "_")
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.given_title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.filetype,
            "pretty_type": self.filetype.upper(),
            "user": self.user,
            "user_team": self.team_id,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "is_public": True,
            "url_private": f"{private}/{name}",
            "url_private_download": f"{private}/download/{name}",
            "permalink": f"{self.base}files/{self.user}/{self.id}/{name}",
        }


class Files:
    """Every file of the workspace, deleted ones too."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws
        self._numbers = count(1)
        self._files: dict[str, StoredFile] = {}

    def next_id(self) -> str:
        """An id that no file has."""
        with self._ws.changes.lock:
            return f"F{next(self._numbers):08d}"

    def add(
        self, user: str, name: str, content: bytes, mimetype: str, *, file_id: str | None = None,
        title: str | None = None,
    ) -> StoredFile:  # fmt: skip
        """Keep what somebody uploads; with the id that it was announced under, if it was."""
        ws = self._ws
        with ws.changes.lock:
            number = file_id or self.next_id()
            created = int(ws.clock.now().timestamp())
            file = StoredFile(
                number, name, mimetype, user, created, content, ws.team_id, ws.response_urls.base, given_title=title
            )
            self._files[file.id] = file
            return file

    def find(self, file_id: str) -> StoredFile:
        """A file that is there; LookupError for one that is not, or not any more."""
        file = self._files.get(file_id)
        if file is None or file.is_deleted:
            raise LookupError(f"There is no file {file_id}.")
        return file

    def is_processed(self, file: StoredFile) -> bool:
        """Whether Slack has looked through it. People's files are: what is told of them comes afterwards."""
        ws = self._ws
        seconds = ws.limits.file_processing
        return file.user != ws.bot_user_id or ws.clock.now().timestamp() >= file.created + seconds

    def is_showable(self, given: JsonObject) -> bool:
        """Whether a `slack_file` of the bot's blocks, an id or one of the addresses, is a picture that it may show."""
        ws = self._ws
        with ws.changes.lock:
            file = next((one for one in self._files.values() if _is_named(one, given)), None)
            if file is None or not file.is_picture or not self.is_processed(file):
                return False
            seen = [one for one in ws.conversations.channels.values() if ws.bot_user_id in one.members]
            return file.user == ws.bot_user_id or any(
                file in message.files for channel in seen for message in channel.messages
            )

    def content(self, request: Request) -> Response:
        """Answer whoever asks for a content: `/files-pri/TEAM-FILE/...`."""
        ws = self._ws
        team_and_file = request.path.removeprefix(CONTENT).partition("/")[0]
        file_id = team_and_file.removeprefix(f"{ws.team_id}-")
        with ws.changes.lock:
            call = Call(DOWNLOAD, {"file": file_id}, ws.clock.now())
            ws.record.calls.append(call)
        try:
            ws.faults.meet(call, "before_store")
        except SlackError as trouble:
            return self._answered(call, Response(trouble.error, status=trouble.status), trouble.error)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.strip() != ws.bot_token or SCOPE not in ws.scopes:
            away = Response(status=302, headers={"Location": f"/?redir={request.path}"})
            return self._answered(call, away, "not_authed")
        try:
            file = self.find(file_id)
        except LookupError:
            return self._answered(call, Response("File not found", status=404), "file_not_found")
        return self._answered(call, Response(file.content, content_type=file.mimetype), None)

    def _answered(self, call: Call, response: Response, error: str | None) -> Response:
        with self._ws.changes.lock:
            call.status, call.error = response.status_code, error
            self._ws.changes.happened()
        return response


def _is_named(file: StoredFile, given: JsonObject) -> bool:
    shown = file.as_slack()
    if "id" in given:
        return not file.is_deleted and bool(shown["id"] == given["id"])
    return given.get("url") in {shown.get("url_private"), shown.get("permalink")} - {None}
