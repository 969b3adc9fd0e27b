"""The published `fw-hpc-client` as it is, against a server behind HTTPS."""

import os
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest
from compute_site import SECRET

DRONE = {"X-SciTran-Auth": SECRET, "X-SciTran-Method": "python", "X-SciTran-Name": "hpc queue"}
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


@pytest.fixture
def cast(site, install_clients, tmp_path) -> Callable[..., str]:
    """One wake-up of `fw-hpc-client` with these settings: what it says."""
    program = install_clients("fwhpc") / "fwhpc" / "bin" / "fw-hpc-client"

    def run(
        *, dry_run: bool = True, group_whitelist: bool = False, prepare_only: bool = False, **environment: str
    ) -> str:
        environment = {**os.environ, **site.credentials, **environment}
        subprocess.run([program, "setup"], cwd=tmp_path, env=environment, check=True, capture_output=True)
        settings = CAST.format(dry_run=str(dry_run).lower(), group_whitelist=str(group_whitelist).lower())
        (tmp_path / "settings" / "cast.yml").write_text(settings)
        if prepare_only:
            return ""
        done = subprocess.run(
            [program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_dry_run_prints_the_script_that_the_tags_ask_for(site, cast, tmp_path):
    job = site.request_job(site.subject("dry"), "hpc", "cpu=3", "ram=12G", "gpu")
    other = site.request_job(site.subject("other"), "cpu=3")
    said = cast()
    script = (tmp_path / "logs" / "generated" / f"job-{job}.sh").read_text()
    assert "#SBATCH --cpus-per-task=3\n" in script
    assert "#SBATCH --mem-per-cpu=12G\n" in script
    assert f"./engine run --single-job {job}\n" in script
    assert f"sbatch {tmp_path}/logs/generated/job-{job}.sh" in said
    assert other not in said
    assert "skipped 1 jobs" in cast(), "a job is submitted once"
    site.api.put(f"/jobs/{job}", json={"state": "cancelled"})


def test_the_list_of_people_is_read_and_a_refused_job_says_why(site, cast):
    """The administrator is on the list; the calls of a refusal are made as the client makes them."""
    site.api.post("/groups", json={"_id": "hpc-whitelist", "label": "hpc-whitelist"}).raise_for_status()
    job = site.request_job(site.subject("list"), "hpc")
    assert "Launched 1 jobs" in cast(group_whitelist=True)
    with httpx.Client(base_url=f"{site.server.url}/api", headers=DRONE, timeout=60) as client:
        records = [{"fd": -1, "msg": "User x is not on the HPC whitelist.\n"}]
        client.post(f"/jobs/{job}/logs", json=records).raise_for_status()
        client.put(f"/jobs/{job}", json={"state": "cancelled"}).raise_for_status()
    assert site.job(job)["state"] == "cancelled"
    assert "not on the HPC whitelist" in site.log(job)


@pytest.mark.parametrize(
    "cluster", [pytest.param("slurm", marks=pytest.mark.xdist_group("slurm"))], indirect=True
)
def test_a_gear_runs_through_sbatch(site, cast, cluster, tmp_path):
    """Cast, submitted, run by `./engine` on the node, its output with the destination."""
    subject = site.subject("cast")
    job = site.request_job(subject, "hpc", "cpu=1", "ram=1G", config={"text": "by fw-hpc-client"})
    cast(prepare_only=True)
    engine = tmp_path / "logs" / "temp" / "engine"
    engine.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m treadle.cli.single_job "$@"\n')
    engine.chmod(0o755)
    own = {
        **site.credentials,
        "ENGINE_CACHE_DIR": str(tmp_path / "cache"),
        "ENGINE_TEMP_DIR": str(tmp_path / "runs"),
    }
    own["ENGINE_MODULE"] = "sandbox"
    exports = "".join(f"export {name}='{value}'\n" for name, value in own.items())
    (tmp_path / "settings" / "credentials.sh").write_text(exports)
    assert "Launched 1" in cast(dry_run=False, **cluster.peer.environment)
    document = site.wait_for(job, "complete", "failed")
    assert document["state"] == "complete", site.log(job)
    assert site.api.get(f"/subjects/{subject}/files/text.txt").text == '"text": "by fw-hpc-client"\n'


def test_each_login_gives_the_same_key_and_a_wrong_secret_none(site):
    headers = DRONE
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
