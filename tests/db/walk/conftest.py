"""Lets the walk import its site and its requests, and opens the site."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from walk_site import Site, open_site


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="session")
def site(loop, postgres_url, migrated_database, new_database, tmp_path_factory) -> Iterator[Site]:
    """One site for all modules, so they run in one process: filling it costs as much as a quarter of the walk."""
    with new_database(postgres_url, migrated_database) as database_url:
        opened = open_site(database_url, tmp_path_factory.mktemp("walk"))
        yield loop.run_until_complete(opened.__aenter__())
        loop.run_until_complete(opened.__aexit__(None, None, None))
