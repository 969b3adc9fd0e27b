"""Every field with a fixed set of words reaches the strict old client in a form it can read."""

import flywheel
import pytest

SUBJECT_WORDS = [
    ("cohort", "Control"),
    ("cohort", "Study"),
    ("mlset", "Training"),
    ("mlset", "Testing"),
    ("mlset", "Validation"),
    ("state", "In utero"),
    ("state", "Alive"),
    ("state", "Dead"),
    ("sex", "male"),
    ("sex", "female"),
    ("sex", "other"),
    ("sex", "unknown"),
    ("type", "human"),
    ("type", "animal"),
    ("type", "phantom"),
]


def word(value):
    return getattr(value, "value", value)


@pytest.mark.parametrize(("field", "value"), SUBJECT_WORDS)
def test_words_of_a_subject(fw, project, field, value):
    subject = project.add_subject(label="S", **{field: value})
    session = subject.add_session(label="E")
    for seen in (subject, subject.reload(), project.subjects()[0], session.subject, fw.get(subject.id)):
        assert word(getattr(seen, field)) == value
    assert word(getattr(fw.lookup([project.group, "P", "S"]), field)) == value


@pytest.mark.parametrize("field", ["cohort", "mlset", "state"])
def test_words_can_be_cleared(project, field):
    value = {"cohort": "Study", "mlset": "Testing", "state": "Alive"}[field]
    subject = project.add_subject(label="S", **{field: value})
    subject.update({field: None})
    assert getattr(subject.reload(), field) is None
    assert getattr(project.subjects()[0], field) is None


@pytest.mark.parametrize("access", ["ro", "rw", "admin"])
def test_access_words(fw, group, unique, access):
    user = fw.add_user({"_id": f"{unique('u')}@example.com", "firstname": "A", "lastname": "B"})
    group.add_permission({"_id": user, "access": access})
    assert word(group.get_permission(user).access) == access
    assert access in [word(entry.access) for entry in fw.groups.find_one(f"_id={group.id}").permissions]


@pytest.mark.parametrize("reason", ["unsupported_type", "manual_override"])
def test_reasons_why_a_log_is_missing(fw, acquisition, upload, reason):
    file = upload(acquisition, "f.txt", metadata={"deid_log_skip_reason": reason})
    assert word(file.deid_log_skip_reason) == reason
    assert word(fw.get_file(file.file_id).deid_log_skip_reason) == reason


def test_origins_of_files(fw, acquisition, upload):
    file = upload(acquisition, "f.txt")
    upload(acquisition, "f.txt")
    for entry in (
        file,
        fw.get_file(file.file_id),
        *fw.get_file_versions(file.file_id),
        *acquisition.reload().files,
    ):
        assert word(entry.origin.type) == "user"


def test_copy_states(fw, project, session, acquisition):
    for container in (project, session, acquisition):
        assert word(getattr(container, "copy_status", None)) in (None, "static", "completed")


def test_roles_of_the_login(fw):
    assert "site_admin" in [word(role) for role in fw.get_auth_status().roles]


def test_all_roles_can_be_read_at_once(fw):
    for role in [*fw.get_all_roles(), *map(fw.get_role, [role.id for role in fw.get_all_roles()])]:
        assert role.actions
        assert word(role.default_flywheel_role) in ("admin", "ro", "rw", None)


@pytest.mark.parametrize(
    "level", ["group", "project", "subject", "session", "acquisition", "analysis", "collection"]
)
def test_every_document_can_be_read_in_full_and_in_lists(fw, request, level):
    container = request.getfixturevalue(level)
    plural = "analyses" if level == "analysis" else f"{level}s"
    assert fw.get(container.id).id == container.id
    assert container.reload().id == container.id
    assert [row.id for row in getattr(fw, plural).find(f"_id={container.id}")] == [container.id]


def test_the_model_words_are_the_ones_tested():
    tested = {value for field, value in SUBJECT_WORDS if field in ("cohort", "mlset", "state")}
    models = (flywheel.models.Cohort, flywheel.models.MLType, flywheel.models.SubjectState)
    assert {word.value for model in models for word in model} == tested
