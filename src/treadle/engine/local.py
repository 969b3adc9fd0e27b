"""Run a gear on this machine without a server, in the same steps as for a job."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from treadle.engine.collect import Outputs, collect
from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.logs import Echo, Log
from treadle.engine.plan import BASE, Folder
from treadle.engine.planning import plan_of, secret
from treadle.engine.process import Ended, Stop, run
from treadle.engine.root import Content
from treadle.engine.runtimes import Runtime
from treadle.engine.stage import lay_out
from treadle.gears import ConfigError, complete
from treadle.gears.network import least, wanted
from treadle.gears.resources import granted

Manifest = dict[str, Any]


@dataclass(slots=True)
class Result:
    """What a job would have stored; nothing of a failed one."""

    ended: Ended
    outputs: Outputs
    failure: RunFailed | None


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to run."""

    manifest: Manifest
    content: Content
    image: str | None
    inputs: Mapping[str, Path]
    options: Mapping[str, Any]
    key: str | None = None
    destination: Mapping[str, str] | None = None
    limits: Mapping[str, str] | None = None


def run_here(runtime: Runtime, request: Request, folder: Folder, *, echo: Echo | None = None) -> Result:
    """The gear's outputs stay in the folder."""
    document = config_document(request)
    resources = granted(request.manifest, document["config"], ()).asked(request.limits or {})
    lay_out(folder, content=request.content.own, manifest=request.manifest, config=document)
    for name, source in request.inputs.items():
        target = folder.input / name / source.name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
    plan = plan_of(
        request.manifest,
        document,
        name=folder.path.name,
        folder=folder,
        resources=resources,
        image=runtime.fetch(request.image) if request.image else None,
        network=least(wanted(request.manifest), "full" if runtime.images else "api"),
    )
    plan = replace(plan, root=request.content.root)
    log = Log(folder.log, secrets=[secret(request.key)] if request.key else [], echo=echo)
    try:
        ended = run(runtime, plan, log, Stop())
        outputs, failure = Outputs(), ended.failure
        if failure is None:
            try:
                outputs = collect(folder)
            except RunFailed as why:
                failure = why
        for warning in outputs.warnings:
            log.say(f"warning: {warning}")
        return Result(ended, outputs, failure)
    finally:
        log.close()


def config_document(request: Request) -> dict[str, Any]:
    """config.json as a server would write it, of what is known without one."""
    declared = request.manifest["inputs"]
    for name in request.inputs:
        if declared.get(name, {}).get("base") != "file":
            raise EngineError(f"the gear has no file input {name!r}; it has: {_names(declared) or 'none'}")
    inputs: dict[str, Any] = {}
    for name, one in declared.items():
        if one["base"] == "context":
            inputs[name] = {"base": "context", "found": False, "value": None}
        elif one["base"] == "api-key":
            if not request.key:
                raise EngineError(f"the gear's input {name!r} is an API key: give one with --api-key")
            inputs[name] = {"base": "api-key", "key": request.key}
        elif name in request.inputs:
            inputs[name] = _file(name, request.inputs[name])
        elif not one.get("optional"):
            raise EngineError(f"the input {name!r} is missing: give a file with --input {name}=PATH")
    try:
        config = complete(request.manifest, dict(request.options))
    except ConfigError as error:
        raise EngineError(str(error)) from None
    return {"config": config, "inputs": inputs, "destination": dict(request.destination or {})}


def _file(name: str, path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise EngineError(f"{path}: no such file")
    return {
        "base": "file",
        "hierarchy": {"type": "acquisition", "id": _made_up(path.parent)},
        "location": {"name": path.name, "path": f"{BASE}/input/{name}/{path.name}"},
        "object": {
            "type": None,
            "mimetype": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            "modality": None,
            "classification": {},
            "tags": [],
            "info": {},
            "size": path.stat().st_size,
            "zip_member_count": None,
            "version": 1,
            "file_id": _made_up(path),
            "origin": {"type": "user", "id": os.environ.get("USER", "")},
        },
    }


def _made_up(path: Path) -> str:
    """An id, for the toolkits want one; the same for the same path."""
    return hashlib.sha256(bytes(path.absolute())).hexdigest()[:24]


def _names(declared: Mapping[str, Any]) -> str:
    return ", ".join(name for name, one in declared.items() if one["base"] == "file")
