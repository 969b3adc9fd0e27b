"""The folder of a new gear: a manifest that is in order, a script that runs, its test, and a recipe for an image."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from treadle.gears.manifest import Json, ManifestError

CATEGORIES = ("utility", "analysis", "converter", "classifier", "qa")
_TEMPLATE = ("run.py", "test_run.py", "Containerfile")
_EXECUTABLE = "run.py"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What an author is asked."""

    name: str
    label: str
    author: str
    category: str = "utility"
    description: str = ""
    input_name: str = "file"
    input_types: tuple[str, ...] = ()  # none: any type
    image: str | None = None


def manifest_of(answers: Answers) -> Json:
    """The manifest, with an option to start from."""
    accepted = {"type": {"enum": list(answers.input_types)}} if answers.input_types else {}
    return {
        "name": answers.name,
        "label": answers.label,
        "description": answers.description or f"{answers.label}.",
        "version": "0.1.0",
        "author": answers.author,
        "license": "Other",
        "url": "",
        "source": "",
        "command": "python3 run.py",
        "inputs": {
            answers.input_name: {"base": "file", "description": "What the gear works on.", **accepted}
        },
        "config": {
            "debug": {"type": "boolean", "default": False, "description": "Say more in the log."},
        },
        "custom": {
            "gear-builder": {
                "category": answers.category,
                "image": answers.image or f"{answers.name}:0.1.0",
            }
        },
    }


def write(folder: Path, answers: Answers) -> list[Path]:
    """Make the folder's files; ManifestError when some are there."""
    contents = {name: _template(name) for name in _TEMPLATE}
    contents["manifest.json"] = json.dumps(manifest_of(answers), indent=2, ensure_ascii=False) + "\n"
    there = [name for name in contents if (folder / name).exists()]
    if there:
        raise ManifestError(f"{there[0]} is there already")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in sorted(contents.items()):
        path = folder / name
        path.write_text(content, encoding="utf-8")
        path.chmod(0o755 if name == _EXECUTABLE else 0o644)
        written.append(path)
    return written


def _template(name: str) -> str:
    return resources.files("treadle.gears").joinpath("template", name).read_text(encoding="utf-8")
