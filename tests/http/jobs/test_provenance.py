"""What the records of ended jobs answer: provenance and lineage, each node within the caller's rights."""

import pytest


def _names(found):
    return sorted(
        (node["depth"], node.get("name") or node["gear_info"]["category"]) for node in found["nodes"]
    )


def test_an_ended_job_has_its_record(tree, chain, problem, api, gear, start):
    """Gear with digest, pinned inputs with paths, what the engine said, outputs; none before the end."""
    record = tree.get(f"/jobs/{chain['first']}/provenance")
    assert record["job"]["state"] == "complete"
    assert len(record["gear"]["manifest_sha256"]) == 64
    (given,) = record["inputs"]
    assert given["version"] == 1 and given["path"].startswith(f"{tree.group}/")
    assert record["run"] == {"exit": 0, "kernel": "6.1"}
    assert [one["name"] for one in record["outputs"]] == ["one.txt"]
    waiting = start(gear(inputs={}), destination={"type": "session", "id": tree.session})
    assert problem(api.get(f"/jobs/{waiting['id']}/provenance"), 404)["code"] == "record_missing"


def test_lineage_walks_up_and_down(tree, chain):
    """Jobs and files with their distance, and the lines between them."""
    up = tree.get(f"/files/{chain['two']}/lineage")
    assert _names(up) == [(0, "two.txt"), (1, "one.txt"), (1, "utility"), (2, "scan.txt"), (2, "utility")]
    ids = {node.get("name") or node["id"]: node["id"] for node in up["nodes"]}
    assert sorted((line["from"], line["to"]) for line in up["edges"]) == sorted(
        [
            (chain["second"], ids["two.txt"]),
            (ids["one.txt"], chain["second"]),
            (chain["first"], ids["one.txt"]),
            (ids["scan.txt"], chain["first"]),
        ]
    )
    down = tree.get(f"/files/{chain['scan']}/lineage", direction="down")
    assert [one for one in _names(down) if one[1] != "utility"] == [
        (0, "scan.txt"),
        (1, "one.txt"),
        (2, "more.txt"),
        (2, "two.txt"),
    ]
    assert len(down["edges"]) == 5 and not down["truncated"] and down["not_shown"] == 0


def test_lineage_is_bounded(tree, chain):
    """By steps and by nodes, and says so; a later version has no such past."""
    assert len(tree.get(f"/files/{chain['scan']}/lineage", direction="down", depth=1)["nodes"]) == 3
    cut = tree.get(f"/files/{chain['scan']}/lineage", direction="down", limit=4)
    assert len(cut["nodes"]) == 4 and cut["truncated"]
    ids = {node["id"] for node in cut["nodes"]}
    assert all(line["from"] in ids and line["to"] in ids for line in cut["edges"])
    tree.upload("two.txt", b"by hand")
    assert len(tree.get(f"/files/{chain['two']}/lineage")["nodes"]) == 1
    assert len(tree.get(f"/files/{chain['two']}/lineage", version=1)["nodes"]) == 5


def test_what_the_caller_may_not_see_is_counted_and_not_named(tree, api, stranger, run, problem):
    """An input of another project: no node, no path; without rights at all not even the file."""
    elsewhere = tree.add("projects", label="elsewhere", group=tree.group)
    hidden = tree.upload("secret.txt", to=f"/projects/{elsewhere}")["file_id"]
    job = run(hidden, destination={"type": "session", "id": tree.session})
    made = api.get(f"/jobs/{job}").json()["outputs"][0]["file_id"]
    assert problem(stranger.get(f"/files/{made}/lineage"), 404)
    role = next(one["_id"] for one in api.get("/roles").json() if one.get("default_flywheel_role") == "ro")
    body = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert api.post(f"/projects/{tree.project}/permissions", json=body).status_code == 200
    found = stranger.get(f"/files/{made}/lineage").json()
    assert _names(found) == [(0, "out.txt"), (1, "utility")] and found["not_shown"] == 1
    assert hidden not in str(found["nodes"])
    record = stranger.get(f"/jobs/{job}/provenance").json()
    assert record["inputs"][0]["path"] is None and record["destination"]["path"]


