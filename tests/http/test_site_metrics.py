"""What Prometheus reads of a site, and who may; the test message of the alerts."""


def test_the_metrics_count_devices_and_what_waits_to_be_sorted(api, unique, tree):
    label = unique()
    api.post("/devices", json={"type": "connector", "label": label}).raise_for_status()
    answer = api.get("/x/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    counts = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[:1] not in ("#", "")
    }
    assert counts['treadle_devices{status="unknown"}'] >= 1
    assert counts["treadle_database_bytes"] > 0
    assert counts["treadle_facts_waiting"] >= 0
    assert counts['treadle_device_incidents{kind="silent"}'] >= 0


def test_only_site_administrators_read_them(stranger, anonymous, problem):
    problem(stranger.get("/x/metrics"), 403)
    problem(anonymous.get("/x/metrics"), 401)
    problem(stranger.post("/x/alerts/test"), 403)


def test_without_channels_the_test_message_says_so(api, problem):
    assert "alerts" in problem(api.post("/x/alerts/test"), 409)["message"]
