"""`treadle.testing` as the author of a gear meets it: their tests, their pytest, a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]

ROUND_TRIP = """
import urllib.request


def test_it_answers(treadle_server):
    request = urllib.request.Request(f"{treadle_server.url}/api/users/self")
    request.add_header("Authorization", f"scitran-user {treadle_server.key}")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    assert treadle_server.api_key.endswith(treadle_server.key)
"""
WITH_SDK = """
def test_the_sdk_works(treadle_server):
    client = treadle_server.client()
    assert "site_admin" in client.get_current_user().roles
"""
SHARED = """
import pytest


@pytest.mark.parametrize("number", range(4))
def test_which_server(treadle_server, number):
    print(treadle_server.home)
"""


def run(
    folder: Path, text: str, *options: str, python: Path | str = sys.executable, **environ: str
) -> subprocess.CompletedProcess[str]:
    (folder / "test_mine.py").write_text(text)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "TREADLE_", "COV_"))
    }
    return subprocess.run(
        [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py", *options],
        cwd=folder,
        env={**inherited, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def ephemeral_homes(output: str) -> list[Path]:
    return [Path(word) for word in output.split() if "treadle-ephemeral-" in word]


def test_each_run_gets_one_server_for_all_its_processes_and_nothing_stays(tmp_path: Path) -> None:
    done = run(tmp_path, SHARED, "-n", "2", "-rP")
    assert done.returncode == 0, done.stdout
    homes = ephemeral_homes(done.stdout)
    assert len(homes) == 4
    assert len(set(homes)) == 1
    assert not homes[0].exists()


def test_an_existing_server_is_used_when_one_is_named(tmp_path: Path, treadle_server) -> None:
    named = ("--treadle-url", treadle_server.url, "--treadle-key", treadle_server.api_key)
    assert run(tmp_path, ROUND_TRIP, *named).returncode == 0
    by_variable = run(
        tmp_path, ROUND_TRIP, TREADLE_TEST_URL=treadle_server.url, TREADLE_TEST_KEY=treadle_server.key
    )
    assert by_variable.returncode == 0, by_variable.stdout


def test_half_a_server_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, ROUND_TRIP, "--treadle-url", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert "name both --treadle-url and --treadle-key, or neither" in done.stdout


def test_without_the_sdk_client_says_what_to_install(tmp_path: Path, treadle_server) -> None:
    named = ("--treadle-url", treadle_server.url, "--treadle-key", treadle_server.key)
    done = run(tmp_path, WITH_SDK, *named)
    assert done.returncode == 1
    assert "pip install flywheel-sdk" in done.stdout


def test_with_the_sdk_client_is_the_official_one(tmp_path: Path, treadle_server) -> None:
    python = REPO / ".venv-clients" / "sdk23" / "bin" / "python"
    assert python.exists(), "run scripts/setup-clients"
    named = ("--treadle-url", treadle_server.url, "--treadle-key", treadle_server.key)
    done = run(
        tmp_path, WITH_SDK, "-p", "treadle.testing.plugin", *named,
        python=python, PYTHONPATH=str(REPO / "src"),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
