from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from treadle.cli.sample import instances, write
from treadle.dicom.routing import parse_routing


@pytest.fixture(scope="module")
def study() -> list[Dataset]:
    return list(instances())


def test_it_has_several_series_with_several_slices(study: list[Dataset]) -> None:
    sizes = Counter(instance.SeriesInstanceUID for instance in study)
    assert sorted(sizes.values()) == [9, 20, 24, 64]
    assert len({instance.SOPInstanceUID for instance in study}) == len(study)


def test_it_is_the_same_every_time(study: list[Dataset]) -> None:
    again = next(instances())
    assert again == study[0]


def test_its_routing_string_is_read(study: list[Dataset]) -> None:
    route = parse_routing(study[0].PatientID)
    assert (route.status, route.group, route.project, route.subject) == ("ok", "demo", "Sample", "phantom-01")


def test_slices_of_a_volume_are_evenly_spaced(study: list[Dataset]) -> None:
    t1 = [instance for instance in study if instance.SeriesDescription == "T1w axial"]
    heights = [float(instance.ImagePositionPatient[2]) for instance in t1]
    steps = {round(after - before, 6) for before, after in pairwise(heights)}
    assert steps == {6.5}


def test_neighbouring_slices_look_different(study: list[Dataset]) -> None:
    assert len({instance.PixelData for instance in study}) == len(study)


def test_files_are_valid_dicom(tmp_path: Path) -> None:
    count = write(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) == count == 117
    for path in files:
        read = pydicom.dcmread(path)
        assert len(read.PixelData) == read.Rows * read.Columns * 2
