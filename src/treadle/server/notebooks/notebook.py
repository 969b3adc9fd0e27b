"""The notebook that begins with a project, as a Jupyter document (nbformat 4.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from treadle.server.catalog.rows import Container

_CELL = re.compile(r"^%% (markdown|code)\n", re.MULTILINE)
# What Markdown would read as more than letters.
_SPECIAL = re.compile(r"[^\w\s]")


def notebook_of(project: Container) -> dict[str, Any]:
    """The notebook of this project; it holds no key."""
    said = {
        "project_id": project.id,
        "title": _SPECIAL.sub(r"\\\g<0>", " ".join(f"{project.group_id}/{project.label}".split())),
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        "cells": [
            _cell(number, kind, Template(text).substitute(said))
            for number, (kind, text) in enumerate(_cells())
        ],
    }


def file_name(project: Container) -> str:
    """What the notebook is called as a file."""
    return re.sub(r"[^\w.-]+", "-", f"{project.group_id}-{project.label}") + ".ipynb"


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    run: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"id": f"cell-{number}", "cell_type": kind, "metadata": {}, "source": text, **run}


@cache
def _cells() -> tuple[tuple[str, str], ...]:
    return tuple(_split(files(__package__).joinpath("start.txt").read_text("utf-8")))


def _split(text: str) -> Iterator[tuple[str, str]]:
    _, *parts = _CELL.split(text)
    for kind, source in zip(parts[::2], parts[1::2], strict=True):
        yield kind, source.strip()
