"""Bringing whole folders in with `fw ingest` and the older `fw import`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)  # every start of `fw` takes seconds, on a busy machine many
PAR = """# Patient name       :   nobody
.    Examination name                   :   {exam}
.    Protocol name                      :   WIP T1
.    Examination date/time              :   2020.01.02 / 10:11:12
.    Series Type                        :   Image   MRSERIES
.    Acquisition nr                     :   3
"""
BIDS = {
    "dataset_description.json": json.dumps({"Name": "Tiny", "BIDSVersion": "1.8.0"}),
    "participants.tsv": "participant_id\tage\nsub-01\t30\n",
    "README": "A tiny dataset.\n",
    "sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz": b"\x1f\x8b0",
    "sub-01/ses-a/anat/sub-01_ses-a_T1w.json": json.dumps({"EchoTime": 0.03}),
    "sub-01/ses-a/func/sub-01_ses-a_task-rest_bold.nii.gz": b"\x1f\x8b1",
    "sub-01/ses-a/func/sub-01_ses-a_task-rest_bold.json": json.dumps(
        {"RepetitionTime": 2, "TaskName": "rest"}
    ),
}


def _tree(site, group: str, label: str) -> dict[str, list[str]]:
    """`subject/session/acquisition` -> names of its files."""
    project = site.post("/lookup", {"path": [group, label]})["_id"]
    found = {}
    for session in site.get(f"/projects/{project}/sessions"):
        for item in site.get(f"/sessions/{session['_id']}/acquisitions"):
            path = f"{session['subject']['label']}/{session['label']}/{item['label']}"
            found[path] = sorted(one["name"] for one in item["files"])
    return found


@pytest.fixture
def series(dicom_data: Path, tmp_path: Path) -> Path:
    """A folder with one real series, few images."""
    folder = tmp_path / "series"
    folder.mkdir()
    for path in sorted((dicom_data / "philips_mr" / "Magdeburg_2014").rglob("*.dcm"))[:3]:
        shutil.copy(path, folder / path.name)
    return folder


def test_a_folder_becomes_a_project(fw, site, unique, files) -> None:
    """`ingest folder` makes group, project and everything below; a second run adds only what is new.

    `fw` wants both named on a site that has de-identification profiles, as other tests may make of this one.
    """
    group = unique()
    root = files({"S1/E1/A1/a.txt": "one", "S1/E1/A1/b.txt": "two", "S2/E2/A2/c.txt": "three"})
    folder = ("ingest", "folder", "-y", "-g", group, "-p", "P")
    fw(*folder, root)
    assert _tree(site, group, "P") == {"S1/E1/A1": ["a.txt", "b.txt"], "S2/E2/A2": ["c.txt"]}
    files({"S1/E1/A1/d.txt": "four"})
    fw(*folder, "--skip-existing", "--jobs", 2, root)
    assert _tree(site, group, "P")["S1/E1/A1"] == ["a.txt", "b.txt", "d.txt"]
    project = site.post("/lookup", {"path": [group, "P"]})
    assert any("audit" in item["name"] for item in project["files"])


def test_dicom_is_sorted_by_its_headers(fw, site, tree, series) -> None:
    """`ingest dicom`, twice: duplicates are seen by their UIDs, `--strict-uid` finds what is there."""
    fw("ingest", "dicom", "-y", series, tree.group, "D")
    first = _tree(site, tree.group, "D")
    assert len(first) == 1
    assert all(name.endswith(".dicom.zip") for names in first.values() for name in names)
    shown = fw("ingest", "dicom", "-y", "--detect-duplicates", "--strict-uid", series, tree.group, "D")
    assert "DD" in shown
    assert "UNKNOWN" not in shown
    assert _tree(site, tree.group, "D") == first


def test_duplicates_go_to_a_project_beside(fw, site, tree, series) -> None:
    """`--copy-duplicates` keeps them, with the permissions and rules of the project."""
    fw("ingest", "dicom", "-y", series, tree.group, "D")
    fw("ingest", "dicom", "-y", "--detect-duplicates", "--copy-duplicates", series, tree.group, "D")
    labels = {item["label"] for item in site.get(f"/groups/{tree.group}/projects")}
    beside = labels - {"P", "D"}
    assert len(beside) == 1
    assert len(_tree(site, tree.group, beside.pop())) == 1


def test_a_template_reads_folder_names(fw, site, tree, files) -> None:
    root = files({"ses-01-ex2002/Diffusion/a.txt": "a", "ses-02-ex2003/T1/b.txt": "b"})
    template = "ses-{session}-{subject}:{acquisition}"
    fw(
        "ingest",
        "template",
        "-y",
        "-g",
        tree.group,
        "-p",
        "T",
        "--set-var",
        "session.operator=me",
        "--",
        template,
        root,
    )
    assert _tree(site, tree.group, "T") == {"ex2002/01/Diffusion": ["a.txt"], "ex2003/02/T1": ["b.txt"]}


def test_bids_goes_in_and_out(fw, site, tree, files) -> None:
    """`ingest bids` keeps names and sidecars; `export bids` gives the same dataset back."""
    root = files({f"bids/{name}": content for name, content in BIDS.items()}) / "bids"
    fw("ingest", "bids", "-p", "B", root, tree.group)
    assert _tree(site, tree.group, "B")
    (fw.home / "out").mkdir()
    fw("export", "bids", "-g", tree.group, "-p", "B", "out")
    got = {str(path.relative_to(fw.home / "out")) for path in (fw.home / "out").rglob("*") if path.is_file()}
    assert {name for name in BIDS if name.endswith(".nii.gz")} <= got


def test_ingest_says_what_a_user_may_not_do(outsider, member, site, tree, files, series) -> None:
    """No group, no project, no role that uploads: each is told; a writer's role is enough."""
    root = files({"S1/E1/A1/a.txt": "one"})
    where = ("-g", tree.group, "-p", "P")
    assert "does not have access to create" in outsider.run("ingest", "folder", "-y", *where, root).text
    assert "containers_create_hierarchy" in member("ro").run("ingest", "folder", "-y", *where, root).text
    writer = member("rw")
    writer("ingest", "folder", "-y", *where, root)
    assert _tree(site, tree.group, "P")["S1/E1/A1"] == ["a.txt"]
    assert "access" in writer.run("ingest", "dicom", "-y", series, tree.group, "New").text


