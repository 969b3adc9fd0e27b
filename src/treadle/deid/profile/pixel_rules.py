"""Rules for pictures from a profile: its own, those of files it names, and the built-in ones (deid.md, section 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resources
from typing import Any

from treadle.deid.pixels.ctp import parse_script
from treadle.deid.pixels.recipe import parse_recipe
from treadle.deid.pixels.rules import PixelRule, PixelRuleError, PixelRules, parse_list, parse_rules
from treadle.deid.profile.issues import Issues, Path
from treadle.deid.profile.named_files import Files, text_of
from treadle.deid.profile.source import read

BUILTIN = "builtin"


def of_section(dicom: Any, files: Files | None, issues: Issues) -> PixelRules | None:
    """The rules of `alter_pixels`: `pixels`, then those of the files in `detect`."""
    section = dicom.get("alter_pixels") if isinstance(dicom, Mapping) else None
    if section is None:
        return None
    at: Path = ("dicom", "alter_pixels")
    own = PixelRules()
    try:
        own = parse_rules(section)
    except PixelRuleError as error:
        _add(issues, at, error)
    named = section.get("detect") if isinstance(section, Mapping) else None
    return PixelRules(own.rules + of_files(named, (*at, "detect"), files, issues))


def of_files(named: Any, at: Path, files: Files | None, issues: Issues) -> tuple[PixelRule, ...]:
    """The rules of files: `builtin`, paths, or the text itself."""
    found: list[PixelRule] = []
    texts = [named] if isinstance(named, str) else named or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        issues.add(at, "BAD_TYPE", "Needed are paths of rule files, `builtin`, or their text.")
        return ()
    for index, text in enumerate(texts):
        if text == BUILTIN:
            found += builtin()
            continue
        content = text if "\n" in text else text_of(text, (*at, index), files, issues)
        if content is None:
            continue
        try:
            found += _read(content)
        except PixelRuleError as error:
            _add(issues, (*at, index), error)
    return tuple(found)


@cache
def builtin() -> tuple[PixelRule, ...]:
    """What is shipped."""
    return tuple(_read(resources("treadle.deid.pixels").joinpath("builtin.yml").read_text("utf-8")))


def _read(text: str) -> list[PixelRule]:
    """A script of CTP, a recipe of pydicom/deid, or a list as under `pixels`."""
    if "%filter" in text:
        return parse_recipe(text)
    if text.lstrip().startswith(("{", "/")):
        return parse_script(text)
    document, wrong = read(text)
    if wrong.found:
        raise PixelRuleError("", wrong.found[0].message)
    if not isinstance(document, list):
        raise PixelRuleError("", "neither a list of rules, nor a script of CTP, nor a recipe of pydicom/deid")
    return list(parse_list(document, ""))


def _add(issues: Issues, at: Path, error: PixelRuleError) -> None:
    steps: list[str | int] = []
    for part in error.path.replace("[", ".").replace("]", "").split("."):
        if part:
            steps.append(int(part) if part.isdigit() else part)
    issues.add(
        (*at, *steps), "BAD_PIXEL_RULE", f"{error.message[:1].upper()}{error.message[1:].rstrip('.')}."
    )
