"""The real `fw` program in a home of its own, signed in or not."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

TIMEOUT_S = 240
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    text: str


@dataclass(frozen=True)
class Fw:
    """`fw` as one person runs it."""

    program: Path
    home: Path

    def __call__(self, *arguments: object, refused: bool = False, legacy: bool = False) -> str:
        """The output of a command that must succeed (or must be refused), never with a traceback."""
        done = self.run(*arguments, legacy=legacy)
        assert (done.status != 0) == refused, f"status {done.status}: {arguments}\n{done.text}"
        return done.text

    def run(self, *arguments: object, legacy: bool = False, text: str = "") -> Done:
        """Status and output of a command."""
        done = subprocess.run(
            [self.program, *map(str, arguments)],
            cwd=self.home,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "FLYWHEEL_USER_HOME": str(self.home),
                "FLYWHEEL_CLI_LEGACY": str(legacy).lower(),
                "NO_COLOR": "1",
                "TMPDIR": str(self.home),
                "PYTHONWARNINGS": "ignore",
                "COLUMNS": "200",
            },
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        shown = _COLOUR.sub("", done.stdout + done.stderr)
        assert "Traceback" not in shown, f"{arguments}\n{shown}"
        return Done(done.returncode, shown)


@pytest.fixture
def fw_of(environments: Path, site, tmp_path: Path) -> Callable[[str], Fw]:
    """`fw` as after `fw login` with a key (each start of it costs seconds)."""

    def make(key: str) -> Fw:
        home = tmp_path / f"home-{key[-6:]}"
        kept = home / ".config" / "flywheel" / "user.json"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"key": site.login(key), "root": key == site.key}))
        return Fw(environments / "cli" / "bin" / "fw", home)

    return make


@pytest.fixture
def fw(fw_of, site) -> Fw:
    """`fw` of the administrator."""
    return fw_of(site.key)


@pytest.fixture
def outsider(fw_of, new_account) -> Fw:
    """`fw` of a user without any rights."""
    return fw_of(new_account().key)


@pytest.fixture
def member(fw_of, site, new_account, tree, role_ids) -> Callable[[str], Fw]:
    """`fw` of a user with a built-in role in project P."""

    def make(role: str) -> Fw:
        account = new_account()
        entry = {"_id": account.id, "role_ids": [role_ids[role]]}
        site.post(f"/projects/{tree.project}/permissions", entry)
        return fw_of(account.key)

    return make


@pytest.fixture
def files(tmp_path: Path) -> Callable[[dict[str, bytes | str]], Path]:
    """Writes a folder with these files."""

    def write(contents: dict[str, bytes | str]) -> Path:
        folder = tmp_path / "in"
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write
