"""One corpus: every class, character set, transfer syntax and place, taking turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from .classes import SINGLE
from .encode import COMPRESSED, NATIVE, SYNTAXES, written
from .hidden import HIDDEN
from .ledger import Ledger
from .multiframe import OTHER
from .places import PLACES, attributes

CLASSES: dict[str, Callable[[Ledger], Dataset]] = SINGLE | OTHER
FILES = 5 * len(CLASSES)  # 135


@dataclass(frozen=True)
class Made:
    """A file, what was put into it, and what it is."""

    kind: str
    syntax: str
    data: bytes
    ledger: Ledger


def at(dataset: Dataset, path: str) -> object:
    """The value at a path of keywords and item numbers."""
    found: Any = dataset
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else found.get(step)
    return found


def make(number: int) -> Made:
    """File number n; numbers without a common factor let everything meet everything."""
    ledger = Ledger.of(number)
    kind = list(CLASSES)[number % len(CLASSES)]
    dataset = CLASSES[kind](ledger)
    raw: dict[int, bytes] = {}
    syntaxes = SYNTAXES if "PixelData" in dataset else NATIVE
    syntax = syntaxes[number * 7 % len(syntaxes)]
    if number % 5:  # every fifth is as its maker wrote it: for conformance
        attributes(ledger, dataset, 12)
        for place in ledger.random.sample(PLACES, 2):
            place(ledger, dataset)
        for hide in ledger.random.sample(HIDDEN, 1 + number % 2):
            hide(ledger, dataset, raw, syntax)
    if syntax in COMPRESSED and "PhotometricInterpretation" in dataset and dataset.SamplesPerPixel == 3:
        dataset.PhotometricInterpretation = "YBR_FULL_422"
    stays = [path for path in ledger.kept if tag_for_keyword(path) not in raw]
    ledger.kept = {path: at(dataset, path) for path in stays}
    return Made(kind, syntax, written(ledger, dataset, syntax, raw=raw), ledger)


def fill(folder: Path, count: int) -> list[Made]:
    """Write the corpus under folders and names that identify; in the order of their paths."""
    made = []
    for number in range(count):
        one = make(number)
        one.ledger.place = "names"
        where = folder / f"{number:05}_{one.ledger.word()}" / one.ledger.code()
        where.mkdir(parents=True)
        (where / f"{one.ledger.word()}_{one.ledger.digits()}.dcm").write_bytes(one.data)
        made.append(one)
    return made
