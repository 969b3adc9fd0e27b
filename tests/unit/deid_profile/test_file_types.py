"""Handlers of file types that are not DICOM: what goes out, what is dropped, what is refused."""

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from treadle.deid.fields.actions import salted_hash
from treadle.deid.fields.nifti_header import NIFTI1
from treadle.deid.result import Result
from treadle.deid.types import ifd

Output = Callable[[str, str, bytes], bytes]
Process = Callable[[str, str, bytes], Result]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXELS = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), chunk(b"IDAT", zlib.compress(b"\0\7"))
CHUNKS = [PIXELS[0], chunk(b"tEXt", b"Author\0Anna"), chunk(b"prVt", b"Anna"), PIXELS[1], chunk(b"IEND", b"")]
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(CHUNKS) + b"Anna behind"


def nifti(extension: bytes = b"") -> bytes:
    head = bytearray(352)
    values = {
        "sizeof_hdr": 348,
        "descrip": b"Anna Muller",
        "cal_max": 2.5,
        "magic": b"n+1\0",
        "intent_code": 5,
    }
    values["vox_offset"] = 352.0 + len(extension)
    for name, value in values.items():
        struct.pack_into(f"<{NIFTI1[name].code}", head, NIFTI1[name].offset, value)
    head[348] = 1 if extension else 0
    return bytes(head) + extension + b"VOXELS"


def exif(**entries: str) -> bytes:
    tags = {"Artist": 315, "Model": 272}
    first = ifd.Directory({tags[name]: ifd.encoded(text, ifd.ASCII, "<") for name, text in entries.items()})
    first.inner[ifd.GPS] = ifd.Directory({1: ifd.encoded("N", ifd.ASCII, "<")})
    return ifd.write(ifd.Block("<", first))


