"""What a rule starts for a file: inputs, destination, config (gears.md 9, "Job made")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from treadle.gears.config import complete
from treadle.gears.inputs import file_inputs, misfits
from treadle.gears.manifest import Json
from treadle.server.catalog.rows import File
from treadle.server.gears.queries import Gear
from treadle.server.gears.suggest import fields_of
from treadle.server.jobs import frozen
from treadle.server.jobs.analyses import NewAnalysis
from treadle.server.jobs.inputs import Ref, read_refs
from treadle.server.jobs.plans import JobRequest
from treadle.server.jobs.starter import Starter
from treadle.server.rules.match import Facts
from treadle.server.rules.rows import Rule


class NoPlan(Exception):
    """Why nothing can be started: a sentence for the rule's history."""


def facts_of(item: File) -> Facts:
    """What conditions read of a file."""
    return Facts(item.name, item.type, item.modality, item.classification, item.tags, item.gear_info or {})


def starter_of(rule: Rule) -> Starter:
    """Jobs of a rule act with its role in its project, whoever made the change."""
    return Starter(origin=("gear_rule", rule.id), rule_id=rule.id, role_id=rule.role_id)


def job_of(rule: Rule, gear: Gear, file: File, beside: Sequence[File]) -> JobRequest:
    """The run of the rule's gear on this file; `beside` are the files of its container."""
    inputs = _inputs(rule, gear, file, beside)
    place_type, place_id = file.parent_level, file.parent_id
    analysis = None
    if gear.category == "analysis":
        analysis = NewAnalysis(label=f"{gear.name} {file.name}")
        place_type, place_id = _analysed(file)
    elif file.parent_level == "analysis":
        place_type, place_id = _analysed(file)
    return JobRequest(
        gear_id=gear.id,
        inputs=inputs,
        config=rule.config,
        destination_type=place_type,
        destination_id=place_id,
        analysis=analysis,
        tags=[*rule.tags, "auto"],
        priority=rule.priority,
        compute_provider_id=rule.compute_provider_id,
    )


def trigger_of(said: str | None, manifest: Json) -> str:
    """The input that the file goes into: what the rule says, else the only one it can be."""
    if said:
        return said
    files = file_inputs(manifest)
    chosen = [name for name, one in files.items() if not one.get("optional")] or list(files)
    if len(chosen) != 1:
        raise NoPlan("Say by 'triggering_input' which input of the gear the file is for.")
    return chosen[0]


def lacking(gear: Gear, *, config: Mapping[str, Any], trigger: str | None, role_id: str | None) -> str | None:
    """What a rule of this gear has still to be given before it can run; ConfigError when its options do not fit."""
    complete(gear.manifest, dict(config))
    if frozen.has(gear.manifest, "api-key") and not role_id:
        return "the gear has an API key input: choose the role it acts with ('role_id')"
    try:
        trigger_of(trigger, gear.manifest)
    except NoPlan as error:
        return str(error)
    return None


def _inputs(rule: Rule, gear: Gear, file: File, beside: Sequence[File]) -> dict[str, Ref]:
    trigger = trigger_of(rule.triggering_input, gear.manifest)
    found = {trigger: Ref(file_id=file.file_id, version=file.version)}
    found |= read_refs([*rule.fixed_inputs])
    for name, one in file_inputs(gear.manifest).items():
        if one.get("optional") or name in found:
            continue
        fitting = [item for item in beside if item.id != file.id and not misfits(one, fields_of(item))]
        if len(fitting) != 1:
            what = "no file fits" if not fitting else f"{len(fitting)} files fit"
            raise NoPlan(f"For the input '{name}' {what} beside it.")
        found[name] = Ref(file_id=fitting[0].file_id, version=fitting[0].version)
    return found


def _analysed(file: File) -> tuple[str, str]:
    """The nearest session, subject or project; for a file in an analysis, what was analysed."""
    parents = file.parents
    for level in ("session", "subject", "project"):
        if parents.get(level):
            return level, parents[level]
    raise NoPlan("The file is in no project.")
