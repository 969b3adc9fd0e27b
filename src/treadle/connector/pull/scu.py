"""Associations to a source, and the plainest of its services, C-ECHO (PS3.7 9.1.5, PS3.8 7.1)."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from treadle.connector.answers import keep_answers
from treadle.connector.client_tls import client_context
from treadle.connector.config import DeviceConfig
from treadle.connector.pull.errors import NoAnswerError, RefusedError
from treadle.connector.pull_config import PullTlsConfig
from treadle.dicom import quiet  # noqa: F401 - must be set before anything is read

MAX_PDU = 131072
_CONNECT_S = 10.0
_ASSOCIATE_S = 30.0
_ANSWER_S = 120.0
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # says what our events say, and may print values
Handler = Callable[[evt.Event], Any]


@dataclass(frozen=True)
class Address:
    """Who asks whom."""

    calling: str
    called: str
    host: str
    port: int
    tls: PullTlsConfig | None = None

    @classmethod
    def of(cls, device: DeviceConfig, *, calling: str) -> Address:
        """The device, asked by the AE title `calling`."""
        return cls(
            calling=calling.strip(),
            called=device.ae_title,
            host=device.host,
            port=device.port,
            tls=device.pull.tls,
        )

    def __str__(self) -> str:
        return f"{self.called} at {self.host}:{self.port}"


class Scu:
    """One source; at most one association at a time, which another thread may break off."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._lock = Lock()
        self._open: Association | None = None

    @contextmanager
    def associate(
        self,
        contexts: Sequence[PresentationContext],
        *,
        negotiation: Sequence[Any] = (),
        on_store: Handler | None = None,
    ) -> Iterator[Association]:
        """An established association, released in the end; NoAnswerError when there is none to be had."""
        association = self._request(contexts, negotiation, on_store)
        with self._lock:
            self._open = association
        try:
            yield association
            if association.is_established:
                association.release()
        finally:
            with self._lock:
                self._open = None
            if association.is_alive() and not association.is_released:
                association.abort()

    def break_off(self) -> None:
        """Abort the association that is open."""
        with self._lock:
            if self._open is not None:
                self._open.abort()

    def echo(self) -> None:
        """C-ECHO; a PullError says what is wrong."""
        with self.associate([build_context(Verification)]) as association:
            status = association.send_c_echo()
            if "Status" not in status:
                raise NoAnswerError(f"{self.address} did not answer the echo")
            if status.Status != 0:
                raise RefusedError(f"{self.address} answered the echo with status 0x{status.Status:04X}")

    def _request(
        self,
        contexts: Sequence[PresentationContext],
        negotiation: Sequence[Any],
        on_store: Handler | None,
    ) -> Association:
        ae = AE(ae_title=self.address.calling)
        ae.connection_timeout, ae.acse_timeout, ae.dimse_timeout = _CONNECT_S, _ASSOCIATE_S, _ANSWER_S
        ae.network_timeout = None  # a C-MOVE may be silent for long; those who wait watch the time
        handlers: list[Any] = [(evt.EVT_CONN_OPEN, _set_nodelay)]
        if on_store is not None:
            handlers.append((evt.EVT_C_STORE, on_store))
        association = ae.associate(
            self.address.host,
            self.address.port,
            contexts=list(contexts),
            ae_title=self.address.called,
            max_pdu=MAX_PDU,
            ext_neg=list(negotiation) or None,
            tls_args=self._tls_args(),
            evt_handlers=handlers,
        )
        if not association.is_established:
            raise NoAnswerError(self._why_not(association))
        keep_answers(association)
        return association

    def _tls_args(self) -> tuple[ssl.SSLContext, str] | None:
        tls = self.address.tls
        if tls is None:
            return None
        try:
            context = client_context(ca=tls.ca, cert=tls.cert, key=tls.key, checks_name=bool(tls.server_name))
        except OSError as error:
            raise NoAnswerError(f"pull.tls: the certificates cannot be used: {error.strerror}") from error
        return context, tls.server_name or self.address.host

    def _why_not(self, association: Association) -> str:
        if association.is_rejected:
            answer = association.acceptor.primitive
            reason = getattr(answer, "reason_str", "") or "no reason given"
            return (
                f"{self.address} rejected us ({reason}); register the AE title {self.address.calling!r} with "
                "this machine's address there, and check the ae_title in the configuration"
            )
        if association.accepted_contexts or association.rejected_contexts:
            return f"{self.address} lets us in but offers none of the services asked for"
        return self._tls_trouble() or f"{self.address} does not answer; check host, port and firewall"

    def _tls_trouble(self) -> str:
        """What is wrong with the handshake, which the library does not tell; empty when it is not that."""
        if (args := self._tls_args()) is None:
            return ""
        try:
            plain = socket.create_connection((self.address.host, self.address.port), _CONNECT_S)
        except OSError:
            return ""
        try:
            with plain:
                args[0].wrap_socket(plain, server_hostname=args[1]).close()
        except OSError as error:
            why = getattr(error, "verify_message", "") or error.strerror or error
            return f"{self.address} and we do not agree on TLS: {why}; check pull.tls"
        return f"{self.address} ends the conversation after TLS began; does it trust the certificate we show?"


def _set_nodelay(event: evt.Event) -> None:
    connection = event.assoc.dul.socket
    if connection is not None and connection.socket is not None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
