"""One receiver process: accepts on a socket it inherits, a thread per association.

The central process writes one JSON line with the setup to standard input and keeps the pipe open: its end is
the order to stop, given by hand or by the death of the central process. What happened goes back as JSON lines
on standard output.
"""

import fcntl
import json
import os
import resource
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from time import monotonic, sleep
from typing import Any

from treadle.connector.receive import pdu
from treadle.connector.receive.association import Association
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.policy import Peer, Policy
from treadle.connector.receive.seats import Seats
from treadle.connector.receive.site import Site

_GRACE_S = 3.0
_LINGER_S = 0.5
_FILES = 16384
_turning_away = BoundedSemaphore(32)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Everything a receiver process has to know."""

    arriving: str
    seats: str
    lock: str
    ae_title: str
    open_device: str
    peers: list[dict[str, Any]]
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

    def __init__(self, listener: socket.socket, setup: Setup) -> None:
        policy = Policy(
            ae_title=setup.ae_title,
            peers=tuple(Peer.of(**peer) for peer in setup.peers),
            open_device=setup.open_device,
        )
        limits = setup.limits
        self._listener = listener
        self._site = Site(arriving=Path(setup.arriving), policy=policy, limits=limits)
        self._seats = Seats(Path(setup.seats), total=limits.max_associations, per_peer=limits.max_per_peer)
        self._open: dict[Association, socket.socket] = {}
        self._lock = Lock()

    def serve(self) -> None:
        """Accept until the process ends."""
        while True:
            try:
                sock, address = self._listener.accept()
            except OSError:  # the peer gave up before we came, or we are out of descriptors
                sleep(0.01)
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            seat = None if self._site.stopping else self._seats.take(address[0])
            if seat is None:
                Thread(target=_turn_away, args=(sock,), daemon=True).start()
            else:
                Thread(target=self._associate, args=(sock, address[0], seat), daemon=True).start()

    def _associate(self, sock: socket.socket, address: str, seat: int) -> None:
        association = Association(sock, address=address, site=self._site)
        with self._lock:
            self._open[association] = sock
        try:
            association.run()
        finally:
            with self._lock:
                del self._open[association]
            _close(sock)
            self._seats.give_back(seat)
            report("association", peer=address, **asdict(association.tally))

    def stop(self) -> None:
        """Let messages under way finish, abort the rest, and return within a few seconds."""
        self._site.stopping = True
        _shut(self._listener, socket.SHUT_RDWR)  # frees the port for a successor at once
        give_up_at = monotonic() + _GRACE_S
        while monotonic() < give_up_at:
            with self._lock:
                if not self._open:
                    return
                for association, sock in self._open.items():
                    if not association.busy:
                        _shut(sock, socket.SHUT_RD)
            sleep(0.02)

    def close(self) -> None:
        """Leave no empty part files behind."""
        self._site.close()


def _shut(sock: socket.socket, how: int) -> None:
    try:
        sock.shutdown(how)
    except OSError:
        return


def _turn_away(sock: socket.socket) -> None:
    """Reject transiently, local limit exceeded (PS3.8 9.3.4), without waiting for the request."""
    if not _turning_away.acquire(blocking=False):
        sock.close()
        return
    try:
        sock.settimeout(1)
        sock.sendall(pdu.associate_rj(result=2, source=3, reason=2))
    except OSError:
        pass
    finally:
        _close(sock)
        _turning_away.release()


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
    listener = socket.socket(fileno=int(sys.argv[1]))
    listener.setblocking(True)
    receiver = Receiver(listener, setup)
    Thread(target=receiver.serve, daemon=True).start()
    report("ready", pid=os.getpid())
    sys.stdin.buffer.read()
    receiver.stop()
    receiver.close()
    os._exit(0)
