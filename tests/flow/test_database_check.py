"""A database that cannot be used is told in one line, without its password."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from treadle.server.app.doctor import examine
from treadle.server.kit.settings import Settings
from treadle.server.store.check import DatabaseProblemError, check_database
from treadle.server.store.embedded import EmbeddedPostgres, running_url


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tr-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    server = EmbeddedPostgres(home / "postgres")
    yield server.start()
    server.stop()


def password_of(url: str) -> str:
    return url.partition("treadle:")[2].partition("@")[0]


def test_a_good_one_tells_its_version(url: str) -> None:
    assert check_database(url).startswith("18.")
    assert check_database(url.replace("postgresql://", "postgresql+psycopg://")).startswith("18.")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("treadle:", "treadle:wrong", "password authentication failed"),
        ("/treadle?", "/nowhere?", 'database "nowhere" does not exist'),
        ("port=5432", "port=1", "No such file or directory"),
    ],
)
def test_a_bad_address_tells_why(url: str, before: str, after: str, told: str) -> None:
    with pytest.raises(DatabaseProblemError, match=told) as caught:
        check_database(url.replace(before, after, 1))
    assert "\n" not in str(caught.value)
    assert password_of(url) not in str(caught.value)


def test_another_encoding_is_refused(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "create database latin encoding 'LATIN1' template template0 locale_provider libc locale 'C'"
        )
    with pytest.raises(DatabaseProblemError, match="stores text as LATIN1; create it with UTF8"):
        check_database(url.replace("/treadle?", "/latin?"))


def test_missing_rights_are_told(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create role guest login password 'guest'")
    with pytest.raises(DatabaseProblemError, match="does not let this user create tables"):
        check_database(url.replace("treadle:" + password_of(url), "guest:guest"))


def test_an_older_server_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("treadle.server.store.check.OLDEST", 99)
    with pytest.raises(DatabaseProblemError, match=r"is PostgreSQL 18\..*; 99 or later is needed"):
        check_database(url)


def test_the_running_server_is_found_from_its_folder(home: Path, url: str) -> None:
    assert running_url(home / "postgres") == url
    assert running_url(home / "nothing") is None


def test_the_doctor_is_content_with_a_healthy_home(home: Path, url: str) -> None:
    findings = {
        finding.check: finding for finding in examine(Settings(home=home, http=":18999", dicom=":21999"))
    }
    assert "embedded, PostgreSQL 18" in findings["database"].message
    assert [name for name, finding in findings.items() if not finding.ok and name != "disk"] == []


def test_the_doctor_says_what_to_fix(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "h",
        database_url="postgresql://u:p@127.0.0.1:1/x",
        http="192.0.2.1:80",
        blobs_url="nonsense://x",
    )
    findings = {finding.check: finding for finding in examine(settings)}
    assert "cannot use the database" in findings["database"].message
    assert "cannot be used" in findings["http"].message
    assert [findings[name].ok for name in ("home", "database", "http", "blobs")] == [
        True,
        False,
        False,
        False,
    ]
    assert all("\n" not in finding.message for finding in findings.values())
