"""What a process loads before it works: each module costs every start, and `treadle up` starts several processes."""

import subprocess
import sys

import pytest

CODECS = ("pydicom", "numpy", "highdicom", "nibabel", "PIL")
TOOLS = ("alembic", "rocrate", "prov", "authlib")
# Program -> what it needs later, if at all.
LATER = {
    "treadle.server.app.asgi": (*CODECS, *TOOLS),
    "treadle.server.app.worker": (*CODECS, *TOOLS, "httpx"),
    "treadle.server.app.supervise.up": (*CODECS, *TOOLS, "httpx", "fastapi", "sqlalchemy"),
    "treadle.server.privacy.orders": (*CODECS, *TOOLS, "fastapi", "sqlalchemy"),
    "treadle.server.dicomweb.reading": (*CODECS, *TOOLS, "fastapi", "sqlalchemy"),
    "treadle.server.ingest.reading": (*CODECS, *TOOLS, "fastapi", "sqlalchemy"),
    "treadle.connector.main": ("fastapi", "sqlalchemy", "pydantic", "pynetdicom"),
    "treadle.engine.loop": (*CODECS, *TOOLS, "fastapi", "sqlalchemy", "pydantic"),
}


@pytest.mark.parametrize("program", LATER)
def test_a_program_starts_without_what_it_may_never_need(program: str) -> None:
    """A new import at the top of a module that brings one of these makes every start slower."""
    script = f"import sys, {program}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & set(LATER[program]) == set()


def test_endpoints_become_routes_when_they_are_asked_for() -> None:
    """Reading 830 signatures took 1.5 s of every start."""
    script = (
        "import gc\n"
        "from fastapi.routing import APIRoute\n"
        "from treadle.server.app.asgi import create_app\n"
        "from treadle.server.kit.settings import load_settings\n"
        "from treadle.server.wire.routing import RouteTable\n"
        "def built(): return sum(isinstance(one, APIRoute) for one in gc.get_objects())\n"
        "app = create_app(load_settings({}, environ={}))\n"
        "(table,) = [one for one in app.router.routes if isinstance(one, RouteTable)]\n"
        "scope = {'type': 'http', 'method': 'GET', 'path': '/api/groups/x'}\n"
        "first = built()\n"
        "print(first, table.matches(scope)[0].name, built() - first, len(table.routes))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, match, more, there = done.stdout.split()
    assert match == "FULL"
    assert int(first) + int(more) < 50 < 500 < int(there)
