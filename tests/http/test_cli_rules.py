"""`treadle rule` as it is typed: added, tried, applied, looked back at, switched, removed, on a real server."""


def test_a_rule_is_tried_applied_and_looked_back_at(treadle, tree, dicom_gear):
    """Trying starts nothing, applying starts what trying showed, and what comes later is in the history."""
    tree.upload("a.dcm")
    tree.upload("b.txt")
    project = tree.project
    added = treadle(
        "rule", "add", project, "first", dicom_gear, "--all", "file.type=dicom", "--not", "file.name~=c.*"
    )
    assert "enabled" in added.out
    assert "file.name~=c.*" in treadle("rule", "list", project).out
    (tried,) = treadle("rule", "test", project, "first", "--json").documents
    assert (tried["name"], tried["job_id"], tried["reason"]) == ("a.dcm", None, None)
    applied = treadle("rule", "apply", project, "first")
    assert "a.dcm" in applied.out
    assert "matching=1 started=1" in applied.err
    assert treadle("rule", "history", project, "first").out == ""


def test_a_rule_is_switched_and_removed(treadle, tree, dicom_gear):
    """Rules are found by name or id; one that is not there, and a condition that is none, are said."""
    made = treadle(
        "rule", "add", tree.project, "r", dicom_gear, "--any", "file.type=dicom", "--disabled", "--json"
    )
    rule = made.documents[0]
    assert rule["disabled"]
    assert "enabled" in treadle("rule", "enable", tree.project, "r").out
    assert "disabled" in treadle("rule", "disable", tree.project, rule["_id"]).out
    assert "no rule 'other'" in treadle("rule", "show", tree.project, "other", ok=False).err
    assert (
        "TYPE=VALUE" in treadle("rule", "add", tree.project, "x", dicom_gear, "--all", "dicom", ok=False).err
    )
    assert "Add --yes" in treadle("rule", "remove", tree.project, "r", ok=False).err
    treadle("rule", "remove", tree.project, "r", "--yes")
    assert treadle("rule", "list", tree.project).out == ""


def test_templates_of_the_site_are_rules_too(treadle, dicom_gear, unique):
    """`site` in place of a project names the rules that new projects begin with."""
    name = unique()
    treadle("rule", "add", "site", name, dicom_gear, "--all", "file.type=dicom", "--disabled")
    assert treadle("rule", "show", "site", name, "--json").documents[0]["project_id"] is None
    treadle("rule", "remove", "site", name, "--yes")
