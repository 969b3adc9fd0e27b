"""The gears that ship as engines run them: valid, in the sandbox without network, one after the other, by the rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from treadle.cli.sample import STUDY, instances
from treadle.gears import judge, read

from .conftest import GEARS, zipped

NAMES = sorted(path.parent.name for path in GEARS.glob("*/manifest.json"))
RULES = json.loads((GEARS / "rules.json").read_text("utf-8"))
CONDITIONS = {
    "file.type",
    "file.modality",
    "file.name",
    "file.classification",
    "file.tags",
    "file.parent_ref.type",
    "container.has-type",
    "container.has-classification",
    "gear.name",
    "gear.version",
}


@pytest.mark.parametrize("name", NAMES)
def test_manifest(name: str) -> None:
    """Every manifest is valid by both editions, has no warning, and a page for people."""
    document = read(GEARS / name / "manifest.json")
    found = judge(document)
    assert found.valid_2019
    assert found.valid_2025
    assert not found.errors
    assert not found.warnings
    assert document.image == f"treadle/{name}:{document.manifest['version']}"
    assert document.manifest["name"].removeprefix("treadle-") == name
    assert (GEARS / name / "README.md").is_file()


def test_default_rules() -> None:
    """Rules name gears that ship, inputs they have and conditions there are; each says when."""
    for rule in RULES:
        manifest = json.loads((GEARS / rule["alg"] / "manifest.json").read_text("utf-8"))
        required = [key for key, one in manifest["inputs"].items() if not one.get("optional")]
        assert rule.get("triggering_input", required[0]) in manifest["inputs"]
        assert len(required) == 1
        conditions = [*rule["all"], *rule["any"], *rule["not"]]
        assert {one["type"] for one in conditions} <= CONDITIONS
        assert rule["all"] or rule["any"]


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not there")
def test_chain_of_the_sample_study(tmp_path: Path) -> None:
    """BOLD of the sample study, in the sandbox: metadata, completeness, NIfTI, quality, as the rules chain them."""
    bold = next(series for series in STUDY if series.description == "BOLD resting state")
    (tmp_path / "bold").mkdir()
    for one in instances():
        if one.SeriesDescription == bold.description:
            one.save_as(tmp_path / "bold" / f"{one.InstanceNumber}.dcm", enforce_file_format=True)
    series = zipped(sorted((tmp_path / "bold").iterdir()), tmp_path / "BOLD.dicom.zip")
    told, _ = _run("file-metadata", "file", series, tmp_path)
    about = told["acquisition"]["files"][0]
    assert (about["modality"], about["tags"]) == ("MR", ["file-metadata"])
    assert about["classification"]["Intent"] == ["Functional"]
    assert _matches(RULES[1], {"type": "dicom", **about})
    verdict, _ = _run("dicom-qc", "dicom", series, tmp_path)
    assert verdict["acquisition"]["files"][0]["tags"] == ["dicom-qc-PASS"]
    assert _matches(RULES[2], {"type": "dicom", **about})
    made, output = _run("dicom-to-nifti", "source", series, tmp_path)
    image = next(one for one in made["acquisition"]["files"] if one.get("type") == "nifti")
    assert _matches(RULES[3], image)
    judged, reports = _run("image-qc", "nifti", output / image["name"], tmp_path)
    assert judged["acquisition"]["files"][0]["info"]["qc"]["image-qc"]["figures"]["volumes"] == bold.volumes
    assert any(path.name.endswith(".qa.html") for path in reports.iterdir())


def _run(gear: str, key: str, file: Path, tmp_path: Path) -> tuple[dict[str, Any], Path]:
    """What a gear tells, by the engine's own reading, and the folder of its outputs."""
    output = tmp_path / f"output-{gear}"
    command = [
        sys.executable,
        "-m",
        "treadle",
        "gear",
        "run",
        str(GEARS / gear),
        "--engine",
        "sandbox",
        "--json",
    ]
    done = subprocess.run(
        [*command, "--input", f"{key}={file}", "--output", str(output)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["warnings"] == []
    return said["metadata"], output


def _matches(rule: dict[str, Any], file: dict[str, Any]) -> bool:
    """A file of an acquisition against a rule of values without patterns."""
    held = {
        "file.type": [file["type"]],
        "file.modality": [file.get("modality")],
        "file.classification": [value for values in file["classification"].values() for value in values],
        "file.tags": file.get("tags", []),
    }

    def holds(one: dict[str, Any]) -> bool:
        return one["value"] in held.get(one["type"], ())

    some = not rule["any"] or any(map(holds, rule["any"]))
    return all(map(holds, rule["all"])) and some and not any(map(holds, rule["not"]))
