"""Rules start gears when files begin to match: once per change, never in circles, and they say why not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

ENOUGH_S = 20


@pytest.fixture
def rule(api, tree):
    """Adds a rule to the test's project."""

    def add(gear, **more):
        body = {"gear_id": gear["_id"], "name": "r", "all": [{"type": "file.type", "value": "dicom"}], **more}
        made = api.post(f"/projects/{tree.project}/rules", json=body)
        assert made.status_code == 200, made.text
        return made.json()

    return add


@pytest.fixture
def firings(api, tree):
    """The rule's history once it has as many lines, the oldest first."""

    def read(rule, count):
        place = f"/projects/{tree.project}/rules/{rule['_id']}/firings"
        until = time.monotonic() + ENOUGH_S
        while (
            len(lines := api.get(place, params={"limit": 1000}).json()) < count and time.monotonic() < until
        ):
            time.sleep(0.1)
        assert len(lines) == count, lines
        return lines[::-1]

    return read


@pytest.fixture
def settled(firings, gear, rule, tree, unique):
    """Waits until everything that happened before has been judged: a rule of its own sees a last file."""

    def wait():
        name = f"{unique()}.txt"
        last = rule(gear(inputs={"text": {"base": "file"}}), all=[{"type": "file.name", "value": name}])
        tree.upload(name)
        firings(last, 1)

    return wait


def test_a_file_that_fits_starts_the_gear_once(api, tree, gear, rule, firings, settled):
    made = rule(gear(), priority="high", tags=["mine"], config={"speed": 7})
    tree.upload("a.dcm")
    tree.upload("b.txt")
    (line,) = firings(made, 1)
    assert (line["outcome"], line["file_name"]) == ("job", "a.dcm")
    job = api.get(f"/jobs/{line['job_id']}").json()
    assert job["origin"] == {"type": "gear_rule", "id": made["_id"]}
    assert job["destination"] == {"type": "acquisition", "id": tree.acquisition}
    assert job["config"]["config"]["speed"] == 7
    assert job["priority"] == "high"
    assert {"mine", "auto"} <= set(job["tags"])
    settled()
    firings(made, 1)


def test_it_fires_when_a_change_makes_it_true_and_not_when_it_stays_true(
    api, tree, gear, rule, firings, settled
):
    made = rule(gear(), all=[{"type": "file.tags", "value": "ready"}])
    tree.upload("a.dcm")
    place = f"/acquisitions/{tree.acquisition}/files/a.dcm"
    file_id = api.get(f"{place}/info").json()["file_id"]
    api.patch(f"/files/{file_id}/tags", json=["ready"]).raise_for_status()
    firings(made, 1)
    api.patch(f"/files/{file_id}/tags", json=["other"]).raise_for_status()
    api.put(place, json={"modality": "MR"}).raise_for_status()
    settled()
    firings(made, 1)
    api.put(f"/files/{file_id}/tags", json=["other"]).raise_for_status()
    settled()
    api.put(f"/files/{file_id}/tags", json=["ready"]).raise_for_status()
    firings(made, 2)


def test_a_new_rule_leaves_what_is_there_alone_until_it_is_asked(api, tree, gear, rule, firings, settled):
    tree.upload("a.dcm")
    made = rule(gear())
    settled()
    firings(made, 0)
    place = f"/projects/{tree.project}/rules/{made['_id']}/run"
    tried = api.post(place).json()
    assert [(one["name"], one["job_id"]) for one in tried] == [("a.dcm", None)]
    (done,) = api.post(place, params={"dry": False}).json()
    assert api.get(f"/jobs/{done['job_id']}").json()["rule_id"] == made["_id"]


def test_another_file_can_make_an_old_one_match(api, tree, gear, rule, firings):
    both = [{"type": "file.type", "value": "dicom"}, {"type": "container.has-type", "value": "text"}]
    made = rule(gear(), all=both)
    tree.upload("a.dcm")
    tree.upload("note.txt")
    (line,) = firings(made, 1)
    assert line["file_name"] == "a.dcm"


def test_what_a_rule_made_does_not_start_it_again(api, tree, gear, rule, firings, engine, settled):
    counter = gear()
    made = rule(counter)
    tree.upload("a.dcm")
    firings(made, 1)
    (job,) = engine.ask(counter["gear"]["name"])
    files = {"result.dcm": b"0"}
    metadata = {"acquisition": {"files": [{"name": "result.dcm", "type": "dicom"}]}}
    assert engine.commit(job, files, metadata=metadata, success=True).status_code == 200
    first, second = firings(made, 2)
    assert (first["outcome"], second["outcome"], second["file_name"]) == ("job", "repeated", "result.dcm")


def test_a_chain_of_rules_runs_once_for_each_file(api, tree, gear, rule, firings, engine, settled):
    steps = ["dicom", "s1", "s2", "s3", "s4"]
    gears = [gear(inputs={"x": {"base": "file"}}) for _ in range(4)]
    rules = [
        rule(one, all=[{"type": "file.type", "value": before}])
        for one, before in zip(gears, steps, strict=False)
    ]
    tree.upload("a.dcm")
    for one, made, after in zip(gears, rules, steps[1:], strict=True):
        firings(made, 1)
        (job,) = engine.ask(one["gear"]["name"])
        name = f"{after}.bin"
        metadata = {"acquisition": {"files": [{"name": name, "type": after}]}}
        assert engine.commit(job, {name: b"1"}, metadata=metadata, success=True).status_code == 200
    settled()
    for made in rules:
        (line,) = firings(made, 1)
        assert line["outcome"] == "job"


