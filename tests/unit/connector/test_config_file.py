"""The connector's YAML file."""

from pathlib import Path

import pytest

from treadle.connector.config import ConfigError, ConnectorConfig
from treadle.connector.config_file import read_config, read_devices

EXAMPLE = Path(__file__).parents[3] / "deploy" / "connector" / "connector.yaml"
MINIMAL = """
server: {url: "https://treadle.example.org", api_key: "${TREADLE_DEVICE_KEY}"}
spool: {path: /var/lib/treadle/connector}
"""
FULL = (
    MINIMAL.replace("connector}", "connector, min_free: 500MiB, keep_uploaded: 2h}")
    + """
listen: {ae_title: EDGE, plain: {host: 10.0.0.5, port: 104}, max_associations: 7}
defaults:
  timezone: Europe/Budapest
  routing: {field: PatientComments, forms: [uri]}
  push: {series_quiet: 15s}
devices:
  - id: ge750
    mode: push
    ae_title: GE750
    allow_from: [10.0.1.30/32]
    push: {series_max_wait: 1h}
    routing: {field: PatientID, defaults: {group: animals}}
    mapping: {acquisition_label: number_description}
    opt: {mode: in, string: flywheel}
"""
)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TREADLE_DEVICE_KEY", "secret")

    def read_text(text: str) -> ConnectorConfig:
        path = tmp_path / "connector.yaml"
        path.write_text(text)
        return read_config(path)

    return read_text


def test_the_smallest_file_works(read) -> None:
    config = read(MINIMAL)
    assert (config.api_key, config.ae_title, config.defaults.series_quiet_s) == ("secret", "TREADLE", 60)
    assert config.limits.min_free == 10 << 30


def test_devices_inherit_the_defaults_and_change_them(read) -> None:
    config = read(FULL)
    device = config.device("ge750")
    assert (config.port, config.keep_uploaded_s, config.limits.min_free) == (104, 7200, 500 << 20)
    assert (device.series_quiet_s, device.series_max_wait_s) == (15, 3600)
    assert (device.mapping.timezone, device.mapping.acquisition_label) == (
        "Europe/Budapest",
        "number_description",
    )
    assert (device.mapping.routing.field, device.mapping.routing.forms) == ("PatientID", ("uri",))
    assert device.mapping.routing.default_group == "animals"
    assert (device.opt.mode, device.opt.string) == ("in", "flywheel")
    assert config.device("gone") == config.defaults


