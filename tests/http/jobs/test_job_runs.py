"""A job from its request to its files, by the engine protocol."""

import hashlib

import pytest


def _name(gear):
    return gear["gear"]["name"]


@pytest.fixture
def running(tree, gear, start, engine):
    """A job of a fresh gear with one input, claimed."""
    tree.upload("a.dcm", b"in")
    made = gear()
    started = start(made, inputs={"image": {"type": "acquisition", "id": tree.acquisition, "name": "a.dcm"}})
    (job,) = engine.ask(_name(made))
    assert job["id"] == started["id"]
    return job


def test_config_json_is_frozen_when_the_job_is_asked_for(tree, gear, start, engine, api):
    """Options with defaults, the pinned file, contexts of the nearest container; later changes do not show."""
    api.put(f"/projects/{tree.project}", json={"info": {"context": {"licence": "far", "other": 1}}})
    api.put(f"/sessions/{tree.session}", json={"info": {"context": {"licence": "near"}}})
    sent = tree.upload("a.dcm", b"first")
    made = gear(
        inputs={
            "image": {"base": "file"},
            "extra": {"base": "file", "optional": True},
            "licence": {"base": "context"},
            "nowhere": {"base": "context"},
        },
        custom={"flywheel": {"show-job": True}},
    )
    started = start(
        made, inputs={"image": {"file_id": sent["file_id"]}}, config={"speed": 7}, tags=["x", "x"]
    )
    tree.upload("a.dcm", b"second")
    api.put(f"/sessions/{tree.session}", json={"info": {"context": {"licence": "changed"}}})
    (job,) = engine.ask(_name(made))
    got = engine.client.get(f"/jobs/{job['id']}/config.json", params=engine.lease(job)).json()
    file = got["inputs"]["image"].pop("object")
    assert got == {
        "config": {"speed": 7},
        "inputs": {
            "image": {
                "base": "file",
                "hierarchy": {"type": "acquisition", "id": tree.acquisition},
                "location": {"name": "a.dcm", "path": "/flywheel/v0/input/image/a.dcm"},
            },
            "licence": {"base": "context", "found": True, "value": "near"},
            "nowhere": {"base": "context", "found": False, "value": None},
        },
        "destination": {"type": "acquisition", "id": tree.acquisition},
        "job": {"id": job["id"]},
    }
    assert (file["version"], file["file_id"], file["type"], file["size"]) == (1, sent["file_id"], "dicom", 5)
    assert set(file) == {
        *("type", "mimetype", "modality", "classification", "tags", "info", "size"),
        *("zip_member_count", "version", "file_id", "origin", "measurements"),
    }
    content = engine.client.get(f"/jobs/{job['id']}/inputs/image", params=engine.lease(job))
    assert content.content == b"first"
    assert started["tags"] == ["x", _name(made)]


def test_outputs_become_files_of_the_destination(running, engine, tree):
    """With origin and gear, a repeated name as a new version of what was there; metadata in the same moment."""
    old = tree.upload("out.txt", b"old")
    said = {
        "acquisition": {
            "label": "must not win",
            "info": {"quality": {"snr": 3}},
            "tags": ["seen"],
            "files": [{"name": "out.txt", "type": "text", "tags": ["t"], "info": {"n": 1}}],
        },
        "session": {"weight": 70, "subject": {"sex": "female"}},
    }
    done = engine.commit(running, {"out.txt": b"new", "empty": b""}, metadata=said)
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "complete"
    files = {item["name"]: item for item in tree.get(f"/acquisitions/{tree.acquisition}")["files"]}
    made = files["out.txt"]
    assert (made["file_id"], made["version"], made["type"], made["tags"]) == (
        old["file_id"],
        2,
        "text",
        ["t"],
    )
    assert made["origin"] == {"type": "job", "id": running["id"]}
    assert made["gear_info"]["id"] == running["gear_id"]
    assert files["empty"]["size"] == 0
    acquisition = tree.get(f"/acquisitions/{tree.acquisition}")
    assert (acquisition["label"], acquisition["tags"]) == ("A", ["seen"])
    assert acquisition["info"]["quality"] == {"snr": 3}
    session = tree.get(f"/sessions/{tree.session}")
    assert (session["weight"], session["subject"]["sex"]) == (70, "female")
    job = tree.get(f"/jobs/{running['id']}")
    assert (job["state"], job["saved_files"]) == ("complete", ["out.txt", "empty"])
    assert job["transitions"].keys() == {"pending", "running", "complete"}
    assert tree.api.get(f"/files/{made['file_id']}").json()["info"] == {"n": 1}


def test_bad_metadata_fails_the_job_and_applies_nothing(running, engine, tree):
    done = engine.commit(
        running, {"out.txt": b"new"}, metadata={"acquisition": {"info": {"a": 1}}, "bogus": {}}
    )
    assert done.json()["state"] == "failed"
    assert done.json()["failure_reason"].startswith("metadata_invalid: invalid .metadata.json: ")
    shown = tree.get(f"/acquisitions/{tree.acquisition}")
    assert [item["name"] for item in shown["files"]] == ["a.dcm"]
    assert shown["info"] == {}


