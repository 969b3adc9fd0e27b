"""A signed-in SDK client and a fresh hierarchy of its own for every test."""

import io
import os
import uuid
import zipfile
from importlib.metadata import version

import flywheel
import pytest


@pytest.fixture(scope="session")
def sdk():
    """Major version of the SDK that runs."""
    return int(version("flywheel-sdk").split(".")[0])


@pytest.fixture(scope="session")
def fw():
    return flywheel.Client(os.environ["TREADLE_TEST_KEY"])


@pytest.fixture(scope="session")
def email():
    return os.environ["TREADLE_TEST_EMAIL"]


@pytest.fixture(scope="session")
def unique():
    """Makes a name that nobody else uses."""
    return lambda prefix="t": f"{prefix}{uuid.uuid4().hex[:12]}"


@pytest.fixture
def group(fw, unique):
    return fw.get_group(fw.add_group(flywheel.Group(unique(), "Test group")))


@pytest.fixture
def project(group):
    return group.add_project(label="P")


@pytest.fixture
def subject(project):
    return project.add_subject(label="S")


@pytest.fixture
def session(subject):
    return subject.add_session(label="E")


@pytest.fixture
def acquisition(session):
    return session.add_acquisition(label="A")


@pytest.fixture
def collection(fw, unique):
    made = fw.get_collection(fw.add_collection({"label": unique("c")}))
    yield made
    fw.delete_collection(made.id)


@pytest.fixture
def analysis(session):
    return session.add_analysis(label="X", inputs=[])


@pytest.fixture
def gear(fw, unique):
    """Adds a gear of its own series: the SDK's object."""

    def add(category="utility", **more):
        name = unique("g")
        manifest = {
            "name": name,
            "label": name,
            "description": "d",
            "version": "1",
            "author": "a",
            "license": "MIT",
            "url": "",
            "source": "",
            "inputs": {"image": {"base": "file"}},
            "config": {"speed": {"type": "integer", "default": 2}},
            **more,
        }
        return fw.get_gear(fw.add_gear(name, {"category": category, "gear": manifest}))

    return add


@pytest.fixture
def container(request):
    """The container whose level the test is parametrised with."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def upload():
    """Uploads text or bytes to a container and gives the reloaded container's file entry."""

    def put(container, name, content=b"hello", **keywords):
        data = content.encode() if isinstance(content, str) else content
        container.upload_file(flywheel.FileSpec(name, data, "application/octet-stream"), **keywords)
        return container.reload().get_file(name)

    return put


@pytest.fixture(scope="session")
def zipped():
    """Bytes of a zip with the given members."""

    def make(members):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return held.getvalue()

    return make


@pytest.fixture
def refused():
    """Expects the call to end in the given status with a message, and gives the exception."""

    def check(status, call, *args, **keywords):
        with pytest.raises(flywheel.ApiException) as caught:
            call(*args, **keywords)
        assert caught.value.status == status, str(caught.value)
        assert isinstance(caught.value.reason, str)
        assert caught.value.reason
        return caught.value

    return check
