"""What the validator of the Process Run Crate has to say of crates."""

import json
import subprocess
from importlib.resources import files
from pathlib import Path

METADATA = "ro-crate-metadata.json"
VALIDATOR = Path(__file__).parents[2] / ".venv-clients" / "rocvalidator" / "bin" / "rocrate-validator"
AVAILABILITY = "ro-crate-1.1_28.1"  # addresses that only members may read are not for the validator
AFFILIATION = "affiliation"  # where people work is not known here
WORKFLOW_RUN = "https://w3id.org/ro/terms/workflow-run#"


def judged(metadata, folder):
    """What the validator of the profile, offline, has against a crate, its contexts written out."""
    assert VALIDATOR.exists(), "run scripts/setup-clients"
    context = json.loads(files("rocrate").joinpath("data/ro-crate.jsonld").read_text("utf-8"))["@context"]
    words = ("ContainerImage", "containerImage", "registry", "tag", "sha256")
    metadata["@context"] = [context, {word: f"{WORKFLOW_RUN}{word}" for word in words}]
    folder.mkdir(exist_ok=True)
    (folder / METADATA).write_text(json.dumps(metadata))
    report = folder.parent / "report.json"
    asked = ("-y", "validate", "--offline", "--cache-path", folder.parent / "cache")
    form = ("-p", "process-run-crate", "-l", "recommended", "-f", "json", "-o", report)
    subprocess.run([VALIDATOR, *asked, *form, folder], capture_output=True, check=False)
    issues = json.loads(report.read_text())["issues"]
    return {
        one["message"]
        for one in issues
        if one["check"]["identifier"] != AVAILABILITY and AFFILIATION not in one["message"]
    }
