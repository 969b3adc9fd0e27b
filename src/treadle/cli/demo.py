"""A demonstration site: two groups with studies sent over DICOM, files, metadata, notes, tags and a data view.

Everything goes the way of real data: images through the DICOM port, the rest through the API as the administrator.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any

from pydicom.dataset import Dataset

from treadle.cli.client import Client, ClientError, find_target
from treadle.cli.sample import GROUP, PROJECT, instances, uid
from treadle.cli.sample_send import make_project, store
from treadle.server.app.supervise.control import Control
from treadle.server.kit.settings import load_settings

STUDY_GROUP, STUDY = "psych", "Memory"
SUBJECTS = ("sub-01", "sub-02", "sub-03")
VISITS = ("baseline", "follow-up")
SCAN = ("MR", 2)  # the series of the sample study that each visit gets
PATIENCE_S = 120.0


def seed(flags: Mapping[str, object], control_fd: int | None) -> str:
    """Make it all; a sentence that says what there is."""
    settings = load_settings(flags)
    if control_fd is not None:
        Control(control_fd).orders()
    with Client(find_target(None, None, settings.home)) as client:
        make_project(client, GROUP, "Demonstration", PROJECT)
        project = make_project(client, STUDY_GROUP, "Psychology", STUDY)
        sent = store(settings, [*instances(), *_study_images()])
        _describe(client, project)
        sessions = _wait_for_sessions(client, project)
        for number, session in enumerate(sessions):
            _annotate(client, session, number)
        _save_view(client, project)
    return f"{sent} instances, {len(sessions)} sessions in {STUDY_GROUP}/{STUDY}"


def _study_images() -> Iterator[Dataset]:
    """One series of the phantom for each visit of each subject."""
    scan = [dataset for dataset in instances() if (dataset.Modality, dataset.SeriesNumber) == SCAN]
    for subject in SUBJECTS:
        for visit in VISITS:
            yield from (_as_visit(image, subject, visit) for image in scan)


def _as_visit(original: Dataset, subject: str, visit: str) -> Dataset:
    image = copy.deepcopy(original)
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
        setattr(image, keyword, uid(original[keyword].value, subject, visit))
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.PatientID = f"fw://{STUDY_GROUP}/{STUDY}/{subject}/{visit}"
    image.PatientName = f"Demo^{subject}"
    return image


def _describe(client: Client, project: str) -> None:
    client.put(
        f"/projects/{project}", {"description": "How sleep changes what is remembered (made-up data)."}
    )
    client.post(f"/projects/{project}/info", {"set": {"sponsor": "Demonstration", "phase": 2}})
    client.post(f"/projects/{project}/tags", {"value": "demo"})
    rows = random.Random(7)  # noqa: S311 - made-up participants, the same every time
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["participant_id", "age", "sex", "memory_score"])
    for subject in SUBJECTS:
        writer.writerow([subject, rows.randint(20, 70), rows.choice("FM"), rows.randint(40, 100)])
    client.upload(f"/projects/{project}/files", "participants.csv", table.getvalue().encode())


def _wait_for_sessions(client: Client, project: str) -> list[dict[str, Any]]:
    """The sessions the connector makes of the images, each with its scan."""
    wanted = len(SUBJECTS) * len(VISITS)
    end = time.monotonic() + PATIENCE_S
    scans: set[str] = set()
    while time.monotonic() < end:
        scans = {scan["parents"]["session"] for scan in client.every(f"/projects/{project}/acquisitions")}
        sessions = list(client.every(f"/projects/{project}/sessions"))
        if len(scans) >= wanted:
            return sorted(sessions, key=lambda session: (session["subject"]["label"], session["label"]))
        time.sleep(0.3)
    raise ClientError(f"after {PATIENCE_S:.0f} s only {len(scans)} of {wanted} sessions had arrived")


def _annotate(client: Client, session: Mapping[str, Any], number: int) -> None:
    path = f"/sessions/{session['_id']}"
    score = 90 - 7 * number
    client.post(f"{path}/info", {"set": {"sleep_hours": 5 + number % 4, "score": score}})
    client.post(f"{path}/tags", {"value": "checked" if number % 2 else "to-check"})
    client.post(f"{path}/notes", {"text": f"Visit {number + 1}: came rested, moved little."})
    behaviour = [{"trial": trial, "correct": (trial * score) % 7 != 0} for trial in range(1, 21)]
    client.upload(f"{path}/files", "behaviour.json", json.dumps(behaviour, indent=1).encode())


def _save_view(client: Client, project: str) -> None:
    columns = ("subject.label", "session.label", "session.info.sleep_hours", "session.info.score")
    view = {"label": "Sleep and score", "columns": [{"src": name} for name in columns]}
    client.post(f"/containers/{project}/views", view)
