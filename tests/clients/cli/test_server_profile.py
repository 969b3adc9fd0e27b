"""The profile of a server as the real `fw` reads it, applied by the tool it comes with."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pydicom
import pytest

SCRIPT = Path(__file__).with_name("read_profile.py")
pytestmark = pytest.mark.timeout(300)


def test_fw_reads_a_preset_as_rules_it_can_apply(site, tree, environments, dicom_data, tmp_path) -> None:
    project = site.post("/projects", {"group": tree.group, "label": "Deid"})["_id"]
    text = "name: Trial\ntreadle: {preset: research}\n"
    assert site.api.put(f"/projects/{project}/deid", json={"text": text}).is_success
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    target.mkdir()
    original = sorted((dicom_data / "philips_mr" / "Magdeburg_2014").rglob("*.dcm"))[0]
    (source / "a.dcm").write_bytes(original.read_bytes())
    command = [environments / "cli" / "bin" / "python", SCRIPT, site.login(site.key), tree.group, "Deid"]
    done = subprocess.run([*command, source, target], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "name": "Trial",
        "keys": ["dicom", "name"],
        "errors": [],
    }
    before, after = pydicom.dcmread(original), pydicom.dcmread(next(target.iterdir()))
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "SeriesInstanceUID", "StudyDate"):
        assert str(after.get(keyword)) != str(before.get(keyword)), keyword
    assert not any(element.tag.is_private for element in after)
