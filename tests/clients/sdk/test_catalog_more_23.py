"""Calls on the catalog that only the new SDK has."""


def test_containers_are_copied(fw, session, acquisition, subject, upload):
    upload(acquisition, "a.txt", "content")
    made = fw.session_copy(session.id, {"dst_session_label": "copy", "dst_subject_id": subject.id})
    assert made.copy_status in ("scheduled", "copying", "completed")
    copy = _finished(fw.get_session, made.id)
    assert (copy.label, copy.copy_of, copy.original_copy_of) == ("copy", session.id, session.id)
    scan = _finished(fw.get_acquisition, fw.acquisition_copy(acquisition.id, {"dst_session_id": made.id}).id)
    assert scan.read_file("a.txt") == b"content"
    other = fw.subject_copy(subject.id, {"dst_subject_label": "S2", "filter": {"exclude_tags": True}})
    assert _finished(fw.get_subject, other.id).label == "S2"


def _finished(read, container_id):
    for _ in range(300):
        shown = read(container_id)
        if shown.copy_status not in ("scheduled", "copying"):
            return shown
    raise AssertionError(shown.copy_status)


def test_bulk_moves_tell_namesakes(fw, group, session):
    other = group.add_project(label="P2")
    twin = other.add_subject(label="S").add_session(label="E")
    found = fw.bulk_move_sessions(
        {
            "sources": [session.id],
            "destinations": [other.id],
            "destination_container_type": "projects",
            "conflict_mode": "skip",
        }
    )
    assert [(one.id, one.conflict_with.id, one.conflict_label) for one in found] == [
        (session.id, twin.id, "E")
    ]


def test_several_containers_are_deleted(fw, session):
    ids = [session.add_acquisition(label=label).id for label in "AB"]
    assert fw.delete_acquisitions_by_ids(ids, delete_reason="duplicate_data").deleted == 2
    assert session.acquisitions() == []


def test_a_key_is_cleaned_up(fw, session, unique):
    key = unique("k")
    session.update_info({key: 1})
    fw.cleanup_info("sessions", key)
    assert session.reload().info == {}


def test_the_state_of_a_deletion(fw, project):
    fw.delete_project(project.id)
    assert fw.get_project_delete_status(project.id).delete_status == "completed"


def test_outputs_of_analyses_are_changed(fw, analysis):
    import flywheel

    analysis.upload_output(flywheel.FileSpec("o.txt", b"out", "text/plain"))
    fw.modify_analysis_file(analysis.id, "o.txt", {"modality": "MR"})
    fw.modify_analysis_file_info(analysis.id, "o.txt", {"set": {"a": 1}})
    fw.modify_analysis_file_classification(analysis.id, "o.txt", {"add": {"Intent": ["Structural"]}})
    shown = analysis.reload().get_file("o.txt")
    assert (shown.modality, shown.info, shown.classification) == ("MR", {"a": 1}, {"Intent": ["Structural"]})
    fw.delete_analysis_file(analysis.id, "o.txt")
    assert analysis.reload().files == []
