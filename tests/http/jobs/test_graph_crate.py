"""The graph around a file or a run as a crate: complete in itself, and within the caller's rights."""

from crates import METADATA, judged
from rocrate.rocrate import ROCrate

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"


def _references(value):
    """Every `{"@id": ...}` within a property."""
    if isinstance(value, list):
        return [one for item in value for one in _references(item)]
    return [value["@id"]] if isinstance(value, dict) else []


def _entities(crate, kind):
    return {one["@id"]: one for one in crate["@graph"] if one["@type"] == kind}


def test_a_graph_is_a_crate_complete_in_itself(tree, api, chain):
    """Context, profile, and no reference to what is not told of; files and actions are those of the graph."""
    answer = api.get(f"/x/files/{chain['one']}/lineage/crate")
    found = answer.json()
    assert f'filename="one.txt-lineage-{METADATA}"' in answer.headers["content-disposition"]
    assert found["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    known = {one["@id"]: one for one in found["@graph"]}
    assert len(known) == len(found["@graph"])
    assert known[METADATA]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert known["./"]["conformsTo"] == {"@id": PROFILE}
    asked = {
        reference
        for one in found["@graph"]
        for name, value in one.items()
        if (one["@id"], name) != (METADATA, "conformsTo") and name not in ("@id", "additionalType")
        for reference in _references(value)
    }
    assert asked <= set(known)

    walks = [tree.get(f"/files/{chain['one']}/lineage", direction=one) for one in ("up", "down")]
    nodes = {one["id"]: one for walk in walks for one in walk["nodes"]}
    files, actions = _entities(found, "File"), _entities(found, "CreateAction")
    about = {(one["name"], one["contentSize"], one["identifier"], one["version"]) for one in files.values()}
    assert about == {
        (one["name"], str(one["size"]), one["hash"], str(one["version"]))
        for one in nodes.values()
        if one["kind"] == "file"
    }
    assert {one.rpartition("/")[2] for one in actions} == {chain["first"], chain["second"]}
    second = next(one for id, one in actions.items() if id.endswith(chain["second"]))
    assert files[second["object"]["@id"]]["name"] == "one.txt" == files[known["./"]["about"]["@id"]]["name"]
    assert {files[one["@id"]]["name"] for one in second["result"]} == {"two.txt", "more.txt"}
    assert second["startTime"] <= second["endTime"]
    assert second["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert known[second["instrument"]["@id"]]["softwareVersion"] == "1.0.0"
    assert known[second["agent"]["@id"]]["@type"] == "Person"


def test_the_image_of_a_gear_is_told_by_its_digest(tree, gear, run):
    image = f"registry.example/lab/counts@sha256:{'a' * 64}"
    made = gear(inputs={"image": {"base": "file"}}, custom={"gear-builder": {"image": image}})
    job = run(tree.upload("scan.txt")["file_id"], made)
    found = tree.get(f"/x/jobs/{job}/lineage/crate")
    (action,) = _entities(found, "CreateAction").values()
    assert _entities(found, "ContainerImage")[action["containerImage"]["@id"]]["sha256"] == "a" * 64


def test_the_validator_finds_nothing_to_mend_in_a_graph(tree, chain, tmp_path):
    assert judged(tree.get(f"/x/jobs/{chain['second']}/lineage/crate"), tmp_path / "graph") == set()
    assert len(ROCrate(tmp_path / "graph").root_dataset["mentions"]) == 2


def test_options_and_starters_are_told_no_further_than_wanted(tree, api, gear, run):
    """The graph shows no options; a starter's name can be replaced."""
    made = gear(inputs={"image": {"base": "file"}})
    job = run(tree.upload("scan.txt")["file_id"], made, config={"mask": "planted"})
    found = api.get(f"/x/jobs/{job}/lineage/crate").text
    origin = api.get(f"/jobs/{job}").json()["origin"]["id"]
    assert "planted" not in found and origin in found
    assert origin not in api.get(f"/x/jobs/{job}/lineage/crate", params={"pseudonymised": True}).text


def test_runs_under_way_and_lonely_files_are_told_of(tree, gear, start):
    """A run that has not begun has no times; a file that nothing touched makes a crate without actions."""
    scan = tree.upload("scan.txt")["file_id"]
    alone = tree.get(f"/x/files/{scan}/lineage/crate")
    root = next(one for one in alone["@graph"] if one["@id"] == "./")
    assert "conformsTo" not in root and "mentions" not in root and len(_entities(alone, "File")) == 1
    start(gear(inputs={"image": {"base": "file"}}), inputs={"image": {"file_id": scan}})
    (action,) = _entities(tree.get(f"/x/files/{scan}/lineage/crate"), "CreateAction").values()
    assert action["actionStatus"] == "http://schema.org/PotentialActionStatus"
    assert "startTime" not in action and "endTime" not in action and "result" not in action


def test_what_the_caller_may_not_see_is_left_out_and_said_so(tree, api, stranger, run, problem):
    """An input of another project is neither an entity nor named; without rights there is no crate."""
    elsewhere = tree.add("projects", label="elsewhere", group=tree.group)
    hidden = tree.upload("secret.txt", to=f"/projects/{elsewhere}")["file_id"]
    job = run(hidden, destination={"type": "session", "id": tree.session})
    made = api.get(f"/jobs/{job}").json()["outputs"][0]["file_id"]
    for path in (f"/x/files/{made}/lineage/crate", f"/x/jobs/{job}/lineage/crate"):
        problem(stranger.get(path), 404)
    role = next(one["_id"] for one in api.get("/roles").json() if one.get("default_flywheel_role") == "ro")
    body = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert api.post(f"/projects/{tree.project}/permissions", json=body).status_code == 200
    for path in (f"/x/files/{made}/lineage/crate", f"/x/jobs/{job}/lineage/crate"):
        answer = stranger.get(path)
        assert "secret" not in answer.text and hidden not in answer.text
        (action,) = _entities(answer.json(), "CreateAction").values()
        assert "object" not in action and action["result"]
        root = next(one for one in answer.json()["@graph"] if one["@id"] == "./")
        assert "Left out: 1 files or runs that the caller may not see" in root["description"]
