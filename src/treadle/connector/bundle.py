"""Makes one bucket of a complete series ready to go: fields, zip, documents (flow steps 3 and 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydicom.dataset import Dataset

from treadle.connector.config import DeviceConfig
from treadle.connector.scratch import Scratch
from treadle.dicom.classify import classify
from treadle.dicom.digest import series_digest
from treadle.dicom.header import header_json, read_header
from treadle.dicom.identity import InstanceFacts, representative
from treadle.dicom.mapping import SeriesFields, map_instance
from treadle.dicom.pack import PackedMember, member_name, pack_series
from treadle.dicom.routing import Route, read_routing


@dataclass(frozen=True)
class Bundle:
    """A packed bucket: the zip, and what to tell the server before and after its upload.

    `hashes` are those of the data sets by SOP Instance UID, `digest` is made of them.
    """

    digest: str
    hashes: Mapping[str, str]
    zip: Scratch
    size: int
    announcement: Mapping[str, Any]
    completion: Mapping[str, Any]


@dataclass(frozen=True)
class Described:
    """What the representative instance of a bucket says, and its file."""

    path: Path
    header: Dataset
    route: Route
    fields: SeriesFields


def describe(members: Sequence[InstanceFacts], bucket: str, device: DeviceConfig) -> Described:
    """What these instances are, by the header of their representative."""
    path = _path(representative(members))
    header = read_header(path)
    route = read_routing(header, device.mapping.routing)
    return Described(
        path, header, route, map_instance(header, device.mapping, route=route, acquisition_uid=bucket)
    )


def make_bundle(
    members: Sequence[InstanceFacts],
    described: Described,
    *,
    bucket: str,
    device: DeviceConfig,
    scratch: Scratch,
    deid: Mapping[str, Any] | None = None,
) -> Bundle:
    """The bundle of these instances, its zip written to `scratch`; their data sets are hashed on the way.

    `deid` says how they were de-identified.
    """
    first = representative(members)
    fields, route = described.fields, described.route
    names = {facts.sop_uid: member_name(facts.sop_uid, facts.modality) for facts in members}
    scratch.clear()
    packed = pack_series([(names[facts.sop_uid], _path(facts)) for facts in members], cast(BinaryIO, scratch))
    by_name = {member.name: member for member in packed.members}
    in_zip = {sop_uid: by_name[name] for sop_uid, name in names.items()}
    hashes = {sop_uid: member.sha256 for sop_uid, member in in_zip.items()}
    digest = series_digest(hashes.items())
    header_document = header_json(described.header)
    kind = classify(header_document)
    announcement = {
        "device": device.id,
        "key": {"study": first.study_uid, "series": first.series_uid, "bucket": bucket},
        "digest": digest,
        "size": packed.size,
        "sha256": packed.sha256,
        "fields": fields.flat(),
        "routing": _routing(route),
        "create_projects": device.mapping.routing.create_projects,
        "merge_sessions": device.mapping.routing.session_match == "uid_then_label",
        "auto_reroute": device.mapping.routing.auto_reroute,
        "deid": deid,
    }
    completion = {
        "sha256": packed.sha256,
        "file": {
            "name": fields.file_name,
            "type": "dicom",
            "modality": kind.modality or fields.file_modality,
            "classification": kind.classification,
            "zip_member_count": len(packed.members),
            "info": {"header": {"dicom": header_document}},
            "instances": [_instance(facts, in_zip[facts.sop_uid]) for facts in members],
        },
    }
    return Bundle(digest, hashes, scratch, packed.size, announcement, completion)


def _routing(route: Route) -> dict[str, Any]:
    return {**asdict(route), "flags": list(route.flags)}


def _instance(facts: InstanceFacts, member: PackedMember) -> dict[str, Any]:
    return {
        "sop_uid": facts.sop_uid,
        "sop_class_uid": facts.sop_class_uid,
        "transfer_syntax": facts.transfer_syntax,
        "number": facts.number,
        "position": facts.position,
        "orientation": facts.orientation,
        "frames": facts.frames,
        "rows": facts.rows,
        "columns": facts.columns,
        "member": member.name,
        "offset": member.offset,
        "compressed_size": member.compressed_size,
        "size": member.size,
        "method": member.method,
    }


def _path(facts: InstanceFacts) -> Path:
    if facts.path is None:
        raise ValueError(f"{facts.sop_uid}: no file")
    return facts.path
