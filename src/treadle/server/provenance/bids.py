"""A run in the words of BIDS: the `dataset_description.json` of a derivative that its outputs make up."""

from __future__ import annotations

from typing import Any

from treadle.server.provenance.described import Described

VERSION = "1.10.0"


def dataset_description(run: Described) -> dict[str, Any]:
    """Which pipeline generated the dataset, in which container, and from what."""
    gear, image = run.record["gear"], run.image
    generated = {
        "Name": gear["name"],
        "Version": gear["version"],
        "Description": run.manifest.get("description"),
        "CodeURL": run.manifest.get("source") or run.manifest.get("url"),
    }
    if image:
        tag = image.tag or (f"sha256:{image.sha256}" if image.sha256 else None)
        container = {"Type": "docker", "Tag": tag, "URI": f"docker://{image.reference}"}
        generated["Container"] = {name: value for name, value in container.items() if value}
    return {
        "Name": run.record["job"]["label"] or run.title,
        "BIDSVersion": VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [{name: value for name, value in generated.items() if value}],
        "SourceDatasets": [
            {"URL": run.file_url(one), "Version": str(one["version"])} for one in run.record["inputs"]
        ],
    }
