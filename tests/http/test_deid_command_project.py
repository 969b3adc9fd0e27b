"""`treadle deid FOLDER --project`: the profile and secret of the server's project."""

import json

from test_deid_arrival import NAME, dicom


def test_a_folder_is_de_identified_as_the_server_would_and_taken_by_it(tree, treadle, tmp_path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.dcm").write_bytes(dicom())
    profile = {"text": "treadle: {preset: research}\n"}
    assert tree.api.put(f"/projects/{tree.project}/deid", json=profile).is_success
    names = []
    for run in ("one", "two"):
        treadle("deid", source, "--project", f"{tree.group}/P", "--out", tmp_path / run)
        names.append([path.name for path in (tmp_path / run).iterdir()])
    assert names[0] == names[1]  # the secret is the project's, not the run's
    [path] = (tmp_path / "one").iterdir()
    assert NAME.encode() not in path.read_bytes()
    metadata = {"name": path.name, "deid": json.loads((tmp_path / "one-report" / "record.json").read_text())}
    sent = tree.api.post(
        f"/acquisitions/{tree.acquisition}/files",
        files={"file": (path.name, path.read_bytes())},
        data={"metadata": json.dumps(metadata)},
        headers={"X-Treadle-Deid": "1"},
    )
    assert sent.json()[0]["deid"]["at"] == "cli"
    assert sent.json()[0]["size"] == path.stat().st_size
    plain = tree.upload("b.dcm", (source / "a.dcm").read_bytes())
    assert plain["name"] == path.name  # the server maps to the same UIDs


def test_a_project_without_a_profile_is_said_in_one_line(tree, treadle, tmp_path) -> None:
    (tmp_path / "in").mkdir()
    done = treadle("deid", tmp_path / "in", "--project", f"{tree.group}/P", "--out", tmp_path / "o", ok=False)
    assert "has a de-identification profile" in done.err
