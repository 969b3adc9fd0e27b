"""What the how-to pages tell people to type works as written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

REPO = Path(__file__).resolve().parents[2]
HOWTO = REPO / "docs" / "howto"

pytestmark = pytest.mark.xdist_group("docs")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", (HOWTO / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def test_the_curl_commands_work_one_after_the_other(demo_site, tmp_path: Path, program) -> None:
    program("jq")
    named, commands = blocks("rest.md", "sh")
    assert "URL=" in named
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=tmp_path,
        env={**os.environ, "URL": demo_site.url, "KEY": demo_site.key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    said = done.stdout.splitlines()
    assert said[0] == demo_site.email
    assert "sub-01\tbaseline" in done.stdout
    assert '"rating": 4' in done.stdout
    assert (tmp_path / "scores.csv").read_text().splitlines()[0].endswith("session.info.score")


@pytest.mark.parametrize("language", ["r", "matlab"])
def test_other_languages_call_what_the_curl_commands_call(language: str) -> None:
    """These programs are not at hand everywhere: their paths at least must be ones that are tested."""
    tested = blocks("rest.md", "sh")[1]
    (text,) = blocks("rest.md", language)
    words = set(re.findall(r"(?:lookup|projects|sessions|views/data|files|info)\b", text))
    assert words
    assert all(f"/{word}" in tested for word in words)


@pytest.fixture(scope="module")
def jupyter() -> Path:
    """The programs of the official SDK's environment, Jupyter's among them."""
    programs = REPO / ".venv-clients" / "sdk23" / "bin"
    assert (programs / "jupyter-execute").exists(), "run scripts/setup-clients"
    return programs


def run(*command: object, cwd: Path, key: str) -> None:
    """A program that finds its key in the environment and must succeed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, "TREADLE_API_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_cells_of_the_page_run_with_the_official_sdk(demo_site, jupyter: Path, tmp_path: Path) -> None:
    cells = blocks("notebooks.md", "python")
    run(jupyter / "python", "-c", "\n".join(cells), cwd=tmp_path, key=demo_site.api_key)


def test_the_notebook_of_a_project_runs_as_it_is_handed_over(
    demo_site, jupyter: Path, tmp_path: Path
) -> None:
    """`treadle notebook`, then Jupyter with the key it shows and nothing else."""
    given = ("--server", demo_site.url, "--api-key", demo_site.key, "--json")
    command = [sys.executable, "-m", "treadle", "notebook", "psych/Memory", *given]
    made = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout)
    run(jupyter / "jupyter-execute", "--inplace", made["path"], cwd=tmp_path, key=made["key"])
    notebook = json.loads((tmp_path / made["path"]).read_text("utf-8"))
    shown = "".join(notebook["cells"][-1]["outputs"][-1]["data"]["text/plain"])
    headers = {"Authorization": f"Bearer {demo_site.key}"}
    analysis = shown.strip("'")
    kept = httpx.get(f"{demo_site.url}/api/analyses/{analysis}", headers=headers).json()
    assert kept["info"]["notebook"]["packages"]["flywheel-sdk"] == "23.0.0"
    assert kept["inputs"]
    assert [one["name"] for one in kept["files"]] == ["sessions.csv"]


def test_the_ephemeral_example_of_the_test_page_is_what_the_command_prints(demo_site) -> None:
    named = re.search(r"# (url, [\w, ]+)$", blocks("test-against-treadle.md", "python")[1], re.MULTILINE)
    assert named is not None
    for name in named[1].split(", "):
        assert getattr(demo_site, name)


def test_curl_is_there_for_these_tests() -> None:
    assert shutil.which("curl"), "install curl"
