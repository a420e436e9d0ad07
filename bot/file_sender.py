"""What those share who upload files for a delivery worker."""

from collections.abc import Callable
from datetime import datetime

from bot.gateway import Gateway
from bot.pacing import Pacing
from models.database import Database


class FileSender:
    """Uploads files for a delivery worker, whose pace it keeps."""

    def __init__(
        self, database: Database, gateway: Gateway, pacing: Pacing, read_clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._pacing = pacing
        self._read_clock = read_clock
