"""Facts of an instance as text for the state file."""

import json
from dataclasses import asdict
from pathlib import Path

from treadle.dicom.identity import InstanceFacts


def facts_to_text(facts: InstanceFacts) -> str:
    """The facts without the path, as JSON."""
    return json.dumps({**asdict(facts), "path": None}, separators=(",", ":"))


def facts_from_text(text: str, *, path: Path) -> InstanceFacts:
    """The facts in such a text, for the file at `path`."""
    values = json.loads(text)
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return InstanceFacts(**{**values, **lists, "path": path})
