"""Replays the calls scripts are made of: each sends what it always sent, and Treadle answers it."""

from types import SimpleNamespace

import flywheel
import pytest
from recording import Recording, normal


@pytest.fixture(scope="module")
def world(fw, unique, zipped):
    """One of everything, with one file and one zip file in the acquisition."""
    group = fw.get_group(fw.add_group(flywheel.Group(unique("g"), "G")))
    project = group.add_project(label="P")
    subject = project.add_subject(label="S")
    session = subject.add_session(label="E")
    acquisition = session.add_acquisition(label="A")
    for name, content in (("f.txt", b"hello"), ("z.zip", zipped({"m.txt": "member"}))):
        acquisition.upload_file(flywheel.FileSpec(name, content, "application/octet-stream"))
    acquisition = acquisition.reload()
    file, archive = acquisition.get_file("f.txt"), acquisition.get_file("z.zip")
    analysis = session.add_analysis(label="X", inputs=[archive.ref()])
    return SimpleNamespace(
        group=group,
        project=project,
        subject=subject,
        session=session,
        acquisition=acquisition,
        file=file,
        archive=archive,
        analysis=analysis,
    )


@pytest.fixture
def replay(fw, world):
    """Runs a call, compares what it sent, and gives its result."""
    names = {
        "g": world.group.id,
        "pid": world.project.id,
        "sid": world.subject.id,
        "eid": world.session.id,
        "aid": world.acquisition.id,
        "fid": world.file.file_id,
        "zid": world.archive.file_id,
        "anid": world.analysis.id,
    }

    def run(call, *expected):
        with Recording(fw, names) as lines:
            result = call()
        assert lines == [normal(line) for line in expected]
        return result

    return run


@pytest.fixture
def change(sdk):
    """The method that changes info and classification."""
    return "POST" if sdk < 20 else "PATCH"


@pytest.fixture
def versioned(sdk):
    """Adds what file entries of the newer client add to their reads."""

    def line(text):
        return text if sdk < 23 else f"{text}{'&' if '?' in text else '?'}version=1"

    return line


def test_signing_in(fw, replay):
    replay(fw.get_auth_status, "GET /auth/status")
    replay(fw.get_current_user, "GET /users/self")


def test_making_a_hierarchy(fw, world, replay, unique):
    assert replay(lambda: fw.add_group(flywheel.Group(unique("n"), "G")), "POST /groups")
    replay(lambda: fw.get_group(world.group.id), "GET /groups/{g}")
    replay(lambda: world.group.add_project(label=unique("P")), "POST /projects", "GET /projects/{id}")
    replay(lambda: world.project.add_subject(label=unique("S")), "POST /subjects", "GET /subjects/{id}")
    replay(lambda: world.subject.add_session(label="E1"), "POST /sessions", "GET /sessions/{id}")
    subject = {"code": unique("S"), "label": unique("S")}
    replay(
        lambda: world.project.add_session(label="E2", subject=subject), "POST /sessions", "GET /sessions/{id}"
    )
    replay(lambda: world.session.add_acquisition(label="A1"), "POST /acquisitions", "GET /acquisitions/{id}")


def test_uploading(world, replay):
    spec = flywheel.FileSpec("up.txt", b"x", "text/plain")
    replay(lambda: world.acquisition.upload_file(spec), "GET /config", "POST /acquisitions/{aid}/files")
    again = replay(world.acquisition.reload, "GET /acquisitions/{aid}")
    assert replay(lambda: again.get_file("up.txt")).name == "up.txt"


def test_reading(world, replay, versioned, tmp_path):
    path = "GET /acquisitions/{aid}/files/f.txt"
    assert replay(world.file.read, versioned(path)) == b"hello"
    replay(lambda: world.file.download(str(tmp_path / "out")), versioned(path))
    assert replay(lambda: world.acquisition.read_file("f.txt"), path) == b"hello"
    part = replay(
        lambda: world.acquisition.read_file("f.txt", range="bytes=0-1", view=True), f"{path}?view=true"
    )
    assert part == b"he"
    assert "ticket=" in replay(world.file.url, versioned(f"{path}?ticket="))
    replay(world.file.reload, "GET /files/{fid}?version=1")