def test_the_older_import_still_works(fw, site, tree, files, series) -> None:
    """`import folder`, `dicom`, `template`, `parrec` and `bids` of `FLYWHEEL_CLI_LEGACY=true`."""

    def run(*arguments: object) -> None:
        fw("import", *arguments, legacy=True)

    group = tree.group
    root = files({"f/S1/E1/A1/a.txt": "one"})
    run("folder", "-y", "--group", group, "--project", "F", root / "f")
    assert _tree(site, group, "F") == {"S1/E1/A1": ["a.txt"]}
    run("dicom", "-y", "--unique-uids", series, group, "D")
    assert len(_tree(site, group, "D")) == 1
    files({"t/ses-01-ex2002/Diffusion/a.txt": "a"})
    run(
        "template",
        "-y",
        "--group",
        group,
        "--project",
        "T",
        "ses-{session}-{subject}:{acquisition}",
        root / "t",
    )
    assert _tree(site, group, "T") == {"ex2002/01/Diffusion": ["a.txt"]}
    files({"par/a.PAR": PAR.format(exam="X"), "par/a.REC": b"\x00\x01"})
    run("parrec", "-y", root / "par", group, "R")
    assert list(_tree(site, group, "R")) == ["X/X/03 - WIP T1"]
    files({f"bids/{name}": content for name, content in BIDS.items()})
    run("bids", "--project", "B", root / "bids", group)
    assert _tree(site, group, "B")


def test_the_rest_of_the_program(fw, tree) -> None:
    """`job retry` finds nothing to retry; `admin` commands answer with words."""
    assert "No jobs found" in fw("job", "retry", "--gear-name", "none-such")
    fw("admin", "edition", "enable", "lab", "--group", tree.group)


def test_a_project_is_copied_from_a_site(fw, site, tree, unique) -> None:
    """`ingest project` reads a project (here of the same site) and writes another, files and subjects' fields."""
    site.upload(f"/acquisitions/{tree.acquisition}", "a.txt", "one")
    site.api.put(f"/subjects/{tree.subject}", json={"sex": "female", "info": {"a": 1}}).raise_for_status()
    target = unique()
    site.add("projects", group=site.add("groups", _id=target), label="P")
    source = f"fw://{tree.group}/P"
    fw("ingest", "project", "-y", "-g", target, "-p", "P", source, site.login(site.key))
    assert _tree(site, target, "P") == {"S/E/A": ["a.txt"]}
    subject = site.post("/lookup", {"path": [target, "P", "S"]})
    copied = site.get(f"/subjects/{subject['_id']}")
    assert (copied["sex"], copied["info"]) == ("female", {"a": 1})
