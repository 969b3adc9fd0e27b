"""Fixtures of tests that start `treadle up` themselves."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from up_process import UpProcess

from treadle.testing.ports import free_port


@pytest.fixture
def up_home() -> Iterator[Path]:
    """A home that is not there yet."""
    folder = Path(tempfile.mkdtemp(prefix="tr-"))
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def up(up_home: Path) -> Iterator[Callable[..., UpProcess]]:
    """Starts `treadle up --no-sample` on the test's home and its ports; all of them are stopped at the end."""
    http, dicom = free_port(), free_port()
    started: list[UpProcess] = []

    def start(*options: str, home: Path = up_home, **others: Any) -> UpProcess:
        made = UpProcess(home, *(options or ("--no-sample",)), **{"http": http, "dicom": dicom, **others})
        started.append(made)
        return made

    yield start
    for made in started:
        made.stop()
