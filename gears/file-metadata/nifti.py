"""NIfTI: the header; modality and classification by what is known of the file already, else by its name."""

from __future__ import annotations

from typing import Any

import nibabel as nib
from facts import Facts, Files

from treadle.dicom.classify import Classification, classify
from treadle.gearkit.run import Input

SIDECAR = ("SeriesDescription", "ProtocolName", "PulseSequenceName", "SequenceName", "ImageType")


def read(files: Files, given: Input) -> Facts | None:
    """Facts of a NIfTI image; None when it is none."""
    if len(files) != 1 or not given.name.lower().endswith((".nii", ".nii.gz")):
        return None
    (path,) = files.values()
    try:
        image: Any = nib.load(path)
    except (nib.filebasedimages.ImageFileError, OSError, EOFError):
        return None
    said = _classify(given)
    return Facts(
        "nifti",
        type="nifti",
        modality=said.modality,
        classification=said.classification,
        header=_header(image),
    )


def _header(image: Any) -> dict[str, Any]:
    header = image.header
    space, time = header.get_xyzt_units()
    return {
        "shape": list(image.shape),
        "voxel_size": [float(size) for size in header.get_zooms()],
        "units": {"space": space, "time": time},
        "data_type": str(header.get_data_dtype()),
        "orientation": "".join(code or "?" for code in nib.aff2axcodes(image.affine)),
        "affine": image.affine.round(6).tolist(),
        "qform_code": int(header["qform_code"]),
        "sform_code": int(header["sform_code"]),
        "description": bytes(header["descrip"]).split(b"\0")[0].decode("latin-1"),
    }


def _classify(given: Input) -> Classification:
    info = given.about.get("info") or {}
    known = {key: info[key] for key in SIDECAR if key in info}
    words = {"SeriesDescription": given.stem, **known}
    modality = given.about.get("modality") or info.get("Modality")
    said = classify({"Modality": modality or "MR", **words})
    return said if modality or said.classification else Classification(None)
