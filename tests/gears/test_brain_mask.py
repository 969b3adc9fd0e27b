"""The mask of brain-mask covers the brain of a synthetic head, however the image is stored."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from .conftest import Gear

SIZE = np.array((190.0, 220.0, 210.0))  # mm


def _head(voxel: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A T1 of brain, fluid, skull, scalp, neck and eyes with noise and uneven light; its brain; its affine."""
    shape = np.round(SIZE / voxel).astype(int)
    grid = np.stack(np.meshgrid(*[(np.arange(n) - (n - 1) / 2) * voxel for n in shape], indexing="ij"), -1)
    x, y, z = np.moveaxis(grid, -1, 0)

    def ball(centre: tuple[float, ...], radii: tuple[float, ...]) -> np.ndarray:
        return np.sum(((grid - centre) / radii) ** 2, -1) < 1

    middle = (0, 0, 15)
    brain = ball(middle, (63, 78, 60))
    head = np.full(tuple(shape), 6.0)
    head[np.hypot(x, y - 10) < 52 * (z < -20)] = 500  # the neck
    for centre, radii, value in (
        (middle, (82, 98, 80), 820),  # scalp
        (middle, (76, 92, 74), 90),  # skull
        (middle, (68, 83, 65), 150),  # fluid
    ):
        head[ball(centre, radii)] = value
    head[ball((30, 78, -28), (12, 12, 12)) | ball((-30, 78, -28), (12, 12, 12))] = 300
    folds = np.sin(x / 5) + np.sin(y / 6) + np.sin(z / 5)
    head[brain] = np.where(folds > 0.2, 430, 640)[brain]
    head[ball((0, 5, 20), (12, 28, 12))] = 150  # ventricles
    light = 1 + 0.15 * x / 95 + 0.1 * z / 105
    rng = np.random.default_rng(11)
    noisy = np.hypot(head * light + rng.normal(0, 20, head.shape), rng.normal(0, 20, head.shape))
    affine = np.diag([voxel, voxel, voxel, 1.0])
    affine[:3, 3] = -(shape - 1) / 2 * voxel
    return noisy, brain, affine


def _dice(one: np.ndarray, other: np.ndarray) -> float:
    return float(2 * (one & other).sum() / (one.sum() + other.sum()))


@pytest.mark.parametrize(("voxel", "axes"), [(2.0, "RAS"), (3.0, "PIL"), (3.0, "LSA")])
def test_mask_of_a_synthetic_head(gear: Gear, tmp_path: Path, voxel: float, axes: str) -> None:
    """Dice above 0.97 and the volume within 5 %; mask and brain lie on the grid of the input."""
    data, brain, affine = _head(voxel)
    wanted = nib.orientations.axcodes2ornt(axes)
    there = nib.Nifti1Image(data.astype(np.float32), affine).as_reoriented(
        nib.orientations.ornt_transform(nib.orientations.axcodes2ornt("RAS"), wanted)
    )
    nib.save(there, tmp_path / "T1w.nii.gz")
    ended = gear("brain-mask", {"nifti": tmp_path / "T1w.nii.gz"})
    assert ended.status == 0, ended.log
    assert ended.names() == {"T1w.brain_mask.nii.gz", "T1w.brain.nii.gz", "T1w.brain-mask.qa.html"}
    mask = nib.load(ended.path(".brain_mask.nii.gz"))
    assert mask.shape == there.shape
    np.testing.assert_allclose(mask.affine, there.affine)
    found = np.asarray(nib.as_closest_canonical(mask).dataobj) > 0
    assert _dice(found, brain) > 0.97
    told = ended.told("T1w.brain_mask.nii.gz")["info"]["brain_mask"]["volume_ml"]
    assert told == pytest.approx(found.sum() * voxel**3 / 1000, abs=0.01)
    assert told == pytest.approx(brain.sum() * voxel**3 / 1000, rel=0.05)
    inner = np.asarray(nib.load(ended.path(".brain.nii.gz")).dataobj)
    np.testing.assert_array_equal(inner, np.where(np.asarray(mask.dataobj) > 0, np.asarray(there.dataobj), 0))


def test_part_of_a_real_brain(gear: Gear, tmp_path: Path) -> None:
    """Of an EPI that shows 53 mm of a brain without its skull (nibabel's own example) it is what is bright."""
    source = Path(nib.__file__).parent / "tests" / "data" / "example4d.nii.gz"
    ended = gear("brain-mask", {"nifti": source})
    assert ended.status == 0, ended.log
    found = np.asarray(nib.load(ended.path(".brain_mask.nii.gz")).dataobj) > 0
    image = nib.load(source)
    bright = np.asarray(image.dataobj).mean(-1) > 300
    assert _dice(found, bright) > 0.93
    assert ended.told("example4d.brain.nii.gz")["info"]["brain_mask"]["volume_ml"] == pytest.approx(
        found.sum() * np.prod(image.header.get_zooms()[:3]) / 1000, rel=1e-3
    )


def test_blank_image(gear: Gear, tmp_path: Path) -> None:
    """A sentence and a failed job."""
    nib.save(nib.Nifti1Image(np.zeros((9, 9, 9), np.float32), np.eye(4)), tmp_path / "x.nii")
    ended = gear("brain-mask", {"nifti": tmp_path / "x.nii"})
    assert (ended.status, "the image is blank" in ended.log) == (1, True), ended.log
