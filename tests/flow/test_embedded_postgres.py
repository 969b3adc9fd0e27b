"""The embedded PostgreSQL: any account, any folder, and back by itself after every kind of death."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from treadle.server.store import embedded, embedded_leftovers
from treadle.server.store.embedded import EmbeddedPostgres, PostgresError
from treadle.server.store.embedded_account import Account
from treadle.server.store.embedded_programs import programs
from treadle.testing.waiting import wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="switching accounts needs root")

HOLDER = """
import sys, psycopg
from pathlib import Path
from treadle.server.store.embedded import EmbeddedPostgres
url = EmbeddedPostgres(Path(sys.argv[1])).start()
with psycopg.connect(url, autocommit=True) as connection:
    connection.execute("create table if not exists t (n bigint primary key)")
    n = connection.execute("select coalesce(max(n), 0) from t").fetchone()[0]
    while True:
        n += 1
        connection.execute("insert into t values (%s)", [n])
        print(n, flush=True)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tr-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home / "postgres")
    yield server
    server.stop()


def ask(url: str, sql: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(sql).fetchone()
        assert row is not None
        return row[0]


def run(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


def test_data_are_there_after_a_restart(postgres: EmbeddedPostgres) -> None:
    run(postgres.start(), "create table t as select 7 as n")
    postgres.stop()
    assert ask(postgres.start(), "select n from t") == 7


def test_only_the_password_opens_it(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    password = url.partition("treadle:")[2].partition("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(password, "wrong"))


def test_a_second_start_on_the_same_folder_is_refused(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    with pytest.raises(PostgresError, match="in use by another process"):
        EmbeddedPostgres(postgres.data).start()


@pytest.mark.parametrize("name", ["with space %41 'é", "x" * 100])
def test_any_folder_name_works(home: Path, name: str) -> None:
    folder = home / name
    folder.mkdir()
    server = EmbeddedPostgres(folder / "postgres")
    try:
        assert ask(server.start(), "select 1") == 1
    finally:
        server.stop()


@as_root
def test_root_may_keep_it_in_a_private_folder(home: Path) -> None:
    home.chmod(0o700)
    server = EmbeddedPostgres(home / "postgres")
    try:
        assert ask(server.start(), "select 1") == 1
        assert server.data.stat().st_uid != 0
        os.kill(server.pid or 0, signal.SIGKILL)
        server.stop()
        assert ask(server.start(), "select 1") == 1
    finally:
        server.stop()


@as_root
def test_programs_in_a_private_folder_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid)
    monkeypatch.setattr(Account, "can_pass", lambda *_: False)
    folder = programs(account, caches=(Path("/proc/no"), home / "cache"))
    assert folder.is_relative_to(home / "cache")
    assert programs(account, caches=(home / "cache",)) == folder
    done = subprocess.run(
        [folder / "initdb", "-D", home / "data", "--locale=C"],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    assert done.returncode == 1  # it runs, and may not write here
    assert "Permission denied" in done.stderr


@as_root
def test_an_ordinary_user_needs_nothing_special(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    folder = programs(Account(nobody.pw_uid, nobody.pw_gid), caches=(home / "cache",))
    monkeypatch.setattr(embedded, "programs", lambda _account: folder)
    mine = home / "mine"
    mine.mkdir()
    os.chown(mine, nobody.pw_uid, nobody.pw_gid)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            server = EmbeddedPostgres(mine / "postgres")
            status = 0 if ask(server.start(), "select 1") == 1 else 2
            server.stop()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (mine / "postgres" / "PG_VERSION").stat().st_uid == nobody.pw_uid


def test_a_zombie_with_the_recorded_number_does_not_block(postgres: EmbeddedPostgres) -> None:
    run(postgres.start(), "create table t as select 7 as n")
    dead = postgres.pid or 0
    os.kill(dead, signal.SIGKILL)
    wait_until(
        lambda: psutil.Process(dead).status() == psutil.STATUS_ZOMBIE
    )  # nobody has asked for its status
    postgres._lock.release()
    heir = EmbeddedPostgres(postgres.data)
    try:
        assert ask(heir.start(), "select n from t") == 7
        assert psutil.Process(dead).status() == psutil.STATUS_ZOMBIE
    finally:
        heir.stop()


def test_a_stranger_with_the_recorded_number_is_left_alone(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    postgres.stop()
    stranger = subprocess.Popen(["sleep", "60"], user=postgres.data.stat().st_uid)
    try:
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n1\n5432\n\n\n")
        assert ask(postgres.start(), "select 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_outlived_its_supervisor_is_replaced(postgres: EmbeddedPostgres) -> None:
    run(postgres.start(), "create table t as select 7 as n")
    first = postgres.pid
    postgres._lock.release()
    heir = EmbeddedPostgres(postgres.data)
    try:
        assert ask(heir.start(), "select n from t") == 7
        assert heir.pid != first
        assert postgres.pid is None
    finally:
        heir.stop()


def test_it_ends_with_its_supervisor(home: Path) -> None:
    holder, _ = _hold(home)
    holder.kill()
    holder.wait()
    wait_until(lambda: not embedded_leftovers.running(home / "postgres"))


def test_the_watcher_of_other_systems_ends_it_too(home: Path) -> None:
    sleeper = subprocess.Popen(["sleep", "60"])
    script = f"""
import time
from treadle.server.store.embedded_run import _watch_parent
_watch_parent({sleeper.pid})
print("armed", flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    parent.stdout.readline()
    assert sleeper.poll() is None
    parent.kill()
    parent.wait()
    assert sleeper.wait(5) == -signal.SIGINT


def test_no_commit_is_lost_however_often_everything_is_killed(home: Path) -> None:
    seed = random.Random(11)
    last = 0
    for _ in range(8):
        holder, first = _hold(home)
        assert first > last
        time.sleep(seed.uniform(0.0, 0.15))
        victims = [*embedded_leftovers.running(home / "postgres"), psutil.Process(holder.pid)]
        seed.shuffle(victims)
        for victim in victims:
            try:
                victim.kill()
            except psutil.NoSuchProcess:
                continue
        output, _ = holder.communicate()
        last = int(output.split()[-1]) if output.split() else first
    server = EmbeddedPostgres(home / "postgres")
    try:
        assert int(str(ask(server.start(), "select max(n) from t"))) >= last
    finally:
        server.stop()


def test_a_half_made_cluster_is_made_again(home: Path) -> None:
    rest = home / "postgres.new-1234"
    (rest / "data").mkdir(parents=True)
    (rest / "data" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(home / "postgres")
    try:
        assert ask(server.start(), "select 1") == 1
        assert not rest.exists()
    finally:
        server.stop()


def test_a_folder_with_other_things_is_not_touched(home: Path) -> None:
    (home / "postgres").mkdir()
    (home / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(PostgresError, match="neither empty nor a PostgreSQL data folder"):
        EmbeddedPostgres(home / "postgres").start()


def test_data_of_another_major_version_are_named(home: Path) -> None:
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 16, this is 18"):
        EmbeddedPostgres(home / "postgres").start()


def test_a_damaged_configuration_is_told_in_postgresqls_words(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    postgres.stop()
    with (postgres.data / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = lots\n")
    with pytest.raises(PostgresError, match="did not start: configuration file"):
        postgres.start()


def _hold(home: Path) -> tuple[subprocess.Popen[str], int]:
    """A process that runs the server and commits rows; with the first row's number."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home / "postgres")], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    return holder, int(holder.stdout.readline())
