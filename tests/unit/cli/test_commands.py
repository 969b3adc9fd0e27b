from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def treadle(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), **variables}
    return subprocess.run(
        [sys.executable, "-m", "treadle", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_help_lists_the_commands() -> None:
    done = treadle("--help")
    assert done.returncode == 0
    for command in ("up", "serve", "worker", "connector", "migrate", "doctor", "config", "status", "ls"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nosuch",), "No such command 'nosuch'."),
        (("ls", "--bogus"), "No such option: --bogus"),
        (("config",), "Missing command."),
        (("up", "--http", "x"), "http: 'x' is not HOST:PORT"),
        (("status", "--server", "http://127.0.0.1:1", "--api-key", "k"), "cannot reach http://127.0.0.1:1"),
        (("status", "--server", "ftp://x", "--api-key", "k"), "is not a server address"),
        (("serve",), "set TREADLE_DATABASE_URL, or run `treadle up`"),
        (("migrate",), "no TREADLE_DATABASE_URL is set"),
        (("connector",), "set TREADLE_CONNECTOR__SERVER and TREADLE_CONNECTOR__DEVICE_KEY"),
    ],
)
def test_trouble_is_one_line_on_standard_error(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = treadle(*arguments, TREADLE_HOME=str(tmp_path))
    assert done.returncode != 0
    assert done.stdout == ""
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_variable_is_named(tmp_path: Path) -> None:
    done = treadle("config", "show", TREADLE_HOME=str(tmp_path), TREADLE_HTPP="x")
    assert done.stderr == "treadle: unknown setting TREADLE_HTPP; the nearest valid one is TREADLE_HTTP\n"


def test_config_show_tells_values_and_origins_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "treadle.toml").write_text('site_name = "Lab"\n')
    done = treadle(
        "config",
        "show",
        "--json",
        "--http",
        ":1",
        TREADLE_HOME=str(tmp_path),
        TREADLE_DATABASE_URL="p://hunter2",
    )
    items = {item["key"]: item for item in map(json.loads, done.stdout.splitlines())}
    assert items["site_name"] | {"description": ""} == {
        "key": "site_name", "value": "Lab", "origin": "file", "description": "",
    }  # fmt: skip
    assert items["http"]["origin"] == "flag"
    assert items["database_url"]["value"] == "********"
    assert "hunter2" not in done.stdout


def test_completion_knows_the_commands() -> None:
    done = treadle(_TREADLE_COMPLETE="complete_bash", COMP_WORDS="treadle co", COMP_CWORD="1")
    assert sorted(done.stdout.split()) == ["completion", "config", "connector"]


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys, treadle.cli.main; "
        "heavy = {'httpx', 'pydantic', 'rich', 'sqlalchemy', 'pydicom'}; "
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
