"""Pictures that show text: rule files of three kinds, a person's look, reading by a program, headers of Siemens."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian
from typer.testing import CliRunner

from treadle.cli.main import app
from treadle.deid import Code, Engine, Profile, ProfileError, Result, Secrets
from treadle.deid.presets import csa

from .planted import Planter

RUN = CliRunner()
US = "1.2.840.10008.5.1.4.1.1.6.1"
# Five by seven dots of the letters that tests draw.
DOTS = {
    "Q": (14, 17, 17, 17, 21, 18, 13), "U": (17, 17, 17, 17, 17, 17, 14), "E": (31, 16, 16, 30, 16, 16, 31),
    "X": (17, 17, 10, 4, 10, 17, 17), "B": (30, 17, 17, 30, 17, 17, 30), "R": (30, 17, 17, 30, 20, 18, 17),
    "Y": (17, 17, 10, 4, 4, 4, 4),
}  # fmt: skip


def picture(text: str = "", *, bits: int = 8, samples: int = 1, **more: Any) -> tuple[Dataset, Planter]:
    """An ultrasound of 256 x 96 with text drawn at (20, 20), three dots wide."""
    planter = Planter(5, ("", "ascii", "Quexbury", "Thomasin"), ExplicitVRLittleEndian)
    made = planter.image(US)
    made.Modality, made.Rows, made.Columns = "US", 96, 256
    made.SamplesPerPixel, made.BitsAllocated, made.BitsStored, made.HighBit = samples, bits, bits, bits - 1
    made.PhotometricInterpretation = "RGB" if samples == 3 else "MONOCHROME2"
    if samples == 3:
        made.PlanarConfiguration = 0
    pixels = [0] * (96 * 256)
    for number, letter in enumerate(text):
        for y, row in enumerate(DOTS[letter]):
            for x in (x for x in range(5) if row >> (4 - x) & 1):
                for dot in range(9):
                    at = (20 + 3 * y + dot // 3) * 256 + 20 + 3 * (6 * number + x) + dot % 3
                    pixels[at] = 200
    made.PixelData = b"".join(value.to_bytes(bits // 8, "little") * samples for value in pixels)
    made["PixelData"].VR = "OW" if bits > 8 else "OB"
    for keyword, value in more.items():
        setattr(made, keyword, value)
    return made, planter


def did(made: tuple[Dataset, Planter], **treadle: Any) -> Result:
    document = {"name": "p", "treadle": {"preset": "research", **treadle}}
    return Engine(Profile.load(document), Secrets(bytes(32))).process(
        "x", made[1].finish(made[0], tail=False).data
    )


def read(result: Result) -> Dataset:
    assert result.status == "ok", (result.error, result.report.where)
    return pydicom.dcmread(BytesIO(result.outputs[0][1]))


@pytest.mark.parametrize(
    "rules",
    [
        "- when: contains Modality US\n  remove: [0, 0, 256, 48]\n",
        '{ Modality.equals("US") * !Manufacturer.contains("ACME") } (0,0,256,48)\n',
        "FORMAT dicom\n%filter graylist\nLABEL Header # of our devices\n  contains Modality US\n"
        "  + notcontains Manufacturer ACME\n  coordinates 0,0,256,48\n",
    ],
)
def test_rule_files_of_every_kind_blank_the_same(rules: str) -> None:
    result = did(picture("QUEXBURY"), pixels={"rules": ["builtin", rules]})
    found = read(result)
    assert not any(found.PixelData) and found.BurnedInAnnotation == "NO" and result.report.pixels == "blanked"
    own = {"name": "p", "dicom": {"alter_pixels": {"detect": [rules]}}}
    data = picture("QUEXBURY")
    plain = Engine(Profile.load(own), Secrets(bytes(32))).process("x", data[1].finish(data[0]).data)
    assert not any(read(plain).PixelData)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ("nowhere.yml", "DEID_NOT_SUPPORTED"),
        ("- when: contains Modality US\n  remove: [0, 0]\n", "BAD_PIXEL_RULE"),
        ('{ Modality.knows("US") } (0,0,1,1)\n', "BAD_PIXEL_RULE"),
        ("%filter blacklist\nLABEL all\n  contains Modality US\n", "BAD_PIXEL_RULE"),
        ("key: [\n", "BAD_PIXEL_RULE"),
    ],
)
def test_wrong_rule_files_are_refused_with_the_profile(rules: str, code: str) -> None:
    with pytest.raises(ProfileError) as error:
        Profile.load({"name": "p", "treadle": {"preset": "research", "pixels": {"rules": rules}}})
    assert {issue.code for issue in error.value.errors} == {code}


def test_pictures_of_nothing_but_text_are_blanked_by_the_built_in_rules() -> None:
    made = picture("QUEXBURY", Modality="CT", SeriesDescription="Dose Report")
    assert not any(read(did(made)).PixelData)
    assert did(picture("QUEXBURY")).error is Code.PIXELS


def test_a_person_looks_before_a_suspect_picture_goes(tmp_path: Path) -> None:
    made, planter = picture("QUEXBURY")
    folder, profile = tmp_path / "in", tmp_path / "p.yml"
    folder.mkdir()
    data = planter.finish(made).data
    (folder / "a.dcm").write_bytes(data)
    profile.write_text("name: p\ntreadle: {preset: research, pixels: {burned-in: review}}\n")
    words = ["deid", str(folder), "--profile", str(profile), "--out", str(tmp_path / "out")]
    told = RUN.invoke(app, [*words, "--review", str(tmp_path / "look")])
    assert told.exit_code == 1 and "DEID_REVIEW" in told.output
    assert not list((tmp_path / "out").iterdir())
    (held,) = (tmp_path / "look").iterdir()
    found = pydicom.dcmread(held)
    assert (tmp_path / "look").stat().st_mode & 0o077 == 0
    assert found.PixelData == made.PixelData and "PatientIdentityRemoved" not in found
    assert b"uexbury" not in held.read_bytes()
    result = Engine(Profile.load(profile.read_text()), Secrets(bytes(32))).process("x", data)
    assert result.error is Code.REVIEW and not result.outputs


@pytest.mark.peer
@pytest.mark.parametrize(("bits", "samples"), [(8, 1), (16, 1), (8, 3)])
def test_what_can_be_read_is_blanked(program: Any, bits: int, samples: int) -> None:
    program("tesseract")
    found = read(did(picture("QUEXBURY", bits=bits, samples=samples), pixels={"burned-in": "ocr"}))
    assert not any(found.PixelData) and found.BurnedInAnnotation == "NO"


@pytest.mark.peer
def test_a_picture_without_text_is_left_alone(program: Any) -> None:
    program("tesseract")
    made = picture()
    result = did(made, pixels={"burned-in": "ocr"})
    assert read(result).PixelData == made[0].PixelData and result.report.pixels == "unchanged"


def test_where_nobody_can_read_suspect_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    result = did(picture("QUEXBURY"), pixels={"ocr": True})
    assert result.error is Code.NEEDS_DESKTOP and result.report.where == "tesseract"


def header(*fields: tuple[str, str, tuple[str, ...]]) -> bytes:
    """A CSA header as scanners write it, with rests of memory behind its texts."""
    pieces = [b"SV10\4\3\2\1", pack("<2I", len(fields), 77)]
    for name, vr, items in fields:
        rest = b"\0Quexbury"
        pieces.append((name.encode() + rest).ljust(64, b"\0") + pack("<I", len(items)))
        pieces.append(vr.encode() + b"\0Q" + pack("<3I", 0, len(items), 77))
        for item in items:
            body = item.encode() + rest
            pieces += [
                pack("<4I", len(body), len(body), 77, len(body)),
                body.ljust(-(-len(body) // 4) * 4, b"\0"),
            ]
    return b"".join(pieces)


def test_of_csa_headers_known_numbers_stay() -> None:
    data = header(
        ("B_value", "IS", ("1000",)),
        ("tPatientName", "LO", ("Quexbury^Thomasin",)),
        ("SliceNormalVector", "FD", ("0.1", "-0.2", "0.97")),
        ("NumberOfImagesInMosaic", "US", ("Quexbury",)),
        ("MrPhoenixProtocol", "UN", ("tPatientName = Quexbury",)),
    )
    made, planter = picture(Modality="MR", SOPClassUID="1.2.840.10008.5.1.4.1.1.4")
    block = made.private_block(0x0029, csa.CREATOR, create=True)
    block.add_new(0x10, "OB", data)
    block.add_new(0x20, "OB", b"no header of Quexbury")
    found = read(did((made, planter), private={"csa": "fields"})).private_block(0x0029, csa.CREATOR)
    kept = found[0x10].value
    assert csa.cleaned(kept) == kept and 0x20 not in found and b"uexbury" not in kept
    assert [name for name, _, _ in csa._fields(kept)] == ["B_value", "SliceNormalVector"]
    assert csa._fields(kept)[1][2] == [b"0.1", b"-0.2", b"0.97"]
    with pytest.raises(KeyError):
        read(did((made, planter))).private_block(0x0029, csa.CREATOR)
    for cut in range(0, len(data), 13):
        assert csa.cleaned(data[:cut]) is None


@pytest.mark.peer
@pytest.mark.parametrize(
    "how",
    [
        ("dcmcjpeg", "+eb"),
        ("dcmcjpeg", "+eb", "+s4"),
        ("dcmcjpeg", "+e1"),
        ("dcmcjpls",),
        ("dcmcjpls", "+en"),
        ("dcmcrle",),
    ],
)
def test_compressed_pictures_are_blanked_where_they_should_be(
    program: Any, tmp_path: Path, how: tuple[str, ...]
) -> None:
    made, planter = picture("QUEXBURY", samples=3)
    made.PixelData = made.PixelData[: 48 * 256 * 3] + bytes([100, 100, 100]) * (48 * 256)
    (tmp_path / "in.dcm").write_bytes(planter.finish(made, tail=False).data)
    subprocess.run([program(how[0]), *how[1:], tmp_path / "in.dcm", tmp_path / "out.dcm"], check=True)
    made = pydicom.dcmread(tmp_path / "out.dcm")
    assert made.file_meta.TransferSyntaxUID.is_compressed
    rule = {"when": "present Modality", "remove": [0, 0, 256, 48]}
    profile = Profile.load({"name": "p", "dicom": {"alter_pixels": {"pixels": [rule]}}})
    found = read(Engine(profile, Secrets(bytes(32))).process("x", (tmp_path / "out.dcm").read_bytes()))
    assert not found.file_meta.TransferSyntaxUID.is_compressed
    seen = pixel_array(found, raw=False)  # as RGB
    assert seen.shape == (96, 256, 3) and not seen[:48].any()
    assert (abs(seen[48:].astype(int) - 100) < 8).all()
