"""Groups to acquisitions: create, read, change, move, delete."""

import datetime

import flywheel
import pytest

LEVELS = ["group", "project", "subject", "session", "acquisition", "collection", "analysis"]
NAMED = ["group", "project", "subject", "session", "acquisition", "collection"]


def test_each_level_knows_its_ancestors(group, project, subject, session, acquisition):
    assert project.group == group.id
    assert project.parents.group == group.id
    assert subject.project == project.id
    assert session.subject.id == subject.id
    assert session.project == project.id
    assert session.group == group.id
    assert acquisition.session == session.id
    parents = acquisition.parents
    assert [parents.group, parents.project, parents.subject, parents.session] == [
        group.id,
        project.id,
        subject.id,
        session.id,
    ]


def test_ids_are_24_hex_and_grow(project):
    ids = [project.add_subject(label=f"s{n}").id for n in range(5)]
    assert ids == sorted(ids)
    assert all(len(one) == 24 and int(one, 16) for one in ids)


def test_a_new_container_has_times_and_a_revision(acquisition):
    age = datetime.datetime.now(datetime.UTC) - acquisition.created
    assert abs(age) < datetime.timedelta(minutes=5)
    assert acquisition.revision >= 1
    assert acquisition.modified >= acquisition.created


def test_a_group_label_defaults_to_its_id(fw, unique):
    made = fw.add_group({"_id": unique()})
    assert fw.get_group(made).label == made


def test_the_creator_of_a_group_is_its_administrator(group, email):
    assert group.get_permission(email).access == "admin"


def test_a_second_group_of_the_same_id_is_refused(fw, group, refused):
    refused(409, fw.add_group, {"_id": group.id})


def test_a_second_project_of_the_same_label_is_refused(group, project, refused):
    refused(409, group.add_project, label="P")


def test_a_second_subject_of_the_same_label_is_refused(project, subject, refused):
    refused(409, project.add_subject, label="S")


def test_session_labels_may_repeat(subject, session):
    assert subject.add_session(label=session.label).id != session.id


def test_a_subject_takes_its_label_from_its_code(project):
    assert project.add_subject(code="c1").label == "c1"


def test_a_session_finds_or_makes_its_subject_by_label(project):
    first = project.add_session(label="E", subject={"label": "S9", "code": "S9"})
    second = project.add_session(label="E", subject={"label": "S9"})
    assert first.subject.id == second.subject.id
    assert first.subject.label == "S9"


def test_a_session_without_a_subject_gets_a_new_one(project):
    first, second = project.add_session(label="E1"), project.add_session(label="E2")
    assert first.subject.id != second.subject.id
    assert first.subject.label.startswith("unknown")


def test_unknown_parents_are_refused(fw):
    with pytest.raises(flywheel.ApiException) as caught:
        fw.add_session({"project": "0" * 24, "label": "E"})
    assert caught.value.status in (404, 422)


def test_the_fields_of_a_subject_are_kept(project):
    made = project.add_subject(
        label="full",
        sex="female",
        cohort="Study",
        mlset="Training",
        type="human",
        race="Asian",
        ethnicity="x",
        species="h",
        strain="s",
        state="Alive",
        firstname="A",
        lastname="B",
        master_code="m",
        info={"a": 1},
        date_of_birth="1980-02-03",
    )
    assert (made.sex, made.cohort, made.mlset, made.type, made.state) == (
        "female",
        "Study",
        "Training",
        "human",
        "Alive",
    )
    assert (made.firstname, made.lastname, made.race, made.species, made.strain) == (
        "A",
        "B",
        "Asian",
        "h",
        "s",
    )
    assert made.date_of_birth.strftime("%Y-%m-%d") == "1980-02-03"
    assert made.info == {"a": 1}


def test_the_fields_of_a_session_are_kept(subject):
    taken = datetime.datetime(2020, 1, 2, 10, 11, 12, 123000, tzinfo=datetime.UTC)
    made = subject.add_session(
        label="full",
        uid="1.2.3",
        timestamp=taken,
        timezone="Europe/Berlin",
        age=946684800,
        weight=71.5,
        operator="me",
        info={"a": {"b": [1, "x", None, True]}},
    )
    assert made.timestamp == taken
    assert (made.uid, made.timezone, made.age, made.weight, made.operator) == (
        "1.2.3",
        "Europe/Berlin",
        946684800,
        71.5,
        "me",
    )
    assert made.age_years == pytest.approx(30, abs=0.1)
    assert made.info == {"a": {"b": [1, "x", None, True]}}


