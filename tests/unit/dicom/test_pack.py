"""Packing: the same instances give the same readable bytes, whatever order, size or number."""

import hashlib
import io
import random
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treadle.dicom import pack, zipformat
from treadle.dicom.digest import data_set_sha256, series_digest
from treadle.dicom.pack import member_name, pack_series

CONTENTS = st.dictionaries(st.integers(1, 9999).map("{}.dcm".format), st.binary(max_size=3000), max_size=8)


def write(folder: Path, contents: dict[str, bytes]) -> list[tuple[str, Path]]:
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [(name, folder / name) for name in contents]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(CONTENTS, st.randoms(use_true_random=False))
def test_members_are_the_same_bytes_in_any_order(
    tmp_path: Path, contents: dict[str, bytes], chance: random.Random
) -> None:
    members = write(tmp_path, contents)
    first, second = io.BytesIO(), io.BytesIO()
    result = pack_series(members, first)
    chance.shuffle(members)
    assert pack_series(members, second) == result and first.getvalue() == second.getvalue()
    assert result.size == len(first.getvalue())
    assert result.sha256 == hashlib.sha256(first.getvalue()).hexdigest()
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == sorted(contents)
        assert {name: archive.read(name) for name in contents} == contents


def test_every_member_starts_at_its_offset_and_carries_no_time_or_comment(tmp_path: Path) -> None:
    contents = {"a.dcm": b"x" * 5000, "b.dcm": random.Random(1).randbytes(5000)}
    out = io.BytesIO()
    result = pack_series(write(tmp_path, contents), out)
    with zipfile.ZipFile(out) as archive:
        infos = archive.infolist()
    assert [info.compress_type for info in infos] == [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]
    for info, member in zip(infos, result.members, strict=True):
        assert (info.date_time, info.comment, info.extra) == ((1980, 1, 1, 0, 0, 0), b"", b"")
        assert member.offset == info.header_offset + 30 + len(info.filename)
        assert (member.size, member.compressed_size, member.crc) == (
            info.file_size,
            info.compress_size,
            info.CRC,
        )


@pytest.mark.parametrize(
    "data", [b"pixel" * 900_000, random.Random(2).randbytes(4_000_000)], ids=["repeated", "random"]
)
def test_a_large_member_is_streamed_and_reads_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr(pack, "WHOLE", 1_000_000)
    target = tmp_path / "series.zip"
    with target.open("wb") as out:
        pack_series(write(tmp_path, {"big.dcm": data, "small.dcm": b"s"}), out)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None and archive.read("big.dcm") == data
    if unzip := shutil.which("unzip"):
        subprocess.run([unzip, "-tqq", target], check=True)


def test_more_than_65535_members_use_zip64(tmp_path: Path) -> None:
    source = tmp_path / "one.dcm"
    source.write_bytes(b"abc")
    out = io.BytesIO()
    pack_series(((f"{number:06}.dcm", source) for number in range(65_540)), out)
    with zipfile.ZipFile(out) as archive:
        assert len(archive.namelist()) == 65_540
        assert archive.read("065539.dcm") == b"abc"


def test_sizes_beyond_four_gigabytes_go_into_zip64_fields() -> None:
    size, start = 5 << 30, 6 << 30
    entry = zipformat.Entry("a.dcm", start, zipformat.DEFLATED, 7, size - 9, size, is_streamed=True)
    assert len(zipformat.descriptor(entry)) == 24
    assert len(zipformat.streamed_header("a.dcm", size)) == 30 + 5 + 20
    record = b"".join(zipformat.directory([entry], start=start + size))
    assert struct.unpack_from("<HHQQQ", record, 46 + 5) == (1, 24, size, size - 9, start)
    assert b"PK\x06\x06" in record and b"PK\x06\x07" in record


@pytest.mark.parametrize("names", [["a", "a"], ["../a"], ["a/b"], ["a\\b"], [""], [".."]])
def test_doubled_or_unsafe_names_are_refused(tmp_path: Path, names: list[str]) -> None:
    source = tmp_path / "one"
    source.write_bytes(b"x")
    with pytest.raises(ValueError, match="member"):
        pack_series([(name, source) for name in names], io.BytesIO())


def test_a_strange_modality_cannot_leave_the_folder() -> None:
    assert member_name("1.2", "../M R") == "1.2.MR.dcm"


def test_the_digest_ignores_order_and_file_meta(corpus: list[Path]) -> None:
    pairs = [(str(at), data_set_sha256(path)) for at, path in enumerate(corpus[:3])]
    assert series_digest(pairs) == series_digest(reversed(pairs))
    lines = "".join(sorted(f"{uid} {digest}\n" for uid, digest in pairs))
    assert series_digest(pairs) == hashlib.sha256(lines.encode()).hexdigest()
