"""Decodes pixels; runs in a process of its own, with bounded memory."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import ExplicitVRLittleEndian

from treadle.server.dicomweb.reading import Broken

_LARGEST = 100_000_000  # pixels of one frame


def decoded_frames(path: str, numbers: list[int]) -> list[bytes]:
    """These frames (from 1), native and in little endian."""
    try:
        return [
            np.ascontiguousarray(frame.astype(frame.dtype.newbyteorder("<"), copy=False)).tobytes()
            for frame in iter_pixels(path, indices=[number - 1 for number in numbers], raw=True)
        ]
    except Exception as error:  # noqa: BLE001 - codecs raise what they like
        raise Broken(f"its pixels cannot be decoded ({type(error).__name__})") from None


def as_little_endian(path: str, target: str) -> None:
    """The instance written to `target` in Explicit VR Little Endian."""
    try:
        ds = dcmread(path, force=True)
        if ds.file_meta.TransferSyntaxUID.is_compressed and "PixelData" in ds:
            ds.decompress(generate_instance_uid=False)
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.save_as(target, enforce_file_format=True, overwrite=True, little_endian=True, implicit_vr=False)
    except Exception as error:  # noqa: BLE001
        raise Broken(f"it cannot be decoded ({type(error).__name__})") from None


def rendered(
    path: str,
    number: int,
    kind: str,
    window: tuple[float, float, str] | None,
    size: tuple[int, int] | None,
    quality: int,
    square: bool,
) -> bytes:
    """One frame as a picture: windowed as asked, else as its header says, else over its whole range."""
    try:
        ds = dcmread(path, force=True)
        _check_size(ds)
        frame = next(iter_pixels(path, indices=[number - 1]))
        picture = Image.fromarray(_shades(ds, frame, window))
        if square:
            picture = _squared(picture, ds)
        if size is not None:
            picture.thumbnail(size)
        out = io.BytesIO()
        if kind == "image/jpeg":
            picture.save(out, "JPEG", quality=quality)
        else:
            picture.save(out, "PNG", compress_level=3)
        return out.getvalue()
    except Broken:
        raise
    except Exception as error:  # noqa: BLE001
        raise Broken(f"its pixels cannot be rendered ({type(error).__name__})") from None


def _check_size(ds: Dataset) -> None:
    if int(ds.Rows) * int(ds.Columns) > _LARGEST:
        raise Broken("a picture that large is not rendered")


def _squared(picture: Image.Image, ds: Dataset) -> Image.Image:
    """As high for its width as it is in the patient."""
    down, across = (float(length) for length in ds.get("PixelSpacing") or (1, 1))
    height = round(picture.height * down / across)
    if height == picture.height:
        return picture
    if picture.width * height > _LARGEST:
        raise Broken("a picture that large is not rendered")
    return picture.resize((picture.width, max(1, height)))


def _shades(ds: Dataset, frame: Any, window: tuple[float, float, str] | None) -> Any:
    if frame.ndim == 3:
        return frame.astype(np.uint8) if frame.dtype != np.uint8 else frame
    if ds.get("PhotometricInterpretation") == "PALETTE COLOR":
        found = apply_color_lut(frame, ds)
        return (found >> 8).astype(np.uint8) if found.dtype == np.uint16 else found.astype(np.uint8)
    values = np.asarray(apply_modality_lut(frame, ds), dtype=np.float64)
    if window is not None:
        ds.WindowCenter, ds.WindowWidth, ds.VOILUTFunction = window[0], window[1], window[2]
    low, high = _limits(ds, values)
    grey = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    if str(ds.get("VOILUTFunction", "")).upper() == "SIGMOID" and "WindowWidth" in ds:
        centre, width = (low + high) / 2, max(high - low, 1e-9)
        grey = 1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -700, 700)))
    if ds.get("PhotometricInterpretation") == "MONOCHROME1":
        grey = 1 - grey
    return (grey * 255 + 0.5).astype(np.uint8)


def _limits(ds: Dataset, values: Any) -> tuple[float, float]:
    """The values that become black and white (PS3.3 C.11.2.1.2, linear exact)."""

    def first(keyword: str) -> float | None:
        found = ds.get(keyword)
        found = found[0] if isinstance(found, list) or hasattr(found, "__getitem__") else found
        return None if found is None else float(found)

    centre, width = first("WindowCenter"), first("WindowWidth")
    if centre is None or not width or width <= 0:
        return float(values.min()), float(values.max())
    if str(ds.get("VOILUTFunction", "LINEAR") or "LINEAR").upper() == "LINEAR" and width > 1:
        return centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2
    return centre - width / 2, centre + width / 2
