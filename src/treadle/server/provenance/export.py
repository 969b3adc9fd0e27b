"""The standard forms that a run can be written in."""

from __future__ import annotations

from typing import Any, Literal

from treadle.server.provenance.bids import dataset_description
from treadle.server.provenance.described import Described
from treadle.server.provenance.prov_document import prov_json
from treadle.server.provenance.rocrate import crate

Format = Literal["rocrate", "prov", "bids"]
_FORMS = {"rocrate": crate, "prov": prov_json, "bids": dataset_description}


def export(run: Described, form: Format) -> dict[str, Any]:
    """The run in this form."""
    return _FORMS[form](run)
