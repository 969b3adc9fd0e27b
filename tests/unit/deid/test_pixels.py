"""Rules find the pictures that show text, and blank what they say: all frames, all planes, nothing else."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from treadle.deid import Code, Engine, Profile, Secrets
from treadle.deid.dicom.elements import Span
from treadle.deid.dicom.jpeg import without_text
from treadle.deid.pixels.ctp import parse_script
from treadle.deid.pixels.expression import parse
from treadle.deid.pixels.rules import PixelRuleError, parse_rules

from .planted import CT, Planter

FILE = {"Modality": "US", "Manufacturer": "GE Medical", "Rows": "16", "SeriesDescription": ""}


def blanked(dataset: Dataset, planter: Planter, rules: list[dict[str, object]], **treadle: object) -> Dataset:
    document: dict[str, object] = {"name": "blank", "dicom": {"alter_pixels": {"pixels": rules}}}
    if treadle:
        document = {"name": "blank", "treadle": treadle}
    result = Engine(Profile.load(document), Secrets(bytes(32))).process("x.dcm", planter.finish(dataset).data)
    assert result.status == "ok", (result.error, result.report.where)
    assert result.report.pixels == "blanked"
    return pydicom.dcmread(BytesIO(result.outputs[0][1]))


def picture(
    samples: int = 1, frames: int = 1, bits: int = 8, colours: str = "MONOCHROME2", planar: int = 0
) -> tuple[Dataset, Planter]:
    planter = Planter(5, ("", "ascii", "Quexbury", "Thomasin"), ExplicitVRLittleEndian)
    made = planter.image(CT)
    made.SamplesPerPixel, made.PhotometricInterpretation = samples, colours
    made.BitsAllocated, made.BitsStored, made.HighBit = bits, bits, bits - 1
    made.NumberOfFrames = frames
    if samples > 1:
        made.PlanarConfiguration = planar
    made.PixelData = b"\x07" * (16 * 16 * samples * frames * bits // 8)
    return made, planter


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_rectangle_is_blanked_in_every_frame_and_nothing_else(frames: int, bits: int) -> None:
    made, planter = picture(frames=frames, bits=bits)
    found = blanked(made, planter, [{"when": "contains Modality CT", "remove": [2, 3, 6, 5]}])
    size = bits // 8
    for frame in range(frames):
        for y in range(16):
            for x in range(16):
                at = (frame * 256 + y * 16 + x) * size
                inside = 2 <= x < 6 and 3 <= y < 5
                assert found.PixelData[at : at + size] == (bytes(size) if inside else b"\x07" * size)


def test_black_is_what_the_colours_call_black() -> None:
    for colours, samples, planar, expected in (
        ("MONOCHROME1", 1, 0, b"\xff"),
        ("RGB", 3, 0, b"\0\0\0"),
        ("YBR_FULL", 3, 0, b"\0\x80\x80"),
        ("RGB", 3, 1, b"\0"),
    ):
        made, planter = picture(samples=samples, colours=colours, planar=planar)
        found = blanked(made, planter, [{"when": "present Modality", "remove": [0, 0, 1, 1]}])
        assert found.PixelData[: len(expected)] == expected
        assert found.PixelData.count(b"\x07") == 256 * samples - samples


def test_keeping_a_rectangle_blanks_the_rest() -> None:
    made, planter = picture()
    found = blanked(made, planter, [{"when": "present Modality", "keep": [4, 4, 8, 8]}])
    assert found.PixelData.count(b"\x07") == 16


def test_compressed_pictures_are_decompressed_before_they_are_blanked() -> None:
    made, planter = picture()
    planter.syntax = RLELossless
    row = bytes([256 - 15]) + b"\x07"  # a run of 16
    made.PixelData = encapsulate([bytes([1, 0, 0, 0, 64, 0, 0, 0]) + bytes(56) + row * 16])
    found = blanked(made, planter, [{"when": "present Modality", "remove": [0, 0, 16, 1]}])
    assert found.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert found.PixelData == bytes(16) + b"\x07" * 240


def test_ultrasound_keeps_its_regions_when_asked() -> None:
    made, planter = picture()
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.6.1"
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 8
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 15, 15
    made.SequenceOfUltrasoundRegions = Sequence([region])
    found = blanked(made, planter, [], preset="research", pixels={"keep-regions": True})
    assert found.PixelData == bytes(128) + b"\x07" * 128
    assert found.BurnedInAnnotation == "NO" and found.PatientIdentityRemoved == "YES"


def test_what_cannot_be_decompressed_is_refused() -> None:
    made, planter = picture()
    planter.syntax = RLELossless
    made.PixelData = encapsulate([b"nonsense"])
    profile = Profile.load(
        {"name": "b", "dicom": {"alter_pixels": {"pixels": [{"when": "present Modality", "remove": "all"}]}}}
    )
    result = Engine(profile, Secrets(bytes(32))).process("x.dcm", planter.finish(made).data)
    assert result.error is Code.PIXELS and not result.outputs


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("contains Modality us", True),
        ("equals Modality US + contains Manufacturer ge|philips", True),
        ("equals Modality CT || equals Rows 16", True),
        ("equals Modality CT || equals Rows 16 + missing Manufacturer", False),
        ("notcontains Manufacturer GE", False),
        ("missing BurnedInAnnotation\n+ empty SeriesDescription", True),
        ("notequals BurnedInAnnotation YES", True),
    ],
)
def test_conditions_are_read_from_left_to_right(text: str, holds: bool) -> None:
    assert parse(text).holds(FILE.get) is holds


def test_scripts_of_ctp_are_read() -> None:
    rules = parse_script(
        '// comment\n{ Modality.equals("US") * (Manufacturer.containsIgnoreCase("ge") + !Rows.equals("16")) }'
        "(0,0,10,5) (1,2,3,4)"
    )
    assert rules[0].where == ((0, 0, 10, 5), (1, 2, 4, 6))
    assert rules[0].when.holds(FILE.get)
    with pytest.raises(PixelRuleError):
        parse_script('{ Modality.sounds("US") } (0,0,1,1)')


def test_wrong_rules_say_where_they_are_wrong() -> None:
    for section, path in (
        ({"pixels": [{"when": "contains Modality US", "remove": [0, 0, 10]}]}, "pixels[0].remove"),
        ({"pixels": [{"when": "sounds Modality US", "remove": "all"}]}, "pixels[0].when"),
        ({"pixels": [{"remove": "all"}]}, "pixels[0]"),
        ({"pixel": []}, "pixel"),
    ):
        with pytest.raises(PixelRuleError) as error:
            parse_rules(section)
        assert error.value.path == path


def test_comments_inside_frames_go_and_those_of_encoders_stay() -> None:
    frame = b"\xff\xd8" + b"\xff\xfe\x00\x0aQuexbury" + b"\xff\xda\x00\x02rest\xff\xd9"
    data = encapsulate([frame])
    span = Span(0, len(data), ((8, 12), (20, len(data))))
    changed = without_text(data, span)
    assert changed is not None and b"Quexbury" not in changed.data and b"rest" in changed.data
    kept = encapsulate([frame.replace(b"\x00\x0aQuexbury", b"\x00\x0aLavc57.1")])
    assert without_text(kept, Span(0, len(kept), ((8, 12), (20, len(kept))))) is None
