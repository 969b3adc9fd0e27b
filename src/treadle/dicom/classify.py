"""What kind of image a series is, by the readable rules in `classify_rules.toml` (step 5 of the flow).

A rule holds when every one of its conditions does. A condition names a header keyword (`Sequence.Keyword`
inside a sequence), or `text` for descriptions and sequence names together, and gives a regular expression
(searched without regard to case in the values joined by a backslash) or a comparison such as `"< 30"`; under
`not` the conditions must fail. Of single-valued keys the first rule that sets one wins; those in `collected`
gather the values of all rules.
"""

from __future__ import annotations

import math
import operator
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

_TEXT = ("SeriesDescription", "ProtocolName", "PulseSequenceName", "SequenceName")
_COMPARISON = re.compile(r"\s*(<=|>=|<|>)\s*(-?[0-9.]+)\s*")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Classification:
    """Modality and the classification values in the platform's vocabulary."""

    modality: str | None
    classification: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule: where it applies, what must and must not hold, and what it then says."""

    modalities: frozenset[str]
    conditions: tuple[tuple[str, str], ...]
    exceptions: tuple[tuple[str, str], ...]
    values: Mapping[str, list[str]]

    def holds(self, header: Mapping[str, Any]) -> bool:
        """Whether every condition holds and no exception does."""
        is_met = all(_holds(name, wanted, header) for name, wanted in self.conditions)
        return is_met and not any(_holds(name, wanted, header) for name, wanted in self.exceptions)


def classify(header: Mapping[str, Any]) -> Classification:
    """Modality and classification of a header as `header_json` gives it.

    >>> classify({"Modality": "MR", "SeriesDescription": "t1_mprage_sag"}).classification
    {'Intent': ['Structural'], 'Measurement': ['T1'], 'Features': ['MPRAGE', '3D']}
    """
    modality = _joined(header, "Modality").strip() or None
    known = _vocabulary().get(modality or "")
    if modality is None or known is None:
        return Classification(modality)
    found: dict[str, list[str]] = {}
    for rule in _rules():
        if modality in rule.modalities and rule.values.keys() - (found.keys() - _collected()):
            _say(found, rule, header)
    return Classification(modality, {key: found[key] for key in known if key in found})


def _say(found: dict[str, list[str]], rule: Rule, header: Mapping[str, Any]) -> None:
    if not rule.holds(header):
        return
    for key, values in rule.values.items():
        if key in _collected():
            found[key] = list(dict.fromkeys([*found.get(key, []), *values]))
        else:
            found.setdefault(key, list(values))


def _holds(name: str, wanted: str, header: Mapping[str, Any]) -> bool:
    text = "\\".join(_joined(header, tag) for tag in _TEXT) if name == "text" else _joined(header, name)
    comparison = _COMPARISON.fullmatch(wanted)
    if comparison is None:
        return re.search(wanted, text, re.IGNORECASE) is not None
    number = _number(text)
    return not math.isnan(number) and _OPERATORS[comparison[1]](number, float(comparison[2]))


def _number(text: str) -> float:
    try:
        return float(text.partition("\\")[0])
    except ValueError:
        return math.nan


def _joined(header: Mapping[str, Any], name: str) -> str:
    first, _, rest = name.partition(".")
    value = header.get(first)
    if rest:
        items = value if isinstance(value, list) else []
        return "\\".join(_joined(item, rest) for item in items if isinstance(item, dict))
    if isinstance(value, list):
        return "\\".join("" if item is None or isinstance(item, dict) else str(item) for item in value)
    return "" if value is None or isinstance(value, dict) else str(value)


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("classify_rules.toml").read_text(encoding="utf-8"))


@cache
def _vocabulary() -> dict[str, dict[str, list[str]]]:
    vocabulary: dict[str, dict[str, list[str]]] = _document()["vocabulary"]
    return vocabulary


@cache
def _collected() -> frozenset[str]:
    return frozenset(_document()["collected"])


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(_rule(entry) for entry in _document()["rule"])


def _rule(entry: Mapping[str, Any]) -> Rule:
    conditions = {name: wanted for name, wanted in entry.get("if", {}).items() if name != "not"}
    return Rule(
        modalities=frozenset(entry["modality"]),
        conditions=tuple(conditions.items()),
        exceptions=tuple(entry.get("if", {}).get("not", {}).items()),
        values=entry["set"],
    )


MODALITIES: Mapping[str, Mapping[str, list[str]]] = _vocabulary()
"""Modality -> classification key -> allowed values, as the platform's `/modalities` serves them."""
