"""Calls what a module names `test_...` and tells what failed."""

import json
import traceback
from pathlib import Path

BASE = Path("/flywheel/v0")
CONFIG = json.loads((BASE / "config.json").read_text("utf-8"))
MANIFEST = json.loads((BASE / "manifest.json").read_text("utf-8"))
EXPECTED = json.loads(CONFIG["config"]["expected"])
SCAN = "two words, 日本 ö.txt"


def check_all(*modules):
    failed = []
    for module in modules:
        for name, check in vars(module).items():
            if not name.startswith("test_"):
                continue
            try:
                check()
            except Exception:  # noqa: BLE001 - told at the end
                failed.append(f"NOT SO: {name}\n{traceback.format_exc()}")
            else:
                print("as it should be:", name)
    return failed


def equal(found, wanted):
    assert found == wanted, f"{found!r} instead of {wanted!r}"


def refused(action):
    """It raises OSError."""
    try:
        action()
    except OSError:
        return
    raise AssertionError("was not refused")
