"""Handlers of the file types that are not DICOM, by the name of their section in a profile.

A handler is `process(name, data, section, run) -> [(output name, bytes), ...]`; it raises `Rejected`. `load(kind)`
imports it on demand, so that a missing extra only takes its own types away (`DEID_UNSUPPORTED_TYPE`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.model import Section
from treadle.deid.run import Run

Handler = Callable[[str, bytes, Section, Run], list[tuple[str, bytes]]]

_MODULES = {
    "json": "json_file",
    "csv": "table",
    "tsv": "table",
    "table": "table",
    "xml": "xml_file",
    "nifti": "nifti",
    "jpg": "jpg",
    "png": "png",
    "tiff": "tiff",
    "key-value-text-file": "key_value",
    "filename": "filename",
    "zip": "zip_archive",
}
KINDS = tuple(_MODULES)


def load(kind: str) -> Handler:
    """The handler of a type; Rejected when there is none, or the library that it needs is missing."""
    try:
        module = importlib.import_module(f"treadle.deid.types.{_MODULES[kind]}")
    except (KeyError, ImportError) as error:
        raise Rejected(Code.UNSUPPORTED_TYPE) from error
    handler: Handler = module.process
    return handler
