"""An idle connection stays: the bot's SDK must be able to read our pings, or it never answers and is thought dead."""

import logging
import socket
import threading

from slack_sdk.socket_mode.builtin.internals import _receive_messages

from bot.sandbox.socket_mode import LockedSocket


def test_the_sdk_reads_a_ping_as_soon_as_it_is_sent() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(2)
        LockedSocket(ours).send(b"\x89\x00")  # what simple-websocket sends when nothing was heard for a while
        [(header, data)] = _receive_messages(theirs, threading.Lock(), logging.getLogger(), 1024)  # type: ignore[arg-type]  # it says ssl.SSLSocket and takes any
    assert header is not None
    assert (header.opcode, data) == (9, b"ping")
