"""The reader of uploaded DICOM files meets damaged and hostile ones."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from treadle.server.ingest import series_reader
from treadle.server.ingest.series_reader import Unreadable, read_series


def instance(number, pixels=b"\0" * 200):
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", f"1.2.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = "1.2", "1.2.3", "MR"
    ds.InstanceNumber, ds.Rows, ds.Columns = number, 10, 10
    ds.BitsAllocated, ds.PixelRepresentation, ds.SamplesPerPixel = 16, 0, 1
    ds.PixelData = pixels
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def read(tmp_path):
    def run(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        return read_series(str(path))

    return run


def test_the_index_points_at_the_bytes_of_each_member(read):
    content = zipped({"b.dcm": instance(2), "a.dcm": instance(1), "notes.txt": "hello"})
    found = read(content)
    assert (found.modality, found.members, len(found.instances)) == ("MR", 3, 2)
    assert found.header["InstanceNumber"] == 1
    assert {item["member"]: item["number"] for item in found.instances} == {"b.dcm": 2, "a.dcm": 1}


def test_a_zip_without_dicom_is_unreadable(read):
    with pytest.raises(Unreadable):
        read(zipped({"a.txt": b"x" * 1000}))


def test_a_bomb_of_pixels_is_never_inflated(read, monkeypatch):
    monkeypatch.setattr(series_reader, "MAX_READ", 4 << 20)
    found = read(zipped({f"{number}.dcm": instance(number, bytes(20 << 20)) for number in range(1, 4)}))
    assert len(found.instances) == 3


def test_a_bomb_of_headers_ends_at_the_limit(read, monkeypatch):
    monkeypatch.setattr(series_reader, "MAX_HEADER", 1 << 20)
    endless = b"\0" * 128 + b"DICM" + b"\x08\x00\x08\x00UT\0\0\xff\xff\xff\x7f" + bytes(30 << 20)
    with pytest.raises(Unreadable):
        read(zipped({"a.dcm": endless}))


def test_too_many_members_are_refused(read, monkeypatch):
    monkeypatch.setattr(series_reader, "MAX_MEMBERS", 10)
    with pytest.raises(Unreadable):
        read(zipped({f"{number}": b"" for number in range(11)}))


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom.*")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_ends_in_a_result_or_in_unreadable(read, data):
    content = bytearray(
        data.draw(st.sampled_from([instance(1), zipped({"a": instance(1), "b": instance(2)})]))
    )
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    with suppress(Unreadable):
        read(bytes(content[: cut or None]))
