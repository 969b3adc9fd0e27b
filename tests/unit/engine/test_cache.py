"""Archives of gears come from strangers: what is unpacked stays in its place and shows nothing of the host."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from treadle.engine.cache import GearCache
from treadle.engine.errors import RunFailed
from treadle.engine.root import is_root

HASH = f"sha384:{'a' * 96}"
Member = tuple[str, bytes, str]


@pytest.fixture
def unpack(tmp_path: Path) -> Callable[..., Path]:
    """The place where the cache puts an archive of these (name, type, target or text)."""

    def make(*members: Member) -> Path:
        def fetch(target: Path) -> None:
            with tarfile.open(target, "w:gz") as tar:
                for name, kind, text in members:
                    entry = tarfile.TarInfo(name)
                    entry.type, entry.mode = kind, 0o4755
                    if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                        entry.linkname = text
                        tar.addfile(entry)
                    else:
                        entry.size = len(text) if kind == tarfile.REGTYPE else 0
                        tar.addfile(entry, io.BytesIO(text.encode()))

        with GearCache(tmp_path / "cache").content(HASH, fetch) as place:
            return place

    return make


def test_a_root_file_system_gets_a_place_for_all_that_a_run_has_of_its_own(unpack) -> None:
    place = unpack(
        ("flywheel", tarfile.DIRTYPE, ""),
        ("flywheel/v0", tarfile.DIRTYPE, ""),
        ("flywheel/v0/run", tarfile.REGTYPE, "echo"),
        ("etc", tarfile.SYMTYPE, "/etc"),
        ("tmp", tarfile.SYMTYPE, "/tmp"),
        ("dev/sda", tarfile.BLKTYPE, ""),
        ("pipe", tarfile.FIFOTYPE, ""),
    )
    assert is_root(place)
    assert {path.name for path in place.iterdir()} == {"flywheel", "etc", "tmp", "dev", "proc", "run"}
    assert not [path for path in place.rglob("*") if path.is_symlink()]
    assert {path.name: path.read_text() for path in (place / "etc").iterdir()} == dict.fromkeys(
        ("group", "hosts", "passwd", "resolv.conf"), ""
    )
    assert (place / "flywheel/v0/run").stat().st_mode & 0o7777 == 0o755


def test_a_base_folder_that_is_a_link_makes_no_root_file_system(unpack, tmp_path: Path) -> None:
    """It would show the gear what lies there: another run."""
    (tmp_path / "other/v0").mkdir(parents=True)
    assert not is_root(unpack(("flywheel", tarfile.SYMTYPE, str(tmp_path / "other"))))


@pytest.mark.parametrize(
    "members",
    [
        [("../out", tarfile.REGTYPE, "x")],
        [("a", tarfile.SYMTYPE, "/tmp"), ("a/out", tarfile.REGTYPE, "x")],
        [("a", tarfile.LNKTYPE, "../../secret")],
    ],
    ids=["above", "through a link", "a hard link"],
)
def test_nothing_is_written_out_of_its_place(unpack, members: list[Member]) -> None:
    with pytest.raises(RunFailed, match="cannot be unpacked"):
        unpack(*members)
