"""The log of a run: what the gear prints and what the engine says, in the order it was read, with a bound."""

from __future__ import annotations

import codecs
import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

OUT, ERR, SYSTEM = 1, 2, -1
MOST_BYTES = 64 << 20
_STARS = "***"

Echo = Callable[[int, str], None]


class Log:
    """Appends records `{fd, msg}` to a file; `news` is set when a shipper should look."""

    def __init__(
        self, path: Path, *, secrets: Iterable[str] = (), most: int = MOST_BYTES, echo: Echo | None = None
    ) -> None:
        self._file = path.open("ab", buffering=0)
        self._secrets = [secret for secret in secrets if secret]
        self._streams = {fd: _Stream(self._secrets) for fd in (OUT, ERR)}
        self._left = most
        self._most = most
        self._echo = echo
        self._pending = 0
        self.news = threading.Event()

    def say(self, text: str) -> None:
        """A line of the engine itself; these are kept even when the log is full."""
        self._write(SYSTEM, _redacted(text, self._secrets) + "\n")
        self.news.set()

    def feed(self, fd: int, data: bytes, *, final: bool = False) -> None:
        """What was read from a stream of the gear; `final` at its end."""
        text = self._streams[fd].text(data, final=final)
        if not text or not self._left:
            return
        encoded = len(text.encode())
        if encoded > self._left:
            text = text.encode()[: self._left].decode(errors="ignore")
            encoded = self._left
        self._left -= encoded
        self._write(fd, text)
        if not self._left:
            self.say(f"log truncated: more than {self._most >> 20} MiB")

    def close(self) -> None:
        """Nothing more comes."""
        for fd in self._streams:
            self.feed(fd, b"", final=True)
        self._file.close()
        self.news.set()

    def _write(self, fd: int, text: str) -> None:
        line = json.dumps({"fd": fd, "msg": text}, ensure_ascii=False).encode() + b"\n"
        self._file.write(line)
        self._pending += len(line)
        if self._pending >= 65536:
            self._pending = 0
            self.news.set()
        if self._echo:
            self._echo(fd, text)


class _Stream:
    """Text of one stream: bytes that are not UTF-8 replaced, secrets starred even when a read cut them in two."""

    def __init__(self, secrets: list[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._secrets = secrets
        self._held = ""

    def text(self, data: bytes, *, final: bool) -> str:
        found = _redacted(self._held + self._decoder.decode(data, final), self._secrets)
        keep = 0 if final else max((_begun(found, secret) for secret in self._secrets), default=0)
        self._held = found[len(found) - keep :]
        return found[: len(found) - keep]


def _redacted(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _STARS)
    return text


def _begun(text: str, secret: str) -> int:
    """How many characters at the end of the text may be the beginning of the secret."""
    longest = min(len(secret) - 1, len(text))
    return next((n for n in range(longest, 0, -1) if secret.startswith(text[-n:])), 0)
