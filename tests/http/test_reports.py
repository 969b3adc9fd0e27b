"""Reports: the site, projects with their people, and usage."""

from datetime import UTC, datetime, timedelta

import pytest

TODAY = datetime.now(UTC).date()


def test_the_site_report_counts_projects_and_sessions(api, stranger, tree, problem):
    api.put(f"/groups/{tree.group}", json={"label": tree.group})
    report = api.get("/report/site").json()
    assert report["group_count"] == len(report["groups"])
    mine = next(item for item in report["groups"] if item["label"] == tree.group)
    assert mine == {"label": tree.group, "project_count": 1, "session_count": 1}
    problem(stranger.get("/report/site"), 403)


def test_the_project_report_counts_people(api, stranger, tree, problem):
    """Subjects of the period's sessions by sex, age, race and ethnicity; only for who sees the project."""
    for number, (sex, years) in enumerate((("female", 30), ("male", 10), (None, None))):
        subject = tree.add(
            "subjects", project=tree.project, label=f"p{number}", sex=sex, race="Asian" if sex else None
        )
        age = years and years * 31_557_600
        tree.add("sessions", project=tree.project, subject={"_id": subject}, label="x", age=age)
    (report,) = tree.get("/report/project", projects=tree.project)["projects"]
    assert (report["name"], report["subjects_count"], report["session_count"]) == ("P", 4, 4)
    assert (report["female_count"], report["male_count"], report["other_count"]) == (1, 1, 2)
    assert (report["over_18_count"], report["under_18_count"]) == (1, 1)
    assert report["demographics_grid"]["asian"]["total"] == 2
    assert report["demographics_grid"]["total"]["unknown_or_not_reported"]["female"] == 1
    assert report["admins"]
    later = (TODAY + timedelta(days=2)).isoformat()
    (empty,) = tree.get("/report/project", projects=tree.project, start_date=later)["projects"]
    assert empty["subjects_count"] == 0
    problem(stranger.get("/report/project", params={"projects": tree.project}), 404)
    problem(api.get("/report/project"), 422)
    problem(api.get("/report/project", params={"projects": tree.project, "start_date": "soon"}), 422)


def test_usage_follows_what_is_uploaded_and_deleted(tree):
    """Bytes and sessions of a project today; deleted ones count as deleted."""
    tree.upload("a.bin", b"x" * 1000)
    tree.upload("b.bin", b"y" * 500)
    tree.api.delete(f"/acquisitions/{tree.acquisition}/files/b.bin").raise_for_status()
    for path, query in (
        ("/report/daily-usage", {"year": TODAY.year, "month": TODAY.month}),
        ("/report/daily-usage-range", {"start_date": TODAY.isoformat(), "end_date": TODAY.isoformat()}),
    ):
        last = tree.get(path, project=tree.project, **query)[-1]
        assert (last["year"], last["month"], last["day"]) == (TODAY.year, TODAY.month, TODAY.day)
        assert (last["center_storage_bytes"], last["session_count"]) == (1000, 1)
        assert last["center_storage_soft_deleted_bytes"] == 500
    (month,) = tree.get("/report/usage", project=tree.project)
    assert (month["total_storage_byte_day"], month["session_count"]) == (1000, 1)
    (project,) = [
        row
        for row in tree.get("/report/legacy-usage", type="project")
        if row["project"]["_id"] == tree.project
    ]
    assert (project["file_mbs"], project["session_count"]) == (0.001, 1)


@pytest.mark.parametrize("by", ["project", "group", "month"])
def test_the_usage_summary_shows_the_change_of_a_period(tree, by):
    tree.upload("a.bin", b"x" * 1000)
    days = {"start_date": TODAY.isoformat(), "end_date": TODAY.isoformat(), "group": tree.group}
    (row,) = tree.get("/report/usage-summary", group_by=by, **days)
    assert [row[f"managed_data_bytes_{point}"] for point in ("start", "end", "delta")] == [0, 1000, 1000]
    assert (row["files_origin_user_count_delta"], row["session_count_end"]) == (1, 1)
    table = tree.api.get("/report/usage-summary", params={**days, "group_by": by, "csv": "true"})
    assert table.text.splitlines()[0].count(",") > 40


def test_usage_is_for_administrators_and_bad_periods_are_told(api, stranger, problem):
    assert {"year": TODAY.year, "month": TODAY.month} in api.get("/report/usage/availability").json()[
        "available_reports"
    ]
    assert api.get("/report/usage/collect").json() is None
    for path in ("usage", "daily-usage", "daily-usage-range", "legacy-usage", "usage-summary"):
        problem(stranger.get(f"/report/{path}"), 403)
    problem(api.get("/report/usage", params={"month": 13}), 422)
    problem(api.get("/report/daily-usage-range", params={"start_date": "2020-01-01"}), 422)
    problem(api.get("/report/usage-summary", params={"group_by": "colour"}), 422)
    problem(api.get("/report/legacy-usage", params={"type": "week"}), 422)
