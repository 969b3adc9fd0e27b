"""Every shared pair (profile, input, output of the original tool) comes out alike through the engine."""

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from treadle.deid.engine import Engine
from treadle.deid.profile import Profile, ProfileError
from treadle.deid.secrets import Context, Secrets
from treadle.deid.types import ifd

CASES = [
    "01-dicom-basic",
    "02-dicom-dates",
    "03-dicom-private-nested",
    "04-json",
    "05-csv",
    "06-zip",
    "07-tiff",
    "08-jpg",
]
# Profiles that crash the original but make sense.
SENSIBLE = {"no-dicom", "secret-no-dicom"}


@pytest.fixture(scope="module")
def compare(pairs: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("deid_compare", pairs / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", CASES)
def test_output_equals_that_of_the_original(
    name: str, pairs: Path, compare: ModuleType, tmp_path: Path
) -> None:
    case = pairs / name
    engine = Engine(Profile.load((case / "profile.yml").read_text()), Secrets(bytes(32)), Context("g", "p"))
    for path in sorted((case / "in").iterdir()):
        for out, data in engine.process(path.name, path.read_bytes()).outputs:
            (tmp_path / out).write_bytes(data)
    if name in ("07-tiff", "08-jpg"):  # the comparison needs Pillow, which is not installed here
        assert _tags(tmp_path) == _tags(case / "expected")
    else:
        assert compare.case(case, tmp_path) == []
    shutil.rmtree(tmp_path)


def _tags(folder: Path) -> dict[str, dict[int, object]]:
    """Tags by file; where the pixels lie, and how the original packed them anew, is left out."""
    found = {}
    for path in folder.iterdir():
        data = path.read_bytes()
        block = ifd.read(data if path.suffix == ".tif" else data[data.index(b"Exif\0\0") + 6 :])
        values = {tag: ifd.decoded(value, block.order) for tag, value in block.first.entries.items()}
        found[path.name] = {
            tag: value for tag, value in values.items() if tag not in (254, 259, 273, 277, 278, 279, 284)
        }
    return found


def test_every_bad_profile_is_refused_with_path_and_line(pairs: Path) -> None:
    bad = json.loads((pairs / "invalid-profiles.json").read_text())
    for name, case in bad.items():
        if name in SENSIBLE:
            Profile.load(case["profile"])
            continue
        with pytest.raises(ProfileError) as caught:
            Profile.load(case["profile"], source=f"{name}.yml")
        for issue in caught.value.errors:
            assert issue.line, name
            assert issue.message.endswith((".", "?")), issue.message
        assert f"{name}.yml: line " in str(caught.value)
