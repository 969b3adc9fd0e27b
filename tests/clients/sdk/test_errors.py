"""What users see when something is wrong."""

import json

import flywheel
import pytest

ABSENT = "0" * 24


def test_an_unknown_id_is_404(fw, refused):
    for call in (fw.get_project, fw.get_session, fw.get_acquisition, fw.get_analysis, fw.get_file, fw.get):
        refused(404, call, ABSENT)
    refused(404, fw.get_group, "no-such-group")


def test_a_malformed_id_is_refused(fw):
    for call in (fw.get_project, fw.get_session, fw.get_file):
        with pytest.raises(flywheel.ApiException) as caught:
            call("not an id / at all")
        assert caught.value.status in (404, 422)
        assert caught.value.reason


def test_a_missing_field_is_named(fw, refused):
    error = refused(422, fw.add_session, {"project": ABSENT, "age": "old"})
    assert error.detail
    assert {"loc", "msg", "type"} <= set(error.detail[0])


def test_a_bad_group_id_is_refused(fw, refused):
    refused(422, fw.add_group, {"_id": "No Blanks!"})


def test_a_bad_enum_value_is_refused(project, refused):
    refused(422, project.add_subject, label="x", cohort="Nobody")


def test_an_error_tells_its_request(fw, refused):
    body = json.loads(refused(404, fw.get_project, ABSENT).body)
    assert body["status_code"] == 404
    assert body["request_id"]


@pytest.mark.parametrize("name", ["..", ".", ""])
def test_file_names_that_are_no_names_are_refused(acquisition, name):
    with pytest.raises((flywheel.ApiException, ValueError, RuntimeError)):
        acquisition.upload_file(flywheel.FileSpec(name, b"x", "text/plain"))
    assert not acquisition.reload().files
