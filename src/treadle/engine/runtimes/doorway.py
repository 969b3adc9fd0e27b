"""The one way out of a gear's closed network: to the API.

A helper enters the network namespace, gives its loopback the API's address and opens a listening socket there. The
socket is handed to the engine, which accepts on it and passes bytes on from the host's side. Nothing of it can be
reached or changed by the gear, and TLS stays between gear and server.
"""

from __future__ import annotations

import array
import contextlib
import ipaddress
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from treadle.engine.errors import RunFailed
from treadle.engine.plan import Address

_HELPER = Path(__file__).with_name("enter_network.py")
_PIECE = 65536
_MOST_CONNECTIONS = 64


def address_inside(api: Address) -> str:
    """Under which number the gear reaches the API: its own if it has one, else the loopback's."""
    try:
        number = ipaddress.ip_address(api.host)
    except ValueError:
        return "127.0.0.1"
    if number.version == 6:
        raise RunFailed(
            "capability", "an API known by an IPv6 number only cannot be offered to a closed network"
        )
    return str(number)


def hosts_file(api: Address | None) -> str:
    """Names a gear can look up."""
    lines = ["127.0.0.1 localhost"]
    if api and address_inside(api) == "127.0.0.1" and api.host not in ("localhost", "127.0.0.1"):
        lines.append(f"127.0.0.1 {api.host}")
    return "\n".join(lines) + "\n"


class Doorway:
    """Passes connections of one gear on to the API until it is closed."""

    def __init__(self, pid: int, api: Address) -> None:
        self._api = api
        self._listener = _listen_inside(pid, api)
        self._closed = threading.Event()
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        threading.Thread(target=self._accept, name="doorway", daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._places.acquire()
            threading.Thread(target=self._pass_on, args=(near,), name="doorway", daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        with near:
            try:
                with socket.create_connection((self._api.host, self._api.port), timeout=10) as far:
                    for one in (near, far):
                        one.settimeout(None)
                        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    back = threading.Thread(target=_copy, args=(far, near), name="doorway", daemon=True)
                    back.start()
                    _copy(near, far)
                    back.join()
            except OSError:
                pass  # the gear sees a closed connection
            finally:
                self._places.release()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def close_metadata_addresses(pid: int) -> None:
    """For a network that is else open: what clouds tell their machines is not for gears."""
    _help(str(pid), "reject")


def _listen_inside(pid: int, api: Address) -> socket.socket:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        handle = theirs.fileno()
        _help(str(pid), "listen", address_inside(api), str(api.port), str(handle), handles=(handle,))
        handles = array.array("i")
        _, received, _, _ = ours.recvmsg(1, socket.CMSG_LEN(handles.itemsize))
        handles.frombytes(received[0][2])
    os.set_inheritable(handles[0], False)
    return socket.socket(fileno=handles[0])


def _help(*words: str, handles: tuple[int, ...] = ()) -> None:
    done = subprocess.run(
        [sys.executable, "-IS", str(_HELPER), *words],
        pass_fds=handles,
        capture_output=True,
        check=False,
        timeout=30,
    )
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RunFailed("node_fail", f"the gear's network cannot be set up: {why}")
