"""Signing in, looking around, moving single files and whole containers with `fw`."""

from __future__ import annotations

import tarfile
import zipfile

import pytest

pytestmark = pytest.mark.timeout(600)  # every start of `fw` takes seconds, on a busy machine many


def _levels(tree) -> list[str]:
    names = (tree.group, "P", "S", "E", "A")
    return [f"fw://{'/'.join(names[:depth])}" for depth in range(6)]


def test_the_key_decides_who_is_signed_in(fw, site) -> None:
    """`login` and `status` name the user; `logout` forgets the key; a wrong key is refused in words."""
    assert "logged in as" in fw("login", site.login(site.key))
    shown = fw("status")
    assert "Site Administrator" in shown
    assert site.url.removeprefix("http://").partition(":")[0] in shown
    assert "18.5.1" in fw("version")
    refused = fw.run("login", site.login("tk1_" + "x" * 53))
    assert "not valid" in refused.text or "Could not authenticate" in refused.text
    fw("logout")
    assert "Not logged in" in fw.run("status").text


def test_every_level_is_listed(fw, tree, site) -> None:
    """`ls` from the site down to files and analyses; `--ids` shows ids, `-a` everything."""
    site.upload(f"/acquisitions/{tree.acquisition}", "scan.txt")
    site.post(f"/sessions/{tree.session}/analyses", {"label": "X", "inputs": []})
    below = (tree.group, "P", "S", "E", "A", "scan.txt")
    for path, child in zip(_levels(tree), below, strict=True):
        assert child in fw("ls", path), path
    assert "analyses/X" in fw("ls", _levels(tree)[3] + "/E")
    assert f"<id:{tree.session}>" in fw("ls", "--ids", _levels(tree)[3])
    assert tree.group in fw("ls", "-a")
    assert "scan.txt" in fw("ls", _levels(tree)[5] + "/files/scan.txt")
    assert "E" in fw("ls", f"fw://{tree.group}/<id:{tree.project}>/S")


def test_the_role_of_the_caller_is_shown(member, tree) -> None:
    """`ls` reads the roles of a project's permissions."""
    assert "read-only" in member("ro")("ls", f"fw://{tree.group}/P/S").lower()


@pytest.mark.parametrize("command", ["upload", "cp"])
def test_a_file_goes_to_every_level_and_comes_back(fw, tree, files, command) -> None:
    """`upload` and `cp` in, `cp` and `download` out, with names that need quoting."""
    content = bytes(range(256)) * 40
    name = "scän 1+2 (a).bin"
    source = files({name: content}) / name
    back = {"upload": ("download", "-o"), "cp": ("cp",)}[command]
    for number, path in enumerate(_levels(tree)[2:]):
        assert "Done" in fw(command, source, path), path
        fw(back[0], f"{path}/files/{name}", *back[1:], f"got-{number}.bin")
        assert (fw.home / f"got-{number}.bin").read_bytes() == content


def test_an_uploaded_file_is_replaced_by_its_next_version(fw, site, tree, files) -> None:
    path = f"fw://{tree.group}/P/S/E/A"
    for text in ("one", "two"):
        fw("upload", files({"a.txt": text}) / "a.txt", path)
    shown = site.get(f"/acquisitions/{tree.acquisition}")["files"]
    assert [(item["name"], item["version"]) for item in shown] == [("a.txt", 2)]
    fw("download", f"{path}/a.txt", "-o", "a.txt")
    assert (fw.home / "a.txt").read_text() == "two"