@pytest.mark.parametrize("named", [True, False], ids=["by a ticket", "by the lease"])
def test_a_commit_is_repeated_safely(running, engine, tree, named):
    """The answer was lost: the same commit gives it again; one version, each line of the log once."""
    body = {
        "job": running["id"],
        **({"ticket": engine.ticket(running)} if named else {}),
        "logs": [{"fd": 1, "msg": "last words\n"}],
        "files": [engine.send(running, "out.txt", b"x")],
        "exit": 0,
        **engine.lease(running),
    }
    first = engine.client.post("/engine/commit", json=body)
    again = engine.client.post("/engine/commit", json=body)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["outputs"][0]["version"] == 1
    assert tree.api.get(f"/jobs/{running['id']}/logs/text").text == "last words\n"
    late = engine.client.post("/engine/commit", json={**body, "ticket": "0" * 24})
    assert late.status_code == 409


def test_outputs_must_have_been_uploaded(running, engine, problem):
    """Nothing changes when a content is missing: the engine uploads it and commits again."""
    missing = {"name": "out.txt", "hash": "v0-sha384-" + "0" * 96, "size": 3}
    body = {"job": running["id"], "ticket": engine.ticket(running), "exit": 0, **engine.lease(running)}
    refused = problem(engine.client.post("/engine/commit", json={**body, "files": [missing]}), 409)
    assert refused["code"] == "content_missing"
    done = engine.client.post(
        "/engine/commit", json={**body, "files": [engine.send(running, "out.txt", b"x")]}
    )
    assert done.json()["state"] == "complete"


def test_a_failed_run_keeps_its_outputs_aside_until_accepted(running, engine, tree):
    done = engine.commit(
        running, {"half.txt": b"h"}, exit=4, metadata={"acquisition": {"info": {"a": 1}}}, failure_reason=None
    )
    assert done.json() == {"state": "failed", "failure_reason": "exit 4", "outputs": []}
    assert [item["name"] for item in tree.get(f"/acquisitions/{tree.acquisition}")["files"]] == ["a.dcm"]
    path = f"/jobs/{running['id']}/accept-failed-output"
    assert tree.api.post(path).status_code == 200
    shown = tree.get(f"/acquisitions/{tree.acquisition}")
    assert {item["name"] for item in shown["files"]} == {"a.dcm", "half.txt"}
    assert shown["info"] == {"a": 1}
    assert tree.get(f"/jobs/{running['id']}")["failed_output_accepted"] is True
    assert tree.api.post(path).status_code == 409


def test_the_old_form_of_completion(running, engine, tree):
    """Multipart to /engine, then complete: nothing is visible in between."""
    ticket = engine.ticket(running)
    params = {"job": running["id"], "level": "acquisition", "id": tree.acquisition, "job_ticket": ticket}
    form = {
        "metadata": (None, '{"acquisition": {"files": [{"name": "o.txt", "type": "text"}]}}'),
        "file": ("o.txt", b"o"),
    }
    sent = engine.client.post("/engine", params={**params, **engine.lease(running)}, files=form)
    assert sent.status_code == 200, sent.text
    assert [item["name"] for item in tree.get(f"/acquisitions/{tree.acquisition}")["files"]] == ["a.dcm"]
    done = engine.client.put(
        f"/jobs/{running['id']}/complete",
        params={"job_ticket_id": ticket},
        json={"success": True, "profile": {"elapsed_time_ms": 5}},
    )
    assert done.status_code == 200, done.text
    files = {item["name"]: item for item in tree.get(f"/acquisitions/{tree.acquisition}")["files"]}
    assert files["o.txt"]["type"] == "text"
    assert tree.get(f"/jobs/{running['id']}")["profile"] == {"elapsed_time_ms": 5}


def test_provenance_is_written_once_at_the_end(running, engine, tree, database):
    engine.log(running, (1, "hello "), (2, "world\n"))
    engine.commit(running, {"out.txt": b"x"}, run={"engine": {"name": "e1"}, "image_digest": "sha256:1"})
    ((record,),) = database("SELECT record FROM provenance WHERE job_id = %s", running["id"])
    assert record["format"] == "treadle-provenance/1"
    assert record["run"]["engine"] == {"name": "e1"}
    assert record["run"]["exit"] == 0
    assert record["inputs"][0]["path"] == f"{tree.group}/P/S/E/A"
    assert record["outputs"][0]["sha384"] == hashlib.sha384(b"x").hexdigest()
    text = tree.api.get(f"/jobs/{running['id']}/logs/text").content
    assert record["log_sha256"] == hashlib.sha256(text).hexdigest()
    assert len(record["gear"]["manifest_sha256"]) == 64
    assert record["transitions"].keys() == {"pending", "running", "complete"}


def test_a_locked_project_takes_no_outputs(running, engine, tree):
    """The run fails, its outputs are kept and can be accepted when the project is open again."""
    assert tree.api.post(f"/projects/{tree.project}/lock", json={"reason": "other"}).status_code == 200
    done = engine.commit(running, {"out.txt": b"x"})
    assert done.status_code == 200, done.text
    assert done.json()["failure_reason"].startswith("destination: The project is locked")
    assert tree.api.delete(f"/projects/{tree.project}/lock").status_code == 200
    assert tree.api.post(f"/jobs/{running['id']}/accept-failed-output").status_code == 200
    shown = tree.get(f"/acquisitions/{tree.acquisition}")
    assert {item["name"] for item in shown["files"]} == {"a.dcm", "out.txt"}
