"""EEG: EDF and BDF by pyedflib, BrainVision by its header file. Nothing that names the patient is kept."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import pyedflib
from facts import Facts, Files, with_ending

from treadle.gearkit.run import Input

BYTES = {"INT_16": 2, "UINT_16": 2, "INT_32": 4, "IEEE_FLOAT_32": 4}


def read(files: Files, given: Input) -> Facts | None:
    """Facts of a recording, alone or in an archive with its parts; None when it is none."""
    del given
    if path := with_ending(files, ".edf", ".bdf"):
        header = _edf(path)
    elif path := with_ending(files, ".vhdr"):
        header = _brain_vision(path, files)
    else:
        return None
    return Facts("eeg", type="eeg", modality="EEG", header=header) if header else None


def _edf(path: Path) -> dict[str, Any] | None:
    try:
        reader = pyedflib.EdfReader(
            str(path), pyedflib.DO_NOT_READ_ANNOTATIONS, pyedflib.DO_NOT_CHECK_FILE_SIZE
        )
    except (OSError, ValueError):
        return None
    with reader:
        channels = [
            {"name": one["label"], "unit": one["dimension"], "sampling_hz": float(one["sample_frequency"])}
            for one in reader.getSignalHeaders()
        ]
        return {
            "format": path.suffix[1:].upper(),
            "channels": channels,
            "duration_s": float(reader.getFileDuration()),
            "start": reader.getStartdatetime().isoformat(),
        }


def _brain_vision(path: Path, files: Files) -> dict[str, Any] | None:
    parts = _sections(path)
    common = parts.get("Common Infos", {})
    try:
        interval_us, count = float(common["SamplingInterval"]), int(common["NumberOfChannels"])
    except (KeyError, ValueError):
        return None
    data = with_ending(files, common.get("DataFile", ".eeg").lower())
    each = BYTES.get(parts.get("Binary Infos", {}).get("BinaryFormat", ""), 0) * count
    duration = data.stat().st_size / each * interval_us / 1e6 if data and each else None
    markers = with_ending(files, common.get("MarkerFile", ".vmrk").lower())
    return {
        "format": "BrainVision",
        "channels": [_channel(text, interval_us) for text in parts.get("Channel Infos", {}).values()],
        "orientation": common.get("DataOrientation"),
        "duration_s": round(duration, 6) if duration is not None else None,
        "markers": _markers(markers) if markers else {},
    }


def _channel(text: str, interval_us: float) -> dict[str, Any]:
    """`name,reference,resolution,unit`; a comma inside is written as \\1."""
    name, reference, resolution, unit = (
        part.replace("\\1", ",") for part in [*text.split(","), *[""] * 4][:4]
    )
    return {
        "name": name,
        "reference": reference or None,
        "resolution": float(resolution) if resolution else 1.0,
        "unit": unit or "µV",
        "sampling_hz": round(1e6 / interval_us, 6),
    }


def _markers(path: Path) -> dict[str, int]:
    """How many there are of each type and description."""
    found: dict[str, int] = {}
    for text in _sections(path).get("Marker Infos", {}).values():
        kind, description, *_ = [*text.split(","), ""]
        name = f"{kind}/{description}".strip("/")
        found[name] = found.get(name, 0) + 1
    return found


def _sections(path: Path) -> dict[str, dict[str, str]]:
    """The sections of a BrainVision text; what people wrote under [Comment] is not looked at."""
    data = path.read_bytes()
    text = data.decode("latin-1" if b"codepage=utf-8" not in data.lower() else "utf-8", "replace")
    _, _, body = text.partition("\n")
    parser = configparser.RawConfigParser(
        strict=False, delimiters=("=",), comment_prefixes=(";",), allow_no_value=True, default_section=""
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(body.partition("[Comment]")[0])
    except configparser.Error:
        return {}
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}
