"""Pictures and tables: how large they are."""

from __future__ import annotations

import csv
from pathlib import Path

from facts import Facts, Files
from PIL import Image, UnidentifiedImageError

from treadle.gearkit.run import Input

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")
TABLES = {".csv": ",", ".tsv": "\t"}


def read(files: Files, given: Input) -> Facts | None:
    """Facts of a picture or a table; of an archive how many files it holds."""
    if given.path not in files.values():
        return Facts("archive", header={"members": len(files)})
    ending = Path(given.name).suffix.lower()
    if ending in PICTURES:
        return _picture(given.path)
    if ending in TABLES:
        return _table(given.path, TABLES[ending])
    return None


def _picture(path: Path) -> Facts | None:
    try:
        with Image.open(path) as picture:
            header = {
                "format": picture.format,
                "width": picture.width,
                "height": picture.height,
                "mode": picture.mode,
            }
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError):
        return None
    return Facts("picture", type="image", header=header)


def _table(path: Path, delimiter: str) -> Facts | None:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=delimiter)
        try:
            columns = next(rows, [])
            count = sum(1 for row in rows if row)
        except csv.Error:
            return None
    return Facts("table", type="tabular data", header={"columns": columns, "rows": count})
