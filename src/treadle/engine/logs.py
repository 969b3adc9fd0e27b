"""The log of a run: what the gear prints and what the engine says, in the order it was read, with a bound."""

from __future__ import annotations

import codecs
import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

OUT, ERR, SYSTEM = 1, 2, -1
MOST_BYTES = 64 << 20
MOST_REST = 2 << 30
_STARS = "***"

Echo = Callable[[int, str], None]


class Log:
    """Appends records `{fd, msg}` to a file; `news` is set when a shipper should look."""

    def __init__(
        self,
        path: Path,
        *,
        rest: Path | None = None,
        secrets: Iterable[str] = (),
        most: int = MOST_BYTES,
        echo: Echo | None = None,
    ) -> None:
        self._file = path.open("ab", buffering=0)
        self._secrets = [secret for secret in secrets if secret]
        self._streams = {fd: _Stream(self._secrets) for fd in (OUT, ERR)}
        self._rest = rest
        self._rest_file: BinaryIO | None = None
        self._rest_left = MOST_REST if rest else 0
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
        if not text:
            return
        data = text.encode()
        first = data[: self._left].decode(errors="ignore") if len(data) > self._left else text
        if self._left:
            self._left = max(0, self._left - len(data))
            self._write(fd, first)
            if not self._left:
                where = "; the rest follows in the text of the ended run" if self._rest else ""
                self.say(f"log truncated: more than {self._most >> 20} MiB{where}")
        self._keep(data[len(first.encode()) :])

    def _keep(self, data: bytes) -> None:
        """Beyond the limit, without its streams told apart, as long as there is room."""
        if data and self._rest_left and self._rest:
            self._rest_file = self._rest_file or self._rest.open("wb")
            self._rest_file.write(data[: self._rest_left])
            self._rest_left = max(0, self._rest_left - len(data))

    @property
    def rest(self) -> Path | None:
        """What did not go into the log, if anything; whole when the log is closed."""
        return self._rest if self._rest_file else None

    def close(self) -> None:
        """Nothing more comes."""
        for fd in self._streams:
            self.feed(fd, b"", final=True)
        if self._rest_file:
            self._rest_file.close()
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
