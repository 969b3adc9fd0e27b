"""`treadle gear new`, `config` and `build` as they are typed: what they make is a gear that validates and runs."""

import json
import os
import subprocess
import sys

import pytest

from treadle.cli.main import main


@pytest.fixture
def treadle(monkeypatch, capsys):
    """Types a command: what it printed."""

    def run(*words, code=0):
        monkeypatch.setattr(sys, "argv", ["treadle", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert int(end.value.code or 0) == code, said.err
        return said.out if code == 0 else said.err

    return run


@pytest.fixture
def made(treadle, tmp_path):
    folder = tmp_path / "Brain Counter"
    treadle("gear", "new", folder, "--yes", "--type", "nifti")
    return folder


def test_a_new_gear_validates_and_its_own_test_passes(treadle, made):
    verdict = json.loads(treadle("gear", "validate", made, "--json"))
    assert (verdict["errors"], verdict["warnings"]) == ([], [])
    assert verdict["name"] == "brain-counter"
    env = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "unittest"], cwd=made, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Ran 2 tests" in done.stderr


def test_the_author_is_asked_for_what_is_not_given(treadle, tmp_path, monkeypatch):
    answers = iter(["A. Author", "analysis", "scan", "dicom,nifti"])
    monkeypatch.setattr("typer.prompt", lambda *what, **how: next(answers))
    treadle("gear", "new", tmp_path / "g", "--name", "my-gear", "--label", "My gear")
    manifest = json.loads((tmp_path / "g" / "manifest.json").read_text())
    assert (manifest["name"], manifest["label"], manifest["author"]) == ("my-gear", "My gear", "A. Author")
    assert manifest["custom"]["gear-builder"]["category"] == "analysis"
    assert manifest["inputs"]["scan"]["type"] == {"enum": ["dicom", "nifti"]}


def test_a_new_gear_overwrites_nothing_and_has_a_valid_name(treadle, made, tmp_path):
    (made / "run.py").write_text("mine")
    assert "is there already" in treadle("gear", "new", made, "--yes", code=1)
    assert (made / "run.py").read_text() == "mine"
    assert "/name" in treadle("gear", "new", tmp_path / "x", "--yes", "--name", "No Name", code=1)
    assert "category" in treadle("gear", "new", tmp_path / "x", "--yes", "--category", "magic", code=1)
    assert not (tmp_path / "x").exists()


def test_config_holds_defaults_values_and_inputs(treadle, made, tmp_path):
    """The run that starts from it finds its input where the file says."""
    image = tmp_path / "a.nii"
    image.write_bytes(b"voxels")
    treadle("gear", "config", made, "--input", f"file={image}", "--set", "debug=true")
    path = made / "config.json"
    given = json.loads(path.read_text())
    assert given["config"] == {"debug": True}
    assert given["inputs"]["file"]["location"]["name"] == "a.nii"
    assert path.stat().st_mode & 0o777 == 0o600

    (made / "input" / "file").mkdir(parents=True)
    (made / "input" / "file" / "a.nii").write_bytes(b"voxels")
    subprocess.run([sys.executable, "run.py"], cwd=made, check=True)
    report = json.loads((made / "output" / "report.json").read_text())
    assert report["files"]["file"]["size"] == 6

    for words in ((), ("--input", f"other={image}"), ("--input", f"file={image}", "--set", "debug=7")):
        assert treadle("gear", "config", made, *words, code=1).startswith("treadle: ")


def test_an_image_is_built_from_the_folder(treadle, made, program):
    """From nothing, so that no registry is needed."""
    podman = program("podman")
    (made / "Containerfile").write_text("FROM scratch\nCOPY manifest.json run.py /flywheel/v0/\n")
    tag = f"localhost/treadle-test-{os.getpid()}:0.1.0"
    try:
        assert treadle("gear", "build", made, "--tag", tag).split()[-1] == tag
        (made / ".containerignore").write_text("manifest.json\n")
        (made / "Containerfile").write_text("FROM scratch\nCOPY run.py /flywheel/v0/\n")
        assert "manifest.json" in treadle("gear", "build", made, "--tag", tag, code=1)
    finally:
        subprocess.run([podman, "rmi", "--force", tag], check=False, capture_output=True)
    (made / "Containerfile").unlink()
    assert "no Containerfile" in treadle("gear", "build", made, code=1)
