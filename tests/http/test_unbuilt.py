"""Areas this release does not have: known callers get a sentence."""

import httpx
import pytest

MISSING = [
    ("POST", "/tasks/reader"),
    ("GET", "/protocols"),
    ("PUT", "/staffing_pools/5f0000000000000000000000"),
]


@pytest.mark.parametrize(("method", "path"), MISSING)
def test_what_is_missing_is_said_to_known_callers_only(api, anonymous, problem, method, path):
    assert "does not have" in problem(api.request(method, path), 404)["message"]
    problem(anonymous.request(method, path), 401)


def test_services_of_other_products_are_refused_not_taken_for_pages(treadle_server, key):
    """Clients that are pointed at `/xfer` get an error in their own form, not the web app's page."""
    answer = httpx.get(f"{treadle_server.url}/xfer/imports", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 404
    assert "does not have" in answer.json()["message"]
