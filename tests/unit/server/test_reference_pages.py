"""The reference pages say what the code does: `make gen` writes them, nobody edits them by hand."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[3]


def _pages() -> dict[str, Callable[[], str]]:
    sys.path.insert(0, str(REPO / "tools"))  # where the script is, its parts are
    spec = importlib.util.spec_from_file_location("generate", REPO / "tools" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PAGES


PAGES = _pages()


@pytest.mark.parametrize("page", PAGES)
def test_the_committed_page_is_the_generated_one(page):
    committed = (REPO / "docs" / "reference" / page).read_text(encoding="utf-8")
    assert committed == PAGES[page](), "run 'make gen'"
