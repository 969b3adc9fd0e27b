"""Runs written down in standard forms, judged by the libraries and the validator of these forms."""

import json
import zipfile

import pytest
from crates import METADATA, judged
from prov.model import ProvDocument
from rocrate.rocrate import ROCrate


def test_the_validator_of_the_profile_finds_nothing_to_mend(exported, chain, tree, treadle, tmp_path):
    """Neither what is required nor what is recommended is missing: a run, and a chain with its files."""
    assert judged(exported("rocrate")[2], tmp_path / "one") == set()
    packed = tmp_path / "chain.zip"
    treadle("job", "export", chain["second"], "--chain", "--with-data", "--to", packed)
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "chain")
    metadata = json.loads((tmp_path / "chain" / METADATA).read_text("utf-8"))
    assert judged(metadata, tmp_path / "chain") == set()


def test_a_chain_tells_of_all_runs_and_takes_their_files_along(chain, tree, treadle, tmp_path):
    """Both actions; what one run made and the other read is one file, whose bytes are in the zip."""
    treadle("job", "export", chain["second"], "--chain", "--with-data", "--to", tmp_path / "c.zip")
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        archive.extractall(tmp_path / "c")
    found = ROCrate(tmp_path / "c")
    later, earlier = found.root_dataset["mentions"]
    assert (later.id.rpartition("/")[2], earlier.id.rpartition("/")[2]) == (chain["second"], chain["first"])
    (between,) = (
        [one for one in later["object"] if one.type == "File"]
        if isinstance(later["object"], list)
        else [later["object"]]
    )
    assert between == earlier["result"]
    assert (tmp_path / "c" / between.id).read_bytes() == b"1"
    assert len([one for one in found.root_dataset["hasPart"] if one.type == "File"]) == 4
    prov = tree.get(f"/jobs/{chain['second']}/export", format="prov", chain=True)
    assert len(prov["activity"]) == 2
    assert len([one for one in prov["entity"] if "/files/" in one or "files/" in one]) == 4


def test_files_that_may_not_be_downloaded_stay_addresses(chain, tree, api, stranger, unique, tmp_path):
    role = api.post(
        "/roles",
        json={"label": unique(), "actions": ["containers_view_metadata", "files_view_metadata", "jobs_view"]},
    ).json()["_id"]
    api.post(f"/groups/{tree.group}/roles", json={"_id": role})
    permission = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert api.post(f"/projects/{tree.project}/permissions", json=permission).status_code == 200
    answer = stranger.get(f"/jobs/{chain['second']}/export", params={"with_data": True})
    (tmp_path / "x.zip").write_bytes(answer.content)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == [METADATA]


def test_forms_refuse_what_they_cannot_hold(chain, api, problem):
    for asked in ({"format": "prov", "with_data": True}, {"format": "bids", "chain": True}):
        problem(api.get(f"/jobs/{chain['second']}/export", params=asked), 422)


@pytest.fixture
def exported(tree, gear, run, api):
    """A run of a gear with an image, its document in one of the forms."""
    made = gear(
        inputs={"image": {"base": "file"}},
        custom={"gear-builder": {"image": "registry.example:5000/lab/counts:1.0"}},
        source="https://code.example/counts",
    )
    job = run(tree.upload("scan.txt")["file_id"], made)
    return lambda form, **more: (job, made, tree.get(f"/jobs/{job}/export", format=form, **more))


def test_a_run_is_exported_as_a_process_run_crate(exported, tmp_path, treadle):
    """The library reads it back: action with gear, options, files, times, starter and image."""
    job, _, _ = exported("rocrate")
    treadle("job", "export", job, "--to", tmp_path / METADATA)
    found = ROCrate(tmp_path)
    assert found.root_dataset["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"
    action = found.root_dataset["mentions"]
    assert action.type == "CreateAction" and action.id.endswith(f"/api/jobs/{job}")
    assert (action["instrument"].type, action["instrument"]["softwareVersion"]) == (
        "SoftwareApplication",
        "1.0.0",
    )
    given = {one["name"]: one.type for one in action["object"]}
    assert given == {"scan.txt": "File", "speed": "PropertyValue"}
    output = action["result"]
    assert (output["name"], output["contentSize"], output["encodingFormat"]) == ("out.txt", "4", "text/plain")
    assert output in found.root_dataset["hasPart"]
    image = action["containerImage"]
    assert [image[name] for name in ("registry", "name", "tag")] == [
        "registry.example:5000",
        "lab/counts",
        "1.0",
    ]
    assert action["startTime"] <= action["endTime"] and action["agent"].type == "Person"


def test_a_run_is_exported_as_prov(exported):
    """The library reads it back; who started it is not named when that is not wanted."""
    job, _, found = exported("prov", pseudonymised=True)
    document = ProvDocument.deserialize(content=json.dumps(found), format="json")
    kinds = [type(one).__name__ for one in document.get_records()]
    assert [
        kinds.count(f"Prov{kind}") for kind in ("Entity", "Activity", "Usage", "Generation", "Derivation")
    ] == [
        3,  # two files and the plan
        1,
        1,
        1,
        1,
    ]
    assert f"treadle:jobs/{job}" in found["activity"]
    _, _, named = exported("prov")
    agents = [one["prov:label"] for each in (found, named) for one in each["agent"].values()]
    assert agents[1].startswith("user ") and agents[1] != agents[3]


def test_a_run_is_exported_as_a_bids_description(exported, problem, api):
    job, made, found = exported("bids")
    assert (found["DatasetType"], found["BIDSVersion"]) == ("derivative", "1.10.0")
    (by,) = found["GeneratedBy"]
    assert (by["Name"], by["Version"], by["CodeURL"]) == (
        made["gear"]["name"],
        "1.0.0",
        "https://code.example/counts",
    )
    uri = "docker://registry.example:5000/lab/counts:1.0"
    assert by["Container"] == {"Type": "docker", "Tag": "1.0", "URI": uri}
    assert found["SourceDatasets"][0]["Version"] == "1"
    problem(api.get(f"/jobs/{job}/export", params={"format": "xml"}), 422)
