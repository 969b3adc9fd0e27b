"""Uploading files, their metadata and their versions."""

import hashlib
import json

import flywheel
import pytest

PLACES = ["project", "subject", "session", "acquisition", "collection", "analysis"]
ODD_NAMES = [
    "größe 体积 😀.txt",
    "a b  c.txt",
    "100%.txt",
    "%41.txt",
    "a#b?c&d=e;f+g.txt",
    "it's 'quoted'.txt",
    'with "quotes".txt',
    ".hidden",
    "a..b",
    "(1) [2] {3} ~$@!,.txt",
    "n" * 200 + ".txt",
]


@pytest.mark.parametrize("container", PLACES, indirect=True)
def test_every_level_takes_files(container):
    answer = container.upload_file(flywheel.FileSpec("f.txt", b"hello", "text/plain"))
    again = container.reload()
    assert [file.name for file in again.files] == ["f.txt"]
    assert again.get_file("f.txt").read() == b"hello"
    assert answer is None or answer[0].name == "f.txt"


@pytest.mark.parametrize("container", PLACES[:5], indirect=True)
def test_every_level_describes_and_drops_its_files(fw, container, upload):
    file = upload(container, "f.txt")
    file.update(modality="CT")
    file.update_info(a=1)
    file.replace_classification({"Intent": ["Structural"]})
    again = getattr(fw, f"get_{container.container_type}_file_info")(container.id, "f.txt")
    assert (again.modality, again.info, again.classification) == ("CT", {"a": 1}, {"Intent": ["Structural"]})
    assert "ticket=" in file.url()
    container.delete_file("f.txt")
    assert not container.reload().files


@pytest.mark.parametrize("container", PLACES, indirect=True)
def test_files_are_described_and_dropped_by_the_containers_id_alone(fw, container, upload):
    upload(container, "f.txt")
    fw.modify_container_file(container.id, "f.txt", {"modality": "CT"})
    fw.set_container_file_info(container.id, "f.txt", {"a": 1})
    fw.replace_container_file_classification(container.id, "f.txt", {"Intent": ["Structural"]})
    again = fw.get_container_file_info(container.id, "f.txt")
    assert (again.modality, again.info, again.classification) == ("CT", {"a": 1}, {"Intent": ["Structural"]})
    assert fw.delete_container_file(container.id, "f.txt").deleted == 1


def test_the_answer_describes_the_file(acquisition, email):
    (file,) = acquisition.upload_file(flywheel.FileSpec("f.txt", b"hello", "text/plain"))
    assert (file.name, file.size, file.version, file.type) == ("f.txt", 5, 1, "text")
    assert file.hash == f"v0-sha384-{hashlib.sha384(b'hello').hexdigest()}"
    assert (file.origin.type, file.origin.id) == ("user", email)
    assert (file.parent_ref.type, file.parent_ref.id) == ("acquisition", acquisition.id)
    assert file.parents.session == acquisition.session


def test_a_path_can_be_uploaded(acquisition, tmp_path):
    source = tmp_path / "scan.nii.gz"
    source.write_bytes(b"\x1f\x8b")
    acquisition.upload_file(str(source))
    assert acquisition.reload().get_file("scan.nii.gz").type == "nifti"


def test_several_files_go_in_one_call(acquisition):
    specs = [flywheel.FileSpec(f"f{n}.txt", f"{n}".encode(), "text/plain") for n in range(3)]
    metadata = [{"name": f"f{n}.txt", "modality": "MR", "info": {"n": n}} for n in range(3)]
    answer = acquisition.upload_file(specs, metadata=json.dumps(metadata))
    assert sorted(file.name for file in answer) == ["f0.txt", "f1.txt", "f2.txt"]
    again = acquisition.reload()
    assert {file.name: (file.modality, file.info) for file in again.files}["f2.txt"] == ("MR", {"n": 2})
    assert again.get_file("f1.txt").read() == b"1"


