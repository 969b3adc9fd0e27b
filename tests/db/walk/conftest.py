"""Lets the walk import its site and its requests, and opens the site."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from walk_site import Site, open_site


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def site(loop, database_url, tmp_path_factory) -> Iterator[Site]:
    opened = open_site(database_url, tmp_path_factory.mktemp("walk"))
    yield loop.run_until_complete(opened.__aenter__())
    loop.run_until_complete(opened.__aexit__(None, None, None))
