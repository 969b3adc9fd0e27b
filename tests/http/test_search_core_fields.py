"""Every core field is found over HTTP and brings the objects of any other level (search.md 1.3, 1.5, 1.6)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

AGE = 31557600 * 30
# A query and a return type, with how many it finds among the objects of `made`.
TABLE = """
group._id = {group} | project 1
group.label = "Core Lab" | file 3
group.tags = gt | session 1
project.group = {group} | project 1
project.description CONTAINS cores | subject 1
subject.code = S1 | subject 1
subject.firstname = Ann | subject 1
subject.lastname = Bee | subject 1
subject.race = White | subject 1
subject.ethnicity CONTAINS latino | subject 1
subject.species = human AND subject.strain = none AND subject.type = human | subject 1
subject.mlset = Training AND subject.cohort = Control AND subject.sex = female | subject 1
session.uid = 1.2.3.4.5 | session 1
session.timezone = Europe/Berlin | session 1
session.timestamp = 2020-02-29 | session 1
session.age = 946728000 | session 1
session.age_in_years = 30 AND session.age_years >= 30 | session 1
session.age_months > 365 AND session.age_weeks > 1565 AND session.age_days = 10957.5 | session 1
session.age_in_years > 29.9 AND session.age_in_years < 30.1 | file 3
session.weight = 70.5 AND session.operator = op | session 1
session.project_has_template = false | session 1
session.project_has_template IS TRUE | session 0
session.notes.text CONTAINS moved | file 3
acquisition.uid = 1.2.3.4.5.6 | acquisition 1
acquisition.timestamp > 2020-02-29T12:00:00Z | acquisition 1
analysis.label = AN AND analysis.description = d1 | analysis 1
analysis.parent.type = session AND analysis.parent.id = {session} | analysis 1
analysis.user = "{user}" | analysis 1
analysis.gear_info.name EXISTS | analysis 0
file.name = a.zip AND file.type = archive AND file.mimetype = application/zip | file 1
file.modality = MR AND file.tags = ft | file 1
file.size = {size} AND file.size > {size}.0e0 OR file.size <= {size} AND file.type = archive | file 1
file.hash = "{hash}" | file 1
file.version = 1 | file 3
file.classification.Intent = Structural AND file.classification_list = c1 | file 1
file.classification.Custom EXISTS | file 1
file.origin.type = user AND file.origin.id = "{user}" | file 3
file.zip_member_count = 3 | file 1
file.parent.type = session | file 1
file.parent.id = {acquisition} | file 1
file.created > today-2d AND file.modified > now-2d | file 3
file.created > now+1h | file 0
file._id = {file} | file 1
file.id = {file} | session 1
session._id = {session} | file 3
project.permissions EXISTS | project 0
file.name = a.zip | project 1
file.name = a.zip | analysis 0
acquisition.label EXISTS | file 1
NOT acquisition.label EXISTS | file 2
analysis.label = AN | file 1
analysis.label = AN AND file.name = out.csv | session 1
analysis.label = AN AND acquisition.label = AC | session 0
HAS analysis (analysis.label = AN) AND HAS acquisition (acquisition.label = AC) | session 1
file.info.uid = 1.2.3.4.5.6.7 | session 1
file.info.uid = 1.2.3.4.5.6.7 AND acquisition.label = AC | subject 1
file.info.exact = 12345.678 | project 1
collection.label = COL | acquisition 1
collection._id = {collection} | session 1
collection._id = {collection} | collection 1
file.type = archive | collection 1
collection.label = COL AND file.type = archive | subject 1
HAS collection (collection.label = COL) | session 1
HAS collection (collection.label = COL) | file 1
HAS collection (collection.label = COL OR collection.label = other) | subject 1
NOT HAS collection (collection.label = COL) | file 2
"""


@pytest.fixture(scope="module")
def made(api) -> dict[str, Any]:
    """One object of each level, with all core fields set; names and ids that queries mention."""

    def post(path: str, **given: Any) -> Any:
        answer = api.post(path, **given)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    group = f"core{id(TABLE)}"
    post("/groups", json={"_id": group, "label": "Core Lab", "tags": ["gt"]})
    project = post("/projects", json={"group": group, "label": "P", "description": "About cores"})["_id"]
    person = {
        "firstname": "Ann",
        "lastname": "Bee",
        "race": "White",
        "ethnicity": "Hispanic or Latino",
        "sex": "female",
    }
    animal = {"species": "human", "strain": "none", "type": "human", "mlset": "Training", "cohort": "Control"}
    subject = post("/subjects", json={"project": project, "label": "S1", **person, **animal})["_id"]
    visit = {"uid": "1.2.3.4.5", "timestamp": "2020-02-29T12:00:00Z", "timezone": "Europe/Berlin"}
    body = {"project": project, "subject": {"_id": subject}, "label": "SE", **visit}
    session = post("/sessions", json={**body, "age": AGE, "weight": 70.5, "operator": "op"})["_id"]
    series = {"label": "AC", "uid": "1.2.3.4.5.6", "timestamp": "2020-02-29T12:30:00Z"}
    acquisition = post("/acquisitions", json={"session": session, **series})["_id"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in "abc":
            archive.writestr(name, "x")
    metadata = {
        "name": "a.zip", "type": "archive", "modality": "MR", "tags": ["ft"],
        "classification": {"Intent": ["Structural"], "Custom": ["c1"]},
        "info": {"uid": "1.2.3.4.5.6.7", "exact": 12345.678},
    }  # fmt: skip
    files = f"/acquisitions/{acquisition}/files"
    [file] = post(
        files, files={"file": ("a.zip", packed.getvalue())}, data={"metadata": json.dumps(metadata)}
    )
    post(f"/sessions/{session}/notes", json={"text": "patient moved a lot"})
    analysis = post(f"/sessions/{session}/analyses", json={"label": "AN", "description": "d1"})["_id"]
    post(f"/analyses/{analysis}/files", files={"file": ("out.csv", b"a,b")})
    post(f"/sessions/{session}/files", files={"file": ("ses.txt", b"abc")})
    collection = post("/collections", json={"label": "COL"})["_id"]
    contents = {"contents": {"operation": "add", "nodes": [{"level": "acquisition", "_id": acquisition}]}}
    assert api.put(f"/collections/{collection}", json=contents).status_code == 200
    user = api.get("/users/self").json()["_id"]
    known = api.get(f"/files/{file['file_id']}").json()
    return {
        "group": group, "project": project, "session": session, "acquisition": acquisition, "file": file["file_id"],
        "collection": collection, "user": user, "hash": known["hash"], "size": known["size"],
    }  # fmt: skip


def test_each_core_field_is_found_from_any_level(api, made):
    wrong = []
    for line in TABLE.strip().splitlines():
        query, _, told = line.rpartition(" | ")
        level, count = told.split()
        text = f"({query.format(**made)}) AND project._id = {made['project']}"
        answer = api.post(
            "/dataexplorer/search", json={"return_type": level, "structured_query": text}
        ).json()
        if answer.get("total") != int(count):
            wrong.append((line, answer.get("total"), answer.get("message")))
    assert wrong == []
