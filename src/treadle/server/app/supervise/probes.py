"""Whether a part of Treadle is there for its users."""

from __future__ import annotations

import http.client
import socket

from treadle.server.kit.settings import Address


def api_answers(address: Address) -> bool:
    """Whether the API answers, its database included."""
    near = address.reachable
    connection = http.client.HTTPConnection(near.host, near.port, timeout=5)
    try:
        connection.request("GET", "/api/version")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(address: Address) -> bool:
    """Whether somebody accepts connections there."""
    try:
        with socket.create_connection(address.reachable, timeout=1):
            return True
    except OSError:
        return False
