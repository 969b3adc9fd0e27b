"""Ports for programs that have to be told one, and whether somebody answers there."""

from __future__ import annotations

import secrets
import socket

# Below those that systems give to outgoing connections, which could take a port again before it is listened on.
CHOICE = range(15_000, 32_000)


def free_port() -> int:
    """A TCP port nobody listens on."""
    while True:
        port = secrets.choice(CHOICE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def is_open(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Whether a GET there succeeds."""
    import httpx  # noqa: PLC0415 - a plugin is imported in every test run

    try:
        return httpx.get(url, timeout=10).is_success
    except httpx.HTTPError:
        return False
