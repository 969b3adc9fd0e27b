"""The standard forms that runs can be written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from treadle.server.kit.errors import Invalid
from treadle.server.provenance.bids import dataset_description
from treadle.server.provenance.described import Described

Format = Literal["rocrate", "prov", "bids"]


def check(form: Format, *, chain: bool, with_data: bool) -> None:
    """Refuse what a form cannot hold."""
    if with_data and form != "rocrate":
        raise Invalid("Only a crate ('rocrate') takes the files along.")
    if chain and form == "bids":
        raise Invalid("A dataset description tells of one run; take 'rocrate' or 'prov' for a chain.")


def export(runs: Sequence[Described], form: Format) -> dict[str, Any]:
    """The run that is asked about, and those before it, in this form."""
    if form == "bids":
        return dataset_description(runs[0])
    # Both bring libraries that the server starts without.
    from treadle.server.provenance.prov_document import prov_json  # noqa: PLC0415
    from treadle.server.provenance.rocrate import crate  # noqa: PLC0415

    return crate(runs) if form == "rocrate" else prov_json(runs)
