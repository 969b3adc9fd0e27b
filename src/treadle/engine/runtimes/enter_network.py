"""What has to be done within the network namespace of a process, and then ends:

  enter_network.py PID listen ADDRESS PORT HANDLE   listen there, send the socket over HANDLE
  enter_network.py PID reject                       no way to link-local addresses, where clouds answer their machines

A program of its own, for a process has to be single-threaded to enter a user namespace. Standard library only.
"""

import array
import ctypes
import fcntl
import os
import socket
import struct
import sys

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_OWNER_OF = 0xB701  # NS_GET_USERNS
_ADD_ROUTE, _SET_FLAGS, _SET_ADDRESS = 0x890B, 0x8914, 0x8916
_UP = 1
_ROUTE_UP, _ROUTE_REJECT = 0x1, 0x200


def enter(pid: int) -> None:
    """The network of that process, by way of the user namespace that owns it."""
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    owner = fcntl.ioctl(network, _OWNER_OF)
    if os.fstat(owner).st_ino != os.stat("/proc/self/ns/user").st_ino:  # noqa: PTH116 - quick to start
        _enter(owner, _NEW_USER)
    _enter(network, _NEW_NET)


def listen(address: str, port: int, handle: int) -> None:
    """On the loopback, which takes that address."""
    listener = socket.socket()
    _configure(listener, b"lo", _SET_FLAGS, struct.pack("h", _UP))
    if not address.startswith("127."):
        _configure(listener, b"lo:1", _SET_ADDRESS, _address(address))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(64)
    with socket.socket(fileno=handle) as way:
        way.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener.fileno()]))])


def reject() -> None:
    """A route that refuses 169.254.0.0/16."""
    words = (
        0,
        _address("169.254.0.0"),
        bytes(16),
        _address("255.255.0.0"),
        _ROUTE_UP | _ROUTE_REJECT,
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _ADD_ROUTE, struct.pack("L16s16s16sHhLBB3hhPLLH", *words, *[0] * 12))


def _address(text: str) -> bytes:
    return struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(text))


def _enter(namespace: int, kind: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(namespace, kind):
        raise OSError(ctypes.get_errno(), "setns")


def _configure(any_socket: socket.socket, interface: bytes, request: int, value: bytes) -> None:
    fcntl.ioctl(any_socket, request, struct.pack("16s24s", interface, value))


if __name__ == "__main__":
    enter(int(sys.argv[1]))
    if sys.argv[2] == "listen":
        listen(sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        reject()
