"""Opt-in and opt-out: may this series leave the scanner network? (step 3 of the flow)"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydicom.dataset import Dataset

from treadle.dicom.labels import join_values
from treadle.dicom.routing import Route
from treadle.dicom.tags import read_values

Decision = Literal["upload", "skip"]

_MODES = ("all", "in", "out")
_MATCHES = ("contains", "word", "equals", "regex", "valid")


@dataclass(frozen=True, kw_only=True)
class OptConfig:
    """Opt rule of a device: `in` uploads only on a hit, `out` unless there is one, `all` always."""

    mode: Literal["all", "in", "out"] = "all"
    field: str = "AccessionNumber"
    string: str = ""
    match: Literal["contains", "word", "equals", "regex", "valid"] = "contains"

    def __post_init__(self) -> None:
        if self.mode not in _MODES:
            raise ValueError(f"opt.mode: {self.mode!r} is not one of {', '.join(_MODES)}")
        if self.match not in _MATCHES:
            raise ValueError(f"opt.match: {self.match!r} is not one of {', '.join(_MATCHES)}")
        if self.match == "regex":
            try:
                re.compile(self.string)
            except re.error as error:
                raise ValueError(f"opt.string: not a regular expression: {error}") from None


def decide(value: str | Sequence[str] | None, config: OptConfig) -> Decision:
    """Whether a series with this value of the opt tag is uploaded.

    >>> decide("Flywheel", OptConfig(mode="in", string="flywheel"))
    'upload'
    >>> decide("nofw please", OptConfig(mode="out", string="NOFW"))
    'skip'
    """
    return _decide(is_hit=is_hit(value, config), mode=config.mode)


def decide_header(ds: Dataset, config: OptConfig, *, route: Route) -> Decision:
    """Whether the series of a header is uploaded; `field: routing` hits on a readable routing string."""
    if config.field == "routing":
        return _decide(is_hit=route.form != "none", mode=config.mode)
    return decide(read_values(ds, config.field), config)


def is_hit(value: str | Sequence[str] | None, config: OptConfig) -> bool:
    """Whether the value matches, without regard to case; empty values and empty strings never do."""
    values = [value] if isinstance(value, str) else list(value or ())
    text, wanted = join_values(values).casefold(), config.string.strip().casefold()
    if not text or not wanted:
        return False
    if config.match == "regex":
        return re.search(config.string, join_values(values), re.IGNORECASE) is not None
    if config.match == "equals":
        return text == wanted
    if config.match == "word":
        return re.search(rf"(?<![^\W_]){re.escape(wanted)}(?![^\W_])", text) is not None
    return wanted in text


def _decide(*, is_hit: bool, mode: str) -> Decision:
    if mode == "all":
        return "upload"
    return "upload" if is_hit == (mode == "in") else "skip"
