"""HEAD, ranges, tickets and headers of downloads."""

import hashlib
import io
import zipfile

import pytest

BODY = b"0123456789"


@pytest.fixture
def file(tree):
    """The address of a file of ten bytes."""
    tree.upload("f.txt", BODY)
    return f"/acquisitions/{tree.acquisition}/files/f.txt"


@pytest.fixture
def archive(tree):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("m.txt", "member " * 100)
        members.writestr("deep/ü.txt", "stored", zipfile.ZIP_STORED)
    tree.upload("z.zip", held.getvalue())
    return f"/acquisitions/{tree.acquisition}/files/z.zip"


def test_a_download_tells_what_it_is(api, file):
    answer = api.get(file)
    assert answer.content == BODY
    headers = answer.headers
    assert headers["content-length"] == "10"
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment")
    assert headers["etag"].strip('"').endswith(hashlib.sha384(BODY).hexdigest())


def test_a_view_has_the_real_type(api, file):
    headers = api.get(file, params={"view": "true"}).headers
    assert headers["content-type"].startswith("text/plain")
    assert not headers.get("content-disposition", "").startswith("attachment")


def test_a_view_of_a_page_cannot_run_scripts(api, tree):
    tree.upload("page.html", "<script>alert(1)</script>")
    headers = api.get(f"/acquisitions/{tree.acquisition}/files/page.html", params={"view": "true"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers.get("content-security-policy", "") or "html" not in headers["content-type"]


def test_head_answers_the_same_headers_without_a_body(api, file):
    answer = api.head(file)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "10"
    assert answer.headers["etag"] == api.get(file).headers["etag"]


def test_head_of_nothing_is_404(api, tree):
    assert api.head(f"/acquisitions/{tree.acquisition}/files/none").status_code == 404


@pytest.mark.parametrize("view", ["true", "false"])
@pytest.mark.parametrize(
    ("asked", "content", "told"),
    [
        ("bytes=0-1", b"01", "bytes 0-1/10"),
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", BODY, "bytes 0-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_ranges(api, file, asked, content, told, view):
    answer = api.get(file, params={"view": view}, headers={"Range": asked, "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.content) == (206, content)
    assert answer.headers["content-range"] == told
    assert answer.headers["content-length"] == str(len(content))
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=999-"])
def test_ranges_outside_the_file(api, file, problem, asked):
    answer = api.get(file, headers={"Range": asked})
    problem(answer, 416)
    assert answer.headers["content-range"] == "bytes */10"


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=a-b", "bytes=", "bytes", "items=0-1", "bytes=--1", "", "bytes=1-2-3"]
)
def test_ranges_that_mean_nothing_are_ignored(api, file, asked):
    answer = api.get(file, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, BODY)


def test_several_ranges_are_answered_whole_or_in_parts(api, file):
    answer = api.get(file, headers={"Range": "bytes=0-1,4-5"})
    assert answer.status_code in (200, 206)
    assert b"01" in answer.content
    assert b"45" in answer.content


def test_a_range_of_an_empty_file(api, tree, problem):
    tree.upload("empty.txt", b"")
    path = f"/acquisitions/{tree.acquisition}/files/empty.txt"
    assert api.get(path).content == b""
    problem(api.get(path, headers={"Range": "bytes=0-"}), 416)


def test_old_versions_stay_readable(api, tree, file, problem):
    tree.upload("f.txt", "second")
    assert api.get(file).content == b"second"
    assert api.get(file, params={"version": 1}).content == BODY
    assert api.get(file, params={"version": 2}).content == b"second"
    for version in (0, 3, -1, 10**20):
        answer = api.get(file, params={"version": version})
        problem(answer, 404 if answer.status_code == 404 else 422)


def test_a_hash_guards_against_surprises(api, file, problem):
    digest = f"v0-sha384-{hashlib.sha384(BODY).hexdigest()}"
    assert api.get(file, params={"hash": digest}).content == BODY
    problem(api.get(file, params={"hash": "v0-sha384-0"}), 409)


def test_zip_members(api, archive, problem):
    assert api.get(archive, params={"member": "m.txt"}).content == b"member " * 100
    assert api.get(archive, params={"member": "deep/ü.txt"}).content == b"stored"
    for wrong in ("none", "../m.txt", "/etc/passwd", "deep"):
        problem(api.get(archive, params={"member": wrong}), 400)


def test_zip_info(api, tree, archive, file, problem):
    info = api.get(archive, params={"info": "true"}).json()
    assert [(one["path"], one["size"]) for one in info["members"]] == [("m.txt", 700), ("deep/ü.txt", 6)]
    file_id = tree.get(f"{archive}/info")["file_id"]
    assert api.get(f"/files/{file_id}/zip_info").json() == info
    problem(api.get(file, params={"info": "true"}), 400)
    problem(api.get(file, params={"member": "m.txt"}), 400)


def test_a_damaged_zip_is_refused_not_fatal(api, tree, problem):
    tree.upload("bad.zip", b"PK\x03\x04" + b"\x00" * 50)
    path = f"/acquisitions/{tree.acquisition}/files/bad.zip"
    problem(api.get(path, params={"info": "true"}), 400)
    problem(api.get(path, params={"member": "m.txt"}), 400)


def test_a_ticket_opens_one_file_for_anybody(api, anonymous, tree, file, problem):
    made = api.get(file, params={"ticket": ""}).json()
    assert (made["filename"], made["file_cnt"], made["size"]) == ("f.txt", 1, 10)
    opened = {"ticket": made["ticket"]}
    assert anonymous.get(file, params=opened).content == BODY
    assert anonymous.get(file, params=opened, headers={"Range": "bytes=2-3"}).content == b"23"
    assert anonymous.head(file, params=opened).headers["content-length"] == "10"
    tree.upload("g.txt", "other")
    problem(anonymous.get(file.replace("f.txt", "g.txt"), params=opened), 404)
    problem(anonymous.get(f"/acquisitions/{tree.acquisition}", params=opened), 401)


def test_a_ticket_needs_credentials_to_be_made(anonymous, file, problem):
    problem(anonymous.get(file, params={"ticket": ""}), 401)


@pytest.mark.parametrize("ticket", ["nonsense", "0" * 24, "'", "a" * 5000])
def test_a_wrong_ticket_is_404(anonymous, file, problem, ticket):
    problem(anonymous.get(file, params={"ticket": ticket}), 404)


def test_a_ticket_keeps_version_and_member(api, anonymous, tree, file, archive):
    ticket = api.get(file, params={"ticket": "", "version": 1}).json()["ticket"]
    tree.upload("f.txt", "second")
    assert anonymous.get(file, params={"ticket": ticket}).content == BODY
    ticket = api.get(archive, params={"ticket": "", "member": "deep/ü.txt"}).json()["ticket"]
    assert anonymous.get(archive, params={"ticket": ticket}).content == b"stored"


def test_a_ticket_of_a_deleted_file_is_404(api, anonymous, file, problem):
    ticket = api.get(file, params={"ticket": ""}).json()["ticket"]
    api.delete(file)
    problem(anonymous.get(file, params={"ticket": ticket}), 404)


@pytest.mark.parametrize("name", ['a"b.txt', "ü体.txt", "semi;colon.txt", "a'b.txt", "per%cent.txt"])
def test_odd_names_do_not_break_the_headers(api, tree, name):
    from urllib.parse import quote

    tree.upload(name)
    shown = api.get(f"/acquisitions/{tree.acquisition}/files/{quote(name, safe='')}").headers[
        "content-disposition"
    ]
    assert f"filename*=UTF-8''{quote(name, safe='')}".lower() in shown.lower()


def test_files_are_reached_by_the_containers_id_alone(api, tree, file):
    assert api.get(f"/containers/{tree.acquisition}/files/f.txt").content == BODY
    assert tree.get(f"/containers/{tree.acquisition}/files/f.txt/info")["size"] == 10


def test_archive_tickets_stream_without_credentials(api, anonymous, tree, file, problem):
    body = {"optional": True, "nodes": [{"level": "project", "_id": tree.project}]}
    made = api.post("/download", json=body).json()
    assert (made["file_cnt"], made["size"]) == (1, 10)
    answer = anonymous.get("/download", params={"ticket": made["ticket"], "format": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
        assert held.namelist() == [f"flywheel/{tree.group}/P/S/E/A/f.txt"]
        assert held.infolist()[0].compress_type == zipfile.ZIP_STORED
    problem(anonymous.get("/download", params={"ticket": "nonsense"}), 404)


@pytest.mark.parametrize(("prefix", "start"), [("mine", "mine/"), ("", "")])
def test_the_prefix_of_an_archive_can_be_chosen(api, tree, file, prefix, start):
    body = {"optional": True, "nodes": [{"level": "session", "_id": tree.session}]}
    made = api.post("/download", json=body, params={"prefix": prefix}).json()
    answer = api.get("/download", params={"ticket": made["ticket"], "format": "zip"})
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == [f"{start}{tree.group}/P/S/E/A/f.txt"]


def test_chosen_files_go_in_one_archive(api, tree, file):
    tree.upload("g.txt", "no")
    wanted = {"container_name": "acquisition", "container_id": tree.acquisition, "filename": "f.txt"}
    made = api.post("/download", json={"files": [wanted]}, params={"type": "bulk"}).json()
    answer = api.get("/download", params={"ticket": made["ticket"], "format": "zip"})
    assert [name.rpartition("/")[2] for name in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()] == [
        "f.txt"
    ]