def test_eight_writers_at_once_start_one_run_for_each_file(api, tree, gear, rule, firings, settled):
    made = rule(gear())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: tree.upload(f"{n}.dcm"), range(40)))
    lines = firings(made, 40)
    settled()
    firings(made, 40)
    assert len({line["file_id"] for line in lines}) == len({line["job_id"] for line in lines}) == 40


def test_a_missing_second_input_is_said(api, tree, gear, rule, firings):
    two = gear(inputs={"a": {"base": "file"}, "b": {"base": "file", "type": {"enum": ["text"]}}})
    made = rule(two, triggering_input="a")
    tree.upload("a.dcm")
    (line,) = firings(made, 1)
    assert (line["outcome"], line["reason"]) == ("ambiguous", "For the input 'b' no file fits beside it.")
    tree.upload("note.txt")
    tree.upload("b.dcm")
    assert firings(made, 2)[1]["outcome"] == "job"


def test_a_rule_of_a_gear_that_was_switched_off_pauses_and_says_so(api, tree, gear, rule, firings):
    one = gear()
    made = rule(one)
    api.delete(f"/gears/{one['_id']}").raise_for_status()
    tree.upload("a.dcm")
    (line,) = firings(made, 1)
    assert line["outcome"] == "paused"
    assert api.get(f"/projects/{tree.project}/rules/{made['_id']}").json()["disabled"] is True


def test_a_rule_follows_its_gear_to_a_newer_version(api, tree, gear, rule, firings):
    one = gear()
    made = rule(one, auto_update=True, config={"speed": 3})
    newer = {**one["gear"], "version": "2.0.0"}
    added = api.post(f"/gears/{newer['name']}", json={"category": "utility", "gear": newer}).json()["_id"]
    tree.upload("a.dcm")
    (line,) = firings(made, 1)
    assert api.get(f"/jobs/{line['job_id']}").json()["gear_id"] == added
    assert api.get(f"/projects/{tree.project}/rules/{made['_id']}").json()["gear_id"] == added


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"all": []}, 422),
        ({"all": [{"type": "file.colour", "value": "x"}]}, 422),
        ({"all": [{"type": "file.name", "value": "(", "regex": True}]}, 422),
        ({"all": [{"type": "file.name", "value": "x" * 501}]}, 422),
        ({"gear_id": "0" * 24}, 404),
        ({"config": {"speed": "fast"}}, 422),
        ({"triggering_input": "nothing"}, 422),
        ({"fixed_inputs": [{"name": "x"}]}, 422),
        ({"role_id": "0" * 24}, 422),
        ({"name": None}, 422),
        ({"priority": "now"}, 422),
    ],
)
def test_a_rule_that_cannot_work_is_refused(api, tree, gear, problem, wrong, status):
    body = {"gear_id": gear()["_id"], "name": "r", "all": [{"type": "file.type", "value": "dicom"}], **wrong}
    problem(api.post(f"/projects/{tree.project}/rules", json=body), status)


def test_a_rule_without_its_role_waits_until_it_has_one(api, tree, gear, rule, problem):
    keyed = gear(inputs={"image": {"base": "file"}, "api-key": {"base": "api-key"}})
    made = rule(keyed)
    assert made["disabled"] is True
    place = f"/projects/{tree.project}/rules/{made['_id']}"
    problem(api.put(place, json={"disabled": False}), 422)
    role = f"{1:024x}"  # built in: read only
    changed = api.put(place, json={"disabled": False, "role_id": role})
    assert changed.status_code == 200, changed.text
    assert changed.json()["disabled"] is False
    assert changed.json()["revision"] > made["revision"]


def test_new_projects_begin_with_the_rules_of_the_site(api, tree, gear):
    body = {"gear_id": gear()["_id"], "name": "of the site", "all": [{"type": "file.type", "value": "dicom"}]}
    template = api.post("/site/rules", json=body).json()
    try:
        assert template["disabled"] is True
        made = api.post("/projects", json={"label": "with rules", "group": tree.group}).json()["_id"]
        rules = api.get(f"/projects/{made}/rules").json()
        (copy,) = [one for one in rules if one["name"] == "of the site"]
        assert copy["_id"] != template["_id"]
        assert copy["project_id"] == made
    finally:
        assert api.delete(f"/site/rules/{template['_id']}").json() == {"deleted": 1}


def test_the_key_of_a_rules_job_reaches_its_project_with_its_role_and_nothing_else(
    api, connect, tree, gear, rule, firings, engine, unique
):
    keyed = gear(inputs={"image": {"base": "file"}, "api-key": {"base": "api-key"}})
    made = rule(keyed, role_id=f"{1:024x}")  # built in: read only
    tree.upload("a.dcm")
    firings(made, 1)
    (job,) = engine.ask(keyed["gear"]["name"])
    config = engine.client.get(f"/jobs/{job['id']}/config.json", params=engine.lease(job)).json()
    key = config["inputs"]["api-key"]["key"].rpartition(":")[2]
    gear_itself = connect(Authorization=f"Bearer {key}")
    other = tree.add("projects", group=tree.group, label=unique())
    assert gear_itself.get(f"/projects/{tree.project}").status_code == 200
    assert gear_itself.get(f"/projects/{other}").status_code in (403, 404)
    assert [one["_id"] for one in gear_itself.get("/projects").json()] == [tree.project]
    assert gear_itself.post(f"/projects/{tree.project}/tags", json={"value": "x"}).status_code == 403
    assert gear_itself.post("/users/self/key", json={"label": "mine"}).status_code in (403, 404)
    assert engine.commit(job, {}, success=True).status_code == 200
    assert gear_itself.get(f"/projects/{tree.project}").status_code == 401
