"""Profiles at work through the public engine, and the pairs made by the original tool, read in place if there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from treadle.deid.engine import Engine
from treadle.deid.profile import Profile
from treadle.deid.result import Result
from treadle.deid.secrets import Context, Secrets

PAIRS = Path(__file__).parents[4] / "shared" / "data" / "deid"
Process = Callable[[str, str, bytes], Result]


@pytest.fixture(scope="session")
def pairs() -> Path:
    if not PAIRS.exists():
        pytest.skip("shared/data/deid is absent")
    return PAIRS


@pytest.fixture
def process() -> Process:
    """De-identify one file by the text of a profile."""

    def run(profile: str, name: str, data: bytes) -> Result:
        return Engine(Profile.load(profile), Secrets(bytes(32)), Context("group", "project")).process(
            name, data
        )

    return run


@pytest.fixture
def output(process: Process) -> Callable[[str, str, bytes], bytes]:
    """As `process`, for the contents of the one file that comes out."""

    def run(profile: str, name: str, data: bytes) -> bytes:
        result = process(profile, name, data)
        assert result.status == "ok", (result.error, result.report.where)
        return result.outputs[0][1]

    return run
