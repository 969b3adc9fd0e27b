"""Before and after of one file, side by side, for the person at the terminal. Never written to a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from treadle.cli.deid_files import files_in
from treadle.deid import Context, Engine, Profile, Secrets
from treadle.deid.engine import looks_like_dicom
from treadle.dicom import quiet

WIDE = 40
FIRST = 50  # files looked at for a DICOM one
assert quiet  # noqa: S101 - imported for what it does


def compare_first(folder: Path, profile: Profile, context: Context) -> None:
    """A table of the first DICOM file of a folder on standard output."""
    for path in files_in(folder, [])[:FIRST]:
        with path.open("rb") as file:
            if looks_like_dicom(path.name, file.read(256)):
                _show(path, Engine(profile, Secrets.random(), context))
                return


def _show(path: Path, engine: Engine) -> None:
    from rich.console import Console
    from rich.table import Table

    data = path.read_bytes()
    result = engine.process(path.name, data)
    console = Console()
    if result.error is not None:
        console.print(
            f"The first file is rejected: {result.error.sentence} ({result.error.value} {result.report.where})"
        )
        return
    if not result.outputs or result.report.kind != "dicom":
        return
    before, after = _values(data), _values(result.outputs[0][1])
    shown = Table("element", "name", "before", "after", title="The first file, before and after")
    for at in sorted(before.keys() | after.keys()):
        old, new = before.get(at), after.get(at)
        keyword = (old or new or ("", ""))[0]
        style = None if old == new else "red" if new is None else "yellow"
        shown.add_row(at, keyword, old[1] if old else "-", new[1] if new else "-", style=style)
    console.print(shown)


def _values(data: bytes) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    _walk(dcmread(io.BytesIO(data), force=True, stop_before_pixels=True), "", found)
    return found


def _walk(dataset: Dataset, prefix: str, found: dict[str, tuple[str, str]]) -> None:
    for tag in dataset.keys():  # noqa: SIM118 - a data set iterates over elements, which decodes them all at once
        try:
            element: Any = dataset[tag]
        except Exception as error:  # noqa: BLE001 - a broken value is shown as such
            found[prefix + f"{int(tag):08X}"] = ("", type(error).__name__)
            continue
        at = prefix + f"{int(tag):08X}"
        if element.VR == "SQ":
            for number, item in enumerate(element.value or []):
                _walk(item, f"{at}[{number}].", found)
        else:
            text = f"{len(element.value)} bytes" if isinstance(element.value, bytes) else str(element.value)
            found[at] = (
                element.keyword or element.name,
                text if len(text) <= WIDE else text[: WIDE - 1] + "…",
            )
