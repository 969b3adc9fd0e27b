"""The gear: one file by a profile, out as a new version of it or into another project, or a tag that says why not."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labels import labels_of

from treadle import __version__
from treadle.cli.deid_how import How, read
from treadle.deid import Context, Engine, Profile, Result, Secrets
from treadle.deid.profile.template import from_csv

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server import Server, Target

FILE, PROFILE, VALUES, SECRET = "input-file", "deid-profile", "subject-csv", "secret"
DONE, FAILED = 0, 1


def main(base: Path) -> int:
    """Run in a folder with config.json, as engines lay it out. The status of the process."""
    asked = json.loads((base / "config.json").read_text("utf-8"))
    config, inputs = asked.get("config", {}), asked.get("inputs", {})
    (base / "output").mkdir(exist_ok=True)
    try:
        result = _run(base / "output", config, inputs)
    except ValueError as error:
        print(f"not done: {error}", file=sys.stderr)
        return FAILED
    said = result.error.sentence if result.error else f"{len(result.outputs)} files written"
    print(f"{result.status}: {said}")
    return DONE  # also when the file was refused: the tag says so, and a failed job's tags are not kept


def _run(output: Path, config: dict[str, Any], inputs: dict[str, Any]) -> Result:
    export, delete = config.get("mode") == "export", config.get("delete-original", False)
    if export and delete:
        raise ValueError("'delete-original' is for the mode 'inplace'")
    server = _server(inputs) if export or delete else None
    target = server.project(config.get("project", "")) if server and export else None
    how = _of_target(target, config, inputs) if target else _own(config, inputs)
    given = inputs[FILE]
    source = Path(given["location"]["path"])
    with source.open("rb") as file:
        result = Engine(how.profile, how.secrets, how.context).process(source.name, file)
    about = _about(result, how)
    old = {"name": given["location"]["name"], "tags": _tags(result, config, given["object"].get("tags", ()))}
    if not result.outputs:
        _tell(output, given, [old | about])
    elif target:
        placed = [(labels_of(data, config), Path(name).name, data) for name, data in result.outputs]
        for labels, name, data in placed:
            target.upload(labels, {"name": name, "tags": _tags(result, config)} | about, data)
        _tell(output, given, [old])
    else:
        written = _write(output, result, old["name"] if config.get("keep-name", True) else None)
        stays = [] if server or old["name"] in written else [old]
        _tell(output, given, [old | about | {"name": name} for name in written] + stays)
        if server:
            server.delete_original(given["object"])  # last of all: from here on it is in the trash only
    return result


def _server(inputs: dict[str, Any]) -> Server:
    from server import Server  # needs the SDK, which a file alone does not

    return Server.sign_in(inputs)


def _own(config: dict[str, Any], inputs: dict[str, Any], place: Context | None = None) -> How:
    """By the profile given, else the preset; its name stands for the id that the profile of a server has."""
    name, label = Path(inputs[FILE]["location"]["path"]).name, config.get("subject-label")
    if PROFILE in inputs:
        row = from_csv(_text(inputs[VALUES]), label or "") if VALUES in inputs else None
        profile = Profile.load(_text(inputs[PROFILE]), variables=row)
    else:
        preset = config.get("preset", "research")
        document: dict[str, Any] = {"name": preset, "treadle": {"preset": preset}}
        if name.lower().endswith(".zip"):
            document["zip"] = {}
        profile = Profile.load(document)
    record = {
        "profile_id": profile.name or "own",
        "sha256": profile.sha256,
        "engine": __version__,
        "at": "gear",
    }
    return How(profile, _secret(inputs), place or Context(subject=label), record)


def _of_target(target: Target, config: dict[str, Any], inputs: dict[str, Any]) -> How:
    """By the profile of the project when it has one, and always with its secret: one code per patient there."""
    place = Context(target.group, target.label, config.get("subject-label"))
    said = target.deid()
    if said["profile"] is None or said["exempt"]:
        own = _own(config, inputs, place)
        return (
            own if SECRET in inputs else replace(own, secrets=Secrets(bytes.fromhex(said["secret"]["key"])))
        )
    if given := [name for name in (PROFILE, VALUES, SECRET) if name in inputs]:
        raise ValueError(f"the project has a profile of its own; run without {', '.join(given)}")
    return read(said, place, at="gear")


def _secret(inputs: dict[str, Any]) -> Secrets:
    if SECRET not in inputs:
        return Secrets.random()
    return Secrets.read(Path(inputs[SECRET]["location"]["path"]).read_bytes())


def _text(given: dict[str, Any]) -> str:
    return Path(given["location"]["path"]).read_text("utf-8")


def _about(result: Result, how: How) -> dict[str, Any]:
    """The report, which holds no value of the input, and by what it was de-identified."""
    report = {"info": {"deid": result.report.document()}}
    return report | {"deid": dict(how.record)} if result.outputs else report


def _tags(result: Result, config: dict[str, Any], old: Iterable[str] = ()) -> list[str]:
    prefix = config.get("tag", "deid")
    passed, failed = f"{prefix}-PASS", f"{prefix}-FAIL"
    kept = [tag for tag in old if tag not in {passed, failed}]
    return [*kept, passed if result.status == "ok" else failed]


def _write(output: Path, result: Result, name: str | None) -> list[str]:
    """The files, one by the name given, several (and without it) by those of the profile."""
    one = name if len(result.outputs) == 1 else None
    written = [(one or Path(new).name, data) for new, data in result.outputs]
    for new, data in written:
        (output / new).write_bytes(data)
    return [new for new, _data in written]


def _tell(output: Path, given: dict[str, Any], files: list[dict[str, Any]]) -> None:
    """What engines apply when the gear has ended."""
    level = given.get("hierarchy", {}).get("type", "acquisition")
    (output / ".metadata.json").write_text(json.dumps({level: {"files": files}}), "utf-8")


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
