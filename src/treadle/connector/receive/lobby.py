"""Connections that have not got an association yet: a bounded number, for a bounded time."""

import socket
from threading import Condition, Thread
from time import monotonic

_LOOK_EVERY_S = 0.5


class Lobby:
    """Holds at most `most` connections for `longest_s` each; a newcomer to a full lobby turns out the oldest.

    An honest sender asks at once and is gone again, whatever waits beside it.
    """

    def __init__(self, *, most: int, longest_s: float) -> None:
        self._most = most
        self._longest_s = longest_s
        self._since: dict[socket.socket, float] = {}
        self._changed = Condition()
        Thread(target=self._watch, name="lobby", daemon=True).start()

    def enter(self, sock: socket.socket) -> None:
        """The connection begins to wait."""
        with self._changed:
            while len(self._since) >= self._most:
                self._turn_out(next(iter(self._since)))
            self._since[sock] = monotonic()
            self._changed.notify()

    def leave(self, sock: socket.socket) -> None:
        """It has its association, or has ended."""
        with self._changed:
            self._since.pop(sock, None)

    def _turn_out(self, sock: socket.socket) -> None:
        del self._since[sock]
        shut(sock, socket.SHUT_RDWR)  # its thread finds the connection closed

    def _watch(self) -> None:
        while True:
            with self._changed:
                while not self._since:
                    self._changed.wait()
                oldest, since = next(iter(self._since.items()))
                if monotonic() - since > self._longest_s:
                    self._turn_out(oldest)
                else:
                    self._changed.wait(_LOOK_EVERY_S)


def shut(sock: socket.socket, how: int) -> None:
    """Shut a connection down under the thread that reads it, with or without TLS."""
    try:
        socket.socket.shutdown(sock, how)
    except OSError:
        return
