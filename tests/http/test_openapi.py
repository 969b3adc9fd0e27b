"""Generated requests over the whole OpenAPI document: whatever is sent, no answer is a server error."""

import re

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

ENDLESS = r"/x/events"  # a stream of events has no end to wait for
LOCKING_OUT = r"/(logout|users/self|site/settings)"  # would change what the other tests log in with

few = settings(
    max_examples=8, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def document(treadle_server):
    return schemathesis.openapi.from_url(f"{treadle_server.url}/api/openapi.json")


def server_errors(operation, headers):
    """What generated requests of one operation made the server fail with."""
    found = []

    @few
    @given(case=operation.as_strategy())
    def send(case):
        answer = case.call(headers=headers, timeout=30)
        if answer.status_code >= 500:
            found.append(f"{answer.request.method} {answer.request.url} -> {answer.text[:200]}")

    send()
    return found


def test_no_generated_request_breaks_the_server(document, api):
    headers = {"Authorization": api.headers["Authorization"]}
    operations = [result.ok() for result in document.get_all_operations()]
    chosen = [one for one in operations if not re.search(f"{ENDLESS}|{LOCKING_OUT}", one.path)]
    broken = [error for operation in chosen for error in server_errors(operation, headers)]
    assert not broken, "\n".join(broken)


def test_every_operation_is_described(treadle_server):
    found = httpx.get(f"{treadle_server.url}/api/openapi.json").json()
    operations = [
        operation
        for path in found["paths"].values()
        for name, operation in path.items()
        if name != "parameters"
    ]
    assert len(operations) > 100
    assert all(operation.get("summary") or operation.get("description") for operation in operations)
