"""The published toolkits and clients, each with the packages that came with the gear."""

import json
import os
import subprocess
import sys

from checking import BASE

METADATA = BASE / "output" / ".metadata.json"
WRITTEN = {}


def test_gear_toolkit():
    _run("with_geartoolkit.py", "geartoolkit")


def test_fw_gear():
    _run("with_fwgear.py", "fwgear")


def test_the_sdk_of_a_virtual_environment():
    _run("with_sdk.py", python=str(BASE / "venv" / "bin" / "python"))


def _run(script, vendored=None, python=sys.executable):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if vendored:
        environment["PYTHONPATH"] = str(BASE / "vendor" / vendored)
    done = subprocess.run([python, script], env=environment, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr, sep="\n")
    assert done.returncode == 0, done.stderr
    if METADATA.exists():  # each writes a file of its own; they speak of different containers
        WRITTEN.update(json.loads(METADATA.read_text("utf-8")))
        METADATA.unlink()
