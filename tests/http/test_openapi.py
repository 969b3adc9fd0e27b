"""Generated requests over the whole OpenAPI document: every answer is as the document says, none a server error."""

from __future__ import annotations

import os
import re
import uuid
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

ENDLESS = r"/x/events"  # a stream of events has no end to wait for
LOCKING_OUT = r"/(logout|users/self|site/settings)"  # would change what the other tests log in with
# Reading first; what deletes comes last, and there the deepest addresses first: each finds something to delete.
METHODS = ("get", "head", "put", "patch", "post", "delete")
KEPT = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

FILE, NOTE, TAG = "scan.txt", "a note", "one"
PARAMETER = re.compile(r"([^/]+)/\{(\w+)\}")
LEVELS = ("collections", "projects", "subjects", "sessions", "acquisitions")


class Study:
    """A hierarchy with files, analyses, notes and tags at every level, and its user, role, view and device."""

    def __init__(self, api: httpx.Client) -> None:
        self._api = api
        group, user = f"s{uuid.uuid4().hex[:14]}", f"s{uuid.uuid4().hex[:14]}@example.com"
        ids = {"groups": self._add("/groups", _id=group), "users": self._add("/users", _id=user, email=user)}
        ids["projects"] = project = self._add("/projects", group=group, label="P")
        ids["subjects"] = self._add("/subjects", project=project, label="S")
        ids["sessions"] = self._add("/sessions", project=project, subject={"_id": ids["subjects"]}, label="E")
        ids["acquisitions"] = self._add("/acquisitions", session=ids["sessions"], label="A")
        ids["collections"] = self._add("/collections", label=group)
        ids["containers"], ids["permissions"], ids["templates"] = ids["sessions"], user, user
        self._send("POST", f"/groups/{group}/tags", {"value": TAG})
        role = ids["roles"] = self._add("/roles", label=group, actions=["files_view_contents"])
        ids["modalities"] = self._add("/modalities", _id=group, classification={"Intent": ["Other"]})
        self._send("POST", f"/groups/{group}/roles", {"_id": role})
        self._send("POST", f"/groups/{group}/permissions", {"_id": user, "access": "ro"})
        self._send("POST", f"/groups/{group}/permissions/templates", {"_id": user, "role_ids": [role]})
        self._send("POST", f"/projects/{project}/permissions", {"_id": user, "role_ids": [role]})
        self._send("POST", f"/collections/{ids['collections']}/permissions", {"_id": user, "access": "ro"})
        view = {"label": "V", "columns": [{"src": "session.label"}]}
        ids["views"] = self._add(f"/containers/{project}/views", **view)
        ids["devices"] = self._add("/devices", label=group, type="uploader")
        self._ids, self._analyses, self._notes = ids, dict[str, str](), dict[str, str]()
        for level in LEVELS:
            self._furnish(level)
        self._analyses["containers"] = self._analyses["analyses"] = self._analyses["sessions"]
        self._notes["containers"] = self._notes["sessions"]
        self._notes["analyses"] = self._note(f"/analyses/{self._analyses['sessions']}")

    def parameters(self, path: str) -> dict[str, str]:
        """What of this study stands where the address has a parameter."""
        first = path.split("/")[2]
        found = {}
        for word, name in PARAMETER.findall(path):
            value = self._value(first, word, name)
            if value is not None:
                found[name] = value
        return found

    def _value(self, first: str, word: str, name: str) -> str | None:
        if word == "analyses":
            return self._analyses.get(first)
        if word == "notes":
            return self._notes.get(first)
        if word == "tags":
            return TAG
        if word in ("files", "inputs", "input_files"):
            return self._file if name in ("id", "file_id") else FILE
        return self._ids.get(word)

    def _furnish(self, level: str) -> None:
        path = f"/{level}/{self._ids[level]}"
        self._file = self._upload(path)
        self._send("POST", f"{path}/tags", {"value": TAG})
        self._notes[level] = self._note(path)
        inputs = [{"type": level[:-1], "id": self._ids[level], "name": FILE}]
        self._analyses[level] = made = self._add(f"{path}/analyses", label="X", inputs=inputs)
        self._upload(f"/analyses/{made}")

    def _upload(self, path: str) -> str:
        answer = self._api.post(f"{path}/files", files={"file": (FILE, b"voxels")})
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()[0]["file_id"]

    def _note(self, path: str) -> str:
        self._send("POST", f"{path}/notes", {"text": NOTE})
        return self._send("GET", path)["notes"][0]["_id"]

    def _add(self, path: str, **document: Any) -> str:
        return self._send("POST", path, document)["_id"]

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._api.request(method, path, json=body)
        assert answer.status_code == 200, (method, path, answer.text)
        return answer.json()


# Of every operation; `make fuzz` tries more.
EXAMPLES = max(3, int(os.environ.get("FUZZ_EXAMPLES", "0")) // 100)
few = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def document(treadle_server):
    return schemathesis.openapi.from_url(f"{treadle_server.url}/api/openapi.json")


def broken_promises(operation, study, session, headers):
    """Where the answers to generated requests of one operation are not as the document says."""
    found, there = set(), study.parameters(operation.path)

    @few
    @given(case=operation.as_strategy(), real=st.sampled_from([True, True, False]))
    def send(case, real):
        if real:
            case.path_parameters.update(there)
        answer = case.call(session=session, headers=headers, timeout=120)
        try:
            case.validate_response(answer, checks=KEPT, headers=headers)
        except FailureGroup as failures:
            found.update(f"{operation.label} -> {answer.status_code}: {one}" for one in failures.exceptions)

    send()
    return found


def test_every_answer_is_as_the_document_says(document, api):
    """No server error, no status, content type or body but the documented ones; for ids that are there or not."""
    headers = {"Authorization": api.headers["Authorization"]}
    operations = [result.ok() for result in document.get_all_operations()]
    chosen = [one for one in operations if not re.search(f"{ENDLESS}|{LOCKING_OUT}", one.path)]
    chosen.sort(key=lambda one: (METHODS.index(one.method), -one.path.count("/")))
    study, session = Study(api), requests.Session()
    broken = [
        promise for operation in chosen for promise in broken_promises(operation, study, session, headers)
    ]
    assert not broken, "\n".join(broken)


def test_refusals_are_described_once_for_all(treadle_server):
    found = httpx.get(f"{treadle_server.url}/api/openapi.json").json()
    refusals = {"400", "401", "403", "404", "409", "413", "416", "422", "429"}
    for path in found["paths"].values():
        for operation in path.values():
            assert refusals <= set(operation["responses"])
            assert all("$ref" in operation["responses"][status] for status in refusals)
    body = {"$ref": "#/components/schemas/ErrorBody"}
    for response in found["components"]["responses"].values():
        assert response["content"]["application/json"]["schema"] == body


def test_every_operation_is_described(treadle_server):
    found = httpx.get(f"{treadle_server.url}/api/openapi.json").json()
    operations = [
        operation
        for path in found["paths"].values()
        for name, operation in path.items()
        if name != "parameters"
    ]
    assert len(operations) > 100
    assert all(operation.get("summary") or operation.get("description") for operation in operations)
