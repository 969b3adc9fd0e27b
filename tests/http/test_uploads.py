"""Multipart and ticketed uploads."""

import io
import json
import zipfile

import httpx
import pytest


@pytest.fixture
def files(tree):
    """The address that takes the acquisition's files."""
    return f"/acquisitions/{tree.acquisition}/files"


def names(tree):
    return [file["name"] for file in tree.get(f"/acquisitions/{tree.acquisition}")["files"]]


def raw(*parts, boundary="edge"):
    """A multipart body of (headers, content) parts, byte for byte, and its headers."""
    body = b"".join(
        f"--{boundary}\r\n{headers}\r\n\r\n".encode() + content + b"\r\n" for headers, content in parts
    )
    return {
        "content": body + f"--{boundary}--\r\n".encode(),
        "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    }


@pytest.mark.parametrize("field", ["file", "file1", "upload", "ünï"])
def test_the_field_name_does_not_matter(api, tree, files, field):
    assert api.post(files, files={field: ("f.txt", b"x")}).status_code == 200
    assert names(tree) == ["f.txt"]


def test_metadata_may_come_before_or_after_the_file(api, files):
    metadata = ('Content-Disposition: form-data; name="metadata"', b'{"modality": "MR"}')
    content = ('Content-Disposition: form-data; name="file"; filename="f.txt"', b"x")
    for parts in ((metadata, content), (content, metadata)):
        assert api.post(files, **raw(*parts)).json()[0]["modality"] == "MR"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('filename="plain.txt"', "plain.txt"),
        ('filename="ü 体.txt"', "ü 体.txt"),
        ("filename*=UTF-8''%C3%BC%20x.txt", "ü x.txt"),
        ("filename=\"ascii.txt\"; filename*=UTF-8''%C3%BC.txt", "ü.txt"),
        ('filename="a%22b.txt"', 'a"b.txt'),
        (r'filename="a\"b.txt"', 'a"b.txt'),
        ('filename="%41.txt"', "%41.txt"),
        ('filename="dir/inner/f.txt"', "f.txt"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="/abs.txt"', "abs.txt"),
        ("filename=bare.txt", "bare.txt"),
    ],
)
def test_file_names_are_read_in_all_spellings(api, files, header, name):
    answer = api.post(files, **raw((f'Content-Disposition: form-data; name="file"; {header}', b"x")))
    assert answer.status_code == 200, answer.text
    assert answer.json()[0]["name"] == name


@pytest.mark.parametrize("name", ["", ".", "..", "a/..", "a\x01b", "a\x7fb", "dir/"])
def test_names_that_are_no_names_are_refused(api, tree, files, name):
    answer = api.post(files, **raw((f'Content-Disposition: form-data; name="file"; filename="{name}"', b"x")))
    assert answer.status_code in (400, 422)
    assert isinstance(answer.json()["message"], str)
    assert names(tree) == []


def test_an_upload_that_breaks_off_leaves_nothing(api, tree, files, treadle_server):
    def broken():
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\nhalf'
        raise ConnectionError

    header = {"Content-Type": "multipart/form-data; boundary=edge"}
    with pytest.raises((httpx.HTTPError, ConnectionError)):
        api.post(files, content=broken(), headers=header)
    assert names(tree) == []


def test_a_body_without_its_end_is_refused(api, tree, files, problem):
    whole = raw(('Content-Disposition: form-data; name="file"; filename="f.txt"', b"x"))
    problem(api.post(files, content=whole["content"][:-12], headers=whole["headers"]), 400)
    assert names(tree) == []


def test_chunked_bodies_are_taken(api, files):
    whole = raw(('Content-Disposition: form-data; name="file"; filename="f.txt"', b"x" * 100_000))
    pieces = (whole["content"][start : start + 999] for start in range(0, len(whole["content"]), 999))
    assert api.post(files, content=pieces, headers=whole["headers"]).json()[0]["size"] == 100_000


def test_content_that_looks_like_a_boundary_is_kept(api, tree, files):
    content = b"\r\n--edg\r\n--edge \r\n--\r\n-"
    part = ('Content-Disposition: form-data; name="file"; filename="f.txt"', content)
    assert api.post(files, **raw(part, boundary="edgeX")).status_code == 200
    assert api.get(f"{files}/f.txt").content == content