def test_the_fields_of_an_acquisition_are_kept(session):
    made = session.add_acquisition(label="full", uid="1.2.4", timestamp="2020-01-02T10:11:12+01:00")
    assert made.uid == "1.2.4"
    assert made.timestamp == datetime.datetime(2020, 1, 2, 9, 11, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize("container", NAMED, indirect=True)
def test_every_level_can_be_renamed(container):
    revision = container.revision
    assert container.update(label="renamed Ü").modified == 1
    again = container.reload()
    assert again.label == "renamed Ü"
    assert again.revision > revision


def test_null_clears_a_field(session):
    session.update(operator="me")
    session.update({"operator": None})
    assert session.reload().operator is None


def test_unknown_fields_of_a_change_are_ignored(session):
    session.update({"label": "E9", "no_such_field": 1})
    assert session.reload().label == "E9"


def test_a_whole_subject_may_be_sent_back(subject):
    document = {"label": "S2", "permissions": [], "notes": [{"text": "x"}]}
    subject.update(document)
    again = subject.reload()
    assert again.label == "S2"
    assert again.permissions
    assert not again.notes


@pytest.mark.parametrize("container", LEVELS, indirect=True)
def test_every_container_can_be_had_by_its_id_alone(fw, container):
    found = fw.get(container.id)
    assert found.id == container.id
    assert found.container_type == container.container_type
    assert type(found).__name__.startswith(container.container_type.capitalize())


@pytest.mark.parametrize("container", NAMED[1:], indirect=True)
def test_containers_can_be_changed_by_their_id_alone(fw, container):
    fw.modify_container(container.id, {"label": "any"})
    assert container.reload().label == "any"


def test_a_container_can_be_deleted_by_its_id_alone(fw, session, refused):
    assert fw.delete_container(session.id).deleted == 1
    refused(404, session.reload)


def test_a_session_moves_to_another_subject(fw, project, session, acquisition):
    other = project.add_subject(label="other")
    session.update({"subject": {"_id": other.id}})
    assert session.reload().subject.label == "other"
    assert fw.get_acquisition(acquisition.id).parents.subject == other.id


def test_a_session_takes_its_subject_along_to_another_project(fw, group, session, acquisition, upload):
    file = upload(acquisition, "f.txt")
    other = group.add_project(label="other")
    session.update(project=other.id)
    moved = session.reload()
    assert moved.parents.project == moved.project == other.id
    assert moved.subject.label == "S"
    assert moved.parents.subject == other.subjects.find_one("label=S").id
    assert fw.get_file(file.file_id).parents.project == other.id


def test_an_acquisition_moves_to_another_session(subject, acquisition):
    other = subject.add_session(label="other")
    acquisition.update(session=other.id)
    moved = acquisition.reload()
    assert moved.session == moved.parents.session == other.id
    assert [a.id for a in other.acquisitions()] == [acquisition.id]


def test_a_subject_moves_to_another_project(group, subject, session):
    other = group.add_project(label="other")
    subject.update(project=other.id)
    assert subject.reload().project == other.id
    assert session.reload().parents.project == other.id


def test_a_project_moves_to_another_group(fw, unique, project, session):
    other = fw.add_group({"_id": unique()})
    project.update(group=other)
    assert project.reload().group == other
    assert session.reload().parents.group == other


def test_deleting_a_project_deletes_all_below(fw, project, session, acquisition, upload, refused):
    file = upload(acquisition, "f.txt")
    assert fw.delete_project(project.id).deleted == 1
    for gone in (fw.get_project, fw.get_session, fw.get_acquisition, fw.get_file):
        identity = {"get_project": project.id, "get_session": session.id, "get_file": file.file_id}
        refused(404, gone, identity.get(gone.__name__, acquisition.id))


@pytest.mark.parametrize("container", LEVELS[2:], indirect=True)
def test_a_deleted_container_is_gone_at_once(fw, container, refused):
    delete = getattr(fw, f"delete_{container.container_type}")
    if container.container_type == "collection":
        container = fw.get_collection(fw.add_collection({"label": "short-lived"}))
    assert delete(container.id).deleted == 1
    refused(404, container.reload)


def test_an_empty_group_can_be_deleted(fw, group, refused):
    assert fw.delete_group(group.id).deleted == 1
    refused(404, fw.get_group, group.id)


def test_a_group_with_projects_cannot_be_deleted(fw, group, project, refused):
    refused(409, fw.delete_group, group.id)


def test_finders_hang_on_each_level(group, project, subject, session, acquisition):
    assert [p.id for p in group.projects()] == [project.id]
    assert [s.id for s in project.subjects()] == [subject.id]
    assert [s.id for s in project.sessions()] == [session.id]
    assert [s.id for s in subject.sessions()] == [session.id]
    assert [a.id for a in session.acquisitions()] == [acquisition.id]
