"""What a run that was stopped needs to go on: its secret, and which files are done.

A secret made for this run is the only thing that could ever link input and output. It lies here readable by its owner
alone while the run lasts, and goes when the run is complete. A secret that was given is not written down: whoever goes
on gives it again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TextIO

from treadle.deid import Secrets

_KEY, _DONE = "unfinished.key", "unfinished.jsonl"


class State:
    """The unfinished run of a report folder."""

    def __init__(self, folder: Path, profile: str, secrets: Secrets | None) -> None:
        self._key, self._journal = folder / _KEY, folder / _DONE
        self.done: dict[str, dict[str, Any]] = {}
        kept = self._kept(profile)
        own = Secrets(bytes.fromhex(kept["secret"])) if "secret" in kept else None
        self.secrets = secrets or own or Secrets.random()
        self.resumed = kept.get("mark") == self._mark()
        if self.resumed:
            self.done = {line["file"]: line for line in _lines(self._journal)}
        else:
            self._journal.unlink(missing_ok=True)
            self._key.unlink(missing_ok=True)
            with os.fdopen(os.open(self._key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                key = {} if secrets else {"secret": self.secrets.secret.hex()}
                json.dump({"profile": profile, "mark": self._mark(), **key}, file)
        self._file: TextIO = self._journal.open("a", encoding="utf-8")

    def _kept(self, profile: str) -> dict[str, str]:
        try:
            kept: dict[str, str] = json.loads(self._key.read_text("utf-8"))
            return kept if kept["profile"] == profile else {}
        except (OSError, ValueError, KeyError):
            return {}

    def _mark(self) -> str:
        """By what the same secret is known again."""
        return self.secrets.digest("resume", b"secret").hex()

    def mark_of(self, path: Path, folder: Path) -> str:
        """A file as the journal knows it: nobody without the secret can tell which."""
        facts = path.stat()
        text = f"{path.relative_to(folder)}|{facts.st_size}|{facts.st_mtime_ns}"
        return self.secrets.digest("resume", text.encode("utf-8", "surrogateescape")).hex()[:24]

    def note(self, mark: str, status: str, sop_instance: bytes) -> None:
        """One file is done."""
        line = {"file": mark, "status": status, "sop": sop_instance.decode("latin-1")}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def finish(self) -> None:
        """All files are done: nothing that links input and output stays."""
        self._file.close()
        self._journal.unlink(missing_ok=True)
        self._key.unlink(missing_ok=True)


def _lines(path: Path) -> list[dict[str, Any]]:
    found = []
    try:
        for line in path.read_text("utf-8").splitlines():
            found.append(json.loads(line))
    except (OSError, ValueError):  # the last line may have been cut
        pass
    return found
