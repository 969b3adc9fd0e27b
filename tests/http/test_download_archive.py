"""Archives: what is in them, under which path, and who may have it."""

import io
import json
import tarfile
import zipfile

import pytest


@pytest.fixture
def prepare(api):
    def run(*nodes, client=None, **more):
        query = more.pop("query", {})
        body = {"nodes": [{"level": level, "_id": key} for level, key in nodes], "optional": True, **more}
        return (client or api).post("/download", json=body, params=query)

    return run


@pytest.fixture
def fetch(anonymous):
    """Names and contents of the archive of a ticket answer."""

    def run(prepared, form="tar"):
        assert prepared.status_code == 200, prepared.text
        answer = anonymous.get("/download", params={"ticket": prepared.json()["ticket"], "format": form})
        assert answer.status_code == 200, answer.text
        if form == "zip":
            with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
                assert archive.testzip() is None
                return {name: archive.read(name) for name in archive.namelist()}
        with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
            return {member.name: archive.extractfile(member).read() for member in archive.getmembers()}

    return run


@pytest.mark.parametrize("form", ["tar", "zip"])
def test_a_project_comes_with_everything_below_under_readable_paths(prepare, fetch, tree, form):
    tree.upload("a.txt", b"A" * 1000)
    tree.upload("ünï ö.txt", b"", to=f"/sessions/{tree.session}")
    tree.upload("notes.md", b"# hi", to=f"/projects/{tree.project}")
    prepared = prepare(("project", tree.project))
    told = prepared.json()
    assert (told["file_cnt"], told["size"]) == (3, 1004)
    top = f"flywheel/{tree.group}/P"
    assert fetch(prepared, form) == {
        f"{top}/S/E/A/a.txt": b"A" * 1000,
        f"{top}/S/E/ünï ö.txt": b"",
        f"{top}/notes.md": b"# hi",
    }


def test_equal_and_unsafe_labels_get_paths_of_their_own(prepare, fetch, tree):
    for label in ("x/y", "x/y", "..", "con:1"):
        acquisition = tree.add("acquisitions", session=tree.session, label=label)
        tree.upload("f.txt", b"1", to=f"/acquisitions/{acquisition}")
    found = sorted(name.split("/E/")[1] for name in fetch(prepare(("session", tree.session))))
    assert found == ["con_1/f.txt", "untitled/f.txt", "x_y/f.txt", "x_y_1/f.txt"]


@pytest.mark.parametrize(
    ("types", "names"),
    [
        ({"plus": ["text"]}, {"a.txt"}),
        ({"+": ["text", "nifti"]}, {"a.txt", "b.nii"}),
        ({"minus": ["text"]}, {"b.nii", "c"}),
        ({"-": ["nifti", "null"]}, {"a.txt"}),
        ({"plus": ["null"]}, {"c"}),
    ],
)
def test_filters_choose_by_type(prepare, fetch, tree, types, names):
    for name in ("a.txt", "b.nii", "c"):
        tree.upload(name)
    found = fetch(prepare(("session", tree.session), filters=[{"types": types}]))
    assert {name.rpartition("/")[2] for name in found} == names


def test_container_filters_choose_by_tag(prepare, fetch, tree, api):
    other = tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label="F")
    for session in (tree.session, other):
        tree.upload("f.txt", to=f"/sessions/{session}")
    assert api.post(f"/sessions/{other}/tags", json={"value": "good"}).status_code == 200
    wanted = [{"type": "session", "tags": {"plus": ["good"]}}]
    found = fetch(prepare(("project", tree.project), container_filters=wanted))
    assert [name.split("/")[-2] for name in found] == ["F"]


