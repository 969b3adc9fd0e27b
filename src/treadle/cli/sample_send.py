"""Sends the sample study the way a scanner would: through the DICOM port."""

from __future__ import annotations

from collections.abc import Mapping

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage
from pynetdicom import AE

from treadle.cli.client import Client, ClientError, find_target
from treadle.cli.sample import GROUP, PROJECT, instances
from treadle.server.app.supervise.control import Control
from treadle.server.kit.settings import Settings, load_settings

ATTEMPTS = 3


def send(flags: Mapping[str, object], control_fd: int | None) -> int:
    """Make the project, then send all instances; how many."""
    settings = load_settings(flags)
    if control_fd is not None:
        Control(control_fd).orders()
    _make_project(settings)
    return _store(settings)


def _make_project(settings: Settings) -> None:
    with Client(find_target(None, None, settings.home)) as client:
        if not any(group["_id"] == GROUP for group in client.every("/groups")):
            client.post("/groups", {"_id": GROUP, "label": "Demonstration"})
        if not any(
            found["label"] == PROJECT and found["group"] == GROUP for found in client.every("/projects")
        ):
            client.post("/projects", {"group": GROUP, "label": PROJECT})


def _store(settings: Settings) -> int:
    """Send everything; an association that breaks is opened again, and what was acknowledged is not repeated."""
    waiting = list(instances())
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
    for position, dataset in enumerate(waiting):
        status = association.send_c_store(dataset) if association.is_established else Dataset()
        if status.get("Status") != 0:
            if association.is_established:
                association.release()
            return waiting[position:]
    association.release()
    return []
