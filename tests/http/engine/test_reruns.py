"""`treadle rerun --diff` on real runs in the sandbox: the same bytes again, or a table of what differs."""

import sys

import pytest

from treadle.cli.main import main


@pytest.fixture
def ended(tree, gear, start, wait_for, engine):
    """A complete job of a gear with this script, on one file."""

    def run(script):
        tree.upload("scan.txt", b"voxels")
        made = gear(script, inputs={"scan": {"base": "file"}})
        scan = {"type": "acquisition", "id": tree.acquisition, "name": "scan.txt"}
        job = start(made, engine, inputs={"scan": scan})
        assert wait_for(job)["state"] == "complete"
        return job

    return run


def test_a_deterministic_gear_gives_the_same_bytes(ended, treadle, api):
    first = ended("sha384sum input/scan/scan.txt > output/sum.txt")
    assert treadle("rerun", first, "--diff").out.splitlines()[-1] == "identical"
    (again,) = api.get("/jobs", params={"filter": f"previous_job_id={first}"}).json()
    outputs = [api.get(f"/jobs/{job}").json()["outputs"][0] for job in (first, again["id"])]
    assert [one["version"] for one in outputs] == [1, 2]
    assert outputs[0]["hash"] == outputs[1]["hash"]
    assert treadle("job", "provenance", again["id"], "--json").documents[0]["run"]["exit_code"] == 0


def test_a_gear_that_rolls_dice_is_found_out(ended, treadle_server, monkeypatch, capsys):
    """Status 1, and the line of the output that differs."""
    first = ended("date +%N > output/now.txt; echo same > output/same.txt")
    words = [
        "treadle",
        "rerun",
        first,
        "--diff",
        "--server",
        treadle_server.url,
        "--api-key",
        treadle_server.key,
    ]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        main()
    out = capsys.readouterr().out
    assert end.value.code == 1
    assert "now.txt" in out and "same.txt" not in out
    assert out.splitlines()[-1] == "same-inputs-different-outputs"
