"""Calls that only the new SDK has."""

import os

import flywheel
import pytest


def test_the_version_of_the_entry_is_read_not_the_newest(acquisition, upload):
    first = upload(acquisition, "f.txt", "one")
    upload(acquisition, "f.txt", "two")
    assert first.read() == b"one"


def test_inputs_of_an_analysis_are_read_through_their_entries(session, acquisition, upload):
    made = session.add_analysis(label="X", inputs=[upload(acquisition, "scan.txt", "one").ref()])
    upload(acquisition, "scan.txt", "two")
    assert made.reload().inputs[0].read() == b"one"


def test_input_files_are_listed_by_name(fw, session, acquisition, upload):
    made = session.add_analysis(label="X", inputs=[upload(acquisition, "scan.txt").ref()])
    assert [file.version for file in fw.get_analysis_input_files(made.id, "scan.txt")] == [1]


def test_classification_of_a_file_by_its_id(fw, acquisition, upload):
    file = upload(acquisition, "f.txt")
    fw.modify_file_classification(file.file_id, {"modality": "MR", "replace": {"Intent": ["Structural"]}})
    again = fw.get_file(file.file_id)
    assert (again.modality, again.classification) == ("MR", {"Intent": ["Structural"]})


def test_lists_can_carry_all_info(fw, session, acquisition):
    acquisition.update_info(a=1)
    rows = fw.get_session_acquisitions(session.id, include_all_info=True)
    assert [row.info for row in rows] == [{"a": 1}]


def test_outputs_of_an_analysis_have_the_calls_of_files(fw, analysis, upload):
    upload(analysis, "o.txt")
    fw.modify_analysis_file(analysis.id, "o.txt", {"modality": "CT"})
    fw.set_analysis_file_info(analysis.id, "o.txt", {"a": 1})
    fw.replace_analysis_file_classification(analysis.id, "o.txt", {"Intent": ["Structural"]})
    file = fw.get_analysis_output_file(analysis.id, "o.txt")
    assert (file.modality, file.info, file.classification) == ("CT", {"a": 1}, {"Intent": ["Structural"]})
    assert fw.delete_analysis_file(analysis.id, "o.txt").deleted == 1


@pytest.mark.parametrize("level", ["subject", "session", "acquisition"])
def test_info_must_be_an_object_everywhere(fw, request, level, acquisition):
    container = request.getfixturevalue(level)
    assert container.info == {}
    assert getattr(fw, f"{level}s").find_one(f"_id={container.id}").info == {}


def test_a_client_in_exhaustive_mode_signs_in_and_lists(group):
    everything = flywheel.Client(os.environ["TREADLE_TEST_KEY"], exhaustive=True)
    assert everything.get_current_user().root
    assert everything.groups.find_one(f"_id={group.id}").id == group.id
