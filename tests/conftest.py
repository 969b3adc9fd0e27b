"""What all tests share; the server itself comes from our own plugin, `treadle.testing` (fixture `treadle_server`)."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The tests share two busy cores: how long an example takes says nothing of our code. The suite goes through the same
# examples every time; `make fuzz` looks for new ones.
QUICK = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", QUICK)
if fuzz_examples := os.environ.get("FUZZ_EXAMPLES"):
    settings.register_profile("fuzz", QUICK, derandomize=False, max_examples=int(fuzz_examples))
settings.load_profile("fuzz" if fuzz_examples else "quick")

gc.disable()  # until all tests are collected
REPO = Path(__file__).resolve().parents[1]
SHARED = REPO.parent / "shared"


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look through it again and again."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of this test run, readable by the database's account."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def dicom_data() -> Path:
    """Real DICOM series beside the repository."""
    folder = SHARED / "data" / "dicom"
    if not folder.is_dir():
        _missing("../shared/data/dicom is not there")
    return folder


@pytest.fixture(scope="session")
def flyql_cases() -> Path:
    """Queries and what they find, beside the repository."""
    cases = SHARED / "data" / "flyql_cases.json"
    if not cases.is_file():
        _missing("../shared/data/flyql_cases.json is not there")
    return cases


@pytest.fixture(scope="session")
def gear_manifests() -> Path:
    """Published gear manifests beside the repository."""
    folder = SHARED / "data" / "gear_manifests"
    if not folder.is_dir():
        _missing("../shared/data/gear_manifests is not there")
    return folder


def _missing(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"missing in CI: {why}")
    pytest.skip(why)


@pytest.fixture(scope="session")
def one_at_a_time() -> Callable[[Path], AbstractContextManager[None]]:
    """Keeps the other processes of this test run waiting while a block runs."""

    @contextmanager
    def hold(lock: Path) -> Iterator[None]:
        with lock.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    return hold


@pytest.fixture(scope="session")
def install_clients(run_folder: Path, one_at_a_time) -> Callable[..., Path]:
    """Installs the environment of one client, or of all, when missing or out of date: the folder that holds them."""

    def install(*name: str) -> Path:
        with one_at_a_time(run_folder / "clients.lock"):
            script = REPO / "scripts" / "setup-clients"
            done = subprocess.run([script, *name], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"scripts/setup-clients failed:\n{done.stderr}"
        return REPO / ".venv-clients"

    return install


@pytest.fixture(scope="session")
def environments(install_clients) -> Path:
    """The folder with one environment per client."""
    return install_clients()


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Path of a peer program; without it the test is skipped (on CI: fails)."""

    def find(name: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
        if found is None:
            _missing(f"the program '{name}' is not installed; run scripts/install-test-peers")
        return str(found)

    return find


@pytest.fixture(scope="session")
def working() -> Callable[[Any], Any]:
    """A runtime of gears that works here; without it the test is skipped (on CI: fails)."""
    from treadle.engine.errors import EngineError

    def checked(runtime: Any) -> Any:
        try:
            runtime.check()
        except EngineError as missing:
            _missing(str(missing))
        return runtime

    return checked


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A module stays in one process, as a group does: what its tests share is made once."""
    from xdist.scheduler import LoadGroupScheduling

    class ByModule(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return super()._split_scope(nodeid).partition("::")[0]

    return ByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come late: once one has been driven, no test of the same process can run a loop of its own."""
    late = {_group(item) for item in items if _has_browser(item)} - {None}

    def place(item: pytest.Item) -> tuple[bool, bool]:
        return _has_browser(item) or _group(item) in late, item.get_closest_marker("quiet") is not None

    items.sort(key=place)


def _has_browser(item: pytest.Item) -> bool:
    return "e2e" in item.path.relative_to(REPO).parts


def _group(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker("xdist_group")
    return mark.args[0] if mark else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Groups share servers that take long to start: a pytest whose xdist no longer keeps them together is refused."""
    if "PYTEST_XDIST_WORKER" in os.environ and item.get_closest_marker("xdist_group"):
        assert "@" in item.nodeid, (
            "pytest-xdist does not group tests: run with --dist loadgroup and pytest < 9.2"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """pytest-xdist adds `@group` to names; `--last-failed` would not find the test by that one."""
    if hasattr(report, "node") and "xdist_group" in report.keywords:  # a report of one of its processes
        report.nodeid = report.nodeid.rpartition("@")[0] or report.nodeid
