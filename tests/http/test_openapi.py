"""Generated requests over the whole OpenAPI document: whatever is sent, no answer is a server error."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

ENDLESS = r"/x/events"  # a stream of events has no end to wait for
LOCKING_OUT = r"/(logout|users/self|site/settings)"  # would change what the other tests log in with


@pytest.fixture(scope="module")
def document(treadle_server):
    return schemathesis.openapi.from_url(f"{treadle_server.url}/api/openapi.json")


schema = (
    schemathesis.pytest.from_fixture("document").exclude(path_regex=ENDLESS).exclude(path_regex=LOCKING_OUT)
)


@schema.parametrize()
@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_server(case, key):
    case.call_and_validate(headers={"Authorization": f"scitran-user {key}"}, checks=[not_a_server_error])


def test_every_operation_is_described(treadle_server, key):
    found = httpx.get(f"{treadle_server.url}/api/openapi.json").json()
    operations = [
        operation
        for path in found["paths"].values()
        for name, operation in path.items()
        if name != "parameters"
    ]
    assert len(operations) > 100
    assert all(operation.get("summary") or operation.get("description") for operation in operations)
