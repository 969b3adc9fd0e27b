"""The published `fw-hpc-client` as it is, against a server behind HTTPS."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tls_front import TlsFront

from treadle.testing.server import TreadleServer, start, stop

SECRET = "a-secret-of-this-test-site-only"
CAST = """\
cast:
  cluster: slurm
  dry_run: {dry_run}
  admin_contact_email: admin@example.org
  group_whitelist: {group_whitelist}
  cast_on_tag: true
  show_script_template_values: true
  show_script_template_result: true
  show_command_template_result: true
  use_hold_engine: false
"""


@dataclass
class Site:
    """A server of these tests alone, with a drone secret."""

    server: TreadleServer
    front: TlsFront
    api: httpx.Client
    gear: str
    session: str

    @property
    def environment(self) -> dict[str, str]:
        """What `settings/credentials.sh` exports."""
        return {
            "SCITRAN_RUNTIME_HOST": "localhost",
            "SCITRAN_RUNTIME_PORT": str(self.front.port),
            "SCITRAN_CORE_DRONE_SECRET": SECRET,
            "REQUESTS_CA_BUNDLE": str(self.front.authority),
            "SSL_CERT_FILE": str(self.front.authority),
            "FLYWHEEL_SDK_SKIP_VERSION_CHECK": "1",
        }

    def request_job(self, *tags: str) -> str:
        asked = {"gear_id": self.gear, "destination": {"type": "session", "id": self.session}, "tags": tags}
        return _made(self.api, "/jobs/add", asked)


def _made(api: httpx.Client, path: str, document: dict[str, Any]) -> str:
    answer = api.post(path, json=document)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["_id"])


def _gear(api: httpx.Client) -> str:
    manifest = {
        "name": "counts", "label": "Counts", "description": "Counts.", "version": "1.0.0", "author": "A. Author",
        "license": "Apache-2.0", "url": "", "source": "", "inputs": {}, "config": {}, "command": "true",
    }  # fmt: skip
    return _made(api, "/gears/counts", {"category": "utility", "gear": manifest})


def _session(api: httpx.Client) -> str:
    group = _made(api, "/groups", {"_id": "hpc", "label": "HPC"})
    project = _made(api, "/projects", {"group": group, "label": "P"})
    subject = _made(api, "/subjects", {"project": project, "label": "S"})
    return _made(api, "/sessions", {"subject": {"_id": subject}, "project": project, "label": "1"})


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    process, server = start(log=folder / "log", environ={"TREADLE_JOBS__DRONE_SECRET": SECRET})
    where = urlsplit(server.url)
    front = TlsFront(folder, (where.hostname or "", where.port or 0))
    headers = {"Authorization": f"scitran-user {server.key}"}
    with httpx.Client(base_url=f"{server.url}/api", headers=headers, timeout=60) as api:
        yield Site(server, front, api, _gear(api), _session(api))
    front.close()
    stop(process.pid)


@pytest.fixture
def cast(site, environments, tmp_path) -> Callable[..., str]:
    """One wake-up of `fw-hpc-client` with these settings: what it says."""
    program = environments / "fwhpc" / "bin" / "fw-hpc-client"

    def run(*, dry_run: bool = True, group_whitelist: bool = False, **environment: str) -> str:
        environment = {**os.environ, **site.environment, **environment}
        subprocess.run([program, "setup"], cwd=tmp_path, env=environment, check=True, capture_output=True)
        settings = CAST.format(dry_run=str(dry_run).lower(), group_whitelist=str(group_whitelist).lower())
        (tmp_path / "settings" / "cast.yml").write_text(settings)
        done = subprocess.run(
            [program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_dry_run_prints_the_script_that_the_tags_ask_for(site, cast, tmp_path):
    job = site.request_job("hpc", "cpu=3", "ram=12G", "gpu")
    other = site.request_job("cpu=3")
    said = cast()
    script = (tmp_path / "logs" / "generated" / f"job-{job}.sh").read_text()
    assert "#SBATCH --cpus-per-task=3\n" in script
    assert "#SBATCH --mem-per-cpu=12G\n" in script
    assert f"./engine run --single-job {job}\n" in script
    assert f"sbatch {tmp_path}/logs/generated/job-{job}.sh" in said
    assert other not in said
    assert "skipped 1 jobs" in cast(), "a job is submitted once"
    site.api.put(f"/jobs/{job}", json={"state": "cancelled"})


def test_jobs_of_people_who_are_not_on_the_list_are_cancelled_with_a_word(site, cast):
    site.api.post("/groups", json={"_id": "hpc-whitelist", "label": "hpc-whitelist"})
    for permission in site.api.get("/groups/hpc-whitelist").json()["permissions"]:
        site.api.delete(f"/groups/hpc-whitelist/permissions/{permission['_id']}")
    job = site.request_job("hpc")
    said = cast(group_whitelist=True)
    assert "rejected 1" in said
    assert site.api.get(f"/jobs/{job}").json()["state"] == "cancelled"
    assert "not on the HPC whitelist" in site.api.get(f"/jobs/{job}/logs/text").text


def test_each_login_gives_the_same_key_and_a_wrong_secret_none(site):
    headers = {"X-SciTran-Auth": SECRET, "X-SciTran-Method": "python", "X-SciTran-Name": "hpc queue"}
    with httpx.Client(base_url=f"{site.server.url}/api", timeout=60) as client:
        status = client.get("/auth/status", headers=headers).json()
        assert status["is_device"] is True
        device = f"/devices/{status['origin']['id']}"
        first, second = (client.get(device, headers=headers).json() for _ in range(2))
        assert (first["key"], len(first["api_keys"])) == (second["key"], 1)
        assert client.get("/devices/self", headers=headers).json()["key"] == first["key"]
        as_device = {"Authorization": f"scitran-user {first['key']}"}
        assert client.get("/auth/status", headers=as_device).json()["origin"] == status["origin"]
        assert client.get(device, headers=as_device).json()["key"] is None
        for wrong in ({"X-SciTran-Auth": "a" * 30}, {"X-SciTran-Name": ""}, {"X-SciTran-Name": "n" * 200}):
            assert client.get("/auth/status", headers={**headers, **wrong}).status_code == 401


def test_without_a_secret_nobody_logs_in_by_one(treadle_server):
    for secret in ("", "a" * 30):
        headers = {"X-SciTran-Auth": secret, "X-SciTran-Method": "python", "X-SciTran-Name": "n"}
        assert httpx.get(f"{treadle_server.url}/api/auth/status", headers=headers).status_code == 401
