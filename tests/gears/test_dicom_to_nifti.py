"""The images that dicom-to-nifti makes lie where the DICOM headers say, and carry what is known of the series."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest

from .conftest import Gear, zipped


def _affine(headers: list[pydicom.Dataset]) -> np.ndarray:
    """The affine by PS3.3 C.7.6.2.1.1 (patient coordinates), turned to the right, front and top of NIfTI."""
    ordered = sorted(headers, key=lambda one: float(one.InstanceNumber))
    first, last = ordered[0], ordered[-1]
    along_row, along_column = np.reshape(np.array(first.ImageOrientationPatient, float), (2, 3))
    between_rows, between_columns = map(float, first.PixelSpacing)
    start, end = (np.array(one.ImagePositionPatient, float) for one in (first, last))
    found = np.eye(4)
    found[:3, 0] = along_row * between_columns
    found[:3, 1] = along_column * between_rows
    found[:3, 2] = (end - start) / (len(ordered) - 1)
    found[:3, 3] = start
    return np.diag([-1, -1, 1, 1]) @ found


def _corners(affine: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Where the eight corner voxels lie, whatever way the axes run."""
    index = np.array(np.meshgrid(*[(0, size - 1) for size in shape[:3]])).reshape(3, -1)
    found = (affine @ np.vstack([index, np.ones(8)]))[:3].T
    return found[np.lexsort(found.round(1).T)]


@pytest.fixture(scope="module")
def ct(dicom_data: Path) -> list[Path]:
    return sorted(path for path in (dicom_data / "ct" / "GE").rglob("*") if path.is_file())


def _ordered(files: list[Path]) -> list[pydicom.Dataset]:
    """The slices of one volume from one end to the other, numbered so."""
    headers = [pydicom.dcmread(path) for path in files]
    headers.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    for number, one in enumerate(headers):
        one.InstanceNumber = number
    return headers


def test_oblique_slices_lie_where_they_were(gear: Gear, dicom_data: Path, tmp_path: Path) -> None:
    """The corners of an oblique Philips series, three volumes of nine slices, by the first volume's headers."""
    files = [path for path in (dicom_data / "philips_mr").rglob("*") if path.is_file()]
    ended = gear("dicom-to-nifti", {"source": zipped(files, tmp_path / "EPI.dicom.zip")})
    assert ended.status == 0, ended.log
    image = nib.load(ended.path(".nii.gz"))
    slices = _ordered(
        list({str(pydicom.dcmread(path).ImagePositionPatient): path for path in files}.values())
    )
    assert image.shape == (slices[0].Columns, slices[0].Rows, len(slices), 3)
    assert image.header.get_zooms()[3] == pytest.approx(float(slices[0].RepetitionTime) / 1000)
    np.testing.assert_allclose(
        _corners(image.affine, image.shape), _corners(_affine(slices), image.shape), atol=0.1
    )


def test_geometry_and_numbers_of_a_ct(gear: Gear, ct: list[Path], tmp_path: Path) -> None:
    """Hounsfield units are those that pydicom reads, and so is the place of the first slice.

    The gantry is tilted: dcm2niix writes the slices as a straight stack and, beside it, an image put upright.
    """
    headers = _ordered(ct)[:14]
    series = zipped([Path(one.filename) for one in headers], tmp_path / "Head CT.dicom.zip")
    ended = gear("dicom-to-nifti", {"source": series})
    assert ended.status == 0, ended.log
    assert {"Head CT.nii.gz", "Head CT.json", "Head CT_Tilt_1.nii.gz"} <= ended.names()
    image = nib.load(ended.folder / "Head CT.nii.gz")
    assert image.shape == (headers[0].Columns, headers[0].Rows, len(headers))
    first = (*image.shape[:2], 1)
    np.testing.assert_allclose(_corners(image.affine, first), _corners(_affine(headers), first), atol=0.1)
    stored = np.array(
        [one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in headers]
    )
    np.testing.assert_array_equal(np.asarray(image.dataobj)[:, ::-1, :].transpose(2, 1, 0), stored)
    told = ended.told("Head CT.nii.gz")
    assert told["type"] == "nifti"
    assert told["modality"] == "CT"
    assert told["classification"]["Scan Type"]
    assert told["info"]["Manufacturer"].startswith("GE")


