"""Runs the modules of the folders named in CLIENTS with the official, unmodified clients against a live Treadle.

All modules of a version share one process of the client's own environment (importing an SDK takes seconds);
every function in them is one test here.
A module whose name ends in a version (`test_calls_17.py`) holds what only that version can do.
"""

import ast
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from treadle.testing.server import TreadleServer, start, stop

HERE = Path(__file__).parent
# Folder of modules -> the environments they run in.
CLIENTS = {
    "sdk": ("sdk17", "sdk21", "sdk23"),
    "fwclient": ("fwclient",),
    "fwcore": ("fwcore",),
    "geartoolkit": ("geartoolkit",),
    "fwgear": ("fwgear",),
}
SIGNING = ("test_ticketed_uploads", "test_signed_urls")  # modules for a site that gives signed addresses
LIMIT_S = 900

# Module and function -> failures.
Outcomes = Mapping[tuple[str, str], Sequence[str]]


class Run(NamedTuple):
    """What one process goes through."""

    version: str
    folder: Path
    signing: bool


def _runs_with(module: Path, version: str) -> bool:
    suffix = module.stem.rpartition("_")[2]
    return not suffix.isdigit() or version == f"sdk{suffix}"


def _functions(module: Path) -> list[str]:
    nodes = ast.parse(module.read_text()).body
    return [
        node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def _run_of(version: str, module: Path) -> Run:
    return Run(version, module.parent, module.stem in SIGNING)


CALLS = [
    pytest.param(
        version,
        module,
        function,
        id=f"{version}-{module.stem.removeprefix('test_')}-{function.removeprefix('test_')}",
        marks=pytest.mark.xdist_group("signing" if module.stem in SIGNING else version),
    )
    for folder, versions in CLIENTS.items()
    for version in versions
    for module in sorted((HERE / folder).glob("test_*.py"))
    if _runs_with(module, version)
    for function in _functions(module)
]


@pytest.fixture(scope="module")
def signing_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], TreadleServer]]:
    """A site that gives signed addresses, started for the first who asks."""
    log = tmp_path_factory.mktemp("signing") / "log"

    @cache
    def begin() -> TreadleServer:
        return start(log=log, environ={"TREADLE_UPLOADS__SIGNED_URLS": "true"})[1]

    yield begin
    if begin.cache_info().currsize:
        stop(begin().pid)


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest,
    treadle_server: TreadleServer,
    signing_site: Callable[[], TreadleServer],
    environments: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Run], Outcomes]:
    """Goes once through the modules that this session wants of a run, and tells the failures of each function."""
    wanted: dict[Run, dict[Path, None]] = {}
    for item in request.session.items:
        given = getattr(item, "callspec", None)
        if item.path == request.path and given is not None:
            module = given.params["module"]
            wanted.setdefault(_run_of(given.params["version"], module), {})[module] = None

    @cache
    def go(run: Run) -> Outcomes:
        site = signing_site() if run.signing else treadle_server
        report = tmp_path_factory.mktemp("client") / f"{run.version}.xml"
        python = environments / run.version / "bin" / "python"
        done = subprocess.run(
            [python, "-m", "pytest", "--continue-on-collection-errors", f"--junitxml={report}", *wanted[run]],
            cwd=run.folder,
            env={**os.environ, "TREADLE_TEST_KEY": site.api_key, "TREADLE_TEST_EMAIL": site.email},
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
        assert report.exists(), f"{run.version} did not run:\n{done.stdout}\n{done.stderr}"
        return _read(report)

    return go


def _read(report: Path) -> Outcomes:
    found: dict[tuple[str, str], list[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("name", "")
        module = case.get("classname", "").rpartition(".")[2]
        failures = found.setdefault((module, name.partition("[")[0]), [])
        failures += [
            f"{name}\n{entry.text}" for tag in ("failure", "error", "skipped") for entry in case.iter(tag)
        ]
    return found


@pytest.mark.timeout(LIMIT_S + 60)  # the first test of a version waits for all of them
@pytest.mark.parametrize(("version", "module", "function"), CALLS)
def test_official_client(
    outcomes: Callable[[Run], Outcomes], version: str, module: Path, function: str
) -> None:
    failures = outcomes(_run_of(version, module)).get((module.stem, function))
    if failures is None:
        pytest.fail(f"{module.name} could not be loaded by {version}", pytrace=False)
    if failures:
        pytest.fail("\n\n".join(failures), pytrace=False)
