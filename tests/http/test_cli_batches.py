"""`treadle batch` as it is typed: proposed, run, looked at, cancelled, against a real server."""


def test_a_batch_is_proposed_run_and_cancelled(treadle, tree, dicom_gear):
    tree.upload("a.dcm")
    made = treadle("batch", "propose", dicom_gear, tree.project, "--tag", "t", "--json").documents[0]
    assert len(made["matched"]) == 1
    assert "pending=0" in treadle("batch", "status", made["_id"]).out
    assert "1 jobs" in treadle("batch", "run", made["_id"]).out
    assert "running: pending=1" in treadle("batch", "status", made["_id"]).out
    assert made["_id"] in treadle("batch", "list").out
    assert "0 jobs started again" in treadle("batch", "retry", made["_id"]).out
    assert "1 jobs cancelled" in treadle("batch", "cancel", made["_id"]).out


def test_a_query_chooses_the_sessions(treadle, tree, dicom_gear, unique):
    tree.upload("a.dcm")
    query = f"project._id = {tree.project}"
    made = treadle("batch", "propose", dicom_gear, "--search", query, "--json").documents[0]
    assert [one["parents"]["session"] for one in made["matched"]] == [tree.session]


def test_what_cannot_be_proposed_is_said(treadle, tree, dicom_gear):
    assert treadle("batch", "propose", dicom_gear, ok=False).err
    assert "nothing to run" in treadle("batch", "propose", dicom_gear, tree.project).out
