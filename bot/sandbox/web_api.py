"""The Web API's front door: reads a call, checks token, scope, speed and arguments, and has it answered.

Slack answers nearly everything with HTTP 200 and says `ok: false` in the body; only rate limits and Slack's own
troubles have another status.
"""

import json
from dataclasses import dataclass

from werkzeug.wrappers import Request

from bot.sandbox.calls import Call
from bot.sandbox.errors import SlackError, rate_limited
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.methods import METHODS
from bot.sandbox.methods.registry import Ask, Method
from bot.sandbox.workspace import Workspace

HOLDING_JSON = {"blocks", "attachments", "metadata", "view", "files"}


@dataclass(frozen=True)
class Answer:
    """What goes back to the bot."""

    status: int
    headers: dict[str, str]
    body: JsonObject


class WebApi:
    """Answers calls of `/api/<method>`, and posts to response URLs."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def call(self, name: str, request: Request) -> Answer:
        """Answer one call."""
        call = self._begin(name, {})
        try:
            params = _params(request)
            token = _token(request, params)
            call.params = _readable(params)
            body = {"ok": True, **self._answer(name, params, token, call)}
            self._ws.faults.meet(call, "after_store")
        except SlackError as refusal:
            return self._end(call, refusal.status, refusal.body(), refusal.headers)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._ws.scopes))}
        return self._end(call, 200, body, headers)

    def response_url(self, key: str, request: Request) -> Answer:
        """Take an answer posted to a response URL."""
        ws = self._ws
        call = self._begin("response_url", {})
        try:
            answer = _json_object(request, "invalid_payload", 400)
            call.params = {**answer, "key": key}
            ws.faults.meet(call, "before_store")
            with ws.changes.lock:
                given = ws.response_urls.use(key, ws.clock.now())
                call.reader = ws.answers.reader(given, answer)
                ws.answers.to_url(given, answer)
                ws.record.stored(call)
            ws.faults.meet(call, "after_store")
        except SlackError as refusal:
            return self._end(call, refusal.status, refusal.body(), refusal.headers)
        return self._end(call, 200, {"ok": True}, {})

    def _begin(self, name: str, params: JsonObject) -> Call:
        with self._ws.changes.lock:
            call = Call(name, params, self._ws.clock.now())
            self._ws.record.calls.append(call)
            return call

    def _end(self, call: Call, status: int, body: JsonObject, headers: dict[str, str]) -> Answer:
        with self._ws.changes.lock:
            call.status, call.response = status, body
            call.error = None if body["ok"] else str(body["error"])
            self._ws.changes.happened()
        return Answer(status, headers, body)

    def _answer(self, name: str, params: JsonObject, token: str | None, call: Call) -> JsonObject:
        ws = self._ws
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._authorize(method, token)
        with ws.changes.lock:
            wait = ws.rates.wait_before_call(name, method.tier, ws.clock.now())
            if wait:
                raise rate_limited(wait)
            met = False

            def before_store() -> None:
                # The lock is let go meanwhile: an injected fault may take its time, or wait for something.
                nonlocal met
                if met:
                    return
                met = True
                ws.changes.lock.release()
                try:
                    ws.faults.meet(call, "before_store")
                finally:
                    ws.changes.lock.acquire()

            ask = Ask(ws, params, call, token or "", before_store)
            if method.scope is not None:
                ask.need_scope(method.scope)
            missing = [key for key in method.required if params.get(key) in (None, "")]
            if missing:
                raise SlackError("invalid_arguments", messages=[f"[ERROR] missing required field: {missing[0]}"])
            body = method.handler(ask)
            before_store()  # methods that only read have no earlier point
            return body

    def _authorize(self, method: Method, token: str | None) -> None:
        if not token:
            raise SlackError("not_authed")
        if token not in {self._ws.bot_token, self._ws.app_token}:
            raise SlackError("invalid_auth")
        needed = {"bot": self._ws.bot_token, "app": self._ws.app_token, "any": token}[method.kind]
        if token != needed:
            raise SlackError("not_allowed_token_type")


def _params(request: Request) -> JsonObject:
    params: JsonObject = dict(request.args.items())
    if request.mimetype == "application/json":
        body = _json_object(request, "invalid_json", 200)
        return params | {key: value for key, value in body.items() if value is not None}
    return params | dict(request.form.items())


def _json_object(request: Request, refusal: str, status: int) -> JsonObject:
    try:
        body: Json = json.loads(request.get_data() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise SlackError(refusal, status=status)
    return body


def _token(request: Request, params: JsonObject) -> str | None:
    """The token, taken out of the arguments, so that no record holds it."""
    in_body = params.pop("token", None)
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else in_body


def _readable(params: JsonObject) -> JsonObject:
    """Arguments for the record: JSON that came as text is decoded."""
    return {key: _decoded(value) if key in HOLDING_JSON else value for key, value in params.items()}


def _decoded(value: Json) -> Json:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
