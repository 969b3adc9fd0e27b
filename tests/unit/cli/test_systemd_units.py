"""The units under deploy/systemd: systemd finds nothing to say, and the commands in them are there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from treadle.cli.main import app

UNITS = sorted((Path(__file__).parents[3] / "deploy" / "systemd").glob("*.service"))
INSTALLED = "/opt/treadle/.venv/bin/treadle"
ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    """With the program where it is here: only its place is another one."""
    here = Path(sys.executable).with_name("treadle")
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace(INSTALLED, str(here)))
    done = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_commands_of_the_unit_exist(unit: Path) -> None:
    commands = re.findall(rf"^Exec\w+={INSTALLED} (.+)$", unit.read_text(), re.MULTILINE)
    assert commands
    for command in commands:
        words = re.split(r" -", command)[0].split()
        helped = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*words, "--help"])
        assert helped.exit_code == 0, helped.output
        unknown = [option for option in re.findall(r"--[a-z-]+", command) if option not in helped.output]
        assert unknown == []
