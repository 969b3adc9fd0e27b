"""The base folder of a run, as engines lay it out: config.json and inputs before, outputs and .metadata.json after."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

_LEVELS = ("project", "subject", "session", "acquisition", "analysis")


class Refused(ValueError):
    """The gear cannot do what was asked; the text is for the person who reads the job's log."""


@dataclass(frozen=True)
class Input:
    """One input file: its name on the platform, where it lies, its container's level, what is known of it."""

    name: str
    path: Path
    level: str
    about: Mapping[str, Any]

    @property
    def stem(self) -> str:
        """The name without the endings that say what kind of file it is.

        >>> Input("T1w.dicom.zip", Path("x"), "acquisition", {}).stem
        'T1w'
        """
        stem = self.name
        for ending in (".zip", ".dicom", ".dcm", ".gz", ".nii"):
            if stem.lower().endswith(ending) and len(stem) > len(ending):
                stem = stem[: -len(ending)]
        return stem


class Run:
    """One run: what it was given, and what it leaves."""

    def __init__(self, base: Path) -> None:
        asked = json.loads((base / "config.json").read_text("utf-8"))
        self.config: Mapping[str, Any] = asked.get("config", {})
        self.inputs: Mapping[str, Any] = asked.get("inputs", {})
        self.destination: Mapping[str, Any] = asked.get("destination", {})
        self._output, self._work = base / "output", base / "work"
        self._output.mkdir(exist_ok=True)
        self._told: dict[str, dict[str, Any]] = {}

    def file(self, name: str) -> Input | None:
        """The file given as this input; None when an optional one was not given."""
        given = self.inputs.get(name)
        if given is None:
            return None
        place, about = given["location"], given.get("object", {})
        level = given.get("hierarchy", {}).get("type", "acquisition")
        return Input(place["name"], Path(place["path"]), level, about)

    def need(self, name: str) -> Input:
        """The file given as this input; refused when there is none."""
        found = self.file(name)
        if found is None:
            raise Refused(f"this needs the input '{name}'")
        return found

    def work(self, name: str) -> Path:
        """A new folder for what is not to be kept."""
        folder = self._work / name
        folder.mkdir(parents=True)
        return folder

    def output(self, name: str) -> Path:
        """Where an output of this name is written."""
        return self._output / name

    def tell_file(self, level: str, name: str, **fields: Any) -> None:
        """Say something of an output, or of a file that is there already; `None` says nothing."""
        said = {key: value for key, value in fields.items() if value is not None}
        files = self._told.setdefault(level, {}).setdefault("files", [])
        files.append({"name": name} | said)

    def tell_output(self, name: str, **fields: Any) -> None:
        """Say something of an output."""
        self.tell_file(self.destination.get("type", "acquisition"), name, **fields)

    def tell_container(self, level: str, **fields: Any) -> None:
        """Say something of the destination or a level above it; `None` says nothing."""
        said = {key: value for key, value in fields.items() if value is not None}
        self._told.setdefault(level, {}).update(said)

    def tell_verdict(self, given: Input, gear: str, passed: bool, report: Mapping[str, Any]) -> None:
        """Tag an input <gear>-PASS or <gear>-FAIL and put the report at `info.qc.<gear>`."""
        verdicts = {True: f"{gear}-PASS", False: f"{gear}-FAIL"}
        kept = [tag for tag in given.about.get("tags", ()) if tag not in verdicts.values()]
        self.tell_file(
            given.level, given.name, tags=[*kept, verdicts[passed]], info={"qc": {gear: dict(report)}}
        )

    def save(self) -> None:
        """Write `.metadata.json`, which the engine applies when the gear has succeeded."""
        levels = {level: self._told[level] for level in _LEVELS if level in self._told}
        (self._output / ".metadata.json").write_text(
            json.dumps(plain(levels), ensure_ascii=False, allow_nan=False), "utf-8"
        )


def plain(value: Any) -> Any:
    """JSON-safe values: numbers of numpy become Python's, those that are not finite null.

    >>> plain({"a": [math.nan, 1], "b": (2,)})
    {'a': [None, 1], 'b': [2]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main(gear: Callable[[Run], None], base: Path | None = None) -> NoReturn:
    """Run a gear in a base folder (the current one), and end the process with its status."""
    try:
        run = Run(base or Path.cwd())
        gear(run)
        run.save()
    except Refused as error:
        sys.exit(f"not done: {error}")  # status 1
    sys.exit()