def jpeg(block: bytes) -> bytes:
    def segment(mark: int, contents: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, mark, len(contents) + 2) + contents

    jfif = b"JFIF\0\1\1\0\0\1\0\1\1\1Tnn"
    parts = [b"\xff\xd8", segment(0xE0, jfif), segment(0xE1, b"Exif\0\0" + block)]
    parts += [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0Anna"), segment(0xED, b"Photoshop Anna")]
    parts += [
        segment(0xFE, b"Anna"),
        segment(0xDB, b"table"),
        segment(0xDA, b"scan"),
        b"data\xff\0\xff\xd0more",
    ]
    return b"".join([*parts, b"\xff\xd9", b"Anna behind"])


def test_png_keeps_pixels_and_drops_what_is_named(output: Output) -> None:
    profile = "png: {remove-private-chunks: true, fields: [{name: text, remove: true}]}"
    done = output(profile, "a.png", PNG)
    assert b"Anna" not in done
    assert all(part in done for part in PIXELS)


def test_jpeg_drops_maker_segments_and_keeps_compressed_data(output: Output) -> None:
    done = output(
        "jpg: {remove-gps: true, fields: [{name: artist, remove: true}]}",
        "a.jpg",
        jpeg(exif(Artist="Anna", Model="X")),
    )
    assert b"Anna" not in done
    assert b"Tnn" not in done
    assert done.endswith(b"data\xff\0\xff\xd0more\xff\xd9")
    block = ifd.read(done[done.index(b"Exif\0\0") + 6 :])
    assert (list(block.first.entries), block.first.inner) == ([272], {})
    assert b"Exif" not in output("jpg: {remove-exif: true}", "a.jpg", jpeg(exif(Artist="Anna")))


def test_tiff_copies_strips_and_nothing_between(output: Output, process: Process) -> None:
    first = ifd.Directory(
        {315: ifd.encoded("Anna", ifd.ASCII, "<"), 40000: ifd.encoded("Anna", ifd.ASCII, "<")}
    )
    first.entries |= {273: ifd.encoded(8, 4, "<"), 279: ifd.encoded(6, 4, "<")}
    whole = ifd.write(ifd.Block("<", first), start=8 + 12)
    data = whole[:8] + b"PIXELS" + b"Anna??" + whole[8:]
    done = output(
        "tiff: {remove-private-tags: true, fields: [{name: Artist, replace-with: NOBODY}]}", "a.tif", data
    )
    assert b"Anna" not in done
    assert b"PIXELS" in done
    second = bytearray(data)
    end = 20 + 2 + 12 * 4
    second[end : end + 4] = struct.pack("<I", 20)
    assert process("tiff: {}", "a.tif", bytes(second)).report.where == "pages"


def test_nifti_changes_fields_in_place_and_drops_extensions(output: Output) -> None:
    profile = """
nifti:
  fields:
    - {name: descrip, remove: true}
    - {name: cal_max, replace-with: 9}
    - {name: aux_file, replace-with: never}
"""
    plain = output(profile, "a.nii", nifti(b"\x10\0\0\0\x06\0\0\0Anna    "))
    assert b"Anna" not in plain
    assert b"never" not in plain
    assert plain[352:] == b"VOXELS"
    assert struct.unpack_from("<f", plain, NIFTI1["cal_max"].offset) == (9.0,)
    packed = output(profile, "a.nii.gz", gzip.compress(nifti()))
    assert gzip.decompress(packed)[352:] == b"VOXELS"


def test_nifti_refuses_what_does_not_fit(process: Process) -> None:
    result = process("nifti: {fields: [{name: cal_max, replace-with: many}]}", "a.nii", nifti())
    assert (result.error, result.report.where) == ("DEID_BAD_VALUE", "cal_max")


def test_tables_keep_the_bytes_of_cells_that_no_rule_changes(output: Output) -> None:
    data = b'\xef\xbb\xbfid;name;n\r\n007;"An""na; B";01\r\n008;"";1.50\r\n'
    profile = (
        "csv: {delimiter: ';', salt: s, fields: [{name: id, hash: true}, {name: name, replace-with: 'a;b'}]}"
    )
    lines = output(profile, "a.csv", data).split(b"\r\n")
    first, second = (salted_hash(text, "s", 16).encode() for text in ("007", "008"))
    assert lines == [b"\xef\xbb\xbfid;name;n", first + b';"a;b";01', second + b';"a;b";1.50', b""]
    assert output("csv: {fields: [{name: a, hash: true}]}", "a.csv", b"a,b\n,1\n\n2\n").startswith(
        b"a,b\n,1\n\n"
    )
    assert (
        output("tsv: {fields: [{name: b, remove: true}]}", "a.tsv", b"a\tb\tc\n1\t2\t3\n") == b"a\tc\n1\t3\n"
    )


def test_xml_changes_elements_and_attributes_and_dates_of_any_form(output: Output, process: Process) -> None:
    profile = """
xml:
  date-increment: 1
  fields:
    - {name: //name, remove: true}
    - {name: /root/@who, replace-with: X}
    - {name: //dob, increment-date: true}
"""
    data = '<root who="Anna"><name>Anna</name><dob>4 Mar 1971</dob><dob>19710305</dob></root>'
    done = output(profile, "a.xml", data.encode("utf-16"))
    assert done.endswith(b'<root who="X"><dob>19710305</dob><dob>19710306</dob></root>')
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><r>&a;&b;</r>'
    assert process("xml: {}", "a.xml", bomb).error == "DEID_NOT_SUPPORTED"


def test_key_value_files_line_by_line(output: Output, process: Process) -> None:
    profile = """
key-value-text-file:
  delimiter: ' *= *'
  fields:
    - {name: A, replace-with: x}
    - {name: B, remove: true}
    - {name: New, replace-with: n}
"""
    assert output(profile, "a.mhd", b"A = A\nB = Anna\nC=\n") == b"A = x\nC=\nNew = n\n"
    assert process(profile, "a.mhd", b"A = 1\nA = 2\n").report.where == "repeated key"
    assert process(profile, "a.mhd", b"Anna\n").error == "DEID_BAD_VALUE"


def test_names_of_outputs(process: Process) -> None:
    profile = r"""
filename:
  salt: s
  date-increment: 1
  date-format: '%Y%m%d'
  filenames:
    - output: '{day}-{who}.txt'
      input-regex: '^(?P<who>\w+) (?P<day>[\d.]+)\.txt$'
      groups: [{name: who, hash: true}, {name: day, increment-date: true}]
    - {output: 'T2*_{x}:?.bin', input-regex: '(?P<x>.)'}
"""

    def name(given: str) -> str:
        return process(profile, given, b"x").outputs[0][0]

    assert name("folder/Anna 2017.12.18.txt") == f"20171219-{salted_hash('Anna', 's', 16)}.txt"
    assert name("z.bin") == "T2star_z__.bin"
    assert process(profile.replace("(?P<x>.)", "(?P<x>X)"), "z.bin", b"x").error == "DEID_NAME_NO_MATCH"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"Anna"
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


ZIP = """
zip: {salt: s, hash-subdirectories: true, fields: [{name: comment, remove: true}]}
json: {fields: [{name: name, remove: true}]}
"""


def test_archives_treat_every_member(output: Output) -> None:
    done = output(ZIP, "a.zip", zipped(**{"Anna/b/a.json": b'{"name": "Anna", "n": 1}', "c.json": b"{}"}))
    with zipfile.ZipFile(io.BytesIO(done)) as archive:
        folder = "/".join(salted_hash(part, "s") for part in ("Anna", "b"))
        assert archive.namelist() == [f"{folder}/a.json", "c.json"]
        assert json.loads(archive.read(archive.namelist()[0])) == {"n": 1}
        assert archive.comment == b""
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_archives_with_members_that_nobody_treats(process: Process) -> None:
    data = zipped(**{"a.json": b"{}", "b.bin": b"Anna"})
    refused = process(ZIP, "a.zip", data)
    assert (refused.error, refused.report.where) == ("DEID_UNSUPPORTED_TYPE", "member 2")
    dropped = process(ZIP.replace("salt: s", "validate-zip-members: false"), "a.zip", data)
    assert dropped.report.warnings == ["MEMBERS_DROPPED 1"]
    broken = zipped(**{"a.json": b"{"})
    assert (
        process(ZIP.replace("salt: s", "validate-zip-members: false"), "a.zip", broken).status == "rejected"
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped(**{"../a.json": b"{}"}), "DEID_BAD_VALUE"),
        (zipped(**{"/a.json": b"{}"}), "DEID_BAD_VALUE"),
        (zipped(**{"a.json": bytes(30 << 20)}), "DEID_LIMIT"),
        (zipped(**{"a.json": b"{}"})[:-30], "DEID_TRUNCATED"),
        (zipped(x=b"")[:0], "DEID_TRUNCATED"),
    ],
    ids=["above", "absolute", "bomb", "cut short", "empty"],  # the bytes hold the time: no name for a test
)
def test_archives_that_are_refused(process: Process, data: bytes, code: str) -> None:
    assert process(ZIP, "a.zip", data).error == code


