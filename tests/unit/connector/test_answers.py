"""What the connector makes of refusals: wait, hold for a person, or try the series again."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from treadle.connector.api import Api
from treadle.connector.errors import (
    HeldError,
    NotAllowedError,
    SeriesTroubleError,
    ServerTroubleError,
    TicketGoneError,
)

ANSWERS = {
    "held": (422, "invalid", HeldError),
    "taken": (409, "no_such_place", HeldError),
    "race": (409, "conflict", SeriesTroubleError),
    "gone": (404, "ticket_unknown", TicketGoneError),
    "key": (401, "unauthenticated", NotAllowedError),
    "busy": (503, "database_trouble", ServerTroubleError),
    "bug": (500, "internal", SeriesTroubleError),
}


class _Server(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        status, code, _ = ANSWERS[self.path.split("/")[-2]]
        body = json.dumps({"message": "no", "code": code}).encode()
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        client = Api(url=f"http://127.0.0.1:{server.server_port}", api_key="k")
        yield client
        client.close()
        server.shutdown()


@pytest.mark.parametrize("ticket", ANSWERS)
def test_each_refusal_has_its_consequence(api: Api, ticket: str) -> None:
    """Two connectors that make the same project at once must not leave a series waiting for a person."""
    with pytest.raises(ANSWERS[ticket][2]) as told:
        api.complete(ticket, {})
    assert type(told.value) is ANSWERS[ticket][2]
