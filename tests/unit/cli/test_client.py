from __future__ import annotations

import json
from pathlib import Path

import pytest

from treadle.cli.client import ClientError, Target, find_target


@pytest.mark.parametrize(
    ("server", "key", "target"),
    [
        ("http://h:1/", "k", Target("http://h:1", "k")),
        ("http://h:1/api", "h:2:k", Target("http://h:1", "k")),
        ("h.org", "k", Target("https://h.org", "k")),
        (None, "h:1:__force_insecure:k", Target("http://h:1", "k")),
        (None, "h.org:k", Target("https://h.org", "k")),
        (None, "h.org:8443:k", Target("https://h.org:8443", "k")),
    ],
)
def test_server_and_key_are_found(server: str | None, key: str, target: Target) -> None:
    assert find_target(server, key, None) == target


def test_a_bare_key_needs_a_server() -> None:
    with pytest.raises(ClientError, match="add --server URL"):
        find_target(None, "k", None)


def test_without_a_key_the_home_of_this_machine_serves(tmp_path: Path) -> None:
    (tmp_path / "admin.json").write_text(
        json.dumps({"url": "http://h:1", "api_key": "h:1:__force_insecure:k"})
    )
    assert find_target(None, None, tmp_path) == Target("http://h:1", "k")
    with pytest.raises(ClientError, match="--server URL and --api-key KEY"):
        find_target(None, None, tmp_path / "none")
