"""The workers that deliver complete series, and what they do when a delivery fails."""

from collections import Counter
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread

from treadle.connector.api import Api, Confirmed
from treadle.connector.backoff import LONGEST_S, Gate, delay
from treadle.connector.bundle import Bundle
from treadle.connector.courtesy import Rush, step_back
from treadle.connector.delivery import Delivery
from treadle.connector.errors import (
    AskedToWaitError,
    ChangedError,
    HeldError,
    NotAllowedError,
    SeriesTroubleError,
    ServerTroubleError,
    TicketGoneError,
)
from treadle.connector.events import series_event
from treadle.connector.health import Health, log, log_event
from treadle.connector.line import Line
from treadle.connector.scratch import Scratch
from treadle.connector.spool.state import Series, State
from treadle.connector.upload import send_bundle

_TICKETS = 3


class StoppedError(Exception):
    """The connector is stopping; what was under way resumes after the next start."""


class Pipeline:
    """Delivers the series given to `submit`, in order, a few at the same time."""

    def __init__(
        self,
        delivery: Delivery,
        state: State,
        health: Health,
        *,
        apis: list[Api],
        sends: int,
        outbox: Path,
        rush: Rush,
        retry_first_s: float,
    ) -> None:
        """A worker for each of `apis`; `sends` of them send at the same time while the others pack."""
        self._delivery = delivery
        self._state = state
        self._health = health
        self._line = Line()
        self._rush = rush
        self._gate = Gate(first_s=retry_first_s)
        self._retry_first_s = retry_first_s
        self._sends = BoundedSemaphore(sends)
        self._failures: Counter[int] = Counter()
        self._stop = Event()
        self._workers = [
            Thread(
                target=self._work,
                args=(api, Scratch(outbox / f"{number}.zip")),
                name=f"uploader-{number}",
                daemon=True,
            )
            for number, api in enumerate(apis)
        ]

    def start(self) -> None:
        """Start the workers."""
        for worker in self._workers:
            worker.start()

    def submit(self, series_id: int) -> None:
        """Deliver this series as soon as it is its turn."""
        self._line.join(series_id)

    def queue_length(self) -> int:
        """Series waiting or under way."""
        return self._line.length()

    def is_idle(self) -> bool:
        """Whether nothing is under way; what has failed may be tried again later."""
        return self._line.is_idle()

    def stop(self, *, timeout_s: float) -> None:
        """Send the workers home after the part they are sending."""
        self._stop.set()
        self._line.close()
        for worker in self._workers:
            worker.join(timeout_s)

    def _work(self, api: Api, scratch: Scratch) -> None:
        step_back()
        while self._gate.wait(self._stop) and (series_id := self._line.take()) is not None:
            try:
                self._rush.let_pass(self._stop)
                if self._gate.wait(self._stop):
                    self._deliver(series_id, api, scratch)
            except Exception as error:  # noqa: BLE001 - the connector's border: record, go on
                log.exception("delivery failed", extra={"fields": {"series": series_id}})
                self._later(series_id, SeriesTroubleError(type(error).__name__))
            finally:
                self._line.done(series_id)

    def _deliver(self, series_id: int, api: Api, scratch: Scratch) -> None:
        try:
            self._delivery.deliver(series_id, api=api, scratch=scratch, send=partial(self._send, series_id))
        except StoppedError:
            return
        except ChangedError:
            log.debug("changed while packed", extra={"fields": {"series": series_id}})
        except AskedToWaitError as error:
            self._wait(series_id, error)
        except HeldError as error:
            self._hold(series_id, error)
        except ServerTroubleError as error:
            self._note_failure(series_id)
            self._pause(error)
            self._line.give_back(series_id)
        except (SeriesTroubleError, TicketGoneError) as error:
            self._later(series_id, error)
        else:
            del self._failures[series_id]

    def _send(self, series_id: int, api: Api, bundle: Bundle) -> Confirmed:
        """Send with the zip at hand, for as long as the server is away."""
        tickets = 0
        while self._gate.wait(self._stop):
            try:
                with self._sends:
                    confirmed = send_bundle(api, bundle)
            except ServerTroubleError as error:
                self._note_failure(series_id)
                self._pause(error)
            except TicketGoneError:
                tickets += 1
                if tickets > _TICKETS:
                    raise
            else:
                self._gate.succeeded()
                self._health.trouble("server", None)
                return confirmed
        raise StoppedError

    def _pause(self, error: ServerTroubleError) -> None:
        self._gate.failed(retry_after_s=error.retry_after_s)
        what = "the server refuses our key" if isinstance(error, NotAllowedError) else "server trouble"
        self._health.trouble("server", f"{what}: {error}")
        log_event("uploads paused", level=30, reason=str(error))

    def _note_failure(self, series_id: int) -> Series | None:
        series = self._state.series(series_id)
        if series is not None:
            self._health.failed(series.device, series_id)
        return series

    def _later(self, series_id: int, error: Exception) -> None:
        self._failures[series_id] += 1
        wait = delay(self._failures[series_id], first_s=self._retry_first_s)
        series = self._note_failure(series_id)
        if series is not None:
            series_event(
                "failed", series, n=self._failures[series_id], reason=str(error), retry_s=round(wait)
            )
        self._line.join(series_id, after_s=wait)

    def _wait(self, series_id: int, error: AskedToWaitError) -> None:
        self._state.mark_waiting(series_id, reason=str(error))
        series = self._note_failure(series_id)
        if series is not None:
            series_event("held", series, reason=str(error))
        self._line.join(series_id, after_s=LONGEST_S)

    def _hold(self, series_id: int, error: HeldError) -> None:
        series = self._note_failure(series_id)
        if series is None:
            return
        self._state.settle_series(series_id, generation=series.generation, state="held", reason=str(error))
        self._health.count(series.device, "series_held")
        series_event("held", series, reason=str(error))
