"""Sends the sample study the way a scanner would: through the DICOM port."""

from __future__ import annotations

from collections.abc import Mapping

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage
from pynetdicom import AE

from treadle.cli import shipped
from treadle.cli.client import Client, ClientError, find_target
from treadle.cli.sample import GROUP, PROJECT, instances
from treadle.connector.answers import keep_answers
from treadle.server.app.supervise.control import Control
from treadle.server.kit.settings import Settings, load_settings

ATTEMPTS = 3


def send(flags: Mapping[str, object], control_fd: int | None) -> int:
    """Make the project, with the gears and rules that come with Treadle, then send all instances; how many."""
    settings = load_settings(flags)
    if control_fd is not None:
        Control(control_fd).orders()
    with Client(find_target(None, None, settings.home)) as client:
        shipped.install(client)
        shipped.enable_rules(client, make_project(client, GROUP, "Demonstration", PROJECT))
    return store(settings, list(instances()))


def make_project(client: Client, group: str, group_label: str, label: str) -> str:
    """The id of the project; it and its group are made when they are not there."""
    if not any(found["_id"] == group for found in client.every("/groups")):
        client.post("/groups", {"_id": group, "label": group_label})
    for found in client.every("/projects"):
        if (found["group"], found["label"]) == (group, label):
            return str(found["_id"])
    return str(client.post("/projects", {"group": group, "label": label})["_id"])


def store(settings: Settings, waiting: list[Dataset]) -> int:
    """Send everything; an association that breaks is opened again, and what was acknowledged is not repeated."""
    total = len(waiting)
    for _ in range(ATTEMPTS):
        waiting = _send(settings, waiting)
        if not waiting:
            return total
    raise ClientError(
        f"{len(waiting)} of {total} instances were not acknowledged by {settings.dicom.reachable}"
    )


def _send(settings: Settings, waiting: list[Dataset]) -> list[Dataset]:
    """One association; what it left unsent."""
    sender = AE(ae_title="SAMPLE")
    for sop_class in (MRImageStorage, CTImageStorage):
        sender.add_requested_context(sop_class, ExplicitVRLittleEndian)
    host, port = settings.dicom.reachable
    association = sender.associate(host, port, ae_title=settings.connector.ae_title)
    if not association.is_established:
        raise ClientError(
            f"no DICOM association with {settings.connector.ae_title} at {settings.dicom.reachable}"
        )
    keep_answers(association)
    for position, dataset in enumerate(waiting):
        status = association.send_c_store(dataset) if association.is_established else Dataset()
        if status.get("Status") != 0:
            if association.is_established:
                association.release()
            return waiting[position:]
    association.release()
    return []
