"""What version 23 added to the data explorer: fields by their place, deleting a result."""

import pytest
from flywheel import ApiException


def test_fields_are_listed_by_their_place(fw):
    assert "session" in fw.get_mapped_fields()


def test_a_result_is_deleted(fw, project, unique):
    word = unique()
    session = project.add_subject(label=word).add_session(label=word, operator=word)
    query = {"return_type": "session", "structured_query": f"session.operator = {word}"}
    assert fw.delete_by_search(query).deleted == 1
    with pytest.raises(ApiException):
        fw.get_session(session.id)
