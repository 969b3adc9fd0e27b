"""Uploads to a site that hands out upload addresses: ticket, bytes, completion. Runs against a site of its own."""

import io
import zipfile

import flywheel
import pytest


def test_the_site_offers_tickets(fw):
    assert fw.get_config().features.signed_url


@pytest.mark.parametrize("size", [0, 7, 3_000_000])
def test_a_file_goes_by_ticket(acquisition, size):
    spec = flywheel.FileSpec("ü t.bin", b"x" * size, "application/octet-stream")
    (file,) = acquisition.upload_file(spec, metadata={"modality": "MR", "info": {"a": 1}})
    assert (file.name, file.size, file.modality, file.info) == ("ü t.bin", size, "MR", {"a": 1})
    assert acquisition.read_file("ü t.bin") == b"x" * size


def test_several_files_go_by_a_ticket_each(acquisition):
    specs = [flywheel.FileSpec(f"f{n}.txt", f"{n}".encode(), "text/plain") for n in range(3)]
    answer = acquisition.upload_file(specs)
    assert [file.name for file in answer] == ["f0.txt", "f1.txt", "f2.txt"]
    assert acquisition.read_file("f2.txt") == b"2"


def test_a_path_goes_by_ticket(project, tmp_path):
    (tmp_path / "scan.nii.gz").write_bytes(b"\x1f\x8b")
    (file,) = project.upload_file(str(tmp_path / "scan.nii.gz"))
    assert (file.name, file.type, file.size) == ("scan.nii.gz", "nifti", 2)


def test_the_same_name_again_makes_a_new_version(acquisition, upload):
    upload(acquisition, "f.txt", "one")
    assert upload(acquisition, "f.txt", "two").version == 2


def test_an_output_goes_by_ticket(analysis, upload):
    file = upload(analysis, "o.txt", "out")
    assert file.parent_ref.type == "analysis"
    assert file.read() == b"out"


def test_the_members_of_a_zip_are_counted(acquisition):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "a")
        archive.writestr("b.txt", "b")
    spec = flywheel.FileSpec("some.zip", content.getvalue(), "application/zip")
    assert acquisition.upload_file(spec)[0].zip_member_count == 2
