"""Finding things by their path."""

import urllib.request

import pytest

LEVELS = ["group", "project", "subject", "session", "acquisition"]


@pytest.fixture
def steps(group, project, subject, session, acquisition):
    return [group.id, "P", "S", "E", "A"]


@pytest.mark.parametrize("depth", range(1, 6))
def test_each_level_is_looked_up(fw, request, steps, depth):
    expected = request.getfixturevalue(LEVELS[depth - 1])
    found = fw.lookup("/".join(steps[:depth]))
    assert (found.id, found.container_type) == (expected.id, LEVELS[depth - 1])
    assert found.permissions
    assert found.reload().id == expected.id


@pytest.mark.parametrize("depth", range(1, 6))
def test_each_level_is_resolved_with_its_children(fw, steps, upload, acquisition, depth):
    upload(acquisition, "f.txt")
    result = fw.resolve("/".join(steps[:depth]))
    assert [node.container_type for node in result.path] == LEVELS[:depth]
    children = [getattr(node, "label", None) or node.name for node in result.children]
    assert children == [[*steps, "f.txt"][depth]]


def test_the_root_resolves_to_the_groups(fw, group):
    assert group.id in [node.id for node in fw.resolve([]).children]


def test_nothing_cannot_be_looked_up(fw, refused):
    refused(404, fw.lookup, "")


@pytest.mark.parametrize("form", ["A/f.txt", "A/files/f.txt"])
def test_a_file_is_found_by_its_path(fw, steps, acquisition, upload, form):
    upload(acquisition, "f.txt", metadata={"info": {"a": 1}})
    file = fw.lookup("/".join([*steps[:4], form]))
    assert (file.container_type, file.name, file.size, file.info) == ("file", "f.txt", 5, {"a": 1})
    assert file.parent_ref.id == acquisition.id
    assert file.read() == b"hello"


@pytest.mark.parametrize("level", LEVELS[1:4])
def test_files_of_the_upper_levels_are_found(fw, request, steps, upload, level):
    upload(request.getfixturevalue(level), "f.txt", level)
    path = steps[: LEVELS.index(level) + 1]
    assert fw.lookup([*path, "files", "f.txt"]).read() == level.encode()
    assert fw.lookup([*path, "f.txt"]).read() == level.encode()
    assert [node.name for node in fw.resolve([*path, "files"]).children] == ["f.txt"]


def test_analyses_and_their_files_are_found(fw, steps, analysis, upload):
    upload(analysis, "o.txt", "out")
    found = fw.lookup([*steps[:4], "analyses", "X"])
    assert (found.id, found.container_type) == (analysis.id, "analysis")
    assert fw.lookup([*steps[:4], "analyses", "X", "files", "o.txt"]).name == "o.txt"
    assert [node.id for node in fw.resolve([*steps[:4], "analyses"]).children] == [analysis.id]


def test_labels_with_slashes_need_the_list_form(fw, steps, project):
    odd = project.add_subject(label="a/b ü")
    assert fw.lookup([*steps[:2], "a/b ü"]).id == odd.id


def test_a_step_may_be_an_id(fw, steps, session, acquisition):
    assert fw.lookup([*steps[:3], f"<id:{session.id}>", "A"]).id == acquisition.id


def test_empty_steps_are_skipped(fw, steps, session):
    assert fw.lookup("/" + "//".join(steps[:4]) + "/").id == session.id


def test_of_equal_labels_the_oldest_is_found(fw, steps, subject, session):
    subject.add_session(label="E")
    assert fw.lookup(steps[:4]).id == session.id


def test_a_container_wins_over_a_file_of_the_same_name(fw, steps, session, acquisition, upload):
    upload(session, "A")
    assert fw.lookup(steps).container_type == "acquisition"


@pytest.mark.parametrize(
    "path", ["nobody", "{group}/nothing", "{group}/P/S/E/A/none.txt", "{group}/P/files/none.txt"]
)
def test_what_is_not_there_is_404(fw, steps, refused, path):
    path = path.format(group=steps[0])
    refused(404, fw.lookup, path)
    refused(404, fw.resolve, path)


def test_lookup_carries_info_and_children_do_not(fw, steps, session):
    session.update_info(a=1)
    assert fw.lookup(steps[:4]).info == {"a": 1}
    assert fw.resolve(steps[:3]).children[0].info == {}


def test_a_file_address_comes_from_its_path(fw, steps, acquisition, upload):
    upload(acquisition, "f.txt")
    with urllib.request.urlopen(fw.file_url("/".join([*steps, "files", "f.txt"]))) as answer:
        assert answer.read() == b"hello"
