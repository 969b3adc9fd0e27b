"""Runs the modules of the folders named in CLIENTS with the official, unmodified clients against a live Treadle.

Every module is one process of the SDK's own environment; every function in it is one test here.
A module whose name ends in a version (`test_calls_17.py`) holds what only that version can do.
"""

import ast
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from treadle.testing.server import start, stop

HERE = Path(__file__).parent
# Folder of modules -> the environments they run in.
CLIENTS = {
    "sdk": ("sdk17", "sdk21", "sdk23"),
    "fwclient": ("fwclient",),
    "fwcore": ("fwcore",),
    "geartoolkit": ("geartoolkit",),
    "fwgear": ("fwgear",),
}
MODULE_TIMEOUT_S = 280
SIGNED_URLS = {"TREADLE_UPLOADS__SIGNED_URLS": "true"}
OWN_SITES = {"test_ticketed_uploads": SIGNED_URLS, "test_signed_urls": SIGNED_URLS}  # module -> settings

Outcomes = dict[str, list[str]]


class Login(NamedTuple):
    """How a client signs in."""

    key: str
    email: str


def _runs_with(module: Path, version: str) -> bool:
    suffix = module.stem.rpartition("_")[2]
    return not suffix.isdigit() or version == f"sdk{suffix}"


def _functions(module: Path) -> list[str]:
    nodes = ast.parse(module.read_text()).body
    return [
        node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


CALLS = [
    pytest.param(
        version,
        module,
        function,
        id=f"{version}-{module.stem.removeprefix('test_')}-{function.removeprefix('test_')}",
        marks=pytest.mark.xdist_group(f"{version}-{module.stem}"),
    )
    for folder, versions in CLIENTS.items()
    for version in versions
    for module in sorted((HERE / folder).glob("test_*.py"))
    if _runs_with(module, version)
    for function in _functions(module)
]


@contextmanager
def _own_site(log: Path, settings: dict[str, str]) -> Iterator[Login]:
    """A site with these settings while the block runs."""
    _process, site = start(log=log, environ=settings)
    try:
        yield Login(site.api_key, site.email)
    finally:
        stop(site.pid)


@pytest.fixture(scope="session")
def outcomes(
    treadle_server, environments: Path, run_folder: Path, one_at_a_time
) -> Callable[[str, Path], Outcomes]:
    """Runs a module with a version once and tells the failures of each of its functions."""

    def execute(version: str, module: Path, login: Login, report: Path) -> None:
        done = subprocess.run(
            [environments / version / "bin" / "python", "-m", "pytest", module, f"--junitxml={report}"],
            cwd=module.parent,
            env={**os.environ, "TREADLE_TEST_KEY": login.key, "TREADLE_TEST_EMAIL": login.email},
            capture_output=True,
            text=True,
            check=False,
            timeout=MODULE_TIMEOUT_S,
        )
        assert report.exists(), f"{module.name} did not run with {version}:\n{done.stdout}\n{done.stderr}"

    @cache
    def run(version: str, module: Path) -> Outcomes:
        report = run_folder / f"{version}-{module.stem}.xml"
        with one_at_a_time(report.with_suffix(".lock")):
            if not report.exists():
                with ExitStack() as stack:
                    login = Login(treadle_server.api_key, treadle_server.email)
                    if settings := OWN_SITES.get(module.stem):
                        login = stack.enter_context(_own_site(report.with_suffix(".log"), settings))
                    execute(version, module, login, report)
        return _read(report)

    return run


def _read(report: Path) -> Outcomes:
    found: Outcomes = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("name", "")
        failures = found.setdefault(name.partition("[")[0], [])
        failures += [
            f"{name}\n{entry.text}" for tag in ("failure", "error", "skipped") for entry in case.iter(tag)
        ]
    return found


@pytest.mark.parametrize(("version", "module", "function"), CALLS)
def test_official_client(outcomes, version: str, module: Path, function: str) -> None:
    failures = outcomes(version, module).get(function)
    if failures is None:
        pytest.fail(f"{module.name} could not be loaded by {version}", pytrace=False)
    if failures:
        pytest.fail("\n\n".join(failures), pytrace=False)
