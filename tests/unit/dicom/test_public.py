"""The public face of the library: its examples run, and it leans on nothing but pydicom."""

import ast
import doctest
import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

import treadle.dicom

MODULES = [f"treadle.dicom.{module.name}" for module in pkgutil.iter_modules(treadle.dicom.__path__)]


def names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


@pytest.mark.parametrize("name", ["treadle.dicom", *MODULES])
def test_the_examples_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_nothing_else_of_treadle_or_of_strangers_is_imported(name: str) -> None:
    source = Path(importlib.import_module(name).__file__ or "").read_text("utf-8")
    imported = [name for node in ast.walk(ast.parse(source)) for name in names_of(node)]
    allowed = {*sys.stdlib_module_names, "pydicom", "isal"}
    foreign = [name for name in imported if name.split(".")[0] not in allowed]
    assert all(name.startswith("treadle.dicom") for name in foreign)
