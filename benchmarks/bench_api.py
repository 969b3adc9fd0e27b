"""How fast the commonest SDK calls are answered on a site with 200 projects, 20,000 sessions, 250,000 files.

Rows are written by SQL (that is not what is measured), then asked for through HTTP exactly as the official Python SDK
asks, by 1 and by 32 clients. The 95th percentile of one client is held against the aim. Run:

    python benchmarks/bench_api.py [--seconds 4] [--projects 200]

Clients, server and database share the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

from treadle.server.store.embedded import running_url
from treadle.testing.server import TreadleServer, start, stop

SUBJECTS, SESSIONS, ACQUISITIONS, FILES = 50, 100, 400, 1250  # per project
SINGLE_MS, PAGE_MS = 30.0, 80.0
READER = "reader@example.com"
READ_WRITE = f"{2:024x}"

# An id is the project's number, a digit for the kind, a running number.
ID = "lpad(to_hex(({project}::bigint << 32) | ({kind}::bigint << 28) | {n}), 24, '0')"
P, S, E, A, F = range(5)


def _id(kind: int, n: str = "n", project: str = "p") -> str:
    return ID.format(project=project, kind=kind, n=n)


def _fill() -> Iterator[str]:
    """Statements that write the site, whole levels at once; `%s` is the number of projects."""
    columns = "id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id, acquisition_id"
    extra = "'{bench}', jsonb_build_object('score', n % 100, 'site', 'A')"
    times = "now() - n * interval '1 hour', 'UTC'"
    project = _id(P, "0")
    subject, session = _id(S, "((n + 1) / 2)"), _id(E, "((n + 3) / 4)")
    above = _id(S, "(((n + 3) / 4 + 1) / 2)")
    yield "INSERT INTO container (id, level, label, group_id) VALUES ('bench', 'group', 'Bench', 'bench')"
    head = f"INSERT INTO container ({columns}, timestamp, timezone, tags, info) SELECT "
    yield (
        f"{head}{project}, 'project', 'project ' || p, 'bench', 'group', 'bench', {project}, NULL, NULL, NULL, NULL,"
        f" NULL, '{{}}', '{{}}' FROM generate_series(1, %s) p"
    )
    for level, parent, kind, label, ancestors, number in (
        ("subject", project, S, "sub-", f"{_id(S)}, NULL, NULL", SUBJECTS),
        ("session", subject, E, "ses-", f"{subject}, {_id(E)}, NULL", SESSIONS),
        ("acquisition", session, A, "acq-", f"{above}, {session}, {_id(A)}", ACQUISITIONS),
    ):
        parent_level = {"subject": "project", "session": "subject", "acquisition": "session"}[level]
        yield (
            f"{head}{_id(kind)}, '{level}', '{label}' || lpad(n::text, 4, '0'), {parent}, '{parent_level}', 'bench',"
            f" {project}, {ancestors}, {times}, {extra}"
            f" FROM generate_series(1, %s) p, generate_series(1, {number}) n"
        )
    yield "INSERT INTO blob (sha384, size) SELECT repeat(md5(b::text), 3), 1000 FROM generate_series(1, 1000) b"
    home = f"(n - 1) % {ACQUISITIONS} + 1"
    acquisition, of_session = _id(A, f"({home})"), _id(E, f"(({home} + 3) / 4)")
    of_subject = _id(S, f"((({home} + 3) / 4 + 1) / 2)")
    yield (
        "INSERT INTO file (id, file_id, version, is_current, name, parent_id, parent_level, group_id, project_id,"
        " subject_id, session_id, acquisition_id, blob_sha384, size, type, modality, classification, info, origin_type)"
        f" SELECT {_id(F)}, {_id(F)}, 1, true, 'file' || lpad(n::text, 4, '0') || '.dcm', {acquisition}, 'acquisition',"
        f" 'bench', {project}, {of_subject}, {of_session}, {acquisition}, repeat(md5((n % 1000 + 1)::text), 3), 1000,"
        """ 'dicom', 'MR', '{"Intent": ["Structural"]}', jsonb_build_object('header', jsonb_build_object('dicom',"""
        " jsonb_build_object('EchoTime', n % 50, 'SeriesDescription', 'T1w', 'Rows', 256, 'Columns', 256))), 'user'"
        f" FROM generate_series(1, %s) p, generate_series(1, {FILES}) n"
    )
    yield (
        f"INSERT INTO project_grant (project_id, user_id, role_ids) SELECT {project}, '{READER}', ARRAY['{READ_WRITE}']"
        " FROM generate_series(1, %s) p"
    )


@dataclass(frozen=True)
class Call:
    """One call of the SDK: the n-th time it is made it asks for something else."""

    name: str
    aim_ms: float
    request: Callable[[int], tuple[str, str, Any]]


def key_of(project: int, kind: int, n: int) -> str:
    """The id that the statements above give."""
    return f"{project << 32 | kind << 28 | n:024x}"


def calls(projects: int) -> list[Call]:
    """The twelve, as (method, path, body)."""

    def p(n: int) -> int:
        return n * 7 % projects + 1

    def get(path: str) -> tuple[str, str, Any]:
        return "GET", path, None

    def lookup(n: int) -> tuple[str, str, Any]:
        session = n * 11 % SESSIONS + 1
        path = ["bench", f"project {p(n)}", f"sub-{(session + 1) // 2:04}", f"ses-{session:04}"]
        return "POST", "/lookup", {"path": path}

    def found(n: int) -> tuple[str, str, Any]:
        wanted = quote(f"label=ses-{n * 13 % SESSIONS + 1:04},project={key_of(p(n), P, 0)}")
        return get(f"/sessions?filter={wanted}&limit=100")

    def info(n: int) -> tuple[str, str, Any]:
        return "POST", f"/sessions/{key_of(p(n), E, n * 17 % SESSIONS + 1)}/info", {"set": {"score": n}}

    acquisition = lambda n: n * 19 % ACQUISITIONS + 1  # noqa: E731
    return [
        Call("get_current_user()", SINGLE_MS, lambda _: get("/users/self")),
        Call("lookup(path)", SINGLE_MS, lookup),
        Call("get_project(id)", SINGLE_MS, lambda n: get(f"/projects/{key_of(p(n), P, 0)}")),
        Call("get_session(id)", SINGLE_MS, lambda n: get(f"/sessions/{key_of(p(n), E, n % SESSIONS + 1)}")),
        Call("get_acquisition(id)", SINGLE_MS, lambda n: get(f"/acquisitions/{key_of(p(n), A, acquisition(n))}")),
        Call("get_file(id)", SINGLE_MS, lambda n: get(f"/files/{key_of(p(n), F, n % FILES + 1)}")),
        Call("session.update_info()", SINGLE_MS, info),
        Call("session.acquisitions()", SINGLE_MS, lambda n: get(
            f"/sessions/{key_of(p(n), E, n % SESSIONS + 1)}/acquisitions?limit=100")),
        Call("sessions.find('label=..')", PAGE_MS, found),
        Call("projects()", PAGE_MS, lambda _: get("/projects?limit=100")),
        Call("project.sessions()", PAGE_MS, lambda n: get(f"/projects/{key_of(p(n), P, 0)}/sessions?limit=100")),
        Call("project.acquisitions()", PAGE_MS, lambda n: get(
            f"/projects/{key_of(p(n), P, 0)}/acquisitions?limit=100&after_id={key_of(p(n), A, acquisition(n) // 2)}")),
    ]  # fmt: skip


class Asker:
    """One client: a connection kept open, as the SDK keeps it."""

    def __init__(self, site: TreadleServer, key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=60)
        self._headers = {
            "Authorization": f"scitran-user {key}",
            "User-Agent": "Flywheel SDK/23.0.0 (benchmark)",
            "X-SDK-Version": "23.0.0",
            "X-Accept-Feature": "pagination,Safe-Redirect,subject-container",
            "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body: Any) -> float:
        """Seconds until the whole answer is there."""
        began = time.perf_counter()
        content = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api{path}", content, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        took = time.perf_counter() - began
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {said[:300].decode()}")
        return took


def measure(call: Call, askers: list[Asker], seconds: float) -> tuple[float, float]:
    """Requests per second and 95th percentile in milliseconds of all clients together."""
    numbers, taken = count(), [[] for _ in askers]  # type: list[list[float]]
    end = time.perf_counter() + seconds

    def work(asker: Asker, mine: list[float]) -> None:
        while time.perf_counter() < end:
            mine.append(asker.ask(*call.request(next(numbers))) * 1000)

    for number in range(5):
        askers[0].ask(*call.request(number))
    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=pair) for pair in zip(askers, taken, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [one for mine in taken for one in mine]
    rate = len(everything) / (time.perf_counter() - began)
    return rate, statistics.quantiles(everything, n=20)[-1]


@contextmanager
def site(projects: int) -> Iterator[tuple[TreadleServer, str, str]]:
    """A filled server, an ordinary user's key and the database."""
    with tempfile.TemporaryDirectory(prefix="treadle-bench-") as folder:
        Path(folder).chmod(0o711)
        _process, made = start(home=Path(folder) / "home", log=Path(folder) / "up.log")
        try:
            database = str(running_url(made.home / "postgres"))
            admin = Asker(made, made.key)
            admin.ask("POST", "/users", {"_id": READER, "firstname": "R", "lastname": "R", "roles": ["user"]})
            with psycopg.connect(database, autocommit=True) as connection:
                for statement in _fill():
                    connection.execute(statement.replace("%s", str(projects)))  # type: ignore[arg-type]
                connection.execute("VACUUM ANALYZE")
            yield made, _key(made), database
        finally:
            stop(made.pid)


def _key(made: TreadleServer) -> str:
    import httpx

    answer = httpx.post(
        f"{made.url}/api/users/{READER}/key",
        json={"label": "bench"},
        headers={"Authorization": f"scitran-user {made.key}"},
    )
    return str(answer.raise_for_status().json()["unencrypted_secret"])


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--only", default="", help="calls whose name holds this")
    options = parser.parse_args()
    began = time.perf_counter()
    with site(options.projects) as (made, key, _database):
        sizes = [options.projects * number for number in (SESSIONS, FILES)]
        print(f"{options.projects} projects, {sizes[0]} sessions, {sizes[1]} files written and server started in"
              f" {time.perf_counter() - began:.0f} s; an ordinary user with a role in every project asks")  # fmt: skip
        print(
            f"{'call':<26} {'1 client':>9} {'p95 ms':>7} {'aim ms':>7}         {'32 clients':>11} {'p95 ms':>7}"
        )
        askers = [Asker(made, key) for _ in range(32)]
        missed = []
        for call in calls(options.projects):
            if options.only not in call.name:
                continue
            rate, p95 = measure(call, askers[:1], options.seconds)
            many, p95_many = measure(call, askers, options.seconds)
            verdict = "met" if p95 < call.aim_ms else "MISSED"
            missed += [call.name] if verdict == "MISSED" else []
            print(f"{call.name:<26} {rate:>7.0f}/s {p95:>7.1f} {call.aim_ms:>7.0f} {verdict:<7} {many:>9.0f}/s"
                  f" {p95_many:>7.1f}", flush=True)  # fmt: skip
        print(f"missed: {', '.join(missed)}" if missed else "all aims met")


if __name__ == "__main__":
    main()
