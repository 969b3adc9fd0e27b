"""The figures of image-qc are those that follow from how an image was made."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from .conftest import Ended, Gear, zipped

SHAPE, VOXEL = (44, 48, 36), 4.0


def _head(points: np.ndarray) -> np.ndarray:
    """Brightness of a head without an axis of symmetry, at places in mm; smooth, so that it can be moved exactly."""
    inside = 1 / (1 + np.exp((np.linalg.norm(points / (68, 82, 60), axis=-1) - 1) * 12))
    found = 600 * inside
    for centre, width, height in (
        ((30, 20, 10), 14, 500),
        ((-25, 35, -15), 18, -300),
        ((10, -45, 25), 12, 400),
    ):
        found += height * np.exp(-np.sum((points - centre) ** 2, axis=-1) / (2 * width**2)) * inside
    return found


def _grid() -> np.ndarray:
    axes = np.meshgrid(*[(np.arange(size) - (size - 1) / 2) * VOXEL for size in SHAPE], indexing="ij")
    return np.stack(axes, -1)


def _save(data: np.ndarray, path: Path, flip: bool = False) -> Path:
    affine = np.diag([VOXEL, VOXEL, VOXEL, 1.0])
    affine[:3, 3] = -(np.array(SHAPE) - 1) / 2 * VOXEL
    if flip:  # stored from right to left
        data, affine = data[::-1], affine @ np.diag([-1, 1, 1, 1])
        affine[0, 3] *= -1
    image = nib.Nifti1Image(data.astype(np.float32), affine)
    image.header.set_xyzt_units("mm", "sec")
    if data.ndim == 4:
        image.header.set_zooms((VOXEL, VOXEL, VOXEL, 2.0))
    nib.save(image, path)
    return path


def _figures(ended: Ended, name: str) -> dict:
    assert ended.status == 0, ended.log
    found = ended.told(name)["info"]["qc"]["image-qc"]
    assert json.loads(ended.path(".qa.json").read_text()) == found
    return found


def test_signal_to_noise_of_a_magnitude_image(gear: Gear, tmp_path: Path) -> None:
    """A ball of 1000 with noise of 20 in both channels has SNR 50, known to 3 %."""
    rng = np.random.default_rng(7)
    ball = 1000.0 * (np.linalg.norm(_grid(), axis=-1) < 55)
    noisy = np.hypot(ball + rng.normal(0, 20, SHAPE), rng.normal(0, 20, SHAPE))
    found = _figures(gear("image-qc", {"nifti": _save(noisy, tmp_path / "ball.nii.gz")}), "ball.nii.gz")
    figures = found["figures"]
    assert figures["noise_sd"] == pytest.approx(20, rel=0.02)
    assert figures["signal_mean"] == pytest.approx(1000, rel=0.02)
    assert figures["snr"] == pytest.approx(50, rel=0.03)
    parts = noisy.astype(np.float32).astype(float).ravel() / np.linalg.norm(noisy.astype(np.float32))
    size = noisy.size
    expected = -np.sum(parts * np.log(parts)) / (np.sqrt(size) * np.log(np.sqrt(size)))
    assert figures["efc"] == pytest.approx(expected, rel=1e-4)
    assert found["passed"]


def test_a_blank_image_and_one_of_noise_fail(gear: Gear, tmp_path: Path) -> None:
    """Nothing to see is a verdict, not a crash; so is a signal below the limit."""
    blank = gear("image-qc", {"nifti": _save(np.zeros(SHAPE), tmp_path / "blank.nii")})
    assert not _figures(blank, "blank.nii")["passed"]
    assert "image-qc-FAIL" in blank.told("blank.nii")["tags"]
    rng = np.random.default_rng(1)
    ball = 60.0 * (np.linalg.norm(_grid(), axis=-1) < 55)
    faint = np.hypot(ball + rng.normal(0, 20, SHAPE), rng.normal(0, 20, SHAPE))
    found = _figures(gear("image-qc", {"nifti": _save(faint, tmp_path / "faint.nii")}), "faint.nii")
    assert found["checks"]["signal-to-noise"]["state"] == "fail"


@pytest.mark.parametrize("flip", [False, True])
def test_motion(gear: Gear, tmp_path: Path, flip: bool) -> None:
    """Known movements are found to 0.03 mm of displacement each, in whatever direction the file is stored."""
    rng = np.random.default_rng(3)
    grid, count = _grid(), 12
    six = np.zeros((count, 6))
    six[1:, :3] = np.cumsum(rng.normal(0, 0.15, (count - 1, 3)), 0)
    six[1:, 3:] = np.cumsum(rng.normal(0, 0.002, (count - 1, 3)), 0)
    six[6:, 0] += 2.5  # a jump
    volumes = []
    for one in six:  # a voxel shows what lies where it came from
        turned = Rotation.from_euler("xyz", one[3:]).as_matrix()
        volumes.append(_head((grid - one[:3]) @ turned))
    data = np.stack(volumes, -1) * (1 + 0.01 * np.sin(np.arange(count))) + rng.normal(0, 2, (*SHAPE, count))
    path = _save(np.abs(data), tmp_path / "bold.nii.gz", flip)
    ended = gear("image-qc", {"nifti": path})
    figures = _figures(ended, "bold.nii.gz")["figures"]
    table = np.genfromtxt(ended.path(".motion.tsv"), names=True, missing_values="n/a")
    changes = np.abs(np.diff(six, axis=0))
    expected = np.concatenate([[0], changes[:, :3].sum(1) + 50 * changes[:, 3:].sum(1)])
    np.testing.assert_allclose(table["framewise_displacement"], expected, atol=0.06)
    assert figures["fd_mean"] == pytest.approx(expected[1:].mean(), abs=0.03)
    for name, planted in zip(("trans_x", "trans_y", "trans_z"), six.T, strict=False):
        np.testing.assert_allclose(table[name], planted, atol=0.05)
    for name, planted in zip(("rot_x", "rot_y", "rot_z"), six.T[3:], strict=True):
        np.testing.assert_allclose(table[name], planted, atol=0.001)
    assert np.nanargmax(table["dvars"]) == 6


def test_a_real_head_that_nods_and_comes_back(gear: Gear, dicom_data: Path, tmp_path: Path) -> None:
    """Large real movements are followed: the last volume, which looks like the first, lies where that one does."""
    files = sorted((dicom_data / "ge_siemens_mr_nih/20180918GE/mr_0004").iterdir())
    made = gear("dicom-to-nifti", {"source": zipped(files, tmp_path / "epi.zip")}, compress=False)
    ended = gear("image-qc", {"nifti": made.path(".nii")})
    assert not _figures(ended, "epi.nii")["passed"]
    table = np.genfromtxt(ended.path(".motion.tsv"), names=True, missing_values="n/a")
    assert max(table["framewise_displacement"]) > 20
    for name in ("trans_x", "trans_y", "trans_z"):
        assert abs(table[name][-1]) < 1
    for name in ("rot_x", "rot_y", "rot_z"):
        assert abs(table[name][-1]) < 0.03


def test_temporal_signal_to_noise(gear: Gear, tmp_path: Path) -> None:
    """Noise of 5 on a ball of 800 that drifts: the figure is that of numpy, and motion is not looked for."""
    rng = np.random.default_rng(5)
    bright = np.linalg.norm(_grid(), axis=-1) < 55
    still = 800.0 * bright[..., None]
    drift = 1 + 0.05 * np.linspace(0, 1, 20)
    data = np.abs(still * drift + rng.normal(0, 5, (*SHAPE, 20)))
    path = _save(data, tmp_path / "b.nii")
    about = {"nifti": {"classification": {"Measurement": ["Diffusion"]}}}
    ended = gear("image-qc", {"nifti": path}, about=about)
    figures = _figures(ended, "b.nii")["figures"]
    times = np.arange(20)
    fits = np.polynomial.polynomial.polyfit(times, data[bright].T, 1)
    rest = data[bright] - np.polynomial.polynomial.polyval(times, fits)
    expected = np.median(data[bright].mean(-1) / rest.std(-1, ddof=2))
    assert figures["tsnr"] == pytest.approx(expected, rel=0.05)
    assert "fd_mean" not in figures
    assert not list(ended.folder.glob("*.tsv"))


def test_outputs(gear: Gear, tmp_path: Path) -> None:
    """Report, figures and montage, named after the image; a report needs nothing beside it."""
    ended = gear("image-qc", {"nifti": _save(_head(_grid()), tmp_path / "T1 w.nii.gz")})
    assert ended.names() == {f"T1 w.image-qc.qa.{ending}" for ending in ("html", "json", "png")}
    assert ended.path(".png").read_bytes().startswith(b"\x89PNG")
    text = ended.path(".html").read_text()
    assert "<script" not in text
    assert "http" not in text
    assert text.count("data:image/png;base64,") == 1


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x1f\x8b broken"])
def test_what_is_no_image(gear: Gear, tmp_path: Path, content: bytes) -> None:
    """A sentence and a failed job."""
    (tmp_path / "x.nii.gz").write_bytes(content)
    ended = gear("image-qc", {"nifti": tmp_path / "x.nii.gz"})
    assert (ended.status, "not a readable NIfTI image" in ended.log) == (1, True), ended.log
