"""The gear: a series checked for completeness and consistency, a verdict and a report."""

from __future__ import annotations

import json
from typing import Any

import geometry
import header
import protocol
import report
from slices import Series, read_series

from treadle.gearkit.archive import unpack
from treadle.gearkit.checks import Check, is_passed
from treadle.gearkit.run import Refused, Run, main, plain

GEAR = "dicom-qc"


def check(run: Run) -> None:
    """Read, check, tell."""
    given = run.need("dicom")
    series = read_series(unpack(given.path, run.work("dicom")), given.about.get("classification"))
    if not series.slices:
        raise Refused("there is no DICOM image in this")
    checks = [*_checks(run, series)]
    passed = is_passed(checks)
    found: dict[str, Any] = plain(
        {"passed": passed, "series": series.summary(), "checks": {one.name: one.document() for one in checks}}
    )
    run.tell_verdict(given, GEAR, passed, found)
    page = report.page(given.name, series, checks, passed)
    page.write(run.output(f"{given.stem}.{GEAR}.qa.html"))
    run.output(f"{given.stem}.{GEAR}.qa.json").write_text(json.dumps(found, indent=1), "utf-8")
    for one in checks:
        print(f"{one.state:5} {one.name}: {one.why}")


def _checks(run: Run, series: Series) -> list[Check]:
    found = [
        header.readable(series),
        header.one_series(series),
        header.duplicates(series),
        header.numbers(series),
        header.constant(series, run.config.get("may-vary", "").split()),
        geometry.orientation(series),
        geometry.spacing(series, run.config.get("spacing-tolerance", 0.05)),
        geometry.volumes(series),
    ]
    if expected := run.file("protocol"):
        found.append(protocol.expected(series, protocol.read(expected.path)))
    return found


if __name__ == "__main__":
    main(check)