def test_metadata_comes_with_the_file(acquisition, upload):
    metadata = {
        "type": "nifti",
        "modality": "MR",
        "classification": {"Intent": ["Structural"]},
        "tags": ["t"],
        "info": {"a": {"b": 1}},
        "mimetype": "application/x-scan",
        "zip_member_count": 3,
    }
    file = upload(acquisition, "f.bin", metadata=metadata)
    assert (file.type, file.modality, file.tags) == ("nifti", "MR", ["t"])
    assert file.classification == {"Intent": ["Structural"]}
    assert file.info == {"a": {"b": 1}}
    assert (file.mimetype, file.zip_member_count) == ("application/x-scan", 3)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_survive(acquisition, upload, name):
    file = upload(acquisition, name, name.encode())
    assert file.name == name
    assert file.read() == name.encode()
    file.update_info(seen=True)
    assert acquisition.reload().get_file(name).info == {"seen": True}
    acquisition.delete_file(name)
    assert acquisition.reload().get_file(name) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.dcm", "dicom"),
        ("a.dicom.zip", "dicom"),
        ("a.nii.gz", "nifti"),
        ("a.bval", "bval"),
        ("a.zip", "archive"),
        ("a.csv", "tabular data"),
        ("a.json", "source code"),
        ("a.pdf", "pdf"),
        ("a.qa.png", "qa"),
        ("a.png", "image"),
        ("A.NII", "nifti"),
        ("a.unheard-of", None),
    ],
)
def test_the_type_follows_the_name(acquisition, upload, name, kind):
    assert upload(acquisition, name).type == kind


def test_an_empty_file_is_a_file(acquisition, upload):
    file = upload(acquisition, "empty.txt", b"")
    assert (file.size, file.read()) == (0, b"")


def test_a_larger_file_comes_back_whole(acquisition, upload):
    content = bytes(range(256)) * 32768  # 8 MiB
    file = upload(acquisition, "big.bin", content)
    assert file.size == len(content)
    assert hashlib.sha256(file.read()).digest() == hashlib.sha256(content).digest()


def test_the_same_name_again_makes_a_new_version(fw, acquisition, upload):
    first = upload(acquisition, "f.txt", "one")
    second = upload(acquisition, "f.txt", "two")
    assert (first.file_id, first.version) == (second.file_id, 1)
    assert second.version == 2
    assert first.id != second.id
    assert [file.name for file in acquisition.reload().files] == ["f.txt"]
    assert second.read() == b"two"
    assert acquisition.read_file("f.txt", version=1) == b"one"
    assert [entry.version for entry in fw.get_file_versions(first.file_id)] in ([1, 2], [2, 1])
    assert fw.get_file(first.file_id, version=1).size == 3


def test_an_unknown_version_is_404(fw, acquisition, upload, refused):
    upload(acquisition, "f.txt")
    refused(404, acquisition.read_file, "f.txt", version=7)


def test_a_new_version_keeps_tags_and_type_but_not_info(acquisition, upload):
    metadata = {"type": "nifti", "modality": "MR", "tags": ["t"], "info": {"a": 1}}
    upload(acquisition, "f.bin", "one", metadata=metadata)
    second = upload(acquisition, "f.bin", "two")
    assert (second.type, second.modality, second.tags, second.info) == ("nifti", "MR", ["t"], {})


def test_metadata_can_be_preserved(acquisition, upload):
    upload(acquisition, "f.bin", "one", metadata={"info": {"a": 1}})
    assert upload(acquisition, "f.bin", "two", preserve_metadata=True).info == {"a": 1}


def test_an_old_version_can_be_restored(fw, acquisition, upload):
    file_id = upload(acquisition, "f.txt", "one").file_id
    upload(acquisition, "f.txt", "two")
    restored = fw.restore_file(file_id, 1, False)
    assert (restored.version, restored.restored_from) == (3, 1)
    assert acquisition.read_file("f.txt") == b"one"


def test_info_of_a_file_is_set_replaced_and_deleted(acquisition, upload):
    file = upload(acquisition, "f.txt", metadata={"info": {"a": 1, "b": 2}})
    file.update_info(c={"d": [1]})
    assert file.reload().info == {"a": 1, "b": 2, "c": {"d": [1]}}
    file.delete_info("a", "b")
    assert file.reload().info == {"c": {"d": [1]}}
    file.replace_info({"only": "this"})
    assert file.reload().info == {"only": "this"}


def test_forbidden_characters_in_info_keys_are_replaced(acquisition, upload):
    file = upload(acquisition, "f.txt")
    file.update_info({"a.b": {"$c": 1}})
    assert file.reload().info == {"a_b": {"-c": 1}}


def test_type_and_modality_can_be_changed(acquisition, upload):
    file = upload(acquisition, "f.txt")
    assert file.update(type="dicom", modality="CT").modified == 1
    again = file.reload()
    assert (again.type, again.modality) == ("dicom", "CT")


