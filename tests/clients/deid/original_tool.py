"""Runs flywheel-migration inside its own environment: cases as JSON on stdin, what it made of them on stdout."""

import base64
import json
import logging
import sys
import tempfile
import warnings
from pathlib import Path

from flywheel_migration.deidentify.deid_profile import DeIdProfile
from fs.osfs import OSFS


def processed(case: dict, folder: Path) -> dict | str:
    """Output name -> contents, or the name of the exception."""
    source, target = folder / "in", folder / "out"
    source.mkdir()
    target.mkdir()
    (source / case["name"]).write_bytes(base64.b64decode(case["data"]))
    try:
        profile = DeIdProfile()
        profile.load_config(case["profile"])
        if profile.validate():
            return "refused"
        with OSFS(str(source)) as given, OSFS(str(target)) as made:
            profile.get_file_profile(case["kind"]).process_files(given, made, [case["name"]])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it ends with is its answer
        return type(error).__name__
    return {path.name: base64.b64encode(path.read_bytes()).decode() for path in target.iterdir()}


def main() -> None:
    """All cases in order."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    results = []
    for case in json.load(sys.stdin):
        with tempfile.TemporaryDirectory() as folder:
            results.append(processed(case, Path(folder)))
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
