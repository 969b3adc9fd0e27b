"""Uploading a gear: announced, pushed as an image or as a folder, saved; the folder comes back byte for byte."""

import hashlib
import io
import tarfile

import pytest

DIGEST = f"sha256:{'ab' * 32}"


def _tar():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("run")
        member.size, member.mode = 10, 0o755
        archive.addfile(member, io.BytesIO(b"#!/bin/sh\n"))
    return packed.getvalue()


@pytest.fixture
def announce(api):
    def post(sent, by=api):
        made = by.post("/gears/prepare-add", json={"category": "analysis", "gear": sent})
        assert made.status_code == 200, made.text
        return made.json()["ticket"]

    return post


def test_an_image_is_announced_pushed_and_saved(api, gear_manifest, announce, problem):
    sent = gear_manifest()
    ticket = announce(sent)
    assert ticket in api.get("/gears/my-tickets").json()
    waiting = api.get(f"/gears/ticket/{ticket}").json()
    assert (waiting["_id"], waiting["geardoc"]["gear"], waiting["origin"]["type"]) == (ticket, sent, "user")
    assert api.get("/gears", params={"filter": f"gear.name={sent['name']}"}).json() == []

    problem(api.post("/gears/save", json={"ticket": ticket, "repo": "e.org/x", "pointer": "latest"}), 422)
    problem(api.post("/gears/save", json={"ticket": ticket, "repo": "https://e.org", "pointer": DIGEST}), 422)
    saved = api.post("/gears/save", json={"ticket": ticket, "repo": "e.org/x", "pointer": DIGEST}).json()
    assert saved["gear"] == sent
    assert saved["category"] == "utility"  # as the manifest says
    assert saved["exchange"]["rootfs-url"] == f"docker://e.org/x@{DIGEST}"
    assert saved["exchange"]["rootfs-hash"] == DIGEST
    problem(api.post("/gears/save", json={"ticket": ticket, "repo": "e.org/x", "pointer": DIGEST}), 404)
    problem(api.get(f"/gears/{saved['_id']}/rootfs"), 404)


def test_a_folder_is_pushed_here_and_fetched_by_engines(api, stranger, gear_manifest, announce):
    ticket, tar = announce(gear_manifest(custom={})), _tar()
    sha384 = hashlib.sha384(tar).hexdigest()
    pushed = api.put(f"/gears/ticket/{ticket}/rootfs", content=tar).json()
    assert pushed == {"rootfs-hash": f"sha384:{sha384}", "size": len(tar)}
    saved = api.post("/gears/save", json={"ticket": ticket}).json()
    assert saved["category"] == "analysis"
    assert saved["exchange"] == {
        "git-commit": "local",
        "rootfs-hash": f"sha384:{sha384}",
        "rootfs-url": f"treadle:/api/gears/{saved['_id']}/rootfs",
    }
    fetched = stranger.get(f"/gears/{saved['_id']}/rootfs")
    assert fetched.content == tar
    assert fetched.headers["content-type"] == "application/x-tar"
    again = stranger.get(f"/gears/{saved['_id']}/rootfs", headers={"If-None-Match": fetched.headers["etag"]})
    assert again.status_code == 304


def test_what_is_no_tar_is_no_folder(api, gear_manifest, announce, problem):
    path = f"/gears/ticket/{announce(gear_manifest())}/rootfs"
    for content in (b"", b"PK" * 600):
        assert problem(api.put(path, content=content), 422)["code"] == "gear_not_a_tar"
    problem(api.put("/gears/ticket/000000000000000000000000/rootfs", content=_tar()), 404)


def test_a_new_gear_has_no_bad_defaults_and_no_known_version(api, gear_manifest, add_gear, problem):
    bad = gear_manifest(config={"n": {"type": "integer", "default": "0"}})
    problem(api.post("/gears/prepare-add", json={"gear": bad}), 422)
    known = gear_manifest()
    add_gear(known)
    problem(api.post("/gears/prepare-add", json={"gear": known}), 409)
    for word in ("save", "ticket"):
        problem(api.post("/gears/prepare-add", json={"gear": gear_manifest(name=word)}), 422)


def test_a_ticket_is_its_makers(api, stranger, gear_developer, gear_manifest, announce, problem):
    ticket = announce(gear_manifest())
    assert gear_developer.get("/gears/my-tickets").json() == []
    problem(gear_developer.get(f"/gears/ticket/{ticket}"), 404)
    problem(gear_developer.put(f"/gears/ticket/{ticket}/rootfs", content=_tar()), 404)
    own = announce(gear_manifest(), by=gear_developer)
    assert gear_developer.get("/gears/my-tickets").json() == [own]
    assert api.get(f"/gears/ticket/{own}").status_code == 200
