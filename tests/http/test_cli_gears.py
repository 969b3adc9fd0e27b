"""`treadle gear install`, `list`, `show`, ... and `exchange` as they are typed, against a real server."""

import hashlib
import io
import json
import os
import tarfile

import pytest

from treadle.gears.folder import pack


@pytest.fixture
def folder(tmp_path, gear_manifest):
    """The folder of a gear, with what a run and some tools leave in it."""

    def make(**more):
        manifest = gear_manifest(custom={}, **more)
        here = tmp_path / manifest["name"]
        for name in ("lib/__pycache__", "input", ".git"):
            (here / name).mkdir(parents=True)
            (here / name / "left").write_text("x")
        (here / "lib" / "words.txt").write_text("words")
        (here / "config.json").write_text("{}")
        (here / "manifest.json").write_text(json.dumps(manifest))
        (here / "run").write_text("#!/bin/sh\n")
        (here / "run").chmod(0o755)
        return here, manifest

    return make


@pytest.fixture
def catalogue(tmp_path, gear_manifest, unique):
    """A folder of manifests in both forms, other JSON among them."""
    prefix = unique()
    here = tmp_path / prefix
    here.mkdir()

    def put(file, document):
        (here / file).write_text(json.dumps(document))

    one, two = f"{prefix}-one", f"{prefix}-two"
    put("one.json", gear_manifest(one, "1.0.0", label="Crystal counter"))
    put(
        "one-2.json",
        {"gear": gear_manifest(one, "1.10.0"), "exchange": {"rootfs-url": "docker://e/x@sha256:ab"}},
    )
    bad = gear_manifest(two, "2", url="no address", custom={"flywheel": {"suite": "Testing"}})
    put("two.json", {"gear": bad, "exchange": {}})
    put("package.json", {"name": "other"})
    (here / "broken.json").write_text("{")
    return here, prefix


def test_a_folder_becomes_a_gear_once(treadle, api, folder):
    """Installing the same folder again changes nothing; what runs and tools left in it is no part of it."""
    here, manifest = folder()
    first = treadle("gear", "install", str(here), "--json").documents[0]
    assert first["gear"] == manifest
    tar = api.get(f"/gears/{first['_id']}/rootfs").content
    assert first["exchange"]["rootfs-hash"] == f"sha384:{hashlib.sha384(tar).hexdigest()}"
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        members = {one.name: one for one in archive}
    assert set(members) == {"lib", "lib/words.txt", "manifest.json", "run"}
    assert (members["run"].mode, members["manifest.json"].mode, members["run"].uid) == (0o755, 0o644, 0)
    again = treadle("gear", "install", str(here), "--json").documents[0]
    assert again["_id"] == first["_id"]
    (here / "run").write_text("#!/bin/sh\nexit 1\n")
    assert "already exists" in treadle("gear", "install", str(here), ok=False).err


def test_equal_folders_have_equal_hashes(folder):
    here, _ = folder()
    packed = []
    for _ in range(2):
        out = io.BytesIO()
        pack(here, out)
        packed.append(out.getvalue())
        os.utime(here / "run", (1, 1))
    assert packed[0] == packed[1]


def test_what_cannot_be_part_of_a_gear_is_named(treadle, folder, tmp_path):
    here, _ = folder()
    link = here / "link"
    for target, why in (("../../x", "link is a link that leads out"), (here / "run", "make it relative")):
        link.symlink_to(target)
        assert why in treadle("gear", "install", str(here), ok=False).err
        link.unlink()
    bad, _ = folder(author=5)
    assert "/author" in treadle("gear", "install", str(bad), ok=False).err
    assert "manifest" in treadle("gear", "install", str(tmp_path), ok=False).err


def test_gears_are_listed_shown_and_put_away(treadle, tmp_path, gear_manifest):
    manifest = gear_manifest()
    name, file = manifest["name"], tmp_path / "manifest.json"
    file.write_text(json.dumps({"gear": manifest, "exchange": {"rootfs-url": "docker://e/x@sha256:cd"}}))
    treadle("gear", "install", str(file), "--category", "qa")
    row = treadle("gear", "list", name).out.split()
    assert row[1:4] == [name, "1.0.0", "utility"]
    assert row[-1] == "enabled"
    shown = treadle("gear", "show", name).out
    assert "docker://e/x@sha256:cd" in shown
    assert "image (file)" in shown
    treadle("gear", "disable", name)
    assert treadle("gear", "list", name).out.split()[-1] == "disabled"
    assert "No " in treadle("gear", "show", name, ok=False).err
    treadle("gear", "enable", f"{name}/1.0.0")
    assert treadle("gear", "show", name, "--json").out


