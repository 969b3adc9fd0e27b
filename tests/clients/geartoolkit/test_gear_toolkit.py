"""flywheel-gear-toolkit 0.6: a gear's context, its metadata, licence, and walks over a project."""

import json
import uuid

import flywheel
import pytest
from flywheel_gear_toolkit import GearToolkitContext
from flywheel_gear_toolkit.licenses.freesurfer import install_freesurfer_license
from flywheel_gear_toolkit.utils.curator import HierarchyCurator, get_curator
from flywheel_gear_toolkit.utils.walker import Walker

OWN_CURATOR = """
from flywheel_gear_toolkit.utils.curator import HierarchyCurator


class Curator(HierarchyCurator):
    def curate_subject(self, subject):
        subject.update(sex="female")

    def curate_session(self, session):
        session.add_tag(self.tag)
"""


@pytest.fixture
def context(gear_folder):
    return GearToolkitContext(gear_path=gear_folder(), log_metadata=False)


@pytest.fixture
def project(fw, acquisition):
    return fw.get_project(acquisition.parents.project)


def test_the_key_of_the_inputs_signs_in(context, acquisition):
    assert context.client.get_acquisition(acquisition.id).label == "A"


def test_inputs_are_what_the_server_holds(context, acquisition):
    with context.open_input("scan") as held:
        assert held.read() == "voxels"
    assert context.get_input("scan")["hierarchy"]["id"] == acquisition.id
    assert context.get_input_filename("scan") == "scan.txt"
    assert context.get_input_file_object("scan")["size"] == 6
    assert context.get_input_file_object_value("scan", "info") == {"TR": 2.5}
    assert context.get_context_value("protocol") == "rest"


def test_the_destination_and_its_parents_up_to_the_group(context, acquisition):
    found = context.get_destination_container()
    assert found.id == acquisition.id
    assert context.get_destination_parent().id == acquisition.parents.session
    levels = []
    while found.container_type != "group":
        found = context.get_parent(found)
        levels.append(found.container_type)
    assert levels == ["session", "subject", "project", "group"]


def test_the_parent_of_an_analysis(fw, acquisition, gear_folder):
    analysis = fw.get_session(acquisition.parents.session).add_analysis(label="X", inputs=[])
    context = GearToolkitContext(gear_path=gear_folder(analysis))
    assert context.get_destination_container().id == analysis.id
    assert context.get_destination_parent().id == acquisition.parents.session


def test_metadata_are_written_for_containers_and_files(context, fw, acquisition):
    """The kit's own schema of .metadata.json judges what came from the server."""
    file = acquisition.get_file("scan.txt").reload()
    with context:
        context.update_container_metadata("session", label="New", info={"a": 1})
        context.update_destination_metadata(info={"b": 2})
        context.metadata.update_file_metadata(file, tags=["one"])
        context.metadata.add_qc_result(context.get_input("scan"), "motion", "pass", worst=0.5)
        context.metadata.add_file_tags(file, "two")
    written = json.loads((context.output_dir / ".metadata.json").read_text())
    assert written["session"] == {"label": "New", "info": {"a": 1}}
    assert written["acquisition"]["info"] == {"b": 2}
    (entry,) = written["acquisition"]["files"]
    assert entry["info"]["TR"] == 2.5
    assert entry["info"]["qc"]["test-gear"]["motion"] == {"state": "PASS", "worst": 0.5}
    assert entry["tags"] == ["two"]


def test_qc_results_reach_the_server_at_once(context, fw, acquisition):
    context.metadata.add_qc_result_via_sdk(acquisition.get_file("scan.txt").reload(), "motion", "fail")
    context.metadata.add_qc_result_via_sdk(acquisition, "complete", "pass")
    found = acquisition.reload()
    assert found.info["qc"]["test-gear"]["complete"] == {"state": "PASS"}
    info = found.get_file("scan.txt").reload().info
    assert info["TR"] == 2.5
    assert info["qc"]["test-gear"]["motion"] == {"state": "FAIL"}
    assert info["qc"]["test-gear"]["job_info"]["inputs"]["scan"]["parent"]["id"] == acquisition.id


def test_the_licence_of_the_project_is_installed(fw, acquisition, project, gear_folder, tmp_path):
    project.update_info({"FREESURFER_LICENSE": "a@b.org 1 *C D"})
    analysis = fw.get_session(acquisition.parents.session).add_analysis(label="X", inputs=[])
    install_freesurfer_license(GearToolkitContext(gear_path=gear_folder(analysis)), tmp_path / "fs")
    assert (tmp_path / "fs" / "license.txt").read_text().split() == ["a@b.org", "1", "*C", "D"]


@pytest.mark.parametrize("depth_first", [True, False])
def test_a_walk_visits_every_level_with_files_and_analyses(fw, acquisition, project, depth_first):
    fw.get_session(acquisition.parents.session).add_analysis(label="X", inputs=[])
    project.upload_file(flywheel.FileSpec("p.txt", b"x", "text/plain"))
    visited = [one.container_type for one in Walker(project, depth_first=depth_first, reload=True).walk()]
    assert sorted(visited) == sorted(
        ["project", "file", "subject", "session", "analysis", "acquisition", "file"]
    )
    assert visited[0] == "project"


def test_a_walk_stops_at_a_level(project):
    visited = [one.container_type for one in Walker(project, stop_level="session").walk()]
    assert visited == ["project", "subject", "session"]


def test_a_curator_changes_what_it_visits(context, project, acquisition, tmp_path):
    """Loaded from a file, as the hierarchy-curator gear does."""
    script = tmp_path / f"c{uuid.uuid4().hex}.py"
    script.write_text(OWN_CURATOR)
    curator = get_curator(context, script, tag="seen")
    assert isinstance(curator, HierarchyCurator)
    for one in Walker(context.client.get_project(project.id), reload=curator.config.reload).walk():
        if curator.validate_container(one):
            curator.curate_container(one)
    subject = context.client.get_subject(acquisition.parents.subject)
    assert subject.sex == "female"
    assert subject.sessions()[0].tags == ["seen"]
