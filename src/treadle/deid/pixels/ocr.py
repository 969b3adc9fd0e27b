"""Text in pictures, found by the program tesseract where it is installed (deid.md, section 6.2).

It reads print of a readable size. Handwriting, tiny or faint text it may miss: that is why a second look follows.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from treadle.deid.codes import Code, Rejected
from treadle.deid.pixels.picture import Picture
from treadle.deid.pixels.rules import Rectangle

LETTERS = 3  # letters and digits from which a word counts
MOST_FRAMES = 64  # more would take minutes
SECONDS = 60  # for one frame
_MARGIN = 4  # pixels around a word
_WORD = 12  # fields of a row that is a word
_PLACE = slice(6, 10)


def text_in(picture: Picture) -> list[Rectangle]:
    """Boxes of words, of all frames together; Rejected when nobody can look."""
    program = shutil.which("tesseract") if sys.platform != "emscripten" else None
    if program is None:
        raise Rejected(Code.NEEDS_DESKTOP, "tesseract")
    if picture.frames > MOST_FRAMES:
        raise Rejected(Code.REVIEW, "7FE00010")
    found: set[Rectangle] = set()
    for frame in range(picture.frames):
        found.update(_words(program, picture, frame))
    return sorted(found)


def _words(program: str, picture: Picture, frame: int) -> list[Rectangle]:
    header = f"P5 {picture.columns} {picture.rows} 255\n".encode()
    try:
        told = subprocess.run(  # noqa: S603 - no shell, fixed words, the picture by standard input
            [program, "stdin", "stdout", "--psm", "11", "tsv"],
            input=header + picture.grey(frame),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Rejected(Code.PIXELS, "tesseract") from error
    boxes = []
    for line in told.stdout.decode("utf-8", "replace").splitlines():
        fields = line.split("\t")
        if len(fields) < _WORD or sum(map(str.isalnum, fields[-1])) < LETTERS or not fields[6].isdigit():
            continue
        x, y, width, height = map(int, fields[_PLACE])
        boxes.append((x - _MARGIN, y - _MARGIN, x + width + _MARGIN, y + height + _MARGIN))
    return boxes
