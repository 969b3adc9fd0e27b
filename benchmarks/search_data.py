"""A site of any size for measuring searches: 20 projects, a subject to 50 files, three sessions to a subject, four
files to an acquisition, and 119 keys of a DICOM header on every file. Beyond a million files, acquisitions have more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

PROJECTS = 20
MOST_SPREAD = 1_000_000  # files
START = datetime(2015, 1, 1, tzinfo=UTC)
_TYPES = ("dicom", "nifti", "qa", "tabular data", "bval", "bvec")
_SCANNERS = tuple(
    (maker, f"{maker[:3]}-{n}", f"ST{n:03}") for n, maker in enumerate(["SIEMENS", "GE", "Philips"] * 8)
)
PROTOCOLS = tuple(
    f"{kind}_{n:02}" for n in range(25) for kind in ("t1_mprage", "dwi_ap", "bold_rest", "flair")
)
_WORDS = tuple(f"Parameter{n:02}" for n in range(48))
_NUMBERS = tuple(f"Number{n:02}" for n in range(28))

CONTAINER = (
    "id", "level", "label", "parent_id", "parent_level", "group_id", "project_id", "subject_id", "session_id",
    "acquisition_id", "timestamp", "tags", "info", "doc", "created_at", "modified_at",
)  # fmt: skip
FILE = (
    "id", "file_id", "version", "is_current", "name", "parent_id", "parent_level", "group_id", "project_id",
    "subject_id", "session_id", "acquisition_id", "blob_sha384", "size", "type", "mimetype", "modality",
    "classification", "tags", "info", "origin_type", "origin_id", "created_at", "modified_at",
)  # fmt: skip


def number(kind: int, n: int) -> str:
    """An id."""
    return f"{kind:04x}{n:020x}"


def header(rng: random.Random, n: int, at: datetime) -> dict[str, Any]:
    """119 keys: names, short words, numbers of few values and of many, dates, times and UIDs."""
    acquisition = n // 4
    protocol = acquisition * 7919 % len(PROTOCOLS)
    maker, model, station = _SCANNERS[acquisition // 40 % len(_SCANNERS)]
    uid = f"1.2.840.{protocol}.{acquisition}"
    found: dict[str, Any] = {
        "Modality": ("MR", "CT", "PT")[protocol % 3], "Manufacturer": maker, "ManufacturerModelName": model,
        "StationName": station, "ProtocolName": PROTOCOLS[protocol], "SeriesDescription": f"{PROTOCOLS[protocol]} run",
        "BodyPartExamined": ("HEAD", "NECK", "CHEST", "KNEE")[protocol % 4], "PatientSex": "MF"[n // 50 % 2],
        "PatientID": f"P{n // 50:06}", "AccessionNumber": f"A{n // 17:07}",
        "MagneticFieldStrength": (1.5, 3, 7)[protocol % 3],
        "EchoTime": round(2 + protocol * 0.37, 2), "RepetitionTime": 500 + 25 * protocol, "FlipAngle": protocol % 90,
        "SliceThickness": (0.8, 1, 1.2, 2, 3)[protocol % 5], "Rows": (128, 256, 512)[protocol % 3],
        "SeriesNumber": n % 30, "AcquisitionNumber": n % 7, "PatientAge": f"{20 + n // 50 % 60:03}Y",
        "SliceLocation": round(rng.uniform(-150, 150), 4), "SAR": round(rng.random() * 3, 9),
        "PatientWeight": round(45 + rng.random() * 60, 1), "ImagingFrequency": round(123.2 + rng.random() / 10, 6),
        "StudyDate": f"{at:%Y%m%d}", "SeriesDate": f"{at:%Y%m%d}", "ContentDate": f"{at:%Y%m%d}",
        "ImageType": ["ORIGINAL", "PRIMARY", ("M", "P", "ADC")[protocol % 3]],
    }  # fmt: skip
    for offset, name in enumerate(
        ("StudyTime", "SeriesTime", "AcquisitionTime", "ContentTime", "InstanceCreationTime")
    ):
        found[name] = f"{at + timedelta(minutes=offset):%H%M%S}.{n % 1000000:06}"
    for offset, name in enumerate(
        (
            "StudyInstanceUID",
            "SeriesInstanceUID",
            "SOPInstanceUID",
            "FrameOfReferenceUID",
            "MediaStorageUID",
            "SourceUID",
        )
    ):
        found[name] = f"{uid}.{offset}.{n if offset in (2, 4) else 0}"
    found |= {name: f"value {(protocol + place) % (3 + place % 9)}" for place, name in enumerate(_WORDS)}
    found |= {name: (protocol * place) % (5 + place) for place, name in enumerate(_NUMBERS)}
    return found


class Site:
    """The rows of a site of so many files; always the same."""

    def __init__(self, files: int) -> None:
        self.files = files
        self.subjects = max(min(files, MOST_SPREAD) // 50, PROJECTS)
        self.sessions = self.subjects * 3
        self.acquisitions = -(-min(files, MOST_SPREAD) // 4)

    def above(self, acquisition: int) -> tuple[str, str, str]:
        """Project, subject and session of an acquisition."""
        session = acquisition * self.sessions // max(self.acquisitions, 1)
        subject = session // 3
        return number(1, subject % PROJECTS), number(2, subject), number(3, session)

    def containers(self) -> Iterator[tuple[Any, ...]]:
        at = START
        yield "bench", "group", "Bench", None, None, "bench", None, None, None, None, None, [], {}, {}, at, at
        for n in range(PROJECTS):
            own = number(1, n)
            yield (
                own,
                "project",
                f"Study {n}",
                "bench",
                "group",
                "bench",
                own,
                None,
                None,
                None,
                None,
                [],
                {},
                {},
                at,
                at,
            )
        for n in range(self.subjects):
            own, project = number(2, n), number(1, n % PROJECTS)
            doc = {
                "code": f"sub-{n:06}",
                "sex": ("male", "female")[n % 2],
                "cohort": ("Control", "Study")[n // 7 % 2],
            }
            yield (own, "subject", f"sub-{n:06}", project, "project", "bench", project, own, None, None, None, [],
                   {"site": f"site{n % 12}", "iq": 80 + n % 45}, doc, at, at)  # fmt: skip
        for n in range(self.sessions):
            own, subject, project = number(3, n), number(2, n // 3), number(1, n // 3 % PROJECTS)
            at = START + timedelta(minutes=n * 71)
            doc = {
                "age": 31557600 * (20 + n // 3 % 60) + n,
                "operator": f"op{n % 30}",
                "satisfies_template": n % 5 > 0,
            }
            yield (own, "session", f"ses-{n % 3}", subject, "subject", "bench", project, subject, own, None, at,
                   ["baseline"] if n % 4 == 0 else [], {"visit": n % 3, "quality": ("good", "poor")[n % 2]}, doc,
                   at, at)  # fmt: skip
        for n in range(self.acquisitions):
            project, subject, session = self.above(n)
            at = START + timedelta(minutes=n * 17)
            label = PROTOCOLS[n * 7919 % len(PROTOCOLS)]
            yield (number(4, n), "acquisition", label, session, "session", "bench", project, subject, session,
                   number(4, n), at, [], {}, {}, at, at)  # fmt: skip

    def file(self, n: int) -> tuple[Any, ...]:
        rng, acquisition = random.Random(n), n // 4 % self.acquisitions
        project, subject, session = self.above(acquisition)
        at = START + timedelta(minutes=acquisition * 17, seconds=n % 4)
        kind = _TYPES[0] if n % 4 < 2 else _TYPES[1 + n // 4 % 5]
        own, parent = number(5, n), number(4, acquisition)
        found = header(rng, n, at)
        measured = {"Measurement": [("T1", "Diffusion", "Functional", "T2")[acquisition * 7919 % 4]]}
        return (
            own, own, 1, True, f"{acquisition * 7919 % 1000}_{n % 4}.{kind[:3]}.zip", parent, "acquisition", "bench",
            project, subject, session, parent, f"{n:096x}", 1000 + n * 37 % 90_000_000, kind, "application/zip",
            found["Modality"], {"Intent": ["Structural"], **measured}, ["reviewed"] if n % 11 == 0 else [],
            {"header": {"dicom": found}}, "device", "scanner", at, at,
        )  # fmt: skip


def document(row: tuple[Any, ...]) -> dict[str, Any]:
    """What the view `search_document` makes of a file's row."""
    named = dict(zip(FILE, row, strict=True))
    plain = ("name", "version", "type", "mimetype", "modality", "classification", "tags", "info")
    return {
        "_id": named["id"], "file_id": named["id"], **{name: named[name] for name in plain},
        "hash": f"v0-sha384-{named['blob_sha384']}",
        "origin": {"type": named["origin_type"], "id": named["origin_id"]},
        "parent": {"type": named["parent_level"], "id": named["parent_id"]},
    }  # fmt: skip
