"""Which files of a container go into which inputs of a gear (gears.md 10). Pure: nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from treadle.gears.inputs import file_inputs, misfits
from treadle.gears.manifest import Json
from treadle.server.catalog.rows import File
from treadle.server.gears.suggest import fields_of

POLICIES = ("ignored", "flexible", "required")  # what becomes of optional inputs
Verdict = Literal["matched", "ambiguous", "not_matched"]


@dataclass(frozen=True)
class Fit:
    """The verdict on one container: when it matches, the file of each input; when in doubt, what fits each."""

    verdict: Verdict
    files: Mapping[str, File] = field(default_factory=dict)
    candidates: Mapping[str, Sequence[File]] = field(default_factory=dict)


def inputs_of(manifest: Json, policy: str) -> dict[str, Json]:
    """The inputs that files are looked for."""
    return {
        name: one
        for name, one in file_inputs(manifest).items()
        if policy != "ignored" or not one.get("optional")
    }


def fit(
    wanted: Mapping[str, Json], files: Sequence[File], policy: str, choice: Mapping[str, str] | None = None
) -> Fit:
    """One file for each needed input, all distinct; `flexible` fills optional ones where there is no doubt.

    `choice` is the id of the file that an input shall get, of those that fit.
    """
    fields = [(item, fields_of(item)) for item in files]
    fitting = {
        name: [item for item, known in fields if not misfits(directive, known)]
        for name, directive in wanted.items()
    }
    fitting = _settled(fitting, choice or {})
    needed = {
        name: found
        for name, found in fitting.items()
        if policy == "required" or not wanted[name].get("optional")
    }
    if not all(needed.values()):
        return Fit("not_matched")
    chosen = {name: found[0] for name, found in needed.items()}
    taken = {item.id for item in chosen.values()}
    if len(taken) < len(chosen) or any(len(found) > 1 for found in needed.values()):
        return Fit("ambiguous", candidates=fitting)
    for name, found in fitting.items():
        if name not in needed and len(found) == 1 and found[0].id not in taken:
            chosen[name] = found[0]
            taken.add(found[0].id)
    return Fit("matched", chosen) if chosen else Fit("not_matched")


def _settled(fitting: Mapping[str, list[File]], choice: Mapping[str, str]) -> dict[str, list[File]]:
    """Only the chosen file where one was chosen; no other input gets it."""
    chosen = {
        name: item for name, found in fitting.items() for item in found if item.file_id == choice.get(name)
    }
    taken = {item.id for item in chosen.values()}
    return {
        name: [chosen[name]] if name in chosen else [item for item in found if item.id not in taken]
        for name, found in fitting.items()
    }
