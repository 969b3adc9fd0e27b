"""Bytes out: whole files, ranges, zip members, ticket addresses, tar and zip archives."""

import io
import tarfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile

import pytest

MEMBERS = {"m.txt": "member", "deep/n ü.txt": "näher", "empty.txt": ""}


@pytest.fixture
def text(acquisition, upload):
    return upload(acquisition, "f.txt", "0123456789")


@pytest.fixture
def archive(acquisition, upload, zipped):
    return upload(acquisition, "z.zip", zipped(MEMBERS))


def fetch(address, **headers):
    """Bytes behind an address, without any credentials."""
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer.read()


def test_a_file_is_downloaded_to_a_path(text, tmp_path):
    text.download(str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == b"0123456789"


def test_a_container_downloads_its_file_by_name(acquisition, text, tmp_path):
    acquisition.download_file("f.txt", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == b"0123456789"


@pytest.mark.parametrize("view", [True, False])
@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("bytes=0-1", b"01"),
        ("bytes=7-", b"789"),
        ("bytes=-2", b"89"),
        ("bytes=8-99", b"89"),
        ("bytes=0-0", b"0"),
    ],
)
def test_a_byte_range_can_be_read(acquisition, text, asked, given, view):
    assert acquisition.read_file("f.txt", range=asked, view=view) == given


def test_a_range_outside_the_file_is_416(acquisition, text, refused):
    refused(416, acquisition.read_file, "f.txt", range="bytes=10-")


def test_an_unknown_file_is_404(acquisition, refused):
    refused(404, acquisition.read_file, "nothing.txt")


def test_a_wrong_hash_is_a_conflict(acquisition, text, refused):
    assert acquisition.read_file("f.txt", hash=text.hash) == b"0123456789"
    refused(409, acquisition.read_file, "f.txt", hash="v0-sha384-00")


def test_zip_members_are_listed(archive):
    members = {member.path: member.size for member in archive.get_zip_info().members}
    assert members == {name: len(content.encode()) for name, content in MEMBERS.items()}


def test_a_zip_member_can_be_read(archive):
    for name, content in MEMBERS.items():
        assert archive.read_zip_member(name) == content.encode()


def test_a_zip_member_can_be_downloaded(archive, tmp_path):
    archive.download_zip_member("deep/n ü.txt", str(tmp_path / "out"))
    assert (tmp_path / "out").read_text(encoding="utf-8") == "näher"


def test_a_missing_member_is_refused(archive, refused):
    refused(400, archive.read_zip_member, "nothing.txt")


def test_a_file_that_is_no_zip_has_no_members(text, refused):
    refused(400, text.read_zip_member, "m.txt")
    refused(400, text.get_zip_info)


def test_a_ticket_address_needs_no_credentials(text):
    address = text.url()
    assert fetch(address) == b"0123456789"
    assert fetch(address, Range="bytes=2-3") == b"23"
    assert fetch(address) == b"0123456789"


def test_a_ticket_is_for_its_file_alone(acquisition, text, upload):
    upload(acquisition, "g.txt", "other")
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(text.url().replace("f.txt", "g.txt"))
    assert caught.value.code == 404


def test_a_ticket_keeps_the_version_it_was_made_for(acquisition, text, upload):
    address = acquisition.get_file_download_url("f.txt", version=1)
    upload(acquisition, "f.txt", "new")
    assert fetch(address) == b"0123456789"


def test_a_ticket_keeps_the_member_it_was_made_for(acquisition, archive):
    assert fetch(acquisition.get_file_download_url("z.zip", member="m.txt")) == b"member"


def test_a_ticket_address_of_an_odd_name_works(acquisition, upload):
    assert fetch(upload(acquisition, "ü #1 %.txt", "odd").url()) == b"odd"


def tree(path):
    with tarfile.open(path) as held:
        return {
            member.name: held.extractfile(member).read() for member in held.getmembers() if member.isfile()
        }


def test_a_project_is_downloaded_as_tar(group, project, text, archive, tmp_path):
    summary = project.download_tar(str(tmp_path / "p.tar"))
    found = tree(tmp_path / "p.tar")
    base = f"flywheel/{group.id}/P/S/E/A"
    assert set(found) == {f"{base}/f.txt", f"{base}/z.zip"}
    assert found[f"{base}/f.txt"] == b"0123456789"
    assert summary.file_cnt == 2
    assert summary.size == sum(map(len, found.values()))


@pytest.mark.parametrize(
    ("choice", "names"),
    [({"include_types": ["archive"]}, {"z.zip"}), ({"exclude_types": ["archive"]}, {"f.txt"})],
)
def test_an_archive_can_be_cut_to_types(session, text, archive, tmp_path, choice, names):
    session.download_tar(str(tmp_path / "s.tar"), **choice)
    assert {name.rpartition("/")[2] for name in tree(tmp_path / "s.tar")} == names


def test_several_containers_are_downloaded_as_zip(fw, session, acquisition, text, upload, tmp_path):
    other = session.add_acquisition(label="other")
    upload(other, "g.txt", "second")
    fw.download_zip([acquisition, other], str(tmp_path / "a.zip"))
    with zipfile.ZipFile(io.BytesIO((tmp_path / "a.zip").read_bytes())) as held:
        assert held.testzip() is None
        assert {name.rpartition("/")[2]: held.read(name) for name in held.namelist()} == {
            "f.txt": b"0123456789",
            "g.txt": b"second",
        }


def test_equal_paths_in_an_archive_are_told_apart(session, acquisition, text, upload, tmp_path):
    upload(session.add_acquisition(label="A"), "f.txt", "twin")
    session.download_tar(str(tmp_path / "s.tar"))
    assert sorted(tree(tmp_path / "s.tar").values()) == [b"0123456789", b"twin"]


def test_an_analysis_is_downloaded_with_its_outputs(analysis, upload, tmp_path):
    upload(analysis, "o.txt", "out")
    analysis.download_tar(str(tmp_path / "x.tar"))
    found = tree(tmp_path / "x.tar")
    assert [name for name in found if name.endswith("output/o.txt")]


def test_an_archive_of_nothing_is_404(acquisition, text, refused, tmp_path):
    refused(404, acquisition.download_tar, str(tmp_path / "none.tar"), include_types=["nifti"])


def test_an_archive_ticket_needs_no_credentials(fw, acquisition, text):
    ticket = fw.create_download_ticket(
        {"optional": True, "nodes": [{"level": "acquisition", "_id": acquisition.id}]}
    )
    base = text.url().partition("/api/")[0]
    assert (
        fetch(f"{base}/api/download?{urllib.parse.urlencode({'ticket': ticket.ticket, 'format': 'zip'})}")[:2]
        == b"PK"
    )
