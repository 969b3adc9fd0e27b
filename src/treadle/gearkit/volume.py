"""An image as numbers in a known orientation, one volume at a time."""

from __future__ import annotations

import gzip
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel import orientations
from numpy.typing import NDArray

from treadle.gearkit.run import Refused

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Image:
    """A NIfTI image whose first axes run to the right, the front and the top, as nearly as they can."""

    original: Any
    shape: tuple[int, ...]
    turn: NDArray[Any]

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Size of a voxel in mm."""
        sizes = [float(size) for size in self.original.header.get_zooms()[:3]]
        x, y, z = (sizes[int(axis)] for axis in np.argsort(self.turn[:, 0]))
        return x, y, z

    @property
    def count(self) -> int:
        """Number of volumes."""
        return self.shape[3] if len(self.shape) > 3 else 1

    @property
    def repetition_s(self) -> float | None:
        """Seconds from one volume to the next, None when the file does not say."""
        if self.count < 2:
            return None
        header = self.original.header
        unit = header.get_xyzt_units()[1]
        return float(header.get_zooms()[3]) * {"msec": 1e-3, "usec": 1e-6}.get(unit, 1.0) or None

    def volume(self, number: int = 0) -> Array:
        """The numbers of one volume; those that are not finite are 0."""
        data = self.original.dataobj
        index = (slice(None),) * 3 + ((number,) if len(self.shape) > 3 else ())
        index += (0,) * (len(self.original.shape) - len(index))
        there = np.nan_to_num(np.asarray(data[index], dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        turned: Array = orientations.apply_orientation(there, self.turn)
        return turned

    def mean(self, most: int = 64) -> Array:
        """The mean of the volumes, of `most` evenly spread ones when there are more."""
        chosen = np.unique(np.linspace(0, self.count - 1, min(self.count, most)).astype(int))
        total = self.volume(int(chosen[0])).astype(np.float64)
        for number in chosen[1:]:
            total += self.volume(int(number))
        return (total / len(chosen)).astype(np.float32)

    def save_like(self, data: NDArray[Any], path: Path) -> None:
        """Write a volume of this orientation on the grid of the file."""
        own = orientations.axcodes2ornt("RAS")
        back = orientations.ornt_transform(own, orientations.io_orientation(self.original.affine))
        made = nib.Nifti1Image(orientations.apply_orientation(data, back), self.original.affine)
        made.header.set_xyzt_units("mm", "sec")
        nib.save(made, path)


def open_image(path: Path, work: Path) -> Image:
    """The image of a NIfTI file of three or four axes; refused when it is none.

    A compressed file is unpacked into `work` first: volumes are then read where they lie.
    """
    try:
        original: Any = nib.load(_plain(path, work))
        shape = tuple(int(size) for size in original.shape)
    except (nib.filebasedimages.ImageFileError, OSError, ValueError, EOFError, zlib.error) as error:
        raise Refused(f"'{path.name}' is not a readable NIfTI image: {error}") from None
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) not in (3, 4) or min(shape) < 1 or original.dataobj.dtype.fields:
        kind = f"{' x '.join(map(str, original.shape))} of {original.dataobj.dtype}"
        raise Refused(f"'{path.name}' ({kind}) is neither a volume nor a series of volumes")
    return Image(original, shape, orientations.io_orientation(original.affine))


def _plain(path: Path, work: Path) -> Path:
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    unpacked = work / f"{path.name}.nii"
    with gzip.open(path, "rb") as source, unpacked.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return unpacked
