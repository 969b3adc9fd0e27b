"""`treadle projects export` and `import`: everything comes back, also after a break, and damage is found."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path

import pytest


@pytest.fixture
def study(tree):
    """A project with metadata, notes, awkward names and equal labels."""
    api = tree.api
    api.put(f"/projects/{tree.project}", json={"description": "About"}).raise_for_status()
    api.post(f"/sessions/{tree.session}/info", json={"set": {"deep": {"x": [1, None]}}}).raise_for_status()
    api.post(f"/sessions/{tree.session}/notes", json={"text": "Slept badly."}).raise_for_status()
    api.post(f"/sessions/{tree.session}/tags", json={"value": "odd"}).raise_for_status()
    twin = tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label="E")
    tree.upload("twin.txt", b"twin", to=f"/sessions/{twin}")
    tree.upload("über 1.txt", b"one" * 1000)
    tree.upload("A.json", b"{}")
    tree.upload("a.json", b"[]")
    tree.upload("readme.md", b"# P", to=f"/projects/{tree.project}")
    return tree


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]


def content(folder: Path) -> list[dict]:
    """The manifest without what differs between two exports of the same thing."""
    return [
        {key: value for key, value in line.items() if key != "_id"}
        for line in lines(folder)
        if line["kind"] not in ("header", "end")
    ]


def test_what_was_exported_comes_back_the_same(treadle, study, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    done = treadle("projects", "export", f"{study.group}/P", first, "--json").documents[0]
    assert (done["files"], done["containers"]) == (5, 5)
    subprocess.run(["sha384sum", "-c", "--quiet", "SHA384SUMS"], cwd=first, check=True)
    treadle("projects", "import", first, f"{study.group}/Copy")
    treadle("projects", "export", f"{study.group}/Copy", second)
    assert [
        line | {"label": "P"} if line["kind"] == "project" else line for line in content(second)
    ] == content(first)
    assert any(line.get("notes") for line in lines(first))


def test_a_zip_serves_as_well(treadle, study, tmp_path: Path) -> None:
    packed = tmp_path / "study.zip"
    treadle("projects", "export", f"{study.group}/P", packed)
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        assert {"manifest.jsonl", "SHA384SUMS", "readme.md"} <= set(archive.namelist())
    assert [path.name for path in tmp_path.iterdir()] == ["study.zip"]
    done = treadle("projects", "import", packed, f"{study.group}/Copy", "--json").documents[0]
    assert done["files"] == 5
    assert "is there already" in treadle("projects", "export", f"{study.group}/P", packed, ok=False).err


def test_both_go_on_after_a_break(treadle, study, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    treadle("projects", "export", f"{study.group}/P", folder)
    (folder / "manifest.jsonl").rename(folder / "manifest.jsonl.part")
    assert "unfinished" in treadle("projects", "import", folder, f"{study.group}/Copy", ok=False).err
    (folder / "readme.md").write_bytes(b"half")
    again = treadle("projects", "export", f"{study.group}/P", folder, "--json").documents[0]
    assert (again["files"], again["files_there_already"]) == (5, 4)
    treadle("projects", "import", folder, f"{study.group}/Copy")
    repeated = treadle("projects", "import", folder, f"{study.group}/Copy", "--json").documents[0]
    assert repeated["files_there_already"] == 5
    assert "containers_made" not in repeated


def test_damage_is_found_before_it_is_uploaded(treadle, study, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    treadle("projects", "export", f"{study.group}/P", folder)
    (folder / "readme.md").write_bytes(b"# Q")
    assert "readme.md is damaged" in treadle(
        "projects", "import", folder, f"{study.group}/Copy", ok=False
    ).err  # fmt: skip
    with (folder / "manifest.jsonl").open("r+", encoding="utf-8") as manifest:
        manifest.truncate(manifest.seek(0, 2) - 20)
    assert "damaged in line" in treadle("projects", "import", folder, f"{study.group}/C2", ok=False).err


def test_a_manifest_cannot_reach_outside(treadle, study, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    treadle("projects", "export", f"{study.group}/P", folder)
    manifest = folder / "manifest.jsonl"
    manifest.write_text(manifest.read_text().replace('"path": "readme.md"', '"path": "../../etc/passwd"'))
    assert "outside of the export" in treadle(
        "projects", "import", folder, f"{study.group}/Copy", ok=False
    ).err  # fmt: skip


def test_plain_folders_become_a_hierarchy(treadle, tree, tmp_path: Path) -> None:
    for path in (
        "README",
        "s1/demo.csv",
        "s1/v1/T1/a.nii",
        "s1/v1/T1/raw/b.dat",
        "s1/v1/x.txt",
        ".git/config",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    done = treadle("projects", "import", tmp_path, f"{tree.group}/Plain", "--json").documents[0]
    assert (done["files"], done["containers_made"]) == (5, 3)
    assert "T1" in treadle("ls", f"{tree.group}/Plain/s1/v1").out
    found = treadle("ls", f"{tree.group}/Plain/s1/v1/T1", "--json").documents
    assert sorted(entry["name"] for entry in found) == ["a.nii", "raw_b.dat"]


@pytest.mark.parametrize("where", ["nothing-here", "/etc/hostname"])
def test_what_cannot_be_imported_is_said(treadle, tree, where: str) -> None:
    assert where in treadle("projects", "import", where, f"{tree.group}/X", ok=False).err


def test_a_folder_with_other_things_is_left_alone(treadle, tree, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    assert "is not empty" in treadle("projects", "export", f"{tree.group}/P", tmp_path, ok=False).err
