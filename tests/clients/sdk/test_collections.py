"""Collections: hand-picked acquisitions across projects."""

import pytest


@pytest.fixture
def other(group):
    """An acquisition of another project."""
    return group.add_project(label="P2").add_session(label="E2").add_acquisition(label="A2")


def test_a_collection_belongs_to_who_made_it(collection, email):
    assert collection.curator == email
    assert [(one.id, one.access) for one in collection.permissions] == [(email, "admin")]


def test_sessions_are_added_as_their_acquisitions(collection, session, acquisition):
    session.add_acquisition(label="B")
    collection.add_sessions(session)
    session.add_acquisition(label="later")
    assert [one.id for one in collection.sessions()] == [session.id]
    assert [one.label for one in collection.acquisitions()] == ["A", "B"]


def test_acquisitions_of_several_projects_are_added(collection, acquisition, other):
    collection.add_acquisitions(acquisition, other.id)
    collection.add_acquisitions(acquisition)
    assert [one.id for one in collection.acquisitions.find(sort="label")] == [acquisition.id, other.id]
    assert len(collection.sessions()) == 2
    assert collection.id in acquisition.reload().collections


def test_a_whole_project_can_be_added_and_a_part_removed(fw, collection, project, session, acquisition):
    second = session.add_acquisition(label="B")
    nodes = [{"level": "project", "_id": project.id}]
    fw.modify_collection(collection.id, {"contents": {"operation": "add", "nodes": nodes}})
    nodes = [{"level": "acquisition", "_id": acquisition.id}]
    fw.modify_collection(collection.id, {"contents": {"operation": "remove", "nodes": nodes}})
    assert [one.id for one in collection.acquisitions()] == [second.id]


def test_a_session_can_be_cut_to_the_members(fw, collection, session, acquisition):
    session.add_acquisition(label="B")
    collection.add_acquisitions(acquisition)
    rows = fw.get_session_acquisitions(session.id, collection_id=collection.id)
    assert [one.id for one in rows] == [acquisition.id]


def test_collections_are_found(fw, collection):
    assert fw.collections.find_one(f"label={collection.label}").id == collection.id


def test_deleting_a_collection_keeps_its_members(fw, unique, acquisition):
    made = fw.get_collection(fw.add_collection({"label": unique("c"), "description": "d", "info": {"a": 1}}))
    assert (made.description, made.info) == ("d", {"a": 1})
    made.add_acquisitions(acquisition)
    fw.delete_collection(made.id)
    assert acquisition.reload().id == acquisition.id


def test_a_deleted_acquisition_leaves_the_collection(fw, collection, acquisition):
    collection.add_acquisitions(acquisition)
    fw.delete_acquisition(acquisition.id)
    assert collection.acquisitions() == []


def test_a_collection_has_permissions(fw, collection, unique):
    other = fw.add_user({"_id": f"{unique('u')}@example.com", "firstname": "A", "lastname": "B"})
    assert fw.add_collection_permission(collection.id, {"_id": other, "access": "ro"}).access == "ro"
    fw.modify_collection_user_permission(collection.id, other, {"access": "rw"})
    assert fw.get_collection_user_permission(collection.id, other).access == "rw"
    fw.delete_collection_user_permission(collection.id, other)
    assert [one.access for one in collection.reload().permissions] == ["admin"]


def test_a_collection_counts_what_it_holds(fw, collection, project, session, acquisition, upload):
    collection.add_acquisitions(acquisition)
    upload(collection, "notes.txt")
    fw.set_project_template(project.id, {"templates": [{"session": {"label": "other"}}]})
    [row] = fw.get_all_collections(filter=f"_id={collection.id}", stats=True)
    assert (row.session_count, row.subject_count, row.attachment_count) == (1, 1, 1)
    assert row.noncompliant_session_count == 1


def test_collections_are_found_by_their_curator(fw, collection, email):
    assert collection.id in [one.id for one in fw.collections.find(f"curator={email}")]
    assert fw.collections.find(f"_id={collection.id}", "curator=nobody@example.com") == []
