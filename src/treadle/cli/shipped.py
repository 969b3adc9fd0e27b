"""The gears that come with Treadle, and the rules that chain them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from treadle.cli.client import Client, ClientError
from treadle.cli.gear_server import install_folder

RULES = "rules.json"


def folder() -> Path:
    """Where they are: inside the package, or in the checkout it runs from."""
    here = Path(__file__).resolve()
    for place in (here.parents[1] / "shipped_gears", here.parents[3] / "gears"):
        if (place / RULES).is_file():
            return place
    raise ClientError("the gears that come with Treadle are not part of this installation")


def install(client: Client) -> list[dict[str, Any]]:
    """All of them on the server, and their rules among the site's, disabled; what is there already stays."""
    gears = [
        install_folder(client, path.parent, category=None)
        for path in sorted(folder().glob("*/manifest.json"))
    ]
    there = {one["name"] for one in client.get("/site/rules")}
    for rule in rules():
        if rule["name"] not in there:
            client.post("/site/rules", {**rule, "auto_update": True, "disabled": True})
    return gears


def rules() -> list[dict[str, Any]]:
    """Metadata and classification, then completeness and NIfTI, then the quality of images."""
    found: list[dict[str, Any]] = json.loads((folder() / RULES).read_text("utf-8"))
    return found


def enable_rules(client: Client, project_id: str) -> None:
    """Switch their rules on in a project, where this machine can run gears."""
    if shutil.which("bwrap") is None:
        return
    names = {one["name"] for one in rules()}
    for rule in client.get(f"/projects/{project_id}/rules"):
        if rule["name"] in names and rule["disabled"]:
            client.put(f"/projects/{project_id}/rules/{rule['_id']}", {"disabled": False})
