"""The gear: one file by a profile, out as a new version of it, or a tag that says why not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from treadle.deid import Context, Engine, Profile, ProfileError, Result, Secrets
from treadle.deid.profile.template import from_csv

FILE, PROFILE, VALUES, SECRET = "input-file", "deid-profile", "subject-csv", "secret"
DONE, FAILED = 0, 1


def main(base: Path) -> int:
    """Run in a folder with config.json, as engines lay it out. The status of the process."""
    asked = json.loads((base / "config.json").read_text("utf-8"))
    config, inputs = asked.get("config", {}), asked.get("inputs", {})
    source = Path(inputs[FILE]["location"]["path"])
    try:
        profile = _profile(config, inputs, source.name)
        secrets = _secret(inputs)
    except (ProfileError, ValueError) as error:
        print(f"nothing was done: {error}", file=sys.stderr)
        return FAILED
    engine = Engine(profile, secrets, Context(subject=config.get("subject-label")))
    with source.open("rb") as file:
        result = engine.process(source.name, file)
    output = base / "output"
    output.mkdir(exist_ok=True)
    _write(output, inputs[FILE], result, config)
    said = result.error.sentence if result.error else f"{len(result.outputs)} files written"
    print(f"{result.status}: {said}")
    return DONE  # also when the file was refused: the tag says so, and a failed job's tags are not kept


def _profile(config: dict[str, Any], inputs: dict[str, Any], name: str) -> Profile:
    if PROFILE not in inputs:
        preset = config.get("preset", "research")
        document: dict[str, Any] = {"name": preset, "treadle": {"preset": preset}}
        if name.lower().endswith(".zip"):
            document["zip"] = {}
        return Profile.load(document)
    row = None
    if VALUES in inputs:
        row = from_csv(_text(inputs[VALUES]), config.get("subject-label", ""))
    return Profile.load(_text(inputs[PROFILE]), variables=row)


def _secret(inputs: dict[str, Any]) -> Secrets:
    if SECRET not in inputs:
        return Secrets.random()
    raw = Path(inputs[SECRET]["location"]["path"]).read_bytes()
    return Secrets(raw if len(raw) == 32 else bytes.fromhex(raw.decode("ascii").strip()))


def _text(given: dict[str, Any]) -> str:
    return Path(given["location"]["path"]).read_text("utf-8")


def _write(output: Path, given: dict[str, Any], result: Result, config: dict[str, Any]) -> None:
    """Files and what becomes of the input: a tag, and the report, which holds no value of it."""
    name, one = given["location"]["name"], len(result.outputs) == 1
    for new, data in result.outputs:
        (output / (name if one and config.get("keep-name", True) else Path(new).name)).write_bytes(data)
    prefix = config.get("tag", "deid")
    passed, failed = f"{prefix}-PASS", f"{prefix}-FAIL"
    others = [tag for tag in given.get("object", {}).get("tags", ()) if tag not in {passed, failed}]
    tags = [*others, passed if result.status == "ok" else failed]
    entry = {"name": name, "tags": tags, "info": {"deid": result.report.document()}}
    level = given.get("hierarchy", {}).get("type", "acquisition")
    (output / ".metadata.json").write_text(json.dumps({level: {"files": [entry]}}), "utf-8")


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
