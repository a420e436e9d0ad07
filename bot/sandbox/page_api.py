"""The page's own requests: what to show (waiting for news), and what the person does.

These are the sandbox's, not Slack's. They need no token, since only this machine can reach them; that no other
web page in the browser can is the business of `server` (host names) and of the content type asked for here.
"""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

from werkzeug.exceptions import BadRequest, HTTPException, NotFound, UnsupportedMediaType
from werkzeug.wrappers import Request, Response

from bot.sandbox.files import PERMALINK, SHOWN_ON_THE_PAGE
from bot.sandbox.finding import CannotDo
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.page_state import page_state
from bot.sandbox.person import ActionResult, Person
from bot.sandbox.workspace import Workspace

FILES = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
NEWS_SECONDS = 20.0
# Only our own scripts and styles run; pictures are what the bot's image blocks point to.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: http: https:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PageApi:
    """Answers the page."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._doing: dict[str, Callable[[Person, JsonObject], Json]] = {
            "say": self._say,
            "upload": self._upload,
            "edit": lambda me, ask: me.edit(ask["channel"], ask["ts"], ask["text"]),
            "delete": lambda me, ask: me.delete(ask["channel"], ask["ts"]),
            "act": lambda me, ask: _told(
                me.choose(
                    ask["channel"], ask["ts"], ask["option"], action_id=ask["action_id"], block_id=ask["block_id"]
                )
            ),
            "act_in_view": self._act_in_view,
            "fill_in": lambda me, ask: me.fill_in(
                ask["channel"], ask["ts"], ask["value"], action_id=ask["action_id"], block_id=ask["block_id"]
            ),
            "global_shortcut": lambda me, ask: _told(me.global_shortcut(ask["callback_id"])),
            "message_shortcut": lambda me, ask: _told(
                me.message_shortcut(ask["callback_id"], ask["channel"], ask["ts"])
            ),
            "submit": self._submit,
            "close": lambda me, ask: me.close_view(whole_stack=bool(ask.get("all"))),
            "open_home": lambda me, _: me.open_home(),
            "open_messages": lambda me, _: me.open_messages(),
        }

    def respond(self, request: Request) -> Response:
        """Answer a request of the page."""
        try:
            response = self._respond(request)
        except HTTPException as refusal:
            response = Response(refusal.description or refusal.name, status=refusal.code)
        response.headers |= {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        response.headers["Cache-Control"] = "no-store"
        return response

    def _respond(self, request: Request) -> Response:
        if request.path == "/page/state":
            return _json(self._state(request))
        if request.path == "/page/do":
            return _json(self._do(request))
        if request.path == "/page/file":
            return self._file(request.args.get("id", ""))
        if request.path.startswith(PERMALINK):
            return self._file(request.path.removeprefix(PERMALINK).partition("/")[2].partition("/")[0])
        name = request.path.removeprefix("/page/") if request.path != "/" else "index.html"
        file = FILES / name
        if file.parent != FILES or file.suffix not in TYPES or not file.is_file():
            raise NotFound
        return Response(file.read_bytes(), content_type=f"{TYPES[file.suffix]}; charset=utf-8")

    def _state(self, request: Request) -> JsonObject:
        ask = request.args
        self._ws.changes.wait_past(ask.get("seen", -1, type=int), NEWS_SECONDS)
        everybody = [user.id for user in self._ws.conversations.users.values() if not user.is_bot]
        if not everybody:
            raise NotFound("Nobody is in this workspace yet.")
        me = ask.get("as", "")
        return page_state(
            self._ws, me if me in everybody else everybody[0], ask.get("channel", ""), ask.get("thread", "")
        )

    def _do(self, request: Request) -> JsonObject:
        if request.mimetype != "application/json":
            raise UnsupportedMediaType  # a form on another site could send anything else, but not this
        ask: Json = request.get_json()
        if not isinstance(ask, dict) or ask.get("do") not in self._doing:
            raise BadRequest("What should be done?")
        try:
            done = self._doing[ask["do"]](self._ws.person(ask["as"]), ask)
        except (KeyError, TypeError) as error:
            raise BadRequest(f"Not like this: {error!r}") from error
        except LookupError as impossible:  # CannotDo, or an option that is not offered
            return {"problem": str(impossible)}
        return done if isinstance(done, dict) else {}

    def _file(self, file_id: str) -> Response:
        try:
            file = self._ws.files.find(file_id)
        except LookupError as gone:
            raise NotFound(str(gone)) from gone
        # A page of somebody's making must not be opened as one of ours.
        kind = file.mimetype if file.mimetype in SHOWN_ON_THE_PAGE else "application/octet-stream"
        return Response(file.content, content_type=kind)

    def _upload(self, me: Person, ask: JsonObject) -> JsonObject:
        return me.upload(str(ask["name"]), b64decode(ask["content"]), str(ask["mimetype"])).as_slack()

    def _say(self, me: Person, ask: JsonObject) -> JsonObject:
        text, files = str(ask["text"]), [self._ws.files.find(file_id) for file_id in ask.get("files", [])]
        if text.startswith("/"):
            if ask.get("thread"):
                raise CannotDo(f"{text.split(maxsplit=1)[0]} is not supported in threads. Sorry!")
            return {"problem": me.slash(ask["channel"], text).problem}
        ts = me.say(
            ask["channel"], text, thread_ts=ask.get("thread"), broadcast=bool(ask.get("broadcast")), files=files
        )
        return {"ts": ts}

    def _act_in_view(self, me: Person, ask: JsonObject) -> JsonObject:
        me.leave_in(ask["view"], _values(ask))
        where = {"action_id": ask["action_id"], "block_id": ask["block_id"]}
        return _told(me.choose_in_view(ask["view"], ask["option"], **where))

    def _submit(self, me: Person, ask: JsonObject) -> JsonObject:
        top = me.view
        if top is None or top["id"] != ask["view"]:
            raise CannotDo("That modal is not on top any more.")
        me.leave_in(ask["view"], _values(ask))
        result = me.submit()
        return {"errors": result.errors, "problem": result.problem, "closed": result.closed}


def _values(ask: JsonObject) -> dict[tuple[str, str], Json]:
    return {(one["block_id"], one["action_id"]): one["value"] for one in ask["values"]}


def _told(result: ActionResult) -> JsonObject:
    return {"problem": result.problem}


def _json(body: Json) -> Response:
    return Response(json.dumps(body), content_type="application/json")
