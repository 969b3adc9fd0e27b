"""Reports of a run: a page for people, tables for programs. Nothing in them stands for a value of the input."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from pydicom.datadict import keyword_for_tag

from treadle import __version__
from treadle.deid import Code, FileReport, Profile
from treadle.deid.presets.table import table

MAX_LISTED = 1000  # rejected files on the page; all are in the tables
ACTIONS = {
    "X": "removed",
    "Z": "emptied",
    "D": "replaced by a dummy or code",
    "U": "UID replaced",
    "shift": "date moved",
    "C": "cleaned",
}
WARNINGS = {
    "TRAILING_DATA": "Data after the data set were dropped.",
    "NO_PATIENT_ID": "No patient ID; the study stands for the patient.",
    "UNKNOWN_CHARACTER_SET": "Unknown character set; texts that are not ASCII were emptied.",
    "WRONG_VR": "A value was not of its attribute's type and was emptied.",
    "PIXEL_PADDING": "Bytes after the last frame, inside the pixel data, were dropped.",
    "BAD_DATE": "A date could not be read and was replaced.",
}


@dataclass(slots=True)
class Totals:
    """All files of a run, added up."""

    files: int = 0
    ok: int = 0
    rejected: int = 0
    skipped: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    elements: Counter[tuple[str, str]] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    pixels: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, int, str, str]] = field(default_factory=list)

    def add(self, report: FileReport) -> None:
        """Count one file."""
        self.add_document(report.document())

    def add_document(self, report: dict[str, Any]) -> None:
        """Count one line of `files.jsonl`."""
        self.files += 1
        status = report["status"]
        if status == "rejected":
            self.rejected += 1
            self.codes[report["error"]] += 1
            self.refused.append((report["i"], report["size"], report["error"], report.get("where", "")))
            return
        if status == "skipped":
            self.skipped += 1
            return
        self.ok += 1
        self.changes.update(report.get("changes", {}))
        self.elements.update((path, done) for path, done in report["elements"])
        self.warnings.update(report["warnings"])
        self.pixels[report["pixels"]] += 1

    def read(self, lines: Path) -> int:
        """Add what a stopped run had already reported; how many files that were."""
        before = self.files
        if lines.exists():
            for line in lines.read_text("utf-8").splitlines():
                try:
                    self.add_document(json.loads(line))
                except ValueError:  # cut when the run was stopped
                    break
        return self.files - before

    def document(self, profile: Profile) -> dict[str, Any]:
        """The sums as JSON."""
        return {
            "profile": {"name": profile.name, "sha256": profile.sha256},
            "engine": __version__,
            "edition": table().edition,
            "files": self.files,
            "ok": self.ok,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "codes": dict(sorted(self.codes.items())),
            "changes": dict(sorted(self.changes.items())),
            "pixels": dict(sorted(self.pixels.items())),
            "warnings": dict(sorted(self.warnings.items())),
        }


def write_reports(folder: Path, totals: Totals, profile: Profile) -> None:
    """`report.html`, `summary.json`, `rejected.csv` and `elements.csv` beside the lines per file."""
    document = totals.document(profile)
    (folder / "summary.json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    with (folder / "rejected.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "size", "code", "where", "meaning"))
        rows.writerows((*row, Code(row[2]).sentence) for row in totals.refused)
    with (folder / "elements.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("element", "name", "done", "files"))
        rows.writerows(
            (path, named(path), done, count) for (path, done), count in sorted(totals.elements.items())
        )
    (folder / "report.html").write_text(_page(totals, document), "utf-8")


def named(path: str) -> str:
    """The keywords of a path of tags."""
    words = []
    for part in path.split("."):
        tag = part.removesuffix("[*]")
        try:
            words.append(keyword_for_tag(int(tag, 16)) or tag)
        except ValueError:
            words.append("private elements" if tag == "GGGGEEEE" else tag)
    return " > ".join(words)


def _page(totals: Totals, document: dict[str, Any]) -> str:
    profile = document["profile"]
    refused = [
        (f"#{index}", f"{size:,}", code, where, Code(code).sentence)
        for index, size, code, where in totals.refused[:MAX_LISTED]
    ]
    elements = [
        (path, named(path), ACTIONS.get(done, done), count)
        for (path, done), count in sorted(totals.elements.items())
    ]
    more = len(totals.refused) - len(refused)
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>De-identification report</title>",
        f"<style>{_STYLE}</style><h1>De-identification report</h1>",
        f"<p>Profile <b>{escape(profile['name'])}</b> <code>{profile['sha256'][:16]}</code>, ",
        f"Treadle {escape(document['engine'])}, attribute table of DICOM PS3.15 {escape(document['edition'])}.</p>",
        f"<p class='sum'><b>{totals.ok}</b> de-identified <b>{totals.rejected}</b> rejected ",
        f"<b>{totals.skipped}</b> skipped, of {totals.files} files</p>",
        "<p>Files of the input have numbers, not names: <code>treadle deid which FOLDER NUMBER</code> says which.</p>",
        _table("Rejected files", ("file", "bytes", "code", "where", "meaning"), refused),
        f"<p>… and {more} more in rejected.csv.</p>" if more else "",
        _table("Changes", ("what", "elements"), sorted(totals.changes.items())),
        _table("Pictures", ("pixels", "files"), sorted(totals.pixels.items())),
        _table(
            "Remarks",
            ("code", "meaning", "files"),
            [(code, WARNINGS.get(code, ""), n) for code, n in sorted(totals.warnings.items())],
        ),
        _table("Elements", ("element", "name", "done", "files"), elements),
        "</html>\n",
    ]
    return "".join(parts)


def _table(title: str, heads: tuple[str, ...], rows: list[Any]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}" for cell in row) for row in rows)
    return f"<h2>{escape(title)}</h2><table><thead><tr>{head}<tbody>{body}</table>"


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ddd}"
    "th{background:#f3f4f6}code{font-size:.9em}.sum b{font-size:1.6em;margin-left:.8rem}.sum b:first-child{margin:0}"
    "h2{margin-top:2rem;font-size:1.1rem}"
)