def test_analyses_come_when_asked_for_with_inputs_and_outputs(prepare, fetch, tree, api):
    tree.upload("in.txt", b"in")
    inputs = [{"type": "acquisition", "id": tree.acquisition, "name": "in.txt"}]
    made = api.post(f"/sessions/{tree.session}/analyses", json={"label": "An", "inputs": inputs})
    assert made.status_code == 200, made.text
    analysis = made.json()["_id"]
    tree.upload("out.txt", b"out", to=f"/analyses/{analysis}")
    alone = fetch(prepare(("analysis", analysis)))
    assert alone == {"An/input/in.txt": b"in", "An/output/out.txt": b"out"}
    without = fetch(prepare(("session", tree.session)))
    assert [name.rpartition("/")[2] for name in without] == ["in.txt"]
    together = fetch(prepare(("session", tree.session), query={"analyses": "true"}))
    assert any(name.endswith("/E/analyses/An/output/out.txt") for name in together)
    assert api.get(f"/analyses/{analysis}/inputs/in.txt").content == b"in"
    assert api.get(f"/sessions/{tree.session}/analyses/{analysis}/files/out.txt").content == b"out"


def test_what_the_caller_may_not_see_is_left_out_or_404(prepare, tree, stranger, problem):
    tree.upload("a.txt")
    problem(prepare(("project", tree.project), client=stranger), 404)
    mixed = prepare(("project", tree.project), ("session", "0" * 24))
    assert mixed.json()["skipped"] == ["0" * 24]


def test_targets_list_one_file_per_line_for_the_command_line(api, tree):
    tree.upload("a.txt", b"12345")
    body = {"nodes": [{"level": "session", "_id": tree.session}]}
    answer = api.post("/download/targets", json=body, params={"metadata": "True", "prefix": ""})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    path = f"/{tree.group}/P/S/E/A/a.txt"
    assert [(line["download_type"], line["dst_path"]) for line in lines] == [
        ("full", path),
        ("metadata_sidecar", f"{path}.flywheel.json"),
    ]
    assert (lines[0]["size"], lines[0]["container_id"], lines[0]["filename"]) == (
        5,
        tree.acquisition,
        "a.txt",
    )


def test_a_summary_counts_by_type(api, tree):
    tree.upload("a.txt", b"1")
    tree.upload("b.txt", b"1")
    answer = api.post("/download/summary", json=[{"level": "project", "_id": tree.project}]).json()
    assert answer["text"]["count"] == 2


def test_containers_choose_what_is_listed(tree):
    """Tags and the learning set of subjects: wanted keeps what is below, unwanted keeps all the rest."""
    tree.upload("deep.txt")
    tree.upload("top.txt", to=f"/projects/{tree.project}")
    tree.api.put(f"/subjects/{tree.subject}", json={"mlset": "Training"}).raise_for_status()
    tree.api.post(f"/subjects/{tree.subject}/tags", json={"value": "good"}).raise_for_status()

    def listed(**filters):
        body = {"nodes": [{"level": "project", "_id": tree.project}], **filters}
        answer = tree.api.post("/download/targets", json=body)
        return {json.loads(line)["filename"] for line in answer.text.splitlines()}

    assert listed() == {"deep.txt", "top.txt"}
    for wanted, unwanted in (("Training", "Testing"), ("Training", "null")):
        assert listed(mlset_filters={"plus": [wanted]}) == {"deep.txt"}
        assert listed(mlset_filters={"plus": [unwanted]}) == set()
        assert listed(mlset_filters={"minus": [wanted]}) == {"top.txt"}
        assert listed(mlset_filters={"minus": [unwanted]}) == {"deep.txt", "top.txt"}

    def tagged(**tags):
        return listed(container_filters=[{"type": "subject", "tags": tags}])

    assert (tagged(plus=["good"]), tagged(plus=["bad"])) == ({"deep.txt"}, set())
    assert (tagged(minus=["good"]), tagged(minus=["bad"])) == ({"top.txt"}, {"deep.txt", "top.txt"})


def test_metadata_beside_the_files_is_whole(tree):
    """`metadata=true` gives each file's document with its custom metadata, right after the file."""
    made = tree.upload("a.txt")
    tree.api.put(f"/files/{made['file_id']}/info", json={"a": 1}).raise_for_status()
    body = {"nodes": [{"level": "project", "_id": tree.project}]}
    answer = tree.api.post("/download/targets", params={"metadata": "true"}, json=body)
    target, sidecar = map(json.loads, answer.text.splitlines())
    assert sidecar["dst_path"] == f"{target['dst_path']}.flywheel.json"
    assert sidecar["metadata"]["info"] == {"a": 1}
