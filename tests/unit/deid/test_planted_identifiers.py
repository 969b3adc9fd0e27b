"""A folder full of identifiers goes through the command; nothing of them may come out, and nothing else may be lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from treadle.cli.deid_profile import load
from treadle.cli.deid_run import run
from treadle.deid import Context

from .planted import Planted, fill, searchable

FILES = 45
UID = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+")


@dataclass
class Ran:
    made: list[Planted]
    outputs: dict[str, bytes]
    reports: dict[str, bytes]

    def datasets(self) -> list[pydicom.FileDataset]:
        return [pydicom.dcmread(BytesIO(data)) for data in self.outputs.values()]


@pytest.fixture(scope="module", params=["ps315-basic", "research"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    base = tmp_path_factory.mktemp("planted")
    made = fill(base / "in", FILES)
    out, report = base / "out", base / "report"
    outcome = run(
        base / "in",
        load(request.param),
        out=out,
        report=report,
        secrets=None,
        context=Context(),
        jobs=1,
        progress=lambda done, more: None,
    )
    assert outcome.exit_status == 0, outcome.totals
    found = Ran(
        made,
        {path.name: path.read_bytes() for path in sorted(out.iterdir())},
        {path.name: path.read_bytes() for path in report.iterdir()},
    )
    shutil.rmtree(base / "in")
    return found


def test_no_planted_identifier_is_in_any_output_report_or_name(ran: Ran) -> None:
    everything = b"\n".join(
        [*map(searchable, ran.outputs.values()), *ran.reports.values(), *(n.encode() for n in ran.outputs)]
    ).lower()
    leaks = []
    for file in ran.made:
        for word in {*file.words, *file.uids}:
            forms = {word.lower().encode(), word.encode("utf-16-le").lower()}
            if not word.isascii():
                forms.add(word.encode(file.codec, "ignore").lower() or b"\0never")
            leaks += [word for form in forms if form in everything]
    assert not leaks


def test_uids_are_new_valid_and_refer_to_each_other(ran: Ran) -> None:
    instances = set()
    for dataset in ran.datasets():
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
        for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
            uid = dataset[keyword].value
            assert uid.startswith("2.25.") and len(uid) <= 64 and UID.fullmatch(uid)
        instances.add(dataset.SOPInstanceUID)
    assert len(instances) == len(ran.made)


def test_what_is_outside_the_table_is_unchanged(ran: Ran) -> None:
    before = {_pixels(pydicom.dcmread(BytesIO(file.data))): file for file in ran.made}
    for dataset in ran.datasets():
        file = before[_pixels(dataset)]
        for keyword, value in file.kept.items():
            assert dataset.get(keyword) == value, keyword
        assert dataset.Manufacturer == "SIEMENS"


def test_type_1_and_2_attributes_stay(ran: Ran) -> None:
    for dataset in ran.datasets():
        for keyword in (
            *(
                "PatientName",
                "PatientID",
                "PatientBirthDate",
                "PatientSex",
                "StudyDate",
                "StudyTime",
                "StudyID",
            ),
            *("AccessionNumber", "ReferringPhysicianName", "Modality", "SeriesNumber", "InstanceNumber"),
        ):
            assert keyword in dataset, keyword
        assert dataset.PatientName == dataset.PatientID


def test_research_keeps_intervals_characteristics_and_useful_descriptions(ran: Ran) -> None:
    if b"research" not in ran.reports["summary.json"]:
        return
    before = {_pixels(pydicom.dcmread(BytesIO(file.data))): file for file in ran.made}
    for dataset in ran.datasets():
        source = pydicom.dcmread(BytesIO(before[_pixels(dataset)].data))
        moved = {
            (_day(dataset[keyword].value) - _day(source[keyword].value)).days
            for keyword in ("StudyDate", "SeriesDate", "ContentDate")
        }
        assert len(moved) == 1 and moved.pop() % 7 == 0
        assert (dataset.PatientSex, dataset.PatientAge, dataset.PatientWeight) == ("F", "045Y", 71.5)
        assert dataset.SeriesDescription == "AX T2 FLAIR"


@pytest.mark.peer
def test_another_reader_understands_the_files(ran: Ran, tmp_path: Path) -> None:
    if not shutil.which("dcmdump"):
        pytest.skip("DCMTK is not installed")
    for name, data in ran.outputs.items():
        (tmp_path / name).write_bytes(data)
    told = subprocess.run(["dcmdump", "-q", *map(str, tmp_path.iterdir())], capture_output=True, check=False)
    assert told.returncode == 0
    assert not told.stderr


def _pixels(dataset: Dataset) -> bytes:
    """Random pixels tell files apart; of compressed ones the entropy-coded part."""
    data: bytes = dataset.PixelData
    return data[-40:]


def _day(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%d")
