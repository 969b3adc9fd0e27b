"""The data set as one zip: description, participants, images with their sidecars."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from names import Verdict, clean
from scans import Person, Scan

BIDS = "1.10.0"
YEAR_S = 365.25 * 86400
OLDEST = 89  # years; ages above it are told as that one, for they name people (45 CFR 164.514)
SEX = {"male": "M", "female": "F", "other": "O"}
DESCRIBED = {
    "age": {"Description": "age at the first session", "Units": "year"},
    "sex": {"Description": "sex", "Levels": {"M": "male", "F": "female", "O": "other"}},
}


class Reader(Protocol):
    """Where the bytes of a file come from."""

    def __call__(self, scan: Scan, file: str) -> Iterator[bytes]:
        """The bytes of a file of the scan's acquisition, as they come."""
        ...


def write(
    path: Path, found: Iterable[Verdict], people: Iterable[Person], about: Mapping[str, Any], read: Reader
) -> None:
    """The zip; images are stored as they are, for they are compressed."""
    named = [one for one in found if one.name]
    there = {one.scan.subject for one in named}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("dataset_description.json", _json(about)),
            ("README", f"# {about['Name']}\n\nNamed by the gear bids-curate of Treadle.\n"),
            ("participants.tsv", _participants(one for one in people if one.label in there)),
            ("participants.json", _json(DESCRIBED)),
        ):
            archive.writestr(_entry(name), text)
        for one in named:
            _add(archive, one, read)


def _add(archive: zipfile.ZipFile, one: Verdict, read: Reader) -> None:
    scan, name = one.scan, one.name
    if name is None:
        return
    stem = f"{name.path}/{name.stem}"
    with archive.open(_entry(stem + scan.ending, zipfile.ZIP_STORED), "w", force_zip64=True) as target:
        for part in read(scan, scan.file):
            target.write(part)
    sidecar: dict[str, Any] = {}
    if ".json" in scan.beside:
        held = json.loads(b"".join(read(scan, scan.beside[".json"])))
        sidecar = held if isinstance(held, dict) else {}
    if "task" in name.entities:
        sidecar["TaskName"] = name.entities["task"]
    if name.suffix == "fieldmap":
        sidecar.setdefault("Units", "Hz")
    if sidecar:
        archive.writestr(_entry(f"{stem}.json"), _json(sidecar))
    for ending in (".bval", ".bvec") if name.folder == "dwi" else ():
        if ending in scan.beside:
            archive.writestr(_entry(stem + ending), b"".join(read(scan, scan.beside[ending])))


def _entry(name: str, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """Without the time of writing: the same data make the same zip."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = method
    return entry


def _participants(people: Iterable[Person]) -> str:
    rows = ["participant_id\tsex\tage"]
    for one in people:
        age = "n/a" if one.age_s is None else f"{min(one.age_s / YEAR_S, OLDEST):.1f}"
        rows.append(f"sub-{clean(one.label)}\t{SEX.get(one.sex or '', 'n/a')}\t{age}")
    return "\n".join(rows) + "\n"


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
