from __future__ import annotations

from pathlib import Path

import pytest

from treadle.server.kit.settings import Address, parse_address
from treadle.server.kit.settings_sources import MASK, BadSettingsError, Loaded, known_fields, read


def load(home: Path, text: str = "", **variables: str) -> Loaded:
    (home / "treadle.toml").write_text(text)
    return read({"home": home}, {f"TREADLE_{name}": value for name, value in variables.items()})


def origin(loaded: Loaded, key: str) -> str:
    return next(item.origin for item in loaded.shown() if item.key == key)


def test_everything_works_with_nothing_set() -> None:
    settings = read({}, {}).settings
    assert settings.http == Address("127.0.0.1", 8080)
    assert settings.url == "http://127.0.0.1:8080"
    assert settings.connector.ae_title == "TREADLE"


def test_flag_beats_environment_beats_file(tmp_path: Path) -> None:
    text = 'http = "1.1.1.1:1"\nsite_name = "File"\ntrash_days = 3\n[connector]\nae_title = "FILE"\n'
    (tmp_path / "treadle.toml").write_text(text)
    loaded = read(
        {"home": tmp_path, "http": "3.3.3.3:3"}, {"TREADLE_HTTP": "2.2.2.2:2", "TREADLE_SITE_NAME": "Env"}
    )
    assert (loaded.settings.http.port, loaded.settings.site_name) == (3, "Env")
    assert (loaded.settings.trash_days, loaded.settings.connector.ae_title) == (3, "FILE")
    keys = ("http", "site_name", "connector.ae_title", "dicom")
    assert [origin(loaded, key) for key in keys] == ["flag", "environment", "file", "default"]


def test_the_home_of_the_environment_holds_the_file(tmp_path: Path) -> None:
    (tmp_path / "treadle.toml").write_text('site_name = "Here"')
    assert read({}, {"TREADLE_HOME": str(tmp_path)}).settings.site_name == "Here"


def test_two_underscores_reach_into_a_group(tmp_path: Path) -> None:
    assert load(tmp_path, CONNECTOR__SERIES_QUIET="1.5").settings.connector.series_quiet == 1.5


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("HTP", "TREADLE_HTTP"),
        ("DATABASE", "TREADLE_DATABASE_URL"),
        ("CONNECTOR__AE_TITEL", "TREADLE_CONNECTOR__AE_TITLE"),
        ("CONNECTOR_SERIES_QUIET", "TREADLE_CONNECTOR__SERIES_QUIET"),
    ],
)
def test_an_unknown_variable_names_the_nearest(tmp_path: Path, variable: str, nearest: str) -> None:
    with pytest.raises(BadSettingsError, match=f"TREADLE_{variable}; the nearest valid one is {nearest}$"):
        load(tmp_path, **{variable: "x"})


def test_an_unknown_key_in_the_file_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(BadSettingsError, match=r"unknown setting connector\.ae; .* connector\.ae_title$"):
        load(tmp_path, '[connector]\nae = "X"\n')


def test_variables_of_the_clients_are_no_settings(tmp_path: Path) -> None:
    load(tmp_path, SERVER="http://x", API_KEY="k")


def test_a_secret_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:geheim@h/d\n")
    loaded = load(tmp_path, DATABASE_URL_FILE=str(tmp_path / "url"))
    assert loaded.settings.database_url == "postgresql://u:geheim@h/d"
    assert "geheim" not in repr(loaded.settings)
    assert MASK in [item.value for item in loaded.shown() if item.key == "database_url"]
    assert load(tmp_path, 'database_url_file = "url"').settings == loaded.settings


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettingsError, match="TREADLE_DATABASE_URL_FILE: /nowhere cannot be read"):
        load(tmp_path, DATABASE_URL_FILE="/nowhere")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http = 8080", "http: write it as HOST:PORT .*from file"),
        ("= 1", "treadle.toml: not valid TOML"),
        ('home = "/x"', "use TREADLE_HOME"),
        ('log_level = "loud"', "log_level: .*from file"),
        ('public_url = "ftp://x"', "public_url: must start with http"),
    ],
)
def test_bad_values_are_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadSettingsError, match=told) as caught:
        load(tmp_path, text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "x", "host:", "h:0", "h:65536", "h:-1", "h:1x", "h:\u0661"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not HOST:PORT"):
        parse_address(text)


def test_addresses_are_read_and_written_back() -> None:
    assert str(parse_address("[::1]:80")) == "[::1]:80"
    assert parse_address(":80") == Address("0.0.0.0", 80)
    assert str(parse_address("0.0.0.0:80").reachable) == "127.0.0.1:80"
    assert str(parse_address("[::]:80").reachable) == "[::1]:80"


def test_every_setting_is_described() -> None:
    assert not [key for key, field in known_fields().items() if not field.description]
