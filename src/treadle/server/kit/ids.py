"""Ids: 24 hex digits that sort by creation."""

from __future__ import annotations

import os
import re
import secrets
import time
from threading import Lock

ID_PATTERN = re.compile(r"[0-9a-f]{24}")
GROUP_PATTERN = re.compile(r"[0-9a-z]([0-9a-z.@_-]{0,62}[0-9a-z])?")

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class _IdClock:
    """4 bytes seconds, 5 random per process, 3 counter: ids of one process never go backwards."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pid = 0
        self._process = b""
        self._second = 0
        self._count = 0

    def next(self) -> str:
        with self._lock:
            if self._pid != os.getpid():  # a forked child must not repeat its parent's ids
                self._pid, self._process = os.getpid(), os.urandom(5)
            now = int(time.time())
            if now > self._second:
                self._second, self._count = now, 0
            else:
                self._count += 1
                if self._count >= 1 << 24:
                    self._second, self._count = self._second + 1, 0
            return (self._second.to_bytes(4, "big") + self._process + self._count.to_bytes(3, "big")).hex()


_clock = _IdClock()


def new_id() -> str:
    """A fresh id: 24 hex digits, growing with time."""
    return _clock.next()


def is_id(text: str) -> bool:
    """Whether the text has the form of an id."""
    return ID_PATTERN.fullmatch(text) is not None


def is_group_id(text: str) -> bool:
    """Whether the text may name a group; forms of other ids are refused so that one key finds one thing."""
    return GROUP_PATTERN.fullmatch(text) is not None and not is_id(text)


def new_secret(length: int = 53) -> str:
    """A random base62 text."""
    return "".join(secrets.choice(_BASE62) for _ in range(length))
