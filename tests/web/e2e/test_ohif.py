"""OHIF, as its makers build it, lists and opens a study through DICOMweb from the site's own address."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path

import pytest
from e2e_kit import MakeSeries, Place, Server
from playwright.sync_api import BrowserContext, Route, expect

BUILD = Path(__file__).parents[2] / "peers" / "ohif" / "package" / "dist"
SLICES = 3
# As docs/howto/dicomweb.md says, for one project.
CONFIG = """window.config = {
  routerBasename: '/', extensions: [], modes: [], showStudyList: true, maxNumberOfWebWorkers: 1,
  dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'treadle',
    configuration: {
      friendlyName: 'Treadle', name: 'treadle', qidoRoot: 'ROOT', wadoRoot: 'ROOT',
      qidoSupportsIncludeField: true, supportsFuzzyMatching: false, supportsWildcard: true,
      imageRendering: 'wadors', thumbnailRendering: 'wadors', enableStudyLazyLoad: true,
      bulkDataURI: {enabled: true},
    },
  }],
  defaultDataSourceName: 'treadle',
};"""


def serve(route: Route, root: str) -> None:
    """OHIF's static pages beside the API, as a reverse proxy would serve them."""
    path = "/" + route.request.url.split("/", 3)[3].split("?")[0]
    if path.startswith("/api/"):
        route.continue_()
    elif path == "/app-config.js":
        route.fulfill(body=CONFIG.replace("ROOT", root), content_type="text/javascript")
    else:
        file = BUILD / path.lstrip("/")
        file = file if file.is_file() else BUILD / "index.html"
        kind = "application/wasm" if file.suffix == ".wasm" else mimetypes.guess_type(file.name)[0]
        route.fulfill(body=file.read_bytes(), content_type=kind or "application/octet-stream")


def test_ohif_lists_a_study_and_opens_its_series(
    context: BrowserContext, treadle_server: object, server: Server, place: Place, make_series: MakeSeries
) -> None:
    if not (BUILD / "index.html").exists():
        if os.environ.get("CI"):
            pytest.fail("missing in CI: OHIF (scripts/install-test-peers)")
        pytest.skip("OHIF is not there: scripts/install-test-peers")
    server.send(make_series(slices=SLICES))
    server.wait_for_file(place.id, members=SLICES)
    root = f"/api/dicomweb/projects/{place.id}"
    login = {"email": treadle_server.email, "password": treadle_server.password}  # type: ignore[attr-defined]
    assert context.request.post("/api/x/login", data=login).ok
    [study] = server.get(f"{root.removeprefix('/api')}/studies")
    context.route("**/*", lambda route: serve(route, root))
    page = context.new_page()
    page.goto("/?datasources=treadle")
    expect(page.get_by_text("Phantom, E2E").or_(page.get_by_text("Phantom^E2E")).first).to_be_visible(
        timeout=120_000
    )
    uid = study["0020000D"]["Value"][0]
    with page.expect_response(lambda answer: "/frames/" in answer.url and answer.ok, timeout=120_000):
        page.goto(f"/viewer?StudyInstanceUIDs={uid}")
    expect(page.get_by_role("slider", name="Image navigation scrollbar")).to_be_visible()