def test_a_container_is_downloaded_as_tar_and_zip(fw, site, tree) -> None:
    """Whole levels with their paths; `-i` and `-e` choose by file type; `--prefix` names the folder."""
    acquisition = f"/acquisitions/{tree.acquisition}"
    site.upload(acquisition, "a.txt", "text")
    site.upload(acquisition, "a.nii.gz", "nifti")
    site.upload(f"/projects/{tree.project}", "p.csv", "a,b")
    for path in _levels(tree)[3:]:
        fw("download", "-y", path, "-o", "part.tar")
        with tarfile.open(fw.home / "part.tar") as got:
            assert f"{tree.group}/P/S/E/A/a.txt" in got.getnames()
        (fw.home / "part.tar").unlink()
    path = _levels(tree)[2]
    fw("download", "-y", "--zip", path, "-o", "p.zip", "--prefix", "mine")
    with zipfile.ZipFile(fw.home / "p.zip") as got:
        assert got.read(f"mine/{tree.group}/P/S/E/A/a.txt") == b"text"
    for choice, expected in (("-i", {"a.nii.gz"}), ("-e", {"a.txt", "p.csv"})):
        fw("download", "-y", choice, "nifti", path, "-o", "part.tar")
        with tarfile.open(fw.home / "part.tar") as got:
            assert {name.rpartition("/")[2] for name in got.getnames()} == expected
        (fw.home / "part.tar").unlink()


def test_an_analysis_is_downloaded(fw, site, tree) -> None:
    """The outputs of an analysis: one file, and the analysis as a whole."""
    analysis = site.post(f"/sessions/{tree.session}/analyses", {"label": "X", "inputs": []})["_id"]
    site.upload(f"/analyses/{analysis}", "out.txt", "result")
    path = f"fw://{tree.group}/P/S/E/analyses/X"
    fw("download", f"{path}/files/out.txt", "-o", "out.txt")
    fw("cp", f"{path}/files/out.txt", "copy.txt")
    assert (fw.home / "out.txt").read_text() == (fw.home / "copy.txt").read_text() == "result"
    fw("download", "-y", path, "-o", "x.tar")
    with tarfile.open(fw.home / "x.tar") as got:
        assert [name for name in got.getnames() if name.endswith("out.txt")] == ["X/output/out.txt"]


def test_a_collection_is_downloaded(fw, site, tree, unique) -> None:
    site.upload(f"/acquisitions/{tree.acquisition}", "a.txt", "text")
    label = unique()
    collection = site.add("collections", label=label)
    site.api.put(
        f"/collections/{collection}",
        json={"contents": {"operation": "add", "nodes": [{"level": "acquisition", "_id": tree.acquisition}]}},
    ).raise_for_status()
    fw("download", "-y", f"fw://collections/{label}", "-o", "c.tar")
    with tarfile.open(fw.home / "c.tar") as got:
        assert f"{tree.group}/P/S/E/A/a.txt" in got.getnames()


def test_a_project_is_synced_and_only_changes_come_again(fw, site, tree) -> None:
    """`sync` mirrors a project with its metadata, leaves what it has, and reports to the project."""
    site.upload(f"/acquisitions/{tree.acquisition}", "a.txt", "one")
    site.upload(f"/projects/{tree.project}", "p.csv", "a,b")
    analysis = site.post(f"/sessions/{tree.session}/analyses", {"label": "X", "inputs": []})["_id"]
    site.upload(f"/analyses/{analysis}", "out.txt", "result")
    source = f"fw://{tree.group}/P"
    fw("sync", "-y", "--metadata", "--analyses", source, "mirror")
    root = fw.home / "mirror" / tree.group / "P"
    got = root / "S" / "E" / "A" / "a.txt"
    assert got.read_text() == "one"
    assert (root / "p.csv").read_text() == "a,b"
    assert got.with_name("a.txt.flywheel.json").exists()
    assert list(root.rglob("out.txt"))
    before = got.stat().st_mtime_ns
    site.upload(f"/projects/{tree.project}", "p.csv", "c,d,e")
    fw("sync", "-y", "--save-audit-logs", fw.home / "audit.csv", source, "mirror")
    assert got.stat().st_mtime_ns == before
    assert (root / "p.csv").read_text() == "c,d,e"


def test_refusals_are_words(outsider, member, tree, files) -> None:
    """Who may not read hears that it does not exist; who may not write hears why."""
    source = files({"a.txt": "a"}) / "a.txt"
    here = f"fw://{tree.group}/P"
    for command in (("ls", here), ("download", "-y", here), ("upload", source, here), ("sync", here, "m")):
        done = outsider.run(*command)
        assert done.status != 0, done.text
        assert tree.project not in done.text
    assert "admin" in outsider("ls", "-a", refused=True)
    assert "files_create_single" in member("ro").run("upload", source, here).text