def test_reading_zips(world, replay, versioned, sdk):
    path = "/acquisitions/{aid}/files/z.zip"
    asked = f"GET {path}?info=true" if sdk < 19 else versioned("GET /files/{zid}/zip_info")
    assert [member.path for member in replay(world.archive.get_zip_info, asked).members] == ["m.txt"]
    member = versioned(f"GET {path}?member=m.txt")
    assert replay(lambda: world.archive.read_zip_member("m.txt"), member) == b"member"


def test_describing_a_file(world, replay, change):
    info, kind = (f"{change} /acquisitions/{{aid}}/files/f.txt/{what}" for what in ("info", "classification"))
    replay(lambda: world.file.update_info(a=1), info)
    replay(lambda: world.file.replace_info({"a": 1}), info)
    replay(lambda: world.file.delete_info("a"), info)
    replay(lambda: world.file.update(modality="MR"), "PUT /acquisitions/{aid}/files/f.txt")
    replay(lambda: world.file.replace_classification({"Intent": ["Structural"]}, modality="MR"), kind)
    replay(lambda: world.file.update_classification({"Intent": ["Localizer"]}), kind)
    replay(lambda: world.file.delete_classification({"Intent": ["Localizer"]}), kind)
    assert world.file.reload().classification == {"Intent": ["Structural"]}


def test_tagging_a_file(world, replay):
    replay(lambda: world.file.add_tag("t"), "PATCH /files/{fid}/tags")
    replay(lambda: world.file.set_tags(["t"]), "PUT /files/{fid}/tags")
    replay(lambda: world.file.delete_tag("t"), "GET /files/{fid}", "PUT /files/{fid}/tags")
    assert not world.file.reload().tags


def test_finding_files(fw, world, replay):
    replay(lambda: fw.get_file(world.file.file_id), "GET /files/{fid}")
    asked = "GET /files?filter=parents.acquisition={aid},name=f.txt&limit=250"
    with Recording(fw, {"aid": world.acquisition.id}) as lines:
        assert len(fw.files.find(f"parents.acquisition={world.acquisition.id}", "name=f.txt")) == 1
    assert lines == [asked, normal(f"{asked}&after_id={{id}}")]


def test_moving_and_deleting_a_file(fw, world, replay):
    (file,) = world.acquisition.upload_file(flywheel.FileSpec("old.txt", b"x", "text/plain"))
    replay(lambda: fw.move_file(file.file_id, {"name": "new.txt"}), "POST /files/{id}/move")
    replay(lambda: world.acquisition.delete_file("new.txt"), "DELETE /acquisitions/{aid}/files/new.txt")


def test_going_by_path(fw, world, replay, versioned):
    start = f"{world.group.id}/P"
    assert replay(lambda: fw.lookup(f"{start}/S/E/A"), "POST /lookup").id == world.acquisition.id
    assert replay(lambda: fw.resolve(start), "POST /resolve").path[-1].id == world.project.id
    assert replay(lambda: fw.get(world.acquisition.id), "GET /containers/{aid}").label == "A"
    ticket = versioned("GET /acquisitions/{aid}/files/z.zip?ticket=")
    assert replay(lambda: fw.file_url(f"{start}/S/E/A/files/z.zip"), "POST /resolve", ticket)


def test_listing(fw, world, replay):
    replay(fw.projects, "GET /projects")
    asked = "GET /projects?filter=label=P,group={g}&limit=250"
    replay(lambda: fw.projects.find("label=P", f"group={world.group.id}"), asked, f"{asked}&after_id={{pid}}")
    replay(
        lambda: world.project.subjects.find("label=~^S", sort="label:asc", limit=5),
        "GET /projects/{pid}/subjects?filter=label=~^S&sort=label:asc&limit=5",
    )
    one = replay(
        lambda: world.project.sessions.find_one("label=E"),
        "GET /projects/{pid}/sessions?filter=label=E&limit=2",
    )
    first = replay(
        lambda: world.project.sessions.find_first("label=E"),
        "GET /projects/{pid}/sessions?filter=label=E&limit=1",
    )
    assert one.id == first.id == world.session.id
    page = "GET /acquisitions?filter=label=A,session={eid}&sort=label:asc&limit=250&page="
    found = replay(
        lambda: list(fw.acquisitions.iter_find("label=A", f"session={world.session.id}", sort="label:asc")),
        f"{page}1",
        f"{page}2",
    )
    assert [row.id for row in found] == [world.acquisition.id]


