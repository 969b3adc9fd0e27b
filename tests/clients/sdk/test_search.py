"""The data explorer as scripts use it: searches, parsing, suggestions, saved queries."""

import flywheel
import pytest
from flywheel import ApiException


@pytest.fixture
def found(project, unique):
    """A session with a file, and the word that finds them."""
    word = unique()
    session = project.add_subject(label=word).add_session(label=word, operator=word)
    acquisition = session.add_acquisition(label="scan")
    acquisition.upload_file(flywheel.FileSpec("scan.txt", "hello", "text/plain"))
    return word, session


def test_search_gives_objects_with_their_chain(fw, project, found):
    word, session = found
    query = {"structured_query": f"session.operator = {word}", "return_type": "file"}
    [one] = fw.search(query, size=10)
    assert one.return_type == "file"
    assert one.file.name == "scan.txt"
    assert one.session.id == session.id
    assert one.project.id == project.id
    assert one.subject.code == word
    assert one.parent.id == one.acquisition.id


def test_every_return_type_can_be_read(fw, found):
    word, _ = found
    for kind in ("project", "subject", "session", "acquisition", "file"):
        results = fw.search({"structured_query": f"session.operator = {word}", "return_type": kind})
        assert [one.return_type for one in results] == [kind], kind
    assert fw.search({"structured_query": f"session.operator = {word}", "return_type": "analysis"}) == []


def test_a_mistake_says_where_it_is(fw):
    with pytest.raises(ApiException) as refused:
        fw.search({"structured_query": "subject.code ~~ ex8*", "return_type": "session"})
    assert refused.value.status == 422
    parsed = fw.parse_search_query({"structured_query": "subject.code ~~ ex8*"})
    assert not parsed.valid
    assert (parsed.errors[0].line, parsed.errors[0].pos, parsed.errors[0].offset) == (1, 14, 13)
    assert fw.parse_search_query({"structured_query": "subject.code = ex8"}).valid


def test_suggestions_and_status_can_be_read(fw, found):
    answer = fw.get_search_query_suggestions({"structured_query": "session.operat"})
    assert [one.value for one in answer.suggestions] == ["session.operator"]
    assert fw.get_search_status().status in ("up-to-date", "indexing")


def test_queries_are_saved_listed_changed_and_deleted(fw, project, unique):
    label = unique()
    body = {
        "label": label,
        "search": {"return_type": "file", "structured_query": "file.type = dicom"},
        "parent": {"type": "project", "id": project.id},
    }
    made = fw.save_search(body)
    query = made if isinstance(made, str) else made.id
    kept = fw.get_saved_search(query)
    assert (kept.label, kept.search.structured_query) == (label, "file.type = dicom")
    assert (kept.parent.type, kept.parent.id) == ("project", project.id)
    assert query in [one.id for one in fw.get_all_saved_searches(filter=f"label={label}")]
    changed = fw.replace_search(query, {"label": f"{label} 2", "search": {"return_type": "session"}})
    assert changed.label == f"{label} 2"
    fw.delete_save_search(query)
    with pytest.raises(ApiException) as gone:
        fw.get_saved_search(query)
    assert gone.value.status == 404
