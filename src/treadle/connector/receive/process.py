"""One receiver process: accepts on a socket it inherits, a thread per association.

The central process writes a JSON line with the setup to standard input, further ones when devices change, and
keeps the pipe open: its end is the order to stop, given by hand or by the death of the central process. What
happened goes back as JSON lines on standard output.
"""

import fcntl
import json
import os
import resource
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from treadle.connector.receive.association import Association
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.lobby import Lobby, shut
from treadle.connector.receive.policy import Peer, Policy
from treadle.connector.receive.seats import Seats
from treadle.connector.receive.site import Site

if TYPE_CHECKING:
    from ssl import SSLContext

_GRACE_S = 3.0
_LINGER_S = 0.5
_FILES = 16384
_MOST_WAITING = 64


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Everything a receiver process has to know; `peers` and `tls` may change while it runs."""

    arriving: str
    commitments: str
    seats: str
    lock: str
    ae_title: str
    open_device: str | None
    peers: list[dict[str, Any]]
    tls: dict[str, Any] | None
    limits: Limits

    def to_json(self) -> str:
        """One line for the standard input of a receiver process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Setup":
        """The setup in such a line."""
        values = json.loads(text)
        return cls(**{**values, "limits": Limits(**values["limits"])})


class Receiver:
    """Accepts connections and serves each in its own thread until told to stop."""

    def __init__(self, setup: Setup) -> None:
        limits = setup.limits
        self._site = Site(
            arriving=Path(setup.arriving),
            commitments=Path(setup.commitments),
            policy=_policy(setup),
            limits=limits,
            seats=Seats(Path(setup.seats), total=limits.max_associations, per_peer=limits.max_per_peer),
        )
        self._tls = _tls(setup)
        self._lobby = Lobby(most=_MOST_WAITING, longest_s=limits.artim_s)
        self._listeners: list[socket.socket] = []
        self._open: dict[Association, socket.socket] = {}
        self._lock = Lock()

    def update(self, setup: Setup) -> None:
        """Decide by this setup from the next request on; open associations stay."""
        try:
            self._tls = _tls(setup)
        except OSError as error:
            report("trouble", reason=f"TLS: {error}")
        self._site.policy = _policy(setup)

    def serve(self, listener: socket.socket, *, secure: bool) -> None:
        """Accept on this port until the process ends."""
        self._listeners.append(listener)
        while True:
            try:
                sock, address = listener.accept()
            except OSError:  # the peer gave up before we came, or we are out of descriptors
                sleep(0.01)
                continue
            if self._site.stopping:
                sock.close()
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if secure and self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            self._lobby.enter(sock)
            Thread(target=self._associate, args=(sock, address[0], secure), daemon=True).start()

    def _associate(self, sock: socket.socket, address: str, secure: bool) -> None:
        association = Association(
            sock,
            address=address,
            site=self._site,
            secure=secure,
            on_established=lambda: self._lobby.leave(sock),
        )
        with self._lock:
            self._open[association] = sock
        try:
            if secure:
                sock.settimeout(self._site.limits.artim_s)
                sock.do_handshake()  # type: ignore[attr-defined]
            association.run()
        except OSError as error:
            association.tally.end = f"rejected: TLS: {error}"
        finally:
            self._lobby.leave(sock)
            with self._lock:
                del self._open[association]
            _close(sock)
            report("association", peer=address, **asdict(association.tally))

    def stop(self) -> None:
        """Let messages under way finish, abort the rest, and return within a few seconds."""
        self._site.stopping = True
        for listener in self._listeners:
            shut(listener, socket.SHUT_RDWR)  # frees the port for a successor at once
        give_up_at = monotonic() + _GRACE_S
        while monotonic() < give_up_at:
            with self._lock:
                if not self._open:
                    return
                for association, sock in self._open.items():
                    if not association.busy:
                        shut(sock, socket.SHUT_RD)
            sleep(0.02)

    def close(self) -> None:
        """Leave no empty part files behind."""
        self._site.close()


def _policy(setup: Setup) -> Policy:
    return Policy(
        ae_title=setup.ae_title,
        peers=tuple(Peer.of(**peer) for peer in setup.peers),
        open_device=setup.open_device,
    )


def _tls(setup: Setup) -> "SSLContext | None":
    if setup.tls is None:
        return None
    from treadle.connector.receive.tls import server_context  # noqa: PLC0415 - 4 MB that most sites do not need

    return server_context(**setup.tls)


def _close(sock: socket.socket) -> None:
    # Closing with unread bytes resets the connection, and the peer may never see our last PDU: read them.
    give_up_at = monotonic() + _LINGER_S
    try:
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(_LINGER_S)
        while sock.recv(65536) and monotonic() < give_up_at:
            pass
    except OSError:
        pass
    finally:
        sock.close()


def report(event: str, **fields: Any) -> None:
    """Tell the central process; dropped when it does not listen, because receiving must go on."""
    line = json.dumps({"event": event, **fields}) + "\n"
    try:
        os.write(sys.stdout.fileno(), line.encode())
    except OSError:
        return


def _allow_many_files() -> None:
    """The stock of part files is open, for each device."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def main() -> None:
    """Serve until standard input ends."""
    setup = Setup.from_json(sys.stdin.buffer.readline().decode())
    lock = os.open(setup.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    fcntl.flock(lock, fcntl.LOCK_SH)  # while we live, nobody may take our part files for left-overs
    _allow_many_files()
    os.set_blocking(sys.stdout.fileno(), False)
    receiver = Receiver(setup)
    for kind, number in (argument.split(":") for argument in sys.argv[1:]):
        listener = socket.socket(fileno=int(number))
        listener.setblocking(True)
        Thread(target=receiver.serve, args=(listener,), kwargs={"secure": kind == "tls"}, daemon=True).start()
    report("ready", pid=os.getpid())
    for line in sys.stdin.buffer:
        receiver.update(Setup.from_json(line.decode()))
    receiver.stop()
    receiver.close()
    os._exit(0)