def test_metadata_of_several_files_goes_by_name(api, tree, files):
    metadata = '[{"name": "b.txt", "modality": "CT"}, {"name": "a.txt", "modality": "MR"}]'
    parts = [("metadata", (None, metadata)), ("file", ("a.txt", b"1")), ("file", ("b.txt", b"2"))]
    answer = api.post(files, files=parts).json()
    assert {file["name"]: file["modality"] for file in answer} == {"a.txt": "MR", "b.txt": "CT"}


def test_an_untrue_size_in_the_metadata_does_no_harm(api, files):
    parts = {"metadata": (None, '{"size": 3, "name": "other.txt"}'), "file": ("f.txt", b"12345")}
    answer = api.post(files, files=parts)
    assert answer.status_code == 200
    assert answer.json()[0]["size"] == 5


def test_the_origin_is_the_uploader(api, tree, treadle_server):
    file = tree.upload("f.txt")
    assert file["origin"] == {"type": "user", "id": treadle_server.email}
    assert file["parents"]["acquisition"] == tree.acquisition


def test_a_site_without_tickets_says_so(api, files):
    assert not api.get("/config").json()["features"]["signed_url"]
    answer = api.post(files, params={"ticket": ""}, json={"metadata": {}, "filenames": ["f.txt"]})
    assert answer.status_code == 200
    assert not {"ticket", "urls"} & set(answer.json())


def test_an_unknown_upload_ticket_is_404(api, anonymous, files, problem):
    problem(api.post(files, params={"ticket": "nonsense"}), 404)
    problem(anonymous.put("/upload/fs-file", params={"token": "nonsense"}, content=b"x"), 404)


def _many(tree, names, content=b"x", **more):
    parts = [("file", (name, content + name.encode())) for name in names]
    return tree.api.post(f"/acquisitions/{tree.acquisition}/files", files=parts, **more)


def test_a_thousand_small_files_in_one_request(tree):
    """Answered in their order, each with its own content; sent again, each is a second version."""
    names = [f"{number:04}.bin" for number in range(1000)]
    made = _many(tree, names).json()
    assert [(item["name"], item["version"], item["size"]) for item in made] == [(n, 1, 9) for n in names]
    assert len({item["file_id"] for item in made}) == 1000
    for name in (names[0], names[500], names[-1]):
        content = tree.api.get(f"/acquisitions/{tree.acquisition}/files/{name}").content
        assert content == b"x" + name.encode()
    again = _many(tree, names, b"y").json()
    assert [item["file_id"] for item in again] == [item["file_id"] for item in made]
    assert {item["version"] for item in again} == {2}


def test_many_files_keep_their_own_metadata_and_repeated_names_are_versions(tree):
    metadata = [{"name": "a.txt", "info": {"n": 1}, "tags": ["t"]}, {"name": "b.txt", "type": "image"}]
    answer = _many(tree, ["a.txt", "b.txt", "a.txt"], data={"metadata": json.dumps(metadata)}).json()
    assert [(item["name"], item["version"]) for item in answer] == [("a.txt", 1), ("b.txt", 1), ("a.txt", 2)]
    assert (answer[0]["info"], answer[0]["tags"], answer[1]["type"]) == ({"n": 1}, ["t"], "image")


def test_one_bad_name_refuses_all_of_a_request(tree, problem):
    """All or nothing: no file of a refused request becomes visible."""
    problem(_many(tree, ["a.txt", "..", "b.txt"]), 422)
    assert tree.get(f"/acquisitions/{tree.acquisition}")["files"] == []


def zip_of(count: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", "x")
    return made.getvalue()


def test_the_members_of_a_zip_are_counted_whatever_is_said_of_them(api, tree, files):
    for count in (0, 3, 70_000):  # the last one is a zip64
        assert tree.upload("some.zip", zip_of(count))["zip_member_count"] == count
    said = {"metadata": json.dumps({"zip_member_count": 9})}
    answer = api.post(files, files={"file": ("said.ZIP", zip_of(2))}, data=said)
    assert answer.json()[0]["zip_member_count"] == 2
    assert tree.upload("broken.zip", b"PK\x05\x06")["zip_member_count"] is None
    assert tree.upload("empty.zip", b"")["zip_member_count"] is None
    assert tree.upload("not.txt", zip_of(1))["zip_member_count"] is None
