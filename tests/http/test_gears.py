"""The gear catalogue: what is taken, which version counts, who may use it, and what the lists show."""

import pytest


def _names(answer):
    assert answer.status_code == 200, answer.text
    return [one["gear"]["name"] for one in answer.json()]


def _own(api, name, **params):
    """The versions of one series that a list shows."""
    answer = api.get("/gears", params={"filter": f"gear.name={name}", **params})
    assert answer.status_code == 200, answer.text
    return [one["gear"]["version"] for one in answer.json()]


def test_a_gear_is_kept_as_it_was_sent(api, gear_manifest, add_gear):
    """The order of inputs and options, too: a run takes the first input's container."""
    sent = gear_manifest()
    exchange = {"git-commit": "c0ffee", "rootfs-hash": "sha384:ab", "rootfs-url": "docker://e/x@sha256:cd"}
    gear_id = add_gear(sent, exchange=exchange)
    found = api.get(f"/gears/{gear_id}").json()
    assert found["gear"] == sent
    assert list(found["gear"]["config"]) == ["zeta", "alpha"]
    assert (found["_id"], found["category"], found["exchange"]) == (gear_id, "utility", exchange)
    assert found["disabled"] is None
    assert found["created"]


def test_a_version_exists_once(api, gear_manifest, add_gear, problem):
    sent = gear_manifest()
    add_gear(sent)
    refused = problem(api.post(f"/gears/{sent['name']}", json={"gear": sent}), 409)
    assert refused["message"] == f'Gear "{sent["name"]}" version "1.0.0" already exists'


def test_the_last_added_usable_version_is_the_latest(api, gear_manifest, add_gear):
    name = gear_manifest()["name"]
    ids = [add_gear(gear_manifest(name, version)) for version in ("1.0.0", "3.0.0", "2.0.0")]
    assert _own(api, name) == ["2.0.0"]
    assert _own(api, name, all_versions="true") == ["1.0.0", "3.0.0", "2.0.0"]
    assert _own(api, name, all_versions="true", sort="gear.version") == ["1.0.0", "2.0.0", "3.0.0"]
    assert api.delete(f"/gears/{ids[2]}").json() == {"deleted": 1}
    assert _own(api, name) == ["3.0.0"]
    assert api.get(f"/gears/{ids[2]}").json()["disabled"]
    assert _own(api, name, all_versions="true") == ["1.0.0", "3.0.0"]
    assert _own(api, name, all_versions="true", exhaustive="true") == ["1.0.0", "3.0.0", "2.0.0"]
    assert api.post(f"/gears/{ids[2]}/enable").json()["modified"] == 1
    assert _own(api, name) == ["2.0.0"]


def test_a_gear_that_calls_itself_invalid_is_hidden_and_never_the_latest(api, gear_manifest, add_gear):
    name = gear_manifest()["name"]
    add_gear(gear_manifest(name, "1.0.0"))
    add_gear(gear_manifest(name, "1.1.0", custom={"flywheel": {"invalid": True}}))
    assert _own(api, name) == ["1.0.0"]
    assert _own(api, name, include_invalid="true") == ["1.1.0"]


def test_paths_lead_to_gears(api, gear_manifest, add_gear, problem):
    name = gear_manifest()["name"]
    for version in ("1.9.0", "1.10.0", "1.10.0rc1"):
        add_gear(gear_manifest(name, version))
    found = api.post("/resolve", json={"path": ["gears", name]}).json()
    assert [one["gear"]["version"] for one in found["path"]] == ["1.10.0rc1"]
    assert [one["gear"]["version"] for one in found["children"]] == ["1.10.0", "1.10.0rc1", "1.9.0"]
    one = api.post("/lookup", json={"path": ["gears", name, "1.9.0"]}).json()
    assert (one["container_type"], one["gear"]["version"]) == ("gear", "1.9.0")
    assert api.post("/lookup", json={"path": ["gears", f"<id:{one['_id']}>"]}).json()["_id"] == one["_id"]
    assert api.post("/lookup", json={"path": ["gears", name]}).json()["gear"]["version"] == "1.10.0rc1"
    assert name in {
        one["gear"]["name"] for one in api.post("/resolve", json={"path": ["gears"]}).json()["children"]
    }
    for path in (["gears", name, "7"], ["gears", "no-such"], ["gears", name, "1.9.0", "more"]):
        assert problem(api.post("/lookup", json={"path": path}), 404)["message"].endswith("gear found.")


