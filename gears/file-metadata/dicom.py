"""DICOM: the header of the instance that stands for the series, as the connector chooses it."""

from __future__ import annotations

from facts import Facts, Files

from treadle.dicom.classify import classify
from treadle.dicom.header import NotDicomError, read_facts, read_header
from treadle.dicom.header_json import header_json
from treadle.dicom.identity import representative
from treadle.dicom.mapping import map_instance
from treadle.dicom.routing import Route
from treadle.gearkit.run import Input


def read(files: Files, given: Input) -> Facts | None:
    """Facts of a DICOM file or an archive of them; None when there is none in it."""
    del given
    known = []
    for path in files.values():
        try:
            known.append(read_facts(path))
        except NotDicomError:
            continue
    if not known:
        return None
    first = representative(known).path
    if first is None:
        return None
    data_set = read_header(first)
    header = header_json(data_set)
    said, fields = classify(header), map_instance(data_set, route=Route()).flat()
    return Facts(
        "dicom",
        type="dicom",
        modality=said.modality,
        classification=said.classification,
        header=header,
        containers={
            "subject": {"sex": fields["subject.sex"]},
            "session": {
                name: fields[f"session.{name}"] for name in ("timestamp", "timezone", "age", "weight")
            },
            "acquisition": {name: fields[f"acquisition.{name}"] for name in ("timestamp", "timezone")},
        },
    )
