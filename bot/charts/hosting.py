"""Pictures of charts that Slack hosts, each uploaded once for as long as it looks the same.

Home can only show a picture that is in Slack already, and Slack looks through an upload before it may be shown. So a
chart is uploaded by who has time (`upload`), and shown by its id once Slack has it (`file_id`); until then Home shows
the numbers as lines.
"""

import threading
from collections.abc import MutableMapping
from typing import Protocol

from bot.charts.picture import key_of, picture
from models.rules.charts import AnyChart


class Host(Protocol):
    """What it takes of a gateway."""

    def host(self, *, name: str, title: str, alt: str, content: bytes) -> str:
        """Upload; returns the id of the file."""

    def is_hosted(self, file_id: str) -> bool:
        """Whether blocks may show it by now."""


class HostedCharts:
    """The pictures that this process has uploaded. `ids`: file ids by the keys of pictures, to be kept elsewhere too.

    Threads may share it: at worst two of them upload the same picture, and one of the two is shown.
    """

    def __init__(self, host: Host, ids: MutableMapping[str, str] | None = None) -> None:
        self._host = host
        self._ids = {} if ids is None else ids
        self._ready: set[str] = set()
        self._lock = threading.Lock()

    def upload(self, chart: AnyChart) -> str:
        """Have Slack host the chart, unless it does already; returns the id of the file.

        Raises:
            SlackUnavailable, SlackRefused: as the gateway does.
        """
        key = key_of(chart)
        with self._lock:
            known = self._ids.get(key)
        if known is not None:
            return known
        made = picture(chart)
        file_id = self._host.host(name=made.name, title=made.title, alt=made.alt, content=made.content)
        with self._lock:
            return self._ids.setdefault(key, file_id)

    def file_id(self, chart: AnyChart) -> str | None:
        """The id by which blocks may show the chart; None while it is not uploaded, or Slack still looks through it.

        Raises:
            SlackUnavailable, SlackRefused: as the gateway does, when Slack has to be asked.
        """
        with self._lock:
            file_id = self._ids.get(key_of(chart))
            is_ready = file_id in self._ready
        if file_id is None or is_ready:
            return file_id
        if not self._host.is_hosted(file_id):
            return None
        with self._lock:
            self._ready.add(file_id)
        return file_id

    def forget(self, file_id: str) -> None:
        """A file that Slack does not show any more (`invalid slack file`): its chart is uploaded again."""
        with self._lock:
            self._ready.discard(file_id)
            for key in [key for key, known in self._ids.items() if known == file_id]:
                del self._ids[key]