def test_the_invocation_schema_follows_from_the_manifest(api, gear_manifest, add_gear):
    gear_id = add_gear(gear_manifest())
    schema = api.get(f"/gears/{gear_id}/invocation").json()
    assert schema["properties"]["config"]["required"] == ["zeta"]
    assert schema["properties"]["inputs"]["properties"]["image"]["properties"] == {
        "type": {"enum": ["dicom", "nifti"]}
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"author": 5}, "/author"),
        ({"surprise": True}, "surprise"),
        ({"config": {"n": {"type": "integer", "default": "0"}}}, "/config/n/default"),
    ],
)
def test_a_new_gear_must_fulfil_the_specification(api, gear_manifest, problem, change, said):
    sent = gear_manifest(**change)
    refused = problem(api.post(f"/gears/{sent['name']}", json={"gear": sent}), 422)
    assert said in refused["message"]
    assert refused["detail"][0]["loc"] == ["body", "gear"]


def test_a_published_gear_keeps_its_bad_defaults(api, gear_manifest):
    sent = gear_manifest(config={"n": {"type": "integer", "default": "0"}})
    body = {"gear": sent, "exchange": {"rootfs-url": "docker://e/x@sha256:cd"}}
    made = api.post(f"/gears/{sent['name']}", json=body).json()
    assert any(one.startswith("/config/n/default") for one in made["warnings"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"gear": []}, 422),
        ({"category": "magic"}, 422),
        ({"exchange": "here"}, 422),
        ({"exchange": {"rootfs-url": "file:///etc"}}, 422),
        ({"exchange": {"rootfs-url": 5}}, 422),
    ],
)
def test_a_submission_that_cannot_be_read_is_refused(api, gear_manifest, problem, body, status):
    sent = gear_manifest()
    problem(api.post(f"/gears/{sent['name']}", json=({"gear": sent, **body} if body else {})), status)


def test_address_and_manifest_name_the_same_gear(api, gear_manifest, problem):
    problem(api.post("/gears/another", json={"gear": gear_manifest()}), 400)


def test_lists_are_paged(api, connect, key, gear_manifest, add_gear):
    added = sorted(add_gear(gear_manifest()) for _ in range(3))
    paging = connect(Authorization=f"Bearer {key}", **{"X-Accept-Feature": "pagination"})
    before = f"{int(added[0], 16) - 1:024x}"
    first = paging.get("/gears", params={"after_id": before, "limit": 2}).json()
    assert first["count"] == 2
    assert first["total"] >= 3
    rest = api.get("/gears", params={"after_id": added[1], "filter": f"_id<={added[2]}"}).json()
    assert added[2] in [one["_id"] for one in rest]


def test_gears_with_a_single_input_are_found(api, gear_manifest, add_gear):
    pair = {"a": {"base": "file"}, "b": {"base": "file"}, "key": {"base": "api-key"}}
    single = {**pair, "b": {"base": "file", "optional": True}}
    one, two = gear_manifest(inputs=single), gear_manifest(inputs=pair)
    add_gear(one), add_gear(two)
    found = _names(api.get("/gears", params={"filter": "single_input"}))
    assert one["name"] in found
    assert two["name"] not in found


