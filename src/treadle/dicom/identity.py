"""Which acquisition an instance belongs to, and how one series is cut into acquisitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from treadle.dicom.config import MappingConfig

_CAPTURES = {("DERIVED", "SECONDARY", "SCREEN SAVE"), ("DERIVED", "SECONDARY", "VXTL STATE")}


@dataclass(frozen=True, kw_only=True)
class InstanceFacts:
    """What the connector has to know of one instance."""

    sop_uid: str
    sop_class_uid: str = ""
    transfer_syntax: str = ""
    series_uid: str = ""
    study_uid: str = ""
    number: int | None = None
    acquisition_number: int | None = None
    image_type: tuple[str, ...] = ()
    manufacturer: str = ""
    position: tuple[float, float, float] | None = None
    orientation: tuple[float, float, float, float, float, float] | None = None
    frames: int = 1
    rows: int | None = None
    columns: int | None = None
    modality: str = ""
    path: Path | None = None


def acquisition_uid(facts: InstanceFacts, config: MappingConfig | None = None) -> str:
    """UID of the acquisition one instance belongs to, as long as nothing else of its series is known.

    >>> acquisition_uid(InstanceFacts(sop_uid="1", series_uid="4.5.6", acquisition_number=2))
    '4.5.6_2'
    """
    config = config or MappingConfig()
    uid = facts.series_uid
    if config.decrement_captures and facts.image_type in _CAPTURES:
        uid = _decremented(uid)
    number = facts.acquisition_number
    if number is None or number <= 1 or config.split_by_acquisition_number == "never":
        return uid
    return uid if _is_excluded(facts.manufacturer, config) else f"{uid}_{number}"


def split_choice(instances: Iterable[InstanceFacts], config: MappingConfig) -> Literal["always", "never"]:
    """What `auto` means for a complete series; keep it and use it again when the series grows.

    Many acquisition numbers with few images each count slices or rotations, not acquisitions.
    """
    if config.split_by_acquisition_number != "auto":
        return config.split_by_acquisition_number
    uids = [acquisition_uid(facts, config) for facts in instances]
    buckets = len(set(uids))
    return "never" if buckets > 4 and len(uids) < 4 * buckets else "always"


def split_series(
    instances: Sequence[InstanceFacts], config: MappingConfig | None = None
) -> dict[str, list[InstanceFacts]]:
    """Acquisition UID -> its instances, representative first, for one complete series.

    >>> axial = [InstanceFacts(sop_uid=str(n), series_uid="4.5.6", acquisition_number=n) for n in range(1, 9)]
    >>> list(split_series(axial)), list(split_series(axial[:2]))
    (['4.5.6'], ['4.5.6', '4.5.6_2'])
    """
    config = config or MappingConfig()
    decided = replace(config, split_by_acquisition_number=split_choice(instances, config))
    buckets: dict[str, list[InstanceFacts]] = {}
    for facts in sorted(instances, key=instance_order):
        buckets.setdefault(acquisition_uid(facts, decided), []).append(facts)
    return buckets


def representative(instances: Iterable[InstanceFacts]) -> InstanceFacts:
    """Instance whose header stands for the file: lowest number (none = last), then lowest UID."""
    return min(instances, key=instance_order)


def instance_order(facts: InstanceFacts) -> tuple[bool, int, str]:
    """Sort key of the instances of one file."""
    return facts.number is None, facts.number or 0, facts.sop_uid


def is_siemens(manufacturer: str) -> bool:
    """Whether a Manufacturer value names Siemens."""
    return manufacturer.strip().casefold().startswith("siemens")


def _is_excluded(manufacturer: str, config: MappingConfig) -> bool:
    maker = manufacturer.strip().casefold()
    return any(maker.startswith(name.casefold()) for name in config.acquisition_number_exclude)


def _decremented(uid: str) -> str:
    head, dot, last = uid.rpartition(".")
    if not (last.isascii() and last.isdecimal()) or int(last) == 0:
        return uid
    return f"{head}{dot}{int(last) - 1}"
