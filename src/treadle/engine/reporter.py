"""While a job runs: its log goes to the server, its lease is renewed, and we hear when it was cancelled."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from treadle.engine.api import Api, Hold, Refused, Unreachable
from treadle.engine.errors import RunFailed
from treadle.engine.logs import Log
from treadle.engine.process import Stop

_FLUSH_S = 2.0
_GATHER_S = 0.2  # what a short run logs goes with its end
_REPORT_S = 15.0
_MOST_AT_ONCE = 1 << 20


class Reporter:
    """A thread beside the run; an unreachable server delays it and harms nothing."""

    def __init__(self, api: Api, hold: Hold, log: Log, path: Path, stop: Stop) -> None:
        self._api = api
        self._hold = hold
        self._log = log
        self._file = path.open("rb")
        self._stop = stop
        self._reported = time.monotonic()
        self._ending = threading.Event()
        self.lost = False
        """The job is no longer ours: cancelled, or given up by the server."""
        self._thread = threading.Thread(target=self._run, name=f"report-{hold.job}", daemon=True)
        self._thread.start()

    def finish(self) -> list[dict[str, Any]]:
        """The last records, for the commit to bring; all before them are with the server, or the job is lost."""
        self._ending.set()
        self._log.news.set()
        self._thread.join()
        last = self._records()
        while not self.lost and (more := self._records()):
            self._send_last(last)
            last = more
        self._file.close()
        return last

    def _run(self) -> None:
        while not self.lost:
            if self._log.news.wait(_FLUSH_S):
                self._ending.wait(_GATHER_S)
            self._log.news.clear()
            if self._ending.is_set():
                return
            try:
                self._ship()
                if time.monotonic() - self._reported >= _REPORT_S:
                    self._report()
            except Unreachable:
                self._ending.wait(_FLUSH_S)
            except Refused as refusal:
                self._lose(str(refusal))

    def _ship(self) -> None:
        while not self._ending.is_set() and (records := self._records()):
            at = self._file.tell()
            try:
                self._api.log(self._hold, records)
            except Unreachable:
                self._file.seek(at - self._taken)
                raise
            self._reported = time.monotonic()

    def _send_last(self, records: list[dict[str, Any]]) -> None:
        try:
            with suppress(Unreachable):
                self._api.patiently(lambda: self._api.log(self._hold, records))
        except Refused as refusal:
            self._lose(str(refusal))

    def _records(self) -> list[dict[str, Any]]:
        """Whole lines only: the last one may just be written."""
        start = self._file.tell()
        data = self._file.read(_MOST_AT_ONCE)
        whole = data[: data.rfind(b"\n") + 1]
        while data and not whole:  # a record longer than what is read at once
            more = self._file.read(_MOST_AT_ONCE)
            if not more:
                break
            data += more
            whole = data[: data.rfind(b"\n") + 1]
        self._taken = len(whole)
        self._file.seek(start + self._taken)
        return [json.loads(line) for line in whole.splitlines()]

    def _report(self) -> None:
        state = self._api.report(self._hold)
        self._reported = time.monotonic()
        if state != "running":
            self._lose(f"the job is {state}")

    def _lose(self, why: str) -> None:
        self.lost = True
        self._stop.ask(RunFailed("cancelled_by", why))
