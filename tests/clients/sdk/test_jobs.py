"""Gears run by the SDK's calls; the engine's part is played by its own calls, too."""

import pytest


@pytest.fixture
def scan(acquisition, upload):
    return upload(acquisition, "scan.txt", "content")


@pytest.fixture
def claim(fw):
    """Claims the waiting job of a gear as an engine does."""

    def ask(gear):
        wish = {
            "whitelist": {"gear-name": [gear.gear.name]},
            "capabilities": ["networking", "oci"],
            "return": {"jobs": 1},
        }
        (job,) = fw.ask_jobs(wish).jobs
        return job

    return ask


def test_a_utility_gear_runs(fw, gear, acquisition, scan, claim):
    """gear.run, get_job, config, logs, completion by tickets, and the finished job."""
    made = gear()
    job_id = made.run(inputs={"image": scan}, destination=acquisition, config={"speed": 3}, tags=["x"])
    job = fw.get_job(job_id)
    assert (job.state, job.priority, job.gear_info.name) == ("pending", "medium", made.gear.name)
    assert set(job.tags) == {"x", made.gear.name}
    assert job.inputs["image"].name == "scan.txt"
    assert job.config.config == {"speed": 3}
    assert job.destination.id == acquisition.id
    assert job.get_logs() == []
    assert claim(made).id == job_id
    assert fw.get_job_config(job_id).config == {"speed": 3}
    fw.add_job_logs(job_id, [{"fd": 1, "msg": "hello\n"}])
    assert [(line.fd, line.msg) for line in fw.get_job(job_id).get_logs()] == [(1, "hello\n")]
    fw.update_job_profile(job_id, {"elapsed_time_ms": 5})
    ticket = fw.prepare_complete_job(job_id).ticket
    fw.complete_job(job_id, {"success": True}, job_ticket_id=ticket)
    done = fw.get_job(job_id)
    assert (done.state, done.profile.elapsed_time_ms) == ("complete", 5)
    assert done.transitions.complete >= done.transitions.running >= done.created
    detail = fw.get_job_detail(job_id)
    assert detail.inputs["image"].object.name == "scan.txt"
    assert detail.parent_info.acquisition.label == "A"


def test_an_analysis_gear_runs(fw, gear, session, scan, claim):
    """gear.run answers the analysis, whose job is inflated."""
    made = gear("analysis")
    analysis_id = made.run(analysis_label="L", inputs={"image": scan}, destination=session)
    analysis = fw.get_analysis(analysis_id)
    assert (analysis.label, analysis.job.state, analysis.gear_info.name) == ("L", "pending", made.gear.name)
    assert [file.name for file in analysis.inputs] == ["scan.txt"]
    assert analysis.job.destination.id == analysis_id
    assert claim(made).destination.id == analysis_id


def test_jobs_are_found_cancelled_and_retried(fw, gear, session, acquisition, scan, refused):
    made = gear()
    ids = [made.run(inputs={"image": scan}, destination=acquisition) for _ in range(2)]
    own = f"gear_info.name={made.gear.name}"
    assert [job.id for job in fw.jobs.find(own)] == ids
    assert fw.jobs.find_first(own + ",state=pending").inputs[0].name == "scan.txt"
    fw.update_jobs_priority({"job_ids": ids, "priority": "high"})
    job = fw.get_job(ids[0])
    assert job.priority == "high"
    job.change_state("cancelled")
    assert fw.get_job(ids[0]).state == "cancelled"
    refused(409, fw.retry_job, ids[0])
    again = fw.retry_job(ids[0], ignore_state=True)
    again = again if isinstance(again, str) else again.id
    assert fw.get_job(again).previous_job_id == ids[0]
    assert fw.get_job(ids[0]).retried
    assert {one.id for one in fw.get_session_jobs(session.id).jobs} == {*ids, again}
    assert fw.get_current_user_jobs().total >= 3


def test_a_wrong_option_is_refused(gear, acquisition, scan, refused):
    refused(422, gear().run, inputs={"image": scan}, destination=acquisition, config={"speed": "fast"})
