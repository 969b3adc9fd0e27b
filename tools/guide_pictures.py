"""A hook of mkdocs: the pictures that the tests of journeys took stand under the steps of the guide (docs/guide)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

PICTURES = Path(__file__).resolve().parents[1] / "build" / "journeys"
_STEP = re.compile(r"^(\d+)\. .+$", re.MULTILINE)


def on_files(files: Files, config: Any) -> Files:
    """The site has the pictures that are there; none before the tests have run."""
    for picture in sorted(PICTURES.glob("*.png")):
        place = f"guide/pictures/{picture.name}"
        files.append(File.generated(config, place, abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Each step of a page of the guide is followed by its picture."""
    place = Path(page.file.src_uri)
    if place.parent.name != "guide":
        return markdown

    def shown(step: re.Match[str]) -> str:
        name = f"{place.stem}-{step[1]}.png"
        if not (PICTURES / name).exists():
            return step[0]
        return f"{step[0]}\n\n    ![Screen of step {step[1]}](pictures/{name})\n"

    return _STEP.sub(shown, markdown)
