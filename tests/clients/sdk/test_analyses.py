"""Analyses without a gear: inputs, outputs, metadata."""

import pytest

PLACES = ["project", "subject", "session", "acquisition"]


@pytest.fixture
def scan(acquisition, upload):
    return upload(acquisition, "scan.txt", "version one")


@pytest.mark.parametrize("container", PLACES, indirect=True)
def test_every_level_takes_analyses(fw, container, scan):
    made = container.add_analysis(label="X", description="d", info={"a": 1}, inputs=[scan.ref()])
    assert (made.label, made.description, made.info) == ("X", "d", {"a": 1})
    assert (made.parent.type, made.parent.id) == (container.container_type, container.id)
    assert made.job is None
    assert [file.name for file in made.inputs] == ["scan.txt"]
    assert made.id in [one.id for one in container.reload().analyses]
    listed = getattr(fw, f"get_{container.container_type}_analyses")(container.id)
    assert [one.id for one in listed] == [made.id]


def test_a_collection_takes_analyses(fw, collection):
    made = fw.get_analysis(fw.add_container_analysis(collection.id, {"label": "X"}))
    assert (made.parent.type, made.parent.id) == ("collection", collection.id)


def test_an_analysis_knows_its_ancestors(session, acquisition):
    parents = acquisition.add_analysis(label="X", inputs=[]).parents
    assert (parents.acquisition, parents.session, parents.project) == (
        acquisition.id,
        session.id,
        session.project,
    )


def test_inputs_stay_at_the_version_they_had(fw, session, acquisition, scan, upload):
    made = session.add_analysis(label="X", inputs=[scan.ref()])
    upload(acquisition, "scan.txt", "version two")
    (kept,) = fw.get_analysis(made.id).inputs
    assert (kept.file_id, kept.version) == (scan.file_id, 1)
    assert (kept.parent_ref.type, kept.parent_ref.id) == ("acquisition", acquisition.id)


def test_an_unknown_input_is_refused(session, acquisition, refused):
    wrong = {"type": "acquisition", "id": acquisition.id, "name": "nothing"}
    refused(404, session.add_analysis, label="X", inputs=[wrong])


def test_outputs_are_uploaded_and_read(analysis, upload, tmp_path):
    file = upload(analysis, "o.txt", "result")
    assert (file.parent_ref.type, file.parent_ref.id) == ("analysis", analysis.id)
    assert file.read() == b"result"
    assert analysis.read_file("o.txt") == b"result"
    analysis.download_file("o.txt", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == b"result"


def test_an_output_can_be_replaced(analysis, upload):
    upload(analysis, "o.txt", "one")
    assert upload(analysis, "o.txt", "two").version == 2


def test_an_output_has_info(fw, analysis, upload):
    upload(analysis, "o.txt")
    fw.set_container_file_info(analysis.id, "o.txt", {"a": 1})
    assert analysis.reload().get_file("o.txt").info == {"a": 1}


def test_an_output_is_found_by_id(fw, analysis, upload):
    file = fw.get_file(upload(analysis, "o.txt").file_id)
    assert file.parents.analysis == analysis.id
    assert file.read() == b"hello"


def test_zip_members_of_outputs_can_be_read(analysis, upload, zipped):
    file = upload(analysis, "z.zip", zipped({"m.txt": "member"}))
    assert [member.path for member in file.get_zip_info().members] == ["m.txt"]
    assert file.read_zip_member("m.txt") == b"member"


def test_analyses_are_found_by_their_parents(fw, session, analysis):
    assert [one.id for one in fw.analyses.find(f"parents.session={session.id}")] == [analysis.id]
    assert [one.id for one in fw.analyses.find(f"parents.session={session.id}", "label=X")] == [analysis.id]
    assert fw.analyses.find(f"parents.session={session.id}", "label=Y") == []


def test_a_container_lists_its_own_analyses(fw, session, acquisition, analysis):
    acquisition.add_analysis(label="below", inputs=[])
    assert [one.label for one in fw.get_session_analyses(session.id)] == ["X"]
    assert [one.label for one in fw.get_container_analyses(acquisition.id)] == ["below"]


def test_label_and_description_can_be_changed(analysis):
    analysis.update(label="Y", description="better")
    again = analysis.reload()
    assert (again.label, again.description) == ("Y", "better")


def test_deleting_an_analysis_keeps_its_inputs(fw, session, acquisition, scan, refused):
    made = session.add_analysis(label="X", inputs=[scan.ref()])
    assert fw.delete_analysis(made.id).deleted == 1
    refused(404, fw.get_analysis, made.id)
    assert acquisition.read_file("scan.txt") == b"version one"
    assert not session.reload().analyses


def test_an_analysis_is_reached_below_its_container(fw, session, analysis, upload):
    upload(analysis, "o.txt", "out")
    assert fw.get_session_analysis(session.id, analysis.id).label == "X"
    assert fw.download_output_from_session_analysis_as_data(session.id, analysis.id, "o.txt") == b"out"
    fw.modify_session_analysis(session.id, analysis.id, {"label": "Y"})
    note = fw.add_session_analysis_note(session.id, analysis.id, "n")
    assert [one.id for one in analysis.reload().notes] == [note.id]
    fw.delete_session_analysis_note(session.id, analysis.id, note.id)
    assert fw.delete_session_analysis(session.id, analysis.id).deleted == 1
