"""What the archive holds of a project, read through its API, and what of it is there twice."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fault_kit import Treadle
from fault_scanner import data_set_digest


@dataclass
class Archive:
    """The DICOM content of a project as its API shows it."""

    subjects: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    acquisitions: list[dict[str, Any]]
    digests: dict[str, list[str]]
    """Data set digests by SOP Instance UID, one for each place it is found in."""

    @property
    def files(self) -> list[dict[str, Any]]:
        """The current files of all acquisitions."""
        return [file for acquisition in self.acquisitions for file in acquisition["files"]]

    def doubles(self) -> dict[str, list[str]]:
        """UIDs and names that are there more than once; empty when all is well."""
        named = {
            "subjects": [str(one["label"]) for one in self.subjects],
            "sessions": [str(one["uid"]) for one in self.sessions],
            "acquisitions": [str(one["uid"]) for one in self.acquisitions],
            "files": [f"{one['uid']}/{file['name']}" for one in self.acquisitions for file in one["files"]],
            "instances": [sop for sop, found in self.digests.items() for _ in found],
        }
        found = {what: [name for name, n in Counter(names).items() if n > 1] for what, names in named.items()}
        return {what: names for what, names in found.items() if names}


def read_archive(treadle: Treadle, project: str, *, contents: bool = True) -> Archive:
    """Everything in the project; with the zips read, member by member."""
    with treadle.client() as client:

        def listed(what: str) -> list[dict[str, Any]]:
            answer = client.get(f"/projects/{project}/{what}", params={"limit": 1000})
            found: list[dict[str, Any]] = answer.raise_for_status().json()
            return found

        archive = Archive(listed("subjects"), listed("sessions"), listed("acquisitions"), {})
        for acquisition in archive.acquisitions if contents else ():
            for file in acquisition["files"]:
                address = f"/acquisitions/{acquisition['_id']}/files/{file['name']}"
                packed = client.get(address).raise_for_status().content
                for sop, digest in members(zipfile.ZipFile(io.BytesIO(packed))):
                    archive.digests.setdefault(sop, []).append(digest)
    return archive


def members(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """SOP Instance UID and data set digest of each instance of a series."""
    with packed as zipped:
        assert zipped.testzip() is None
        for name in zipped.namelist():
            yield name.removesuffix(".MR.dcm"), data_set_digest(zipped.read(name))