def test_classification_is_united_cut_and_replaced(acquisition, upload):
    file = upload(acquisition, "f.txt")
    file.replace_classification({"Intent": ["Structural"]}, modality="MR")
    assert file.reload().modality == "MR"
    file.update_classification({"Intent": ["Localizer"], "Measurement": ["T1"]})
    both = file.reload().classification
    assert (sorted(both["Intent"]), both["Measurement"]) == (["Localizer", "Structural"], ["T1"])
    file.delete_classification({"Intent": ["Structural"], "Measurement": ["T1"]})
    assert file.reload().classification == {"Intent": ["Localizer"]}


def test_tags_of_a_file_can_be_kept(fw, acquisition, upload):
    file = upload(acquisition, "f.txt")
    for tag in ("plain", "a/b", "100%", "#1", "täg 体"):
        file.add_tag(tag)
    file.add_tags(["plain", "new"])
    assert sorted(file.reload().tags) == sorted(["plain", "a/b", "100%", "#1", "täg 体", "new"])
    file.rename_tag("a/b", "c")
    file.delete_tag("100%")
    assert sorted(fw.get_file_tags(file.file_id)) == sorted(["plain", "c", "#1", "täg 体", "new"])
    file.set_tags(["x"])
    assert file.reload().tags == ["x"]
    file.delete_tag("x")
    assert not file.reload().tags


def test_tags_do_not_change_the_version(acquisition, upload):
    file = upload(acquisition, "f.txt")
    file.add_tag("t")
    assert acquisition.reload().get_file("f.txt").version == 1


def test_a_file_can_be_renamed(fw, acquisition, upload):
    file = upload(acquisition, "f.txt")
    fw.move_file(file.file_id, {"name": "g.txt"})
    again = acquisition.reload()
    assert [one.name for one in again.files] == ["g.txt"]
    assert again.files[0].file_id == file.file_id
    assert acquisition.read_file("g.txt") == b"hello"


def test_a_file_can_be_moved_to_another_container(fw, session, acquisition, upload, refused):
    file = upload(acquisition, "f.txt")
    other = session.add_acquisition(label="other")
    fw.move_file(file.file_id, {"container_reference": {"type": "acquisition", "id": other.id}})
    assert not acquisition.reload().files
    moved = fw.get_file(file.file_id)
    assert moved.parent_ref.id == moved.parents.acquisition == other.id
    assert moved.read() == b"hello"
    refused(404, acquisition.read_file, "f.txt")


def test_a_file_cannot_be_moved_onto_another(fw, acquisition, upload, refused):
    file = upload(acquisition, "f.txt")
    upload(acquisition, "g.txt")
    refused(409, fw.move_file, file.file_id, {"name": "g.txt"})


def test_a_deleted_file_is_gone(fw, acquisition, upload, refused):
    file = upload(acquisition, "f.txt")
    assert acquisition.delete_file("f.txt").deleted == 1
    assert not acquisition.reload().files
    refused(404, fw.get_file, file.file_id)
    refused(404, acquisition.read_file, "f.txt")
    refused(404, acquisition.delete_file, "f.txt")


def test_a_file_can_be_deleted_by_its_id(fw, acquisition, upload):
    file = upload(acquisition, "f.txt")
    assert fw.delete_file(file.file_id).deleted >= 1
    assert not acquisition.reload().files


def test_a_deleted_name_can_be_used_again(acquisition, upload):
    upload(acquisition, "f.txt", "one")
    acquisition.delete_file("f.txt")
    assert upload(acquisition, "f.txt", "two").read() == b"two"


def test_a_file_found_by_id_knows_its_parent(fw, acquisition, upload):
    file = fw.get_file(upload(acquisition, "f.txt").file_id)
    assert file.parent.id == acquisition.id
    assert file.read() == b"hello"
    assert file.ref() == {"type": "acquisition", "id": acquisition.id, "name": "f.txt"}


def test_file_info_can_be_had_by_name(fw, acquisition, upload):
    upload(acquisition, "f.txt", metadata={"info": {"a": 1}})
    assert fw.get_acquisition_file_info(acquisition.id, "f.txt").info == {"a": 1}
    assert fw.get_container_file_info(acquisition.id, "f.txt").size == 5


def test_files_can_be_put_by_the_containers_id_alone(fw, acquisition):
    fw.upload_file_to_container(acquisition.id, flywheel.FileSpec("f.txt", b"hello", "text/plain"))
    assert fw.download_file_from_container_as_data(acquisition.id, "f.txt") == b"hello"
