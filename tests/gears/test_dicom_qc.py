"""Each fault planted in a real series is found by its check, and by no other; whole series of many makers pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from .conftest import Ended, Gear, zipped

SLICES, VOLUMES = 15, 10


@pytest.fixture(scope="module")
def epi(dicom_data: Path) -> list[Path]:
    """A GE series of 15 slices and 10 volumes."""
    return sorted((dicom_data / "ge_siemens_mr_nih/20180918GE/mr_0004").iterdir())


def _states(ended: Ended, name: str) -> dict[str, str]:
    assert ended.status == 0, ended.log
    found = ended.told(name)["info"]["qc"]["dicom-qc"]
    assert json.loads(ended.path(".qa.json").read_text()) == found
    assert ended.told(name)["tags"] == ["kept", "dicom-qc-PASS" if found["passed"] else "dicom-qc-FAIL"]
    return {key: one["state"] for key, one in found["checks"].items()}


def _edit(path: Path, folder: Path, change: Callable[[pydicom.Dataset], None]) -> Path:
    one = pydicom.dcmread(path)
    change(one)
    one.save_as(folder / path.name)
    return folder / path.name


def _set(**values: object) -> Callable[[pydicom.Dataset], None]:
    return lambda one: [setattr(one, name, value) for name, value in values.items()] and None


def _volume(files: list[Path]) -> list[Path]:
    """One volume, from one end to the other."""
    found = {}
    for path in files:
        found.setdefault(float(pydicom.dcmread(path, stop_before_pixels=True).ImagePositionPatient[2]), path)
    return [found[place] for place in sorted(found)]


def _cut(path: Path, folder: Path) -> Path:
    (folder / path.name).write_bytes(path.read_bytes()[:-1000])
    return folder / path.name


def _moved(path: Path, folder: Path) -> Path:
    def change(one: pydicom.Dataset) -> None:
        x, y, z = one.ImagePositionPatient
        one.ImagePositionPatient = [x, y, float(z) + 1]

    return _edit(path, folder, change)


def _text(folder: Path) -> Path:
    (folder / "notes.txt").write_text("not an image")
    return folder / "notes.txt"


FAULTS: dict[str, tuple[Callable[[list[Path], Path], list[Path]], set[str]]] = {
    "nothing": (lambda files, _: files, set()),
    "a slice of every volume": (lambda files, _: files[:5] + files[6:], {"slice-spacing"}),
    "uneven": (lambda files, tmp: [*files[:5], _moved(files[5], tmp), *files[6:]], {"slice-spacing"}),
    "twice": (lambda files, _: [*files, files[3]], {"duplicates", "volumes"}),
    "cut off": (lambda files, tmp: [*files[:-1], _cut(files[-1], tmp)], {"readable"}),
    "no DICOM": (lambda files, tmp: [*files, _text(tmp)], {"readable"}),
    "another flip angle": (
        lambda files, tmp: [*files[:-1], _edit(files[-1], tmp, _set(FlipAngle=13))],
        {"protocol-consistency"},
    ),
    "another echo": (
        lambda files, tmp: [*files[:-1], _edit(files[-1], tmp, _set(EchoTime=99))],
        {"protocol-consistency"},
    ),
    "another patient": (
        lambda files, tmp: [*files[:-1], _edit(files[-1], tmp, _set(PatientID="other"))],
        {"one-series"},
    ),
    "turned": (
        lambda files, tmp: [
            *files[:-1],
            _edit(files[-1], tmp, _set(ImageOrientationPatient=[0, 1, 0, 0, 0, 1])),
        ],
        {"orientation"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults(gear: Gear, epi: list[Path], tmp_path: Path, fault: str) -> None:
    """A fault planted in one volume fails the checks named beside it."""
    plant, expected = FAULTS[fault]
    announced = _set(NumberOfTemporalPositions=1)
    (tmp_path / "one").mkdir()
    (tmp_path / "bad").mkdir()
    volume = [_edit(path, tmp_path / "one", announced) for path in _volume(epi)]
    series = zipped(plant(volume, tmp_path / "bad"), tmp_path / "s.dicom.zip")
    states = _states(gear("dicom-qc", {"dicom": series}), series.name)
    assert {name for name, state in states.items() if state == "fail"} == expected


def test_incomplete_volumes(gear: Gear, epi: list[Path], tmp_path: Path) -> None:
    """One image of 150 is missing: the distances are even, the volumes are not; the header knows of a lost volume."""
    one_short = zipped(epi[:70] + epi[71:], tmp_path / "a.dicom.zip")
    ended = gear("dicom-qc", {"dicom": one_short})
    states = _states(ended, one_short.name)
    assert (states["volumes"], states["slice-spacing"], states["instance-numbers"]) == (
        "fail",
        "pass",
        "note",
    )
    assert "9 of 10" in ended.log
    whole = {
        path for path in epi if int(pydicom.dcmread(path, stop_before_pixels=True).InstanceNumber) <= 135
    }
    volume_short = zipped(sorted(whole), tmp_path / "b.dicom.zip")
    ended = gear("dicom-qc", {"dicom": volume_short})
    assert {name for name, state in _states(ended, volume_short.name).items() if state == "fail"} == {
        "volumes"
    }
    assert "announces 10" in ended.log


@pytest.mark.parametrize(
    ("folder", "slices", "volumes"),
    [
        ("ge_siemens_mr_nih/20180918GE/mr_0005", SLICES, VOLUMES),
        ("ge_siemens_mr_nih/20180918Si/mr_0003", 1, 2),
        ("philips_mr", 9, 3),
        ("canon_mr", 40, 13),
        ("uih_mr", None, None),
        ("enhanced_mr/Siemens/XA10", None, None),
    ],
)
def test_whole_series_of_several_makers_pass(
    gear: Gear, dicom_data: Path, tmp_path: Path, folder: str, slices: int | None, volumes: int | None
) -> None:
    """What is complete passes, with as many slices and volumes as there are (a mosaic is one place)."""
    files = [path for path in sorted((dicom_data / folder).rglob("*")) if path.is_file()]
    series = zipped(files, tmp_path / "s.dicom.zip")
    ended = gear("dicom-qc", {"dicom": series})
    states = _states(ended, series.name)
    assert "fail" not in states.values(), ended.log
    if slices:
        found = ended.told(series.name)["info"]["qc"]["dicom-qc"]["checks"]["volumes"]
        assert (found["slices"], found["volumes"]) == (slices, volumes)


def test_real_ct_of_two_spacings(gear: Gear, dicom_data: Path, tmp_path: Path) -> None:
    """The CT whose base is scanned finer than its top is found out."""
    series = zipped(sorted((dicom_data / "ct/GE").iterdir()), tmp_path / "ct.dicom.zip")
    assert _states(gear("dicom-qc", {"dicom": series}), series.name)["slice-spacing"] == "fail"


@pytest.mark.parametrize(
    ("protocol", "state"),
    [
        (
            {
                "slices": 15,
                "volumes": 10,
                "files": 150,
                "Rows": 64,
                "SeriesDescription": {"pattern": "^axial epi"},
            },
            "pass",
        ),
        ({"PixelSpacing": [3.75, 3.75], "EchoTime": {"min": 1, "max": 100}}, "pass"),
        ({"PixelSpacing": {"value": [3.7, 3.8], "tolerance": 0.06}}, "pass"),
        ({"volumes": 200}, "fail"),
        ({"EchoTime": {"value": 1, "tolerance": 0.5}}, "fail"),
        ({"Manufacturer": {"min": 3}}, "fail"),
        ({"NoSuchKeyword": 1}, "fail"),
    ],
)
def test_expected_protocol(gear: Gear, epi: list[Path], tmp_path: Path, protocol: dict, state: str) -> None:
    """Values, tolerances, bounds, patterns and the counts of the series."""
    series = zipped(epi, tmp_path / "s.dicom.zip")
    (tmp_path / "protocol.json").write_text(json.dumps(protocol))
    ended = gear("dicom-qc", {"dicom": series, "protocol": tmp_path / "protocol.json"})
    assert _states(ended, series.name)["expected-protocol"] == state


@pytest.mark.parametrize("text", ["[1]", "{", '{"Rows": {"mini": 3}}', '{"Rows": {"pattern": "("}}'])
def test_unusable_protocol(gear: Gear, epi: list[Path], tmp_path: Path, text: str) -> None:
    """A protocol nobody can read is said so, and fails the job."""
    (tmp_path / "protocol.json").write_text(text)
    ended = gear("dicom-qc", {"dicom": epi[0], "protocol": tmp_path / "protocol.json"})
    assert ended.status == 1
    assert "not done:" in ended.log