def test_permissions_are_shown_and_changed(treadle, stranger, tree, tmp_path, gear_manifest, add_gear):
    name = gear_manifest()["name"]
    add_gear(gear_manifest(name))
    assert not treadle("gear", "permissions", name, "--json").documents[0]["is_restricted"]
    me = stranger.headers["x-user"]
    said = treadle("gear", "permissions", name, "--user", me, "--project", tree.project, "--json")
    found = said.documents[0]
    assert found["is_restricted"]
    assert found["permissions"] == {"users": [me], "projects": [tree.project]}
    assert not treadle("gear", "permissions", name, "--open", "--json").documents[0]["is_restricted"]


def test_a_catalogue_is_read_searched_and_installed_from(treadle, catalogue):
    here, prefix = catalogue
    said = treadle("gear", "exchange", "sync", str(here), "--json").documents[0]
    assert (said["source"], said["gears"], said["removed"]) == (prefix, 3, 0)
    assert [one["name"] for one in said["refused"]] == [f"{prefix}-two"]
    assert len(said["unreadable"]) == 1

    def search(*words):
        found = treadle("gear", "exchange", "search", *words, "--json").documents
        return [(one["name"], one["version"], one["installed"]) for one in found]

    one, two = f"{prefix}-one", f"{prefix}-two"
    assert search(prefix) == [(one, "1.10.0", None), (two, "2", None)]
    assert search("CRYSTAL", prefix) == [(one, "1.0.0", None)]
    assert search(prefix, "--suite", "Testing") == [(two, "2", None)]
    assert [found[1] for found in search("--name", one)] == ["1.10.0", "1.0.0"]
    assert "Crystal" in treadle("gear", "exchange", "show", one, "1.0.0").out

    treadle("gear", "exchange", "install", one, "1.0.0")
    assert search(prefix, "--upgradeable") == [(one, "1.10.0", "1.0.0")]
    treadle("gear", "exchange", "upgrade", one, "--yes")
    assert search(prefix, "--upgradeable") == []
    assert (
        treadle("gear", "show", one, "--json").documents[0]["exchange"]["rootfs-url"]
        == "docker://e/x@sha256:ab"
    )
    assert "breaks the gear specification" in treadle("gear", "exchange", "install", two, ok=False).err

    (here / "one.json").unlink()
    again = treadle("gear", "exchange", "sync", str(here), "--json").documents[0]
    assert (again["gears"], again["removed"]) == (2, 1)
    assert "No catalogue has" in treadle("gear", "exchange", "show", one, "1.0.0", ok=False).err


def test_a_folder_without_manifests_is_no_catalogue(treadle, tmp_path):
    assert "holds no manifest" in treadle("gear", "exchange", "sync", str(tmp_path), ok=False).err
    assert "no folder" in treadle("gear", "exchange", "sync", str(tmp_path / "x"), ok=False).err


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Bad Name", {"gears": []}),
        ("fine", {}),
        ("fine", {"gears": [{}]}),
        ("fine", {"gears": [], "address": 5}),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_refused(api, problem, name, body):
    problem(api.put(f"/x/exchange/sources/{name}", json=body), 422)


def test_a_catalogue_is_for_developers(stranger, api, unique, gear_manifest, problem):
    name = unique()
    problem(stranger.put(f"/x/exchange/sources/{name}", json={"gears": []}), 403)
    api.put(f"/x/exchange/sources/{name}", json={"gears": [{"gear": gear_manifest(name)}]})
    assert name in [one["name"] for one in stranger.get("/x/exchange/sources").json()]
    problem(stranger.post(f"/x/exchange/{name}/install", json={}), 403)
    assert stranger.get(f"/x/exchange/{name}").json()["gear"]["name"] == name
    assert api.delete(f"/x/exchange/sources/{name}").json() == {"deleted": 1}
    problem(stranger.get(f"/x/exchange/{name}"), 404)
