"""Gears that ship, in a base folder as engines lay it out, without an engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from treadle.gears.metadata import parse

GEARS = Path(__file__).parents[2] / "gears"


@dataclass(frozen=True)
class Ended:
    """What a run left."""

    status: int
    log: str
    folder: Path

    def path(self, ending: str) -> Path:
        """The one output with this ending."""
        (found,) = (name for name in self.names() if name.endswith(ending))
        return self.folder / found

    def names(self) -> set[str]:
        """Names of the outputs."""
        return {path.name for path in self.folder.iterdir()} - {".metadata.json"}

    def told(self, name: str, level: str = "acquisition") -> dict[str, Any]:
        """What is said of one file."""
        (found,) = (file for file in self.metadata()[level]["files"] if file["name"] == name)
        return found

    def metadata(self) -> dict[str, Any]:
        """The whole `.metadata.json`, as engines read it: valid, and no key that nobody knows."""
        found, warnings = parse((self.folder / ".metadata.json").read_bytes())
        assert warnings == []
        return found


Gear = Callable[..., Ended]


@pytest.fixture
def gear(tmp_path: Path) -> Gear:
    """Runs a gear on files: `gear(name, {input: path}, about={input: object}, option=value)`."""

    def run(
        name: str,
        inputs: Mapping[str, Path],
        /,
        *,
        about: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
        destination: str = "acquisition",
        destination_id: str = "0" * 24,
        api_key: str | None = None,
        **config: Any,
    ) -> Ended:
        base = tmp_path / f"run-{len(list(tmp_path.glob('run-*')))}"
        shutil.copytree(GEARS / name, base)
        manifest = json.loads((base / "manifest.json").read_text("utf-8"))
        given = {}
        for key, source in inputs.items():
            assert key in manifest["inputs"]
            path = base / "input" / key / (names or {}).get(key, source.name)
            path.parent.mkdir(parents=True)
            shutil.copy(source, path)
            given[key] = {
                "base": "file",
                "hierarchy": {"type": "acquisition", "id": "0" * 24},
                "location": {"name": path.name, "path": str(path)},
                "object": {"tags": ["kept"], **(about or {}).get(key, {})},
            }
        if api_key:
            given["api-key"] = {"base": "api-key", "key": api_key}
        defaults = {key: one["default"] for key, one in manifest["config"].items() if "default" in one}
        options = {key.replace("_", "-"): value for key, value in config.items()}
        assert not options.keys() - manifest["config"].keys()
        asked = {
            "config": defaults | options,
            "inputs": given,
            "destination": {"type": destination, "id": destination_id},
        }
        (base / "config.json").write_text(json.dumps(asked), "utf-8")
        environment = {"PATH": os.environ["PATH"], "HOME": str(base), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "run.py"], cwd=base, env=environment, capture_output=True, text=True, check=False
        )
        return Ended(done.returncode, done.stdout + done.stderr, base / "output")

    return run


def zipped(files: Iterable[Path], target: Path) -> Path:
    """The files in one archive."""
    with zipfile.ZipFile(target, "w") as archive:
        for number, path in enumerate(files):
            archive.write(path, f"{number:05}-{path.name}")
    return target
