#!/usr/bin/env python3
"""Reads config.json and the inputs, writes results into output/. Start here: `work` is the gear."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any


def work(inputs: dict[str, Path], config: dict[str, Any], output: Path) -> None:
    """Example: a report of what was given. Whatever lies directly in `output` afterwards becomes a file."""
    files = {name: {"name": path.name, **_facts(path)} for name, path in inputs.items()}
    report = {"config": config, "files": files}
    (output / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _facts(path: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return {"size": size, "sha256": digest.hexdigest()}


def main(base: Path) -> int:
    """The run in this folder: exit status 0 is success, everything else failure."""
    given = json.loads((base / "config.json").read_text(encoding="utf-8"))
    inputs = {
        name: base / "input" / name / one["location"]["name"]
        for name, one in given["inputs"].items()
        if one["base"] == "file"
    }
    for name, path in inputs.items():
        if not path.is_file():
            print(f"input '{name}' is missing: {path}", file=sys.stderr)
            return 1
    output = base / "output"
    output.mkdir(exist_ok=True)
    work(inputs, given["config"], output)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
