"""A second start skips preparing only when the database lacks nothing."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from treadle.server.app.bootstrap import bootstrap
from treadle.server.app.supervise.prepared import recall
from treadle.server.kit.settings import Settings
from treadle.server.store.migrate import upgrade


@pytest.fixture
def prepared(empty_database: str, tmp_path: Path) -> str:
    """A database made ready by a first start."""
    upgrade(empty_database)
    bootstrap(Settings(home=tmp_path, database_url=empty_database))
    return empty_database


def test_what_was_prepared_is_recalled(prepared: str, tmp_path: Path) -> None:
    known = recall(tmp_path, prepared)
    assert known is not None
    assert known.api_key
    assert known.device_key


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE alembic_version SET version_num = '0001'",
        "UPDATE role SET actions = actions[2:] WHERE builtin = 'ro'",
        "UPDATE app_user SET id = 'other@example.com'",
    ],
)
def test_a_database_that_lacks_something_is_prepared_again(prepared: str, tmp_path: Path, harm: str) -> None:
    with psycopg.connect(prepared) as connection:
        connection.execute(
            "SET session_replication_role = replica"
        )  # the harm alone, without its consequences
        connection.execute(harm)
    assert recall(tmp_path, prepared) is None


def test_another_home_or_no_database_is_no_reason_to_fail(prepared: str, tmp_path: Path) -> None:
    assert recall(tmp_path / "elsewhere", prepared) is None
    assert recall(tmp_path, "postgresql://u:p@127.0.0.1:1/x") is None