def test_archives_in_archives_end_somewhere(process: Process) -> None:
    data = zipped(**{"a.json": b"{}"})
    for _ in range(4):
        data = zipped(**{"in.zip": data})
    assert process(ZIP, "a.zip", data).error == "DEID_LIMIT"


def test_damaged_files_never_end_in_a_bug(process: Process) -> None:
    """Cut anywhere, or with any byte changed, a file is `ok` or rejected for a reason."""
    files: dict[str, tuple[str, bytes]] = {
        "a.png": ("png: {fields: [{name: tEXt, remove: true}]}", PNG),
        "a.jpg": ("jpg: {fields: [{name: Artist, replace-with: x}]}", jpeg(exif(Artist="Anna"))),
        "a.nii": ("nifti: {fields: [{name: descrip, hash: true}]}", nifti(b"12345678")),
        "a.zip": (ZIP, zipped(**{"a.json": b'{"name": 1}'})),
        "a.mhd": ("key-value-text-file: {delimiter: '=', fields: [{name: A, hash: true}]}", b"A=1\nB=2\n"),
        "a.csv": ("csv: {fields: [{name: a, hash: true}]}", b'a,b\n1,"2"\n'),
    }
    for name, (profile, data) in files.items():
        damaged = [data[:end] for end in range(0, len(data), max(1, len(data) // 60))]
        damaged += [
            data[:at] + b"\xff" + data[at + 1 :] for at in range(0, len(data), max(1, len(data) // 90))
        ]
        for part in damaged:
            result = process(profile, name, part)
            assert result.report.where != "engine", (name, part)
            assert result.status == "ok" or result.outputs == []


def test_a_type_whose_library_is_missing_is_refused(process: Process, monkeypatch: Any) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "lxml", None)
    monkeypatch.delitem(sys.modules, "treadle.deid.types.xml_file", raising=False)
    assert process("xml: {}", "a.xml", b"<a/>").error == "DEID_UNSUPPORTED_TYPE"
