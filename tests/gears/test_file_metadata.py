"""What file-metadata says of files, against what other readers and the makers of the files say."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pyedflib
import pytest
from PIL import Image

from .conftest import Gear, zipped


def test_dicom_series(gear: Gear, dicom_data: Path, tmp_path: Path) -> None:
    """Header, modality and classification of the series; the acquisition's time; the tag beside others."""
    files = sorted((dicom_data / "ge_siemens_mr_nih/20180918GE/mr_0004").iterdir())
    ended = gear("file-metadata", {"file": zipped(files, tmp_path / "epi.dicom.zip")})
    assert ended.status == 0, ended.log
    told = ended.told("epi.dicom.zip")
    assert (told["type"], told["modality"], told["tags"]) == ("dicom", "MR", ["kept", "file-metadata"])
    assert told["classification"]["Intent"] == ["Functional"]
    first = min(
        (pydicom.dcmread(path, stop_before_pixels=True) for path in files), key=lambda one: one.InstanceNumber
    )
    header = told["info"]["header"]["dicom"]
    assert header["SOPInstanceUID"] == first.SOPInstanceUID
    assert header["EchoTime"] == float(first.EchoTime)
    taken = first.AcquisitionDate + first.AcquisitionTime[:6]
    said = ended.metadata()["acquisition"]["timestamp"]
    assert datetime.fromisoformat(said).strftime("%Y%m%d%H%M%S") == taken


def test_words_of_people_stay(gear: Gear, dicom_data: Path) -> None:
    """A classification that is there stays, unless it is to be replaced; containers are left alone when asked."""
    source = dicom_data / "pydicom_data/MR2_J2KR.dcm"
    about = {"file": {"modality": "MR", "classification": {"Intent": ["Shim"]}}}
    ended = gear("file-metadata", {"file": source}, about=about, containers=False)
    assert ended.metadata().keys() == {"acquisition"}
    assert not ended.told(source.name).keys() & {"modality", "classification"}
    replaced = gear("file-metadata", {"file": source}, about=about, overwrite=True, tag="").told(source.name)
    assert replaced["modality"] == "MR"
    assert replaced["classification"].get("Intent") != ["Shim"]
    assert replaced["tags"] == ["kept"]


@pytest.mark.parametrize(
    ("name", "about", "modality", "intent"),
    [
        ("sub-01_T1w.nii.gz", {}, "MR", ["Structural"]),
        ("sub-01_task-rest_bold.nii", {}, "MR", ["Functional"]),
        ("x.nii", {"info": {"Modality": "MR", "SeriesDescription": "dti_64"}}, "MR", ["Structural"]),
        ("x.nii", {"modality": "CT"}, "CT", None),
        ("result.nii", {}, None, None),
    ],
)
def test_nifti(
    gear: Gear, tmp_path: Path, name: str, about: dict, modality: str | None, intent: list | None
) -> None:
    """Shape, spacing and orientation; modality by what is known, else by the name, else not at all."""
    affine = np.array([[0, 0, 3.0, -20], [-1.5, 0, 0, 30], [0, 2.0, 0, -7], [0, 0, 0, 1]])
    nib.save(nib.Nifti1Image(np.zeros((6, 7, 8), np.int16), affine), tmp_path / name)
    told = gear("file-metadata", {"file": tmp_path / name}, about={"file": about}).told(name)
    header = told["info"]["header"]["nifti"]
    assert (header["shape"], header["voxel_size"], header["orientation"]) == ([6, 7, 8], [1.5, 2, 3], "PSR")
    assert header["affine"] == affine.tolist()
    assert told["type"] == "nifti"
    assert (told.get("modality") or about.get("modality")) == modality
    assert told.get("classification", {}).get("Intent") == intent


def test_par_rec(gear: Gear, tmp_path: Path) -> None:
    """A real PAR, of nibabel's own tests, in an archive: the protocol, and no patient."""
    par = Path(nib.__file__).parent / "tests" / "data" / "phantom_EPI_asc_CLEAR_2_1.PAR"
    shutil.copy(par, tmp_path / "epi.PAR")
    (tmp_path / "epi.REC").write_bytes(b"\0")
    source = zipped([tmp_path / "epi.PAR", tmp_path / "epi.REC"], tmp_path / "epi.parrec.zip")
    told = gear("file-metadata", {"file": source}).told(source.name)
    assert (told["type"], told["modality"]) == ("parrec", "MR")
    header = told["info"]["header"]["parrec"]
    general, images = nib.parrec.parse_PAR_header(par.open())
    assert header["protocol_name"] == general["protocol_name"]
    assert (header["max_slices"], header["images"]) == (general["max_slices"], len(images))
    assert "patient_name" not in header
    assert told["classification"]["Intent"] == ["Functional"]


