"""Shared data of these tests: real series, read in place when they are there."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

DICOMDIR = b"1.2.840.10008.1.3.10"
CORPUS = Path(__file__).parents[4] / "shared" / "data" / "dicom"


@pytest.fixture(scope="session")
def corpus() -> list[Path]:
    if not CORPUS.exists():
        pytest.skip("shared/data/dicom is absent")
    return sorted(path for path in CORPUS.rglob("*") if path.is_file() and _is_dicom(path))


@pytest.fixture(scope="session")
def one_of_each(corpus: list[Path]) -> list[bytes]:
    """One instance of every folder."""
    return [path.read_bytes() for path in {path.parent: path for path in corpus}.values()]


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(400)
    return head[128:132] == b"DICM" and DICOMDIR not in head
