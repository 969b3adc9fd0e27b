"""What only a site of one's own can try: its profile, its switches, its key."""

import psycopg
import pytest
from cryptography.fernet import Fernet

DEID = {"X-Treadle-Deid": "1"}


@pytest.fixture(scope="module")
def api(serve, tmp_path_factory):
    with serve(tmp_path_factory.mktemp("home")) as client:
        yield client


def good(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()


def project(api, name: str) -> str:
    good(api.post("/groups", json={"_id": name, "label": name}))
    return good(api.post("/projects", json={"group": name, "label": "P"}))["_id"]


def upload(api, where: str):
    return api.post(f"/projects/{where}/files", files={"file": ("a.txt", b"x")})


def test_clients_are_told_of_profiles_once_there_is_one(api):
    assert good(api.get("/config"))["features"]["deid_profile"] is False
    good(api.put("/site/deid", json={"text": "treadle: {preset: ps315-basic}"}))
    assert good(api.get("/config"))["features"]["deid_profile"] is True
    where = project(api, "g-site")
    assert good(api.get(f"/projects/{where}/deid"))["profile"]["profile_id"] == "site"
    assert good(api.get("/site/settings"))["deid_profile"]["dicom"]["fields"]
    good(api.delete("/site/deid"))
    assert good(api.get("/config"))["features"]["deid_profile"] is False


def test_a_site_that_demands_a_profile_takes_nothing_without_one(api):
    where = project(api, "g-demand")
    good(api.put("/site/settings", json={"deid_required": True}))
    try:
        refused = upload(api, where)
        assert (refused.status_code, refused.json()["code"]) == (409, "DEID_PROFILE_MISSING")
        assert good(api.get(f"/projects/{where}/deid"))["required"] is True
    finally:
        good(api.put("/site/settings", json={"deid_required": False}))
    good(upload(api, where))
    assert api.put("/site/settings", json={"deid_required": "yes"}).status_code == 422


def test_an_exempt_project_takes_files_as_they_are(api):
    where = project(api, "g-exempt")
    good(api.put("/groups/g-exempt/deid", json={"text": "treadle: {preset: research}"}))
    assert api.put(f"/projects/{where}/deid", json={"text": "name: none"}).status_code == 403
    good(api.put("/site/settings", json={"allow_deid_exempt": True}))
    good(api.put(f"/projects/{where}/deid", json={"text": "name: none"}))
    assert good(api.get(f"/projects/{where}/deid"))["exempt"] is True
    assert good(upload(api, where))[0]["deid"] is None


def test_a_profile_that_became_invalid_stops_uploads_and_does_not_fall_through(api, database_url):
    where = project(api, "g-broken")
    good(api.put("/groups/g-broken/deid", json={"text": "treadle: {preset: research}"}))
    good(api.put(f"/projects/{where}/deid", json={"text": "treadle: {preset: ps315-basic}"}))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE deid_profile SET text = 'dicon: {}' WHERE target = %s", (where,))
    refused = upload(api, where)
    assert (refused.status_code, refused.json()["code"]) == (409, "DEID_PROFILE_INVALID")


def test_the_site_key_is_changed_without_losing_a_secret(serve, tmp_path):
    old, new, wrong = (Fernet.generate_key().decode() for _ in range(3))
    with serve(tmp_path, site_key=old) as api:
        where = project(api, "g-key")
        first = good(api.get(f"/projects/{where}/deid", headers=DEID))["secret"]
    for keys in (f"{new}\n{old}", new):  # read once beside the old key, it is sealed with the new one
        with serve(tmp_path, site_key=keys) as api:
            assert good(api.get(f"/projects/{where}/deid", headers=DEID))["secret"] == first
    with serve(tmp_path, site_key=wrong) as api:
        answer = api.get(f"/projects/{where}/deid", headers=DEID)
        assert (answer.status_code, answer.json()["code"]) == (503, "privacy.site_key")