def test_edf(gear: Gear, tmp_path: Path) -> None:
    """Channels, rates and duration as they were written; nothing of the patient."""
    path = tmp_path / "night.edf"
    with pyedflib.EdfWriter(str(path), 2) as writer:
        for number, (label, rate) in enumerate((("Fp1", 256), ("ECG", 512))):
            writer.setSignalHeader(
                number, pyedflib.highlevel.make_signal_header(label, sample_frequency=rate)
            )
        writer.setPatientName("Planted_Nobody")
        writer.setStartdatetime(datetime(2024, 3, 1, 22, 15))
        writer.writeSamples([np.zeros(256 * 10), np.zeros(512 * 10)])
    ended = gear("file-metadata", {"file": path})
    header = ended.told("night.edf")["info"]["header"]["eeg"]
    assert [(one["name"], one["sampling_hz"]) for one in header["channels"]] == [("Fp1", 256), ("ECG", 512)]
    assert (header["duration_s"], header["start"]) == (10, "2024-03-01T22:15:00")
    assert ended.told("night.edf")["modality"] == "EEG"
    assert "Planted" not in json.dumps(ended.metadata())


def test_brain_vision(gear: Gear, tmp_path: Path) -> None:
    """Header, markers and the length of the data of a recording in three files."""
    (tmp_path / "r.vhdr").write_text(
        "Brain Vision Data Exchange Header File Version 1.0\n; made by hand\n[Common Infos]\nCodepage=UTF-8\n"
        "DataFile=r.eeg\nMarkerFile=r.vmrk\nDataFormat=BINARY\nDataOrientation=MULTIPLEXED\nNumberOfChannels=2\n"
        "SamplingInterval=2000\n[Binary Infos]\nBinaryFormat=INT_16\n[Channel Infos]\nCh1=Fp1,,0.5,µV\n"
        "Ch2=A\\1B,Cz,,\n[Comment]\nPatient: Planted Nobody\n[ = broken\n",
        "utf-8",
    )
    (tmp_path / "r.vmrk").write_text(
        "Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nCodepage=UTF-8\n[Marker Infos]\n"
        "Mk1=New Segment,,1,1,0,20240301\nMk2=Stimulus,S  1,100,1,0\nMk3=Stimulus,S  1,200,1,0\n"
    )
    (tmp_path / "r.eeg").write_bytes(bytes(2 * 2 * 1500))
    source = zipped([tmp_path / f"r.{ending}" for ending in ("vhdr", "vmrk", "eeg")], tmp_path / "r.eeg.zip")
    ended = gear("file-metadata", {"file": source})
    assert ended.status == 0, ended.log
    header = ended.told("r.eeg.zip")["info"]["header"]["eeg"]
    assert [(one["name"], one["resolution"], one["unit"]) for one in header["channels"]] == [
        ("Fp1", 0.5, "µV"),
        ("A,B", 1, "µV"),
    ]
    assert (header["duration_s"], header["channels"][0]["sampling_hz"]) == (3, 500)
    assert header["markers"] == {"New Segment": 1, "Stimulus/S  1": 2}
    assert "Planted" not in json.dumps(ended.metadata())


def test_pictures_tables_and_the_rest(gear: Gear, tmp_path: Path) -> None:
    """Sizes of a picture and a table; a file nobody knows is tagged and left alone."""
    Image.new("RGB", (30, 20)).save(tmp_path / "a.png")
    (tmp_path / "b.csv").write_text("subject,age\n1,30\n2,40\n")
    (tmp_path / "c.bin").write_bytes(b"\0\1")
    picture = gear("file-metadata", {"file": tmp_path / "a.png"}).told("a.png")
    assert picture["info"]["header"]["picture"] == {"format": "PNG", "width": 30, "height": 20, "mode": "RGB"}
    table = gear("file-metadata", {"file": tmp_path / "b.csv"}).told("b.csv")
    assert table["info"]["header"]["table"] == {"columns": ["subject", "age"], "rows": 2}
    assert gear("file-metadata", {"file": tmp_path / "c.bin"}).told("c.bin") == {
        "name": "c.bin",
        "tags": ["kept", "file-metadata"],
    }