def test_a_run_is_repeated_on_what_it_was_given(tree, api, gear, run, engine):
    """Pinned version, options and context of then, whatever changed since; and the two compare as identical."""
    api.put(f"/sessions/{tree.session}", json={"info": {"context": {"licence": "old"}}})
    scan = tree.upload("scan.txt", b"first")["file_id"]
    made = gear(inputs={"image": {"base": "file"}, "licence": {"base": "context"}})
    first = run(scan, made, config={"speed": 7})
    tree.upload("scan.txt", b"second")
    api.put(f"/sessions/{tree.session}", json={"info": {"context": {"licence": "new"}}})
    again = api.post(f"/jobs/{first}/rerun").json()
    assert again["reproducible"] is True
    (job,) = engine.ask(made["gear"]["name"])
    assert job["id"] == again["_id"] and job["previous_job_id"] == first and job["attempt"] == 1
    assert job["config"] == api.get(f"/jobs/{first}").json()["config"]
    got = engine.client.get(f"/jobs/{job['id']}/inputs/image", params=engine.lease(job))
    assert got.content == b"first"
    assert engine.commit(job, {"out.txt": b"made"}).status_code == 200
    found = tree.get("/jobs/compare", a=first, b=job["id"])
    assert found["verdict"] == "identical"
    assert not found["sections"]["engine"]["same"]  # the second engine said nothing of its kernel
    assert tree.get(f"/files/{scan}/versions")[-1]["version"] == 2


@pytest.mark.parametrize(
    ("outputs", "config", "verdict", "items"),
    [
        (
            {"out.txt": b"other", "more.txt": b""},
            {},
            "same-inputs-different-outputs",
            {"out.txt": "differs", "more.txt": "only_b"},
        ),
        ({}, {}, "same-inputs-different-outputs", {"out.txt": "only_a"}),
        ({"out.txt": b"made"}, {"speed": 3}, "different-inputs", {"out.txt": "same"}),
    ],
)
def test_comparison_names_what_differs(tree, gear, run, outputs, config, verdict, items):
    scan = tree.upload("scan.txt")["file_id"]
    made = gear(inputs={"image": {"base": "file"}})
    a, b = run(scan, made), run(scan, made, outputs=outputs, config=config)
    found = tree.get("/jobs/compare", a=a, b=b)
    assert found["verdict"] == verdict
    assert {name: one["is"] for name, one in found["sections"]["outputs"]["items"].items()} == items
    assert found["sections"]["config"]["same"] is not bool(config)


def test_what_is_gone_is_named(tree, api, gear, run, start, problem):
    """All of it at once; and a run that has not ended cannot be repeated."""
    made = gear(inputs={"image": {"base": "file"}})
    scan = tree.upload("scan.txt")["file_id"]
    job = run(scan, made)
    waiting = start(made, inputs={"image": {"file_id": scan}})
    assert problem(api.post(f"/jobs/{waiting['id']}/rerun"), 409)["code"] == "bad_transition"
    assert api.delete(f"/files/{scan}").status_code == 200
    assert api.delete(f"/gears/{made['_id']}").status_code == 200
    refused = problem(api.post(f"/jobs/{job}/rerun"), 409)
    assert refused["code"] == "not_repeatable"
    assert [word in refused["message"] for word in (made["gear"]["name"], "(scan.txt)")] == [True, True]


def test_a_repeated_analysis_is_a_new_one(tree, api, gear, engine):
    """With the label of the first; the two are compared by the analyses' ids; those without runs are refused."""
    made = gear("analysis", inputs={})
    path = f"/sessions/{tree.session}/analyses"
    body = {"label": "volumes", "job": {"gear_id": made["_id"]}}
    begun = api.post(path, json=body).json()
    (job,) = engine.ask(made["gear"]["name"])
    assert engine.commit(job, {"v.txt": b"1"}).status_code == 200
    again = api.post(f"/jobs/{begun['job_id']}/rerun").json()["_id"]
    (job,) = engine.ask(made["gear"]["name"])
    assert job["id"] == again and engine.commit(job, {"v.txt": b"1"}).status_code == 200
    other = job["destination"]["id"]
    assert other != begun["_id"] and tree.get(f"/analyses/{other}")["label"] == "volumes"
    assert tree.get("/analyses/compare", a=begun["_id"], b=other)["verdict"] == "identical"
    by_hand = api.post(path, json={"label": "by hand"}).json()["_id"]
    assert api.get("/analyses/compare", params={"a": by_hand, "b": other}).json()["code"] == "no_run"
