"""What would become of the series in a folder: the pipeline's own decisions, without a spool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from treadle.connector.bundle import Described, describe
from treadle.connector.config import DeviceConfig
from treadle.connector.privacy.rehearsal import Rehearsal
from treadle.connector.spool.layout import is_safe_uid
from treadle.dicom.header import NotDicomError, read_header
from treadle.dicom.identity import InstanceFacts, representative, split_series
from treadle.dicom.optin import decide_header
from treadle.dicom.routing import read_routing

Groups = dict[tuple[str, str, bool], dict[str, InstanceFacts]]


def forecast(
    instances: Iterable[InstanceFacts], device: DeviceConfig, rehearsal: Rehearsal
) -> Iterator[dict[str, Any]]:
    """One document for each series, in the order in which they were found."""
    for (study, series, is_usable), members in _grouped(instances).items():
        yield {"StudyInstanceUID": study, "SeriesInstanceUID": series} | _series(
            list(members.values()), device, rehearsal, is_usable=is_usable
        )


def _grouped(instances: Iterable[InstanceFacts]) -> Groups:
    groups: Groups = {}
    for facts in instances:
        # Without usable UIDs a file goes to quarantine, whatever else its series holds.
        is_usable = all(map(is_safe_uid, (facts.study_uid, facts.series_uid, facts.sop_uid)))
        members = groups.setdefault((facts.study_uid, facts.series_uid, is_usable), {})
        members[facts.sop_uid or str(facts.path)] = facts
    return groups


def _series(
    members: Sequence[InstanceFacts], device: DeviceConfig, rehearsal: Rehearsal, *, is_usable: bool
) -> dict[str, Any]:
    first = representative(members)
    try:
        header = read_header(str(first.path))
        buckets = split_series(members, device.mapping)
        described = {uid: describe(bucket, uid, device) for uid, bucket in sorted(buckets.items())}
    except NotDicomError as error:
        return {"decision": "skip", "reason": f"header unreadable: {error}", "routing": None, "files": []}
    route = read_routing(header, device.mapping.routing)
    document: dict[str, Any] = {
        "decision": decide_header(header, device.opt, route=route),
        "routing": asdict(route) | {"flags": list(route.flags)},
        "files": [],
    }
    if not is_usable:
        document |= {"decision": "skip", "reason": "UIDs missing or unusable: goes to quarantine"}
    for uid, original in described.items():
        leaves: Described | None = original
        if document["decision"] != "skip":
            leaves, said = rehearsal.bucket(buckets[uid], uid, original, device)
            document |= said
        if leaves is not None:
            document["files"].append(leaves.fields.flat() | {"file.zip_member_count": len(buckets[uid])})
    return document
