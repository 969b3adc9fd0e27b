"""A corpus of every SOP class, character set, transfer syntax and hiding place goes through the command.

Nothing planted may come out, in files, names or reports; UIDs stay consistent, files conformant, pictures and what
describes them as they were. `make planted FILES=5000` runs a larger corpus.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from treadle.cli.deid_profile import load
from treadle.cli.deid_run import run
from treadle.deid import Context, Profile

from .corpus.build import FILES, Made, at, fill
from .corpus.encode import COMPRESSED, DEFLATED
from .corpus.search import left, mentioned, readable, tokens

COUNT = int(os.environ.get("PLANTED_FILES", FILES))
# Every file comes out: documents emptied, reports cleaned, suspect pictures let through.
THROUGH = {"documents": "drop", "pixels": {"burned-in": "allow"}, "options": ["clean-structured-content"]}
POLICIES = {
    "basic": lambda: load("basic"),
    "research": lambda: load("research"),
    "basic, all through": lambda: Profile.load(
        {"name": "through", "treadle": {"preset": "ps315-basic", **THROUGH}}
    ),
    "research, all through": lambda: Profile.load(
        {"name": "through", "treadle": {"preset": "research", **THROUGH}}
    ),
}
# What the preset `minimal` promises: these, and what every profile does around the data set.
MINIMAL = ("PatientName", "PatientID", "PatientBirthDate")
UID = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+")


@dataclass
class Ran:
    """What one policy made of the corpus: outputs by the number of the file."""

    policy: str
    made: list[Made]
    outputs: dict[int, bytes]
    names: list[str]
    reports: bytes
    codes: Counter[str]

    def pairs(self) -> Iterator[tuple[Made, Dataset, Dataset]]:
        for number, data in self.outputs.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield (
                    self.made[number],
                    pydicom.dcmread(BytesIO(self.made[number].data)),
                    pydicom.dcmread(BytesIO(data)),
                )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Made]]:
    folder = tmp_path_factory.mktemp("corpus") / "in"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return folder, fill(folder, COUNT)


def gone(profile: Profile, policy: str, corpus: tuple[Path, list[Made]], base: Path) -> Ran:
    folder, made = corpus
    outcome = run(
        folder, profile, out=base / "out", report=base / "report", secrets=None, context=Context(), jobs=1,
        progress=lambda done, more: None,
    )  # fmt: skip
    lines = [json.loads(line) for line in (base / "report" / "files.jsonl").read_text("utf-8").splitlines()]
    outputs = {line["i"]: (base / "out" / line["out"][0]).read_bytes() for line in lines if line.get("out")}
    reports = b"\n".join(path.read_bytes() for path in (base / "report").iterdir())
    names = [str(path.relative_to(base)) for path in base.rglob("*")]
    return Ran(policy, made, outputs, names, reports, outcome.totals.codes)


@pytest.fixture(scope="module", params=POLICIES)
def ran(
    request: pytest.FixtureRequest, corpus: tuple[Path, list[Made]], tmp_path_factory: pytest.TempPathFactory
) -> Ran:
    return gone(POLICIES[request.param](), request.param, corpus, tmp_path_factory.mktemp("ran"))


def test_nothing_planted_comes_out(ran: Ran) -> None:
    said = tokens(ran.reports + "\n".join(ran.names).encode())
    leaks: Counter[tuple[str, ...]] = Counter()
    planted = 0
    for number, made in enumerate(ran.made):
        planted += len(made.ledger.plants)
        codec = made.ledger.script[1]
        for plant in left(readable(ran.outputs.get(number, b"")), made.ledger.plants, codec):
            leaks["file", made.kind, plant.kind, plant.place, plant.value] += 1
        for plant in mentioned(said, made.ledger.plants):
            leaks["report or name", made.kind, plant.kind, plant.place, plant.value] += 1
    print(
        f"{ran.policy}: {planted} identifiers in {len(ran.made)} files, {len(ran.outputs)} came out, {dict(ran.codes)}"
    )
    assert not leaks


def test_what_does_not_come_out_was_refused_for_pictures_and_documents_alone(ran: Ran) -> None:
    assert set(ran.codes) <= (set() if "through" in ran.policy else {"DEID_PIXELS", "DEID_DOCUMENT"})
    assert len(ran.outputs) + sum(ran.codes.values()) == len(ran.made)


def test_uids_become_others_one_by_one(ran: Ran) -> None:
    mapped: dict[str, str] = {}
    for made, before, after in ran.pairs():
        for old, new in _uids(before, after):
            assert UID.fullmatch(new) and len(new) <= 64, (made.kind, new)
            if old.startswith("1.2.840.10008."):
                assert new == old
            else:
                assert new != old and mapped.setdefault(old, new) == new
        assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
    assert len(set(mapped.values())) == len(mapped)


def test_pictures_and_what_describes_them_stay(ran: Ran) -> None:
    for made, before, after in ran.pairs():
        for path, value in made.ledger.kept.items():
            assert at(after, path) == value, (made.kind, made.ledger.number, path)
        if "PixelData" in before and made.syntax not in COMPRESSED:
            assert after.PixelData == before.PixelData
        assert after.file_meta.TransferSyntaxUID == made.syntax
        assert not [
            element
            for element in after.iterall()
            if element.VR in {"DA", "DT"} and _day_in(element) & _days(made)
        ]


@pytest.mark.peer
def test_files_become_no_less_conformant(ran: Ran, program: Callable[[str], str], tmp_path: Path) -> None:
    """dciodvfy finds no error in a file that it did not find before. It cannot read deflated files."""
    verifier = program("dciodvfy")
    numbers = [n for n in ran.outputs if ran.made[n].syntax != DEFLATED and n % 5 == 0]

    def judged(number: int) -> set[str]:
        before = _errors(verifier, ran.made[number].data, tmp_path / f"{number}.dcm")
        after = _errors(verifier, ran.outputs[number], tmp_path / f"{number}.dcm")
        return {f"{ran.made[number].kind}: {error}" for error in after - before}

    with ThreadPoolExecutor(2) as pool:
        found = [error for errors in pool.map(judged, numbers) for error in errors]
    assert numbers and not found


def test_minimal_empties_what_it_promises(
    corpus: tuple[Path, list[Made]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ran = gone(load("minimal"), "minimal", corpus, tmp_path_factory.mktemp("minimal"))
    assert len(ran.outputs) == len(ran.made)
    said = tokens(ran.reports + "\n".join(ran.names).encode())
    for made, _, after in ran.pairs():
        for element in after.iterall():
            assert element.keyword not in MINIMAL or not element.value, (made.kind, element.tag)
        around = [plant for plant in made.ledger.plants if plant.place in {"around the data set", "names"}]
        if made.syntax not in COMPRESSED:  # pictures are left alone
            assert not left(readable(ran.outputs[made.ledger.number]), around, "ascii")
        assert not mentioned(said, [plant for plant in made.ledger.plants if plant.kind != "uid"])


def _uids(before: Dataset, after: Dataset) -> Iterator[tuple[str, str]]:
    for element in after:
        old = before.get(element.tag)
        if old is None or old.VR != element.VR:
            continue
        if element.VR == "SQ":
            for one, other in zip(old.value, element.value, strict=False):
                yield from _uids(one, other)
        elif element.VR == "UI" and element.keyword != "StorageMediaFileSetUID":
            olds, news = _list(old.value), _list(element.value)
            yield from ((str(o).split("\0")[0], str(n)) for o, n in zip(olds, news, strict=True) if o)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, pydicom.multival.MultiValue) else [value]


@cache
def _days_of(number: int, texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text.replace("-", "") for text in texts)


def _days(made: Made) -> frozenset[str]:
    texts = tuple(plant.value for plant in made.ledger.plants if plant.kind in {"date", "birth"})
    return _days_of(made.ledger.number, texts)


def _day_in(element: pydicom.DataElement) -> set[str]:
    return {str(value)[:8] for value in _list(element.value)}


def _errors(verifier: str, data: bytes, path: Path) -> set[str]:
    path.write_bytes(data)
    told = subprocess.run([verifier, path], capture_output=True, text=True, errors="replace", check=False)
    path.unlink()
    lines = [line for line in told.stderr.splitlines() if "Error" in line]
    return {re.sub(r"\b(2\.25|1\.2\.826)\.[\d.]+|\[\d+\] = <[^>]*>", "", line) for line in lines}
