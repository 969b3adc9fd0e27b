"""What a gear's code finds when it starts: manifest.json, config.json with a real key, one input file.

Loaded by the environments of the gear toolkits; the destination is an acquisition or an analysis of the live server.
"""

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import flywheel
import pytest

KEY = os.environ["TREADLE_TEST_KEY"]
MANIFEST = {
    "name": "test-gear",
    "label": "Test gear",
    "description": "Reads one file.",
    "version": "0.1.0",
    "author": "A",
    "license": "Other",
    "source": "",
    "url": "",
    "inputs": {"api-key": {"base": "api-key"}, "scan": {"base": "file"}, "protocol": {"base": "context"}},
    "config": {"threshold": {"type": "number", "default": 3, "description": "Lowest value."}},
}


@pytest.fixture
def fw():
    return flywheel.Client(KEY)


@pytest.fixture
def acquisition(fw):
    """An acquisition with the file scan.txt, alone in a group of its own."""
    group = fw.get_group(fw.add_group(flywheel.Group(f"g{uuid.uuid4().hex[:12]}", "G")))
    project = group.add_project(label="P")
    made = project.add_subject(label="S").add_session(label="E").add_acquisition(label="A")
    made.upload_file(flywheel.FileSpec("scan.txt", b"voxels", "text/plain"))
    made.reload().get_file("scan.txt").update_info({"TR": 2.5})
    return made.reload()


@pytest.fixture
def gear_folder(acquisition, tmp_path) -> Callable[..., Path]:
    """Lays out a gear's folder whose results would go to this container."""

    def lay_out(destination=None) -> Path:
        goal = destination or acquisition
        scan = tmp_path / "input" / "scan" / "scan.txt"
        scan.parent.mkdir(parents=True)
        file = acquisition.get_file("scan.txt").reload()
        file.download(str(scan))
        described = {
            name: file[name]
            for name in ("size", "type", "mimetype", "modality", "classification", "tags", "info")
        } | {"file_id": file.file_id, "version": file.version, "zip_member_count": None}
        config = {
            "config": {"threshold": 3},
            "inputs": {
                "api-key": {"base": "api-key", "key": KEY},
                "protocol": {"base": "context", "found": True, "value": "rest"},
                "scan": {
                    "base": "file",
                    "hierarchy": {"type": "acquisition", "id": acquisition.id},
                    "location": {"name": "scan.txt", "path": str(scan)},
                    "object": described,
                },
            },
            "destination": {"type": goal.container_type, "id": goal.id},
            "job": {"id": "5f0000000000000000000000"},
        }
        (tmp_path / "config.json").write_text(json.dumps(config, default=str))
        (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
        return tmp_path

    return lay_out
