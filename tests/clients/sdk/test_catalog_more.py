"""Templates, modalities, bulk calls, change logs and the tree, as both SDKs call them."""

import flywheel
import pytest


def test_session_templates_are_set_judged_and_removed(fw, project, session):
    template = {"session": {"label": "^e"}, "acquisitions": [{"label": "t1", "minimum": 1, "files": []}]}
    fw.set_project_template(project.id, {"templates": [template]})
    shown = project.reload().templates[0]
    assert (shown.session.label, shown.acquisitions[0].label) == ("^e", "t1")
    assert session.reload().satisfies_template is False
    assert session.reload().project_has_template is True
    session.add_acquisition(label="T1w")
    assert session.reload().satisfies_template is True
    assert fw.sessions.find_one(f"project={project.id},satisfies_template=true").id == session.id
    assert fw.recalc_project(project.id).sessions_changed == []
    assert fw.recalc_all_projects().sessions_changed is not None
    fw.remove_project_template(project.id)
    assert session.reload().satisfies_template is None


def test_modalities_live_and_die(fw, unique, refused):
    name = unique("m")
    assert fw.add_modality({"_id": name, "classification": {"Intent": ["Structural"]}}) == name
    refused(409, fw.add_modality, {"_id": name, "classification": {}})
    assert fw.get_modality(name).classification["Intent"] == ["Structural"]
    assert name in [item.id for item in fw.get_all_modalities()]
    changed = fw.replace_modality(name, {"classification": {"Other": ["x"]}, "active": False})
    assert (changed.classification, changed.active) == ({"Other": ["x"]}, False)
    fw.delete_modality(name)
    refused(404, fw.get_modality, name)


def test_files_are_classified(acquisition, upload):
    file = upload(acquisition, "a.nii.gz")
    file.replace_classification({"Intent": ["Structural"]}, modality="MR")
    file.update_classification({"Intent": ["Localizer"], "Custom": ["c"]})
    file.delete_classification({"Intent": ["Structural"]})
    shown = acquisition.reload().get_file("a.nii.gz")
    assert (shown.modality, shown.classification) == ("MR", {"Intent": ["Localizer"], "Custom": ["c"]})


def test_a_locked_project_is_read_and_refuses_changes(fw, project, session, refused):
    fw.api_client.call_api(
        f"/projects/{project.id}/lock", "POST", body={"reason": "data_review"},
        auth_settings=["ApiKey"], response_type=None, _return_http_data_only=True,
    )  # fmt: skip
    assert project.reload().locked.reason == "data_review"
    assert refused(403, session.update, label="x").status == 403


def test_reasons_for_deletions_are_demanded(fw, project, acquisition, refused):
    fw.modify_project_settings(project.id, {"require_delete_reason": True})
    fw.delete_acquisition(acquisition.id, delete_reason="test_data")
    refused(404, fw.get_acquisition, acquisition.id)


def test_sessions_move_in_bulk(fw, group, project, session):
    other = group.add_project(label="P2")
    body = {"sources": [session.id], "destinations": [other.id], "destination_container_type": "projects"}
    fw.bulk_move_sessions({**body, "conflict_mode": "dry"})
    assert session.reload().project == project.id
    fw.bulk_move_sessions({**body, "conflict_mode": "move"})
    moved = session.reload()
    assert (moved.project, moved.subject.label) == (other.id, "S")


def test_a_hierarchy_is_upserted(fw, project):
    body = {"subject": {"label": "U"}, "session": {"uid": "1.2", "label": "E"}, "acquisition": {"label": "A"}}
    made = fw.upsert_project_hierarchy(project.id, body)
    assert (made.subject.upsert_result, made.session.uid) == ("created", "1.2")
    again = fw.upsert_project_hierarchy(project.id, body)
    assert (again.acquisition.upsert_result, again.acquisition.id) == ("ignored", made.acquisition.id)


def test_uids_are_checked(fw, session, unique):
    uid = unique("1.2.")
    session.update(uid=uid)
    assert fw.check_uids_exist({"sessions": [uid, "none"]}).sessions == [uid]


def test_a_project_is_copied(fw, group, project, acquisition, upload):
    upload(acquisition, "a.txt", "content")
    made = fw.project_copy(project.id, {"group_id": group.id, "project_label": "copy"})
    copy = finished(fw.get_project, made.project_id)
    assert (copy.copy_of, copy.label) == (project.id, "copy")
    found = fw.lookup(f"{group.id}/copy/S/E/A")
    assert found.read_file("a.txt") == b"content"
    assert found.files[0].copy_of.file_id == acquisition.reload().files[0].file_id


def finished(read, container_id):
    for _ in range(300):
        shown = read(container_id)
        if shown.copy_status not in ("scheduled", "copying"):
            return shown
    raise AssertionError(shown.copy_status)


def test_the_tree_and_its_graph(fw, project, session):
    graph = fw.get_tree_graph()
    assert graph["sessions"].connections["acquisitions"].collection == "acquisitions"
    rows = fw.fetch_tree({"projects": {"fields": ["label"], "filter": f"_id={project.id}"}})
    assert [(row["_id"], row["label"]) for row in rows] == [(project.id, "P")]


def test_the_catalogue_of_shared_projects(fw, project, unique):
    name = unique()
    project.update(label=name)
    fw.modify_project_settings(project.id, {"sharing": {"share_level": "high_level", "summary": "s"}})
    [entry] = fw.catalog_list(search_string=name)
    assert (entry.id, entry.summary, entry.stats.number_of.sessions) == (project.id, "s", 0)
    assert fw.get_catalog_list_filter_options().tags is not None


def test_groups_with_projects_and_curators(fw, group, project, collection, email):
    assert group.id in [item.id for item in fw.get_all_projects_groups()]
    assert email in [item.id for item in fw.get_all_collections_curators()]


def test_changes_are_told(fw, session):
    session.update(label="E2")
    log = fw.get_change_log("session", session.id)
    assert [change.method for change in log.changes] == ["UPDATE", "CREATE"]
    assert log.changes[0].patch == {"label": "E2"}
    assert log.changes[0].origin.type == "user"
    values = fw.get_field_change_log("session", session.id, "label").changes
    assert [change.value for change in values] == ["E2", "E"]


def test_there_are_no_master_codes(fw, refused):
    refused(404, fw.verify_master_subject_code, "x")


@pytest.mark.parametrize(
    "container", ["project", "subject", "session", "acquisition", "analysis"], indirect=True
)
def test_tags_of_every_level(fw, container):
    container.add_tag("t/1")
    container.rename_tag("t/1", "u")
    fw.add_container_tags(container.id, ["v", "u"])
    assert container.reload().tags == ["u", "v"]
    container.delete_tag("u")
    assert container.reload().tags == ["v"]


def test_files_of_analyses_are_changed_and_tagged(fw, analysis, upload):
    analysis.upload_output(flywheel.FileSpec("o.txt", b"out", "text/plain"))
    file = analysis.reload().get_file("o.txt")
    fw.add_file_tags(file.file_id, ["t"])
    fw.add_analysis_note(analysis.id, "a note")
    shown = analysis.reload()
    assert (shown.files[0].tags, [note.text for note in shown.notes]) == (["t"], ["a note"])
