"""PAR/REC of Philips: the text of the PAR, without the patient's name."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from facts import Facts, Files, with_ending
from nibabel.parrec import PARRECError, parse_PAR_header

from treadle.dicom.classify import classify
from treadle.gearkit.run import Input

SEQUENCES = {
    "EPI": "EP",
    "FE": "GR",
    "SE": "SE",
}  # parts of Philips' names of techniques, and their DICOM code


def read(files: Files, given: Input) -> Facts | None:
    """Facts of a PAR, alone or in an archive with its REC; None when there is none."""
    del given
    path = with_ending(files, ".par")
    if path is None or (found := _parse(path)) is None:
        return None
    general, images = found
    header = {key: np.asarray(value).tolist() for key, value in general.items() if key != "patient_name"}
    echoes = sorted({round(float(time), 3) for time in images["echo_time"]})
    technique = str(general.get("tech", ""))
    words = {
        "Modality": "MR",
        "SeriesDescription": str(general.get("protocol_name", "")),
        "SequenceName": technique,
        "ScanningSequence": [code for mark, code in SEQUENCES.items() if mark in technique.upper()],
        "RepetitionTime": float(np.ravel(general.get("repetition_time", np.nan))[0]),
        "EchoTime": echoes[0] if echoes else None,
    }
    return Facts(
        "parrec",
        type="parrec",
        modality="MR",
        classification=classify(words).classification,
        header={**header, "echo_times": echoes, "images": len(images)},
    )


def _parse(path: Path) -> tuple[dict[str, Any], Any] | None:
    try:
        with path.open(encoding="latin-1") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # editions that nibabel has not seen before
            general, images = parse_PAR_header(file)
    except (PARRECError, ValueError, KeyError, IndexError):
        return None
    return general, images
