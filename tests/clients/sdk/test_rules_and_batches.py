"""Rules and batches with the SDK: written, read, changed, run."""


def _text(found):
    return str(getattr(found, "value", found))


def _rule(gear, **more):
    condition = {"type": "file.name", "value": "*.txt"}
    return {
        "gear_id": gear.id,
        "name": "texts",
        "all": [condition],
        "any": [],
        "not": [],
        "disabled": True,
        **more,
    }


def test_a_rule_of_a_project_is_written_changed_and_removed(fw, gear, project, refused):
    made = fw.add_project_rule(project.id, _rule(gear(), config={"speed": 3}, priority="high"))
    rule = fw.get_project_rule(project.id, made.id)
    assert (rule.name, rule.project_id, rule.disabled, rule.auto_update) == ("texts", project.id, True, False)
    assert (rule.config["speed"], _text(rule.all[0].type), rule.all[0].value) == (3, "file.name", "*.txt")
    fw.modify_project_rule(project.id, made.id, {"disabled": False, "auto_update": True})
    (shown,) = fw.get_project_rules(project.id)
    assert (shown.id, shown.disabled, shown.auto_update) == (made.id, False, True)
    refused(422, fw.modify_project_rule, project.id, made.id, {"config": {"speed": "fast"}})
    fw.remove_project_rule(project.id, made.id)
    assert fw.get_project_rules(project.id) == []


def test_a_rule_of_the_site_is_given_to_new_projects(fw, gear, group):
    made = fw.add_site_rule(_rule(gear()))
    try:
        assert fw.get_site_rule(made.id).gear_id == made.gear_id
        fw.modify_site_rule(made.id, {"name": "renamed"})
        assert made.id in [one.id for one in fw.get_site_rules()]
        given = fw.get_project_rules(group.add_project(label="new").id)
        assert [(one.name, one.disabled) for one in given if one.gear_id == made.gear_id] == [
            ("renamed", True)
        ]
    finally:
        fw.remove_site_rule(made.id)


def test_a_batch_is_proposed_run_and_cancelled(fw, gear, session, acquisition, upload):
    """What matches becomes jobs; an acquisition without a file is named as such."""
    upload(acquisition, "scan.txt", "content")
    empty = session.add_acquisition(label="empty")
    made = gear()
    proposal = made.propose_batch([session], config={"speed": 5}, tags=["x"])
    assert [one.id for one in proposal.matched] == [acquisition.id]
    assert [one.id for one in proposal.not_matched] == [empty.id]
    (job,) = proposal.run()
    assert (job.config.config["speed"], _text(job.state), job.batch) == (5, "pending", proposal.id)
    assert {"x", "batch", made.gear.name} <= set(job.tags)
    assert _text(fw.get_batch(proposal.id).state) == "running"
    assert proposal.id in [one.id for one in fw.get_all_batches()]
    fw.cancel_batch(proposal.id)
    assert _text(fw.get_job(job.id).state) == "cancelled"