def test_who_may_add_and_put_away(api, stranger, gear_manifest, add_gear, problem):
    sent, gear_id = gear_manifest(), add_gear(gear_manifest())
    problem(stranger.post(f"/gears/{sent['name']}", json={"gear": sent}), 403)
    problem(stranger.delete(f"/gears/{gear_id}"), 403)
    api.put(f"/users/{stranger.headers['x-user']}", json={"roles": ["user", "developer"]})
    assert stranger.post(f"/gears/{sent['name']}", json={"gear": sent}).status_code == 200
    assert stranger.delete(f"/gears/{gear_id}").status_code == 200
    host = {"gear": gear_manifest(sent["name"], "2"), "exchange": {"rootfs-url": "dir:/opt/gear"}}
    problem(stranger.post(f"/gears/{sent['name']}", json=host), 403)
    assert api.post(f"/gears/{sent['name']}", json=host).status_code == 200


def test_a_restricted_gear_is_listed_for_those_permitted(
    api, tree, stranger, gear_manifest, add_gear, problem
):
    """Its existence is no secret; running it is what the restriction is about."""
    name = gear_manifest()["name"]
    gear_id = add_gear(gear_manifest(name))
    series = api.get(f"/gears/{name}/series").json()
    assert (series["name"], series["is_restricted"]) == (name, False)
    assert series["permissions"] == {"users": [], "projects": []}
    me = stranger.headers["x-user"]

    assert api.put(f"/gears/{name}/series", json={"is_restricted": True}).json()["is_restricted"]
    assert _own(stranger, name) == []
    assert _own(api, name) == ["1.0.0"]
    assert stranger.get(f"/gears/{gear_id}").status_code == 200

    permitted = api.put(f"/gears/{name}/permissions/users", json={"id": me}).json()
    assert permitted["permissions"]["users"] == [me]
    assert _own(stranger, name) == ["1.0.0"]
    assert api.delete(f"/gears/{name}/permissions/users/{me}").json() == {"deleted": 1}
    assert _own(stranger, name) == []

    role = next(one for one in api.get("/roles").json() if one["default_flywheel_role"] == "ro")["_id"]
    granted = api.post(f"/projects/{tree.project}/permissions", json={"_id": me, "role_ids": [role]})
    assert granted.status_code == 200, granted.text
    api.put(f"/gears/{name}/permissions/projects", json={"id": tree.project})
    assert _own(stranger, name) == ["1.0.0"]
    assert _own(stranger, name, project_id=tree.project) == ["1.0.0"]
    replaced = api.put(f"/gears/{name}/permissions", json={"users": [], "projects": []}).json()
    assert replaced["is_restricted"]
    assert _own(stranger, name, project_id=tree.project) == []
    assert api.delete(f"/gears/{name}/permissions").status_code == 200
    assert not api.get(f"/gears/{name}/series").json()["is_restricted"]
    assert _own(stranger, name) == ["1.0.0"]
    problem(stranger.get("/gears", params={"project_id": f"{int(tree.project, 16) + 999:024x}"}), 404)


def test_a_developer_restricts_only_their_own_gears(gear_developer, gear_manifest, add_gear, problem):
    theirs, mine = gear_manifest(), gear_manifest()
    add_gear(theirs)
    gear_developer.post(f"/gears/{mine['name']}", json={"gear": mine})
    problem(gear_developer.put(f"/gears/{theirs['name']}/series", json={"is_restricted": True}), 403)
    assert (
        gear_developer.put(f"/gears/{mine['name']}/series", json={"is_restricted": True}).status_code == 200
    )


def test_permissions_name_who_there_is(api, gear_manifest, add_gear, problem):
    name = gear_manifest()["name"]
    add_gear(gear_manifest(name))
    for body in ({"users": ["nobody@example.org"]}, {"projects": ["0" * 24]}):
        problem(api.put(f"/gears/{name}/permissions", json=body), 404)
    problem(api.put(f"/gears/{name}/permissions/users", json={}), 422)
    problem(api.put(f"/gears/{name}/permissions/robots", json={"id": "x"}), 422)
    problem(api.get("/gears/no-such-gear/series"), 404)
