"""JSON: fields by dotted path or regular expression."""

from __future__ import annotations

import json

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.json_record import JsonRecord
from treadle.deid.fields.model import Section
from treadle.deid.run import Run
from treadle.deid.types.finish import changed, named


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One document in, one out."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except RecursionError as error:
        raise Rejected(Code.LIMIT) from error
    except ValueError as error:
        raise Rejected(Code.TRUNCATED) from error
    if not isinstance(document, dict | list):
        raise Rejected(Code.UNSUPPORTED_TYPE)
    record = JsonRecord(document, section.own["separator"])
    scope = changed(record, record.read, data, section, run)
    out = json.dumps(record.document, default=str).encode()
    return [(named(name, section, record.read, scope), out)]
