"""Reports as the SDK's models read them."""

import datetime
import urllib.request

TODAY = datetime.datetime.now(datetime.UTC)


def test_the_site_and_a_project_are_reported(fw, project, session, group):
    assert fw.get_site_report().group_count >= 1
    (report,) = fw.get_project_report(projects=[project.id]).projects
    assert (report.name, report.session_count) == ("P", 1)


def test_usage_is_read(fw, project, session, acquisition, upload):
    upload(acquisition, "a.txt", "hello")
    asked = {"year": str(TODAY.year), "month": str(TODAY.month)}
    (month,) = [row for row in fw.get_usage_report(**asked) if row.project == project.id]
    assert (month.total_storage_byte_day, month.session_count) == (5, 1)
    days = [row for row in fw.get_daily_usage_report(**asked) if row.project == project.id]
    assert days[-1].center_storage_bytes == 5
    assert fw.get_usage_availability().available_reports[0].year == TODAY.year
    assert fw.get_legacy_usage_report(type="project")
    fw.collect_usage()


def test_settings_and_storages_of_the_site_are_read(fw):
    assert fw.get_site_settings().id == "site"
    (storage,) = fw.get_providers(_class="storage")
    assert str(getattr(storage.provider_type, "value", storage.provider_type)) == "local"
    assert fw.get_provider(storage.id).label == storage.label


def test_an_audit_trail_report_of_a_project(fw, project, subject, sdk):
    made = fw.add_audit_trail_report({"project_id": project.id, "subject_ids": [subject.id], "label": "r"})
    assert (made.status, made.subject_ids) == ("complete", [subject.id])
    assert made.id in [one.id for one in fw.list_audit_trail_reports(filter=f"project_id={project.id}")]
    if sdk < 22:
        fw.download_audit_trail_report(made.id)  # these versions throw the table away
    else:
        with urllib.request.urlopen(fw.get_audit_trail_report_download_url(made.id)) as answer:
            assert subject.id in answer.read().decode()
    assert fw.delete_audit_trail_report(made.id).deleted == 1
