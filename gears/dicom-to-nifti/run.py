"""The gear: a series out as NIfTI images with their sidecars, by dcm2niix."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import dcm2niix

from treadle.dicom.classify import classify
from treadle.dicom.header import NotDicomError, read_facts, read_header
from treadle.dicom.header_json import header_json
from treadle.dicom.identity import representative
from treadle.gearkit.archive import unpack
from treadle.gearkit.run import Input, Refused, Run, main

MERGE = {"auto": "2", "yes": "y", "no": "n"}
SCALE = {"original": "o", "no": "n", "yes": "y"}
NAME = "image"  # what dcm2niix names its files by, when nothing else is asked; the input's name replaces it
IMAGE = "nifti"
TYPES = {".bval": "bval", ".bvec": "bvec"}


def convert(run: Run) -> None:
    """Convert, name the outputs, say what they are."""
    given = run.need("source")
    files = unpack(given.path, run.work("source"))
    made = run.work("images")
    _dcm2niix(run.config, next(iter(files.values())).parent, made)
    found = sorted(path for path in made.iterdir() if path.is_file())
    if not any(_is_image(path) for path in found):
        raise Refused("no image could be made of this; what dcm2niix said stands above")
    sidecars = {
        path.stem: json.loads(path.read_text("utf-8", "replace")) for path in found if path.suffix == ".json"
    }
    about = _about(given, files.values())
    for path in found:
        name = path.name if run.config.get("filename") else given.stem + path.name.removeprefix(NAME)
        info = sidecars.get(_stem(path)) if _is_image(path) else None
        path.rename(run.output(name))
        run.tell_output(name, type=IMAGE if _is_image(path) else TYPES.get(path.suffix), info=info, **about)


def _is_image(path: Path) -> bool:
    return path.name.endswith((".nii", ".nii.gz"))


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".nii")


def _dcm2niix(config: Mapping[str, Any], source: Path, made: Path) -> None:
    options = {
        "-f": config.get("filename") or NAME,
        "-z": "i" if config.get("compress", True) else "n",
        "-b": "y",
        "-ba": "y" if config.get("anonymize", True) else "n",
        "-i": "y" if config.get("ignore-derived", False) else "n",
        "-m": MERGE[config.get("merge", "auto")],
        "-x": "y" if config.get("crop", False) else "n",
        "-l": SCALE[config.get("scale", "original")],
        "-w": "2",
        "-g": "i",  # no settings of somebody's home
        "-o": str(made),
    }
    words = [word for option in options.items() for word in option]
    done = subprocess.run(
        [dcm2niix.bin, *words, str(source)], check=False, env={**os.environ, "HOME": str(made.parent)}
    )
    if done.returncode:
        print(f"dcm2niix ended with {done.returncode}", flush=True)


def _about(given: Input, files: Iterable[Path]) -> dict[str, Any]:
    """Modality and classification: those somebody gave the input, else by its header."""
    facts = []
    for path in files:
        try:
            facts.append(read_facts(path))
        except NotDicomError:
            continue
    first = representative(facts).path if facts else None
    said = classify(
        header_json(read_header(first)) if first else {"Modality": given.about.get("modality") or ""}
    )
    return {
        "modality": given.about.get("modality") or said.modality,
        "classification": given.about.get("classification") or said.classification or None,
    }


if __name__ == "__main__":
    main(convert)
