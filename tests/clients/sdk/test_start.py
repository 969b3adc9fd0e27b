"""Signing in and the first questions of every script."""

import os
from concurrent.futures import ThreadPoolExecutor

import flywheel
import pytest


def test_the_client_signs_in(fw, email):
    status = fw.get_auth_status()
    assert status.origin.type == "user"
    assert status.origin.id == status.user_id == email
    assert status.user_is_admin
    assert not status.is_device


def test_a_wrong_key_is_refused(fw):
    host = os.environ["TREADLE_TEST_KEY"].rpartition(":")[0]
    with pytest.raises(flywheel.ApiException) as refused:
        flywheel.Client(f"{host}:nobodysKey1234567890")
    assert refused.value.status == 401
    assert refused.value.reason


def test_the_version_can_be_read(fw):
    release = fw.get_version().release
    assert [int(part) for part in release.split(".")[:2]]


def test_the_configuration_can_be_read(fw):
    config = fw.get_config()
    assert config.features is not None
    assert config.site.api_url.endswith("/api")
    assert config.site.name


def test_the_current_user_is_the_first_administrator(fw, email):
    me = fw.get_current_user()
    assert me.id == me.email == email
    assert me.root
    assert "site_admin" in me.roles
    assert me.api_keys


def test_one_client_serves_many_threads(fw, acquisition, upload):
    upload(acquisition, "f.txt", "hello")
    with ThreadPoolExecutor(12) as pool:
        read = pool.map(lambda _: fw.get_acquisition(acquisition.id).get_file("f.txt").read(), range(40))
        assert set(read) == {b"hello"}
