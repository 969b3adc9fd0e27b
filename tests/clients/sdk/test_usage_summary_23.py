"""The usage summary, which only newer SDKs ask for."""


def test_the_change_of_a_period_is_read(fw, project, acquisition, upload):
    upload(acquisition, "a.txt", "hello")
    (row,) = fw.get_usage_data_summary(project=project.id)
    assert row.managed_data_bytes_end == 5