def test_mosaic_is_a_series_of_volumes(gear: Gear, dicom_data: Path, tmp_path: Path) -> None:
    """Two Siemens mosaics give one image of two volumes with the slices' times."""
    files = sorted((dicom_data / "siemens_mr_mosaic/Orientation/ax/axasc36").iterdir())
    about = {
        "source": {"modality": "MR", "classification": {"Intent": ["Functional"], "Measurement": ["T2*"]}}
    }
    ended = gear("dicom-to-nifti", {"source": zipped(files, tmp_path / "a.zip")}, about=about, compress=False)
    assert ended.status == 0, ended.log
    assert nib.load(ended.path(".nii")).shape == (64, 64, 36, 2)
    told = ended.told("a.nii")
    assert told["classification"] == {"Intent": ["Functional"], "Measurement": ["T2*"]}
    assert len(told["info"]["SliceTiming"]) == 36


def test_diffusion_comes_with_directions(gear: Gear, dicom_data: Path, tmp_path: Path) -> None:
    """One b-value and one unit vector per volume."""
    files = sorted((dicom_data / "uih_mr").rglob("*.dcm"))
    ended = gear("dicom-to-nifti", {"source": zipped(files, tmp_path / "dti.dicom.zip")}, filename="%s")
    assert ended.status == 0, ended.log
    values, vectors = np.loadtxt(ended.path(".bval")), np.loadtxt(ended.path(".bvec"))
    assert nib.load(ended.path(".nii.gz")).shape[3] == len(values) == vectors.shape[1]
    np.testing.assert_allclose(
        np.linalg.norm(vectors, axis=0)[1:], 1, atol=1e-3
    )  # the first has no direction
    assert ended.told(ended.path(".bval").name)["type"] == "bval"


def test_sidecar_holds_no_patient(gear: Gear, ct: list[Path], tmp_path: Path) -> None:
    """Nothing of the patient reaches the sidecar or the metadata unless it is asked for."""
    planted = []
    for path in ct[:3]:
        one = pydicom.dcmread(path)
        one.PatientName, one.PatientID, one.PatientBirthDate = "Planted^Nobody", "planted-7", "19610203"
        one.save_as(tmp_path / path.name)
        planted.append(tmp_path / path.name)
    series = zipped(planted, tmp_path / "x.dicom.zip")
    for anonymize, expected in ((True, False), (False, True)):
        ended = gear("dicom-to-nifti", {"source": series}, anonymize=anonymize)
        text = ended.path(".json").read_text() + (ended.folder / ".metadata.json").read_text()
        assert ("planted" in text.lower() or "1961" in text) is expected


def test_archive_names_lead_nowhere(gear: Gear, ct: list[Path], tmp_path: Path) -> None:
    """Names that climb out of the folder, or are twice there, are only names."""
    import zipfile

    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        for number, path in enumerate(ct[:4]):
            archive.write(path, f"../../{number % 2}/evil\n.dcm" if number < 2 else f"{number}/same.dcm")
    ended = gear("dicom-to-nifti", {"source": tmp_path / "odd.zip"})
    assert ended.status == 0, ended.log
    assert not list(ended.folder.parent.parent.glob("*evil*"))


def test_what_is_no_image_is_refused(gear: Gear, tmp_path: Path) -> None:
    """No output, a sentence, and a failed job."""
    (tmp_path / "x.dcm").write_bytes(b"not an image")
    ended = gear("dicom-to-nifti", {"source": tmp_path / "x.dcm"})
    assert ended.status == 1
    assert "not done: no image could be made" in ended.log
    assert ended.names() == set()
