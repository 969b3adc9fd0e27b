"""`treadle batch` as it is typed: proposed, run, looked at, cancelled, against a real server."""

import pytest


@pytest.fixture
def gear(api, unique, gear_manifest):
    """The name of a gear that takes DICOM files."""
    name = unique()
    inputs = {"image": {"base": "file", "type": {"enum": ["dicom"]}}}
    manifest = gear_manifest(name=name, inputs=inputs, config={})
    made = api.post(f"/gears/{name}", json={"category": "utility", "gear": manifest})
    assert made.status_code == 200, made.text
    return name


def test_a_batch_is_proposed_run_and_cancelled(treadle, tree, gear):
    tree.upload("a.dcm")
    made = treadle("batch", "propose", gear, tree.project, "--tag", "t", "--json").documents[0]
    assert len(made["matched"]) == 1
    assert "pending=0" in treadle("batch", "status", made["_id"]).out
    assert "1 jobs" in treadle("batch", "run", made["_id"]).out
    assert "running: pending=1" in treadle("batch", "status", made["_id"]).out
    assert made["_id"] in treadle("batch", "list").out
    assert "0 jobs started again" in treadle("batch", "retry", made["_id"]).out
    assert "1 jobs cancelled" in treadle("batch", "cancel", made["_id"]).out


def test_a_query_chooses_the_sessions(treadle, tree, gear, unique):
    tree.upload("a.dcm")
    query = f"project._id = {tree.project}"
    made = treadle("batch", "propose", gear, "--search", query, "--json").documents[0]
    assert [one["parents"]["session"] for one in made["matched"]] == [tree.session]


def test_what_cannot_be_proposed_is_said(treadle, tree, gear):
    assert treadle("batch", "propose", gear, ok=False).err
    assert "nothing to run" in treadle("batch", "propose", gear, tree.project).out