@pytest.mark.parametrize(("text", "said"), [
    (FULL.replace("max_associations", "max_asociations"),
     "listen.max_asociations: unknown key; did you mean 'max_associations'"),
    (FULL.replace("field: PatientID", "feild: PatientID"),
     "devices[0].routing.feild: unknown key; did you mean 'field'"),
    (FULL.replace("mode: push", "mode: fetch"), "devices[0].mode: 'fetch' is not one of push, pull, both"),
    (FULL.replace("mode: push", "mode: pull"), "devices.ge750: mode pull needs ae_title, host and port"),
    (FULL.replace("string: flywheel", "string: NO"), "devices[0].opt.string: must be a text; write it in quotes"),
    (FULL.replace("Europe/Budapest", "Budapest"), "defaults.timezone: timezone: 'Budapest' is not a zone"),
    (FULL.replace("field: PatientID", "field: PatientIdd"), "devices[0].routing.field: 'PatientIdd' is no DICOM tag"),
    (FULL.replace("forms: [uri]", "forms: [url]"), "defaults.routing.forms: 'url' is not one of uri, legacy"),
    (FULL.replace("push: {series_max_wait: 1h}", "push: {tls: required}"), "listen.tls: missing"),
    (FULL.replace("max_associations: 7}", "tls: {cert: c.pem, key: k.pem}}"), "listen.tls.ca: needed"),
    (FULL.replace("max_associations: 7}", "tls: {cert: c.pem}}"), "listen.tls.key: a text is needed here"),
    (FULL.replace("    allow_from", "    push: {storage_commitment: {host: h}}\n    allow_from", 1)
     .replace("    push: {series_max_wait: 1h}\n", ""), "storage_commitment.port: a text is needed here"),
    (FULL + "  - {id: twin, ae_title: GE750, allow_from: [10.0.1.30/32]}\n", "'GE750' is another device's too"),
    (FULL.replace("15s", "soon"), "defaults.push.series_quiet: 'soon' is not a duration"),
    (FULL.replace("10.0.1.30/32", "10.0.1.30/99"), "devices.ge750.allow_from"),
    (FULL.replace("TREADLE_DEVICE_KEY", "NOT_SET"), "environment variable NOT_SET is not set"),
    (FULL.replace("port: 104", "port: 99999"), "listen.plain.port"),
    (FULL.replace("https://", "ftp://"), "server.url"),
    ("- a list", "must be a mapping"),
    ("a: [", "not valid YAML"),
    (FULL.replace("id: ge750", "id: ../etc"), "devices.id"),
])  # fmt: skip
def test_a_mistake_is_named(read, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(text)
    assert said in str(error.value)


def test_the_example_of_the_documentation_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_DEVICE_KEY", "secret")
    config = read_config(EXAMPLE)
    console, ge750, animal = (config.device(name) for name in ("prisma", "ge750", "animal"))
    assert (config.metrics, config.log_json, config.port) == (("127.0.0.1", 9311), True, 11112)
    assert config.tls is not None and (config.tls.port, config.tls.client_auth) == (2762, "required")
    assert (console.mode, console.pull.recheck, console.pull.recheck_interval_s) == ("pull", True, 900)
    assert (console.mapping.timezone, console.opt.mode) == ("Europe/Budapest", "in")
    assert ge750.tls_required and ge750.commitment is not None and ge750.commitment.commit_timeout_s == 86400
    assert (ge750.mapping.timezone, ge750.opt.mode) == ("America/Chicago", "out")
    assert (animal.mapping.routing.default_project, animal.mapping.acquisition_number_exclude) == (
        "pilot",
        ("SIEMENS", "BRUKER"),
    )


def test_devices_are_read_without_a_server_and_without_its_key(tmp_path: Path) -> None:
    path = tmp_path / "connector.yaml"
    path.write_text(FULL)
    _, devices = read_devices(path)
    assert [device.id for device in devices] == ["ge750"]


@pytest.mark.parametrize(("listen", "plain", "tls"), [
    ("{}", True, False),
    ("{plain: off, tls: {cert: c, key: k, ca: a}}", False, True),
    ("{tls: {cert: c, key: k, client_auth: none}}", False, True),
    ("{plain: {port: 104}, tls: {cert: c, key: k, ca: a}}", True, True),
])  # fmt: skip
def test_the_plain_port_is_off_where_only_tls_is_configured(
    read, listen: str, plain: bool, tls: bool
) -> None:
    config = read(MINIMAL + f"listen: {listen}\n")
    assert (config.port is not None, config.tls is not None) == (plain, tls)


def test_a_profile_is_read_when_the_file_is_and_holds_for_the_devices_below(read, tmp_path: Path) -> None:
    (tmp_path / "trial.yaml").write_text("name: trial\ntreadle: {preset: research}\n")
    config = read(
        MINIMAL + "defaults: {deid: {required: true, profile: trial.yaml}}\n"
        "devices: [{id: ct}, {id: us, deid: {profile: ps315-basic}}, {id: qa, deid: {required: false, profile: null}}]"
    )
    told = [(one.deid.required, one.deid.profile and one.deid.profile.name) for one in config.devices]
    assert told == [(True, "trial"), (True, "ps315-basic"), (False, None)]


@pytest.mark.parametrize(("text", "told"), [
    ("dicom:\n  fields:\n  - {name: PatientName, removed: true}\n", r"bad.yaml: line 3, dicom.fields\[0\]"),
    ("name: none\n", "bad.yaml leaves everything as it is"),
    (None, "'bad.yaml' is no preset .*research.*, and no file: No such file"),
])  # fmt: skip
def test_a_profile_that_cannot_be_used_is_refused_with_its_place(
    read, tmp_path: Path, text: str | None, told: str
) -> None:
    if text is not None:
        (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(ConfigError, match=rf"devices\[0\]\.deid\.profile: {told}"):
        read(MINIMAL + "devices: [{id: ct, deid: {profile: bad.yaml}}]")
