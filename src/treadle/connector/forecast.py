"""What would become of the series in a folder: the pipeline's own decisions, with neither server nor spool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from treadle.connector.bundle import describe
from treadle.connector.config import DeviceConfig
from treadle.connector.spool.layout import is_safe_uid
from treadle.dicom.header import NotDicomError, read_header
from treadle.dicom.identity import InstanceFacts, representative, split_series
from treadle.dicom.optin import decide_header
from treadle.dicom.routing import read_routing

Groups = dict[tuple[str, str, bool], dict[str, InstanceFacts]]


def forecast(instances: Iterable[InstanceFacts], device: DeviceConfig) -> Iterator[dict[str, Any]]:
    """One document for each series, in the order in which they were found."""
    for (study, series, is_usable), members in _grouped(instances).items():
        yield {"StudyInstanceUID": study, "SeriesInstanceUID": series} | _series(
            list(members.values()), device, is_usable=is_usable
        )


def _grouped(instances: Iterable[InstanceFacts]) -> Groups:
    groups: Groups = {}
    for facts in instances:
        # Without usable UIDs a file goes to quarantine, whatever else its series holds.
        is_usable = all(map(is_safe_uid, (facts.study_uid, facts.series_uid, facts.sop_uid)))
        members = groups.setdefault((facts.study_uid, facts.series_uid, is_usable), {})
        members[facts.sop_uid or str(facts.path)] = facts
    return groups


def _series(members: Sequence[InstanceFacts], device: DeviceConfig, *, is_usable: bool) -> dict[str, Any]:
    first = representative(members)
    try:
        header = read_header(str(first.path))
        buckets = split_series(members, device.mapping)
        described = [(describe(bucket, uid, device), len(bucket)) for uid, bucket in sorted(buckets.items())]
    except NotDicomError as error:
        return {"decision": "skip", "reason": f"header unreadable: {error}", "routing": None, "files": []}
    route = read_routing(header, device.mapping.routing)
    document: dict[str, Any] = {
        "decision": decide_header(header, device.opt, route=route),
        "routing": asdict(route) | {"flags": list(route.flags)},
        "files": [one.fields.flat() | {"file.zip_member_count": count} for one, count in described],
    }
    if not is_usable:
        document |= {"decision": "skip", "reason": "UIDs missing or unusable: goes to quarantine"}
    return document