def test_changing_a_session(world, replay, change):
    session = world.subject.add_session(label="changing")
    path = "/sessions/{id}"
    replay(lambda: session.update(label="E3"), f"PUT {path}")
    replay(lambda: session.update({"subject": {"_id": world.subject.id}}), f"PUT {path}")
    replay(lambda: session.update_info(a=1), f"{change} {path}/info")
    replay(lambda: session.replace_info({"x": 1}), f"{change} {path}/info")
    replay(lambda: session.delete_info("x"), f"{change} {path}/info")
    again = session.reload()
    assert (again.label, again.info) == ("E3", {})


def test_tags_and_notes_of_a_session(fw, world, replay):
    session, path = world.session, "/sessions/{eid}"
    replay(lambda: session.add_tag("t"), f"POST {path}/tags")
    replay(lambda: session.rename_tag("t", "u"), f"PUT {path}/tags/t")
    replay(lambda: session.delete_tag("u"), f"DELETE {path}/tags/u")
    replay(lambda: session.add_note("n"), f"POST {path}/notes")
    replay(lambda: fw.add_session_tags(session.id, ["p"]), f"PATCH {path}/tags")
    again = session.reload()
    assert (again.tags, [note.text for note in again.notes]) == (["p"], ["n"])


def test_analyses(fw, world, replay, change):
    made = replay(
        lambda: world.session.add_analysis(label="L", inputs=[world.archive.ref()]),
        "POST /sessions/{eid}/analyses?job=true",
        "GET /analyses/{id}?inflate_job=true",
    )
    spec = flywheel.FileSpec("o.txt", b"out", "text/plain")
    replay(lambda: made.upload_output(spec), "GET /config", "POST /analyses/{id}/files")
    assert replay(lambda: made.read_file("o.txt"), "GET /analyses/{id}/files/o.txt") == b"out"
    replay(made.reload, "GET /analyses/{id}?inflate_job=true")
    replay(lambda: made.update_info(a=1), f"{change} /analyses/{{id}}/info")
    asked = "GET /analyses?filter=parents.session={eid},label=X&limit=250"
    replay(
        lambda: fw.analyses.find(f"parents.session={world.session.id}", "label=X"),
        asked,
        f"{asked}&after_id={{anid}}",
    )


def test_collections(fw, world, replay, unique):
    made = replay(lambda: fw.add_collection({"label": unique("C")}), "POST /collections")
    collection = replay(lambda: fw.get_collection(made), "GET /collections/{id}")
    replay(lambda: collection.add_sessions(world.session), "PUT /collections/{id}")
    rows = replay(collection.sessions, "GET /collections/{id}/sessions")
    assert [row.id for row in rows] == [world.session.id]


def test_archives(fw, world, replay, tmp_path):
    target = str(tmp_path / "out")
    with Recording(fw, {}) as lines:
        world.project.download_tar(target, include_types=["archive"])
        fw.download_zip([world.acquisition], target)
    assert [line.partition("?")[0] for line in lines] == ["POST /download", "GET /download"] * 2
    assert [line.rpartition("format=")[2].partition("&")[0] for line in lines[1::2]] == ["tar", "zip"]


def test_permissions(fw, world, replay, unique):
    user = fw.add_user({"_id": f"{unique('ro')}@example.com", "firstname": "A", "lastname": "B"})
    role = next(role.id for role in fw.get_all_roles() if role.default_flywheel_role == "ro")
    replay(
        lambda: world.project.add_permission({"_id": user, "role_ids": [role]}),
        "POST /projects/{pid}/permissions",
    )
    encoded = user.replace("@", "%40")
    replay(lambda: world.project.get_permission(user), f"GET /projects/{{pid}}/permissions/{encoded}")
    replay(lambda: world.group.add_permission({"_id": user, "access": "ro"}), "POST /groups/{g}/permissions")


def test_deleting(fw, world, replay):
    acquisition = world.session.add_acquisition(label="short-lived")
    replay(lambda: fw.delete_acquisition(acquisition.id), "DELETE /acquisitions/{id}")
