"""fw-gear 0.3: a gear's context, its configuration, files, metadata and licence."""

import json

import pytest
from fw_gear import GearContext
from fw_gear.context import GearContextError
from fw_gear.file import File
from fw_gear.utils.licenses.freesurfer import install_freesurfer_license
from fw_gear.utils.sdk_helpers import get_parent, setup_gear_run


def _context(folder):
    return GearContext(folder, folder / "manifest.json", folder / "config.json", log_metadata=False)


@pytest.fixture
def context(gear_folder):
    return _context(gear_folder())


@pytest.fixture
def analysis(fw, acquisition):
    return fw.get_session(acquisition.parents.session).add_analysis(label="X", inputs=[])


def test_the_key_of_the_inputs_signs_in(context, acquisition):
    assert context.client.get_acquisition(acquisition.id).label == "A"


def test_a_wrong_key_is_told_at_the_start(gear_folder):
    folder = gear_folder()
    config = folder / "config.json"
    told = json.loads(config.read_text())
    told["inputs"]["api-key"]["key"] = told["inputs"]["api-key"]["key"][:-4] + "xxxx"
    config.write_text(json.dumps(told))
    with pytest.raises(GearContextError):
        _context(folder)


def test_inputs_are_what_the_server_holds(context, acquisition):
    with context.config.open_input("scan") as held:
        assert held.read() == "voxels"
    assert context.config.get_input("scan")["hierarchy"]["id"] == acquisition.id
    assert context.config.get_input_filename("scan") == "scan.txt"
    assert context.config.get_input_file_object("scan")["size"] == 6
    assert context.config.get_input_file_object_value("scan", "info") == {"TR": 2.5}
    assert context.get_context_value("protocol") == "rest"


def test_the_destination_and_its_parents_up_to_the_group(context, acquisition):
    found = context.config.get_destination_container()
    assert found.id == acquisition.id
    assert context.config.get_destination_parent().id == acquisition.parents.session
    levels = []
    while found.container_type != "group":
        found = get_parent(context.client, found)
        levels.append(found.container_type)
    assert levels == ["session", "subject", "project", "group"]


def test_a_file_knows_its_place_and_fetches_its_content(context, acquisition):
    given = File.from_config(context.config.get_input("scan"), context)
    assert given.parents["session"] == acquisition.parents.session
    held = File.from_sdk(acquisition.get_file("scan.txt").reload(), context)
    assert held.local_path.read_bytes() == b"voxels"
    assert held.parent_id == acquisition.id


def test_metadata_are_written_for_containers_and_files(context, acquisition):
    """The kit's own schema of .metadata.json judges what came from the server."""
    with context:
        context.metadata.update_container("session", label="New", info={"a": 1})
        context.metadata.add_qc_result(context.config.get_input("scan"), "motion", "pass", worst=0.5)
        context.metadata.add_file_tags(acquisition.get_file("scan.txt").reload(), "one")
    written = json.loads((context.output_dir / ".metadata.json").read_text())
    assert written["session"] == {"label": "New", "info": {"a": 1}}
    (entry,) = written["acquisition"]["files"]
    assert entry["info"]["TR"] == 2.5
    assert entry["info"]["qc"]["test-gear"]["motion"] == {"state": "PASS", "worst": 0.5}
    assert entry["tags"] == ["one"]


def test_qc_results_of_an_analysis_reach_the_server(analysis, gear_folder):
    """Through the API: the kit itself refuses to put an analysis, which has a parent, into .metadata.json."""
    context = _context(gear_folder(analysis))
    assert context.config.get_destination_parent().id == analysis.parent.id
    context.metadata.add_qc_result_via_sdk(analysis, "complete", "pass")
    assert analysis.reload().info["qc"]["test-gear"]["complete"] == {"state": "PASS"}


def test_qc_results_reach_the_server_at_once(context, acquisition):
    context.metadata.add_qc_result_via_sdk(acquisition.get_file("scan.txt").reload(), "motion", "fail")
    context.metadata.add_qc_result_via_sdk(acquisition, "complete", "pass")
    found = acquisition.reload()
    assert found.info["qc"]["test-gear"]["complete"] == {"state": "PASS"}
    info = found.get_file("scan.txt").reload().info
    assert info["TR"] == 2.5
    assert info["qc"]["test-gear"]["motion"] == {"state": "FAIL"}


def test_the_licence_of_the_project_is_installed(fw, analysis, gear_folder, tmp_path):
    fw.get_project(analysis.parents.project).update_info({"FREESURFER_LICENSE": "a@b.org 1 *C D"})
    install_freesurfer_license(_context(gear_folder(analysis)), tmp_path / "fs")
    assert (tmp_path / "fs" / "license.txt").read_text().split() == ["a@b.org", "1", "*C", "D"]


def test_a_gear_that_is_not_there_is_told(context):
    with pytest.raises(ValueError, match="does not exist"):
        setup_gear_run(context.client, "absent", {})
