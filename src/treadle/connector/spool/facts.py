"""Facts of an instance as text for the state file."""

import json
from dataclasses import fields
from pathlib import Path

from treadle.dicom.identity import InstanceFacts

_NAMES = [field.name for field in fields(InstanceFacts) if field.name != "path"]


def facts_to_text(facts: InstanceFacts) -> str:
    """The facts without the path, as JSON."""
    return json.dumps({name: getattr(facts, name) for name in _NAMES}, separators=(",", ":"))


def facts_from_text(text: str, *, path: Path) -> InstanceFacts:
    """The facts in such a text, for the file at `path`."""
    values = json.loads(text)
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return InstanceFacts(**{**values, **lists, "path": path})
