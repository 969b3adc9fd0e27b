"""An engine of kind `local` uses what works on its machine."""

import pytest

from treadle.engine.errors import EngineError
from treadle.engine.runtimes import container_program
from treadle.engine.runtimes.choice import choose


def test_without_podman_and_docker_folders_are_run_alone(sandbox, monkeypatch):
    monkeypatch.setattr(container_program, "_PROGRAMS", ())
    found = choose("local").working()
    assert (found.folders.name, found.images.images) == ("sandbox", False)


def test_when_nothing_works_all_of_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        EngineError, match=r"sandbox: bubblewrap is missing.*; oci: neither podman nor docker"
    ):
        choose("local").working()
