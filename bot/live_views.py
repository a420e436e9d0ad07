"""Modals that are drawn again while somebody fills them in, in the order in which they were changed.

Changes may come in faster than the form can be drawn, and in another order than they were made. So for each modal
one change is worked on at a time, and of those that came meanwhile only the newest. An update is only made to the
content that the change was made in or that was drawn here last: a modal that says "done" by now is left alone.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.gateway import HASH_CONFLICT, Gateway, SlackRefused, SlackUnavailable
from bot.payloads import JsonObject, ViewAction

_LOG = logging.getLogger(__name__)
_MOST_VIEWS = 1000


@dataclass
class _Live:
    """A modal: its newest change, whether somebody waits to work on it, and the content that was drawn last."""

    newest: ViewAction
    is_waited_for: bool = False
    drawn_hash: str = ""
    at_work: threading.Lock = field(default_factory=threading.Lock)


class LiveViews:
    """The modals that were changed lately, in this process."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._views: OrderedDict[str, _Live] = OrderedDict()

    def __len__(self) -> int:
        return len(self._views)

    def waiting(self, view_id: str) -> bool:
        """Whether a change of that modal waits for another to be drawn."""
        with self._lock:
            return view_id in self._views and self._views[view_id].is_waited_for

    def changed(self, action: ViewAction, draw: Callable[[ViewAction], JsonObject]) -> None:
        """Draw the modal again for this change, unless there is a newer one."""
        with self._lock:
            live = self._views.setdefault(action.view_id, _Live(action))
            self._views.move_to_end(action.view_id)
            if len(self._views) > _MOST_VIEWS:
                self._views.popitem(last=False)
            if live.newest is not action and live.newest.at >= action.at:
                return
            live.newest = action
            if live.is_waited_for:
                return
            live.is_waited_for = True
        with live.at_work:
            with self._lock:
                live.is_waited_for = False
                newest = live.newest
            self._update(live, newest, draw(newest))

    def _update(self, live: _Live, action: ViewAction, view: JsonObject) -> None:
        for known in filter(None, dict.fromkeys((live.drawn_hash, action.view_hash))):
            try:
                live.drawn_hash = self._gateway.update_view(view_id=action.view_id, view=view, view_hash=known)
            except SlackRefused as refusal:
                if refusal.code != HASH_CONFLICT:
                    _LOG.info("a form was not drawn again: %s", refusal)  # mostly, it was closed
                    return
            except SlackUnavailable as problem:
                _LOG.warning("a form was not drawn again: %s", problem)
                return
            else:
                return
