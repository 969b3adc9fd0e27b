"""The gear: quality figures of an image, a verdict and a report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import report
from motion import Motion
from noise import Noise, noise
from over_time import OverTime

from treadle.gearkit.checks import Check, is_passed
from treadle.gearkit.mask import Mask, object_mask
from treadle.gearkit.picture import montage, png
from treadle.gearkit.run import Input, Run, main, plain
from treadle.gearkit.volume import Image, open_image

GEAR = "image-qc"
COLUMNS = ("trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z", "framewise_displacement", "dvars")


def measure(run: Run) -> None:
    """Read, measure, judge, tell."""
    given = run.need("nifti")
    image = open_image(given.path, run.work("image"))
    mean = image.mean()
    inside = object_mask(mean, image.spacing)
    if not inside.any():
        _tell(run, given, image, [Check("content", "fail", "the image is blank")], {}, None)
        return
    still = noise(image.volume(0), inside, image.spacing)
    figures: dict[str, Any] = still.document()
    checks = [
        Check("content", "pass", f"{inside.mean():.0%} of the voxels belong to the object"),
        _snr(run, still),
    ]
    series = None
    if image.count > 1:
        steady, motion = _walk(image, inside, run, given)
        dvars = steady.relative_dvars()
        moved = motion.displacement() if motion else []
        figures |= {"volumes": image.count, "tsnr": steady.tsnr(), "dvars_mean": float(np.nanmean(dvars))}
        checks.append(_tsnr(run, figures["tsnr"]))
        if motion:
            checks.append(_motion(run, moved, figures))
            _table(run, given, motion.parameters, moved, dvars)
        series = report.Series(
            moved, dvars, motion.parameters if motion else [], run.config.get("fd-threshold", 0.5)
        )
    picture = montage(mean, image.spacing)
    png(picture, run.output(f"{given.stem}.{GEAR}.qa.png"))
    _tell(run, given, image, checks, figures, (picture, series))


def _walk(image: Image, inside: Mask, run: Run, given: Input) -> tuple[OverTime, Motion | None]:
    steady, motion = OverTime(inside), None
    wanted = run.config.get("motion", "auto")
    measurement = (given.about.get("classification") or {}).get("Measurement", ())
    if wanted == "yes" or (wanted == "auto" and "Diffusion" not in measurement):
        motion = Motion(image.volume(0), inside, image.spacing)
    for number in range(image.count):
        volume = image.volume(number)
        steady.add(volume)
        if motion and number:
            motion.add(volume)
    return steady, motion


def _snr(run: Run, still: Noise) -> Check:
    least = run.config.get("min-snr", 5)
    if still.snr is None:
        return Check("signal-to-noise", "note", "there is no air around the object to measure noise in")
    return Check(
        "signal-to-noise", "pass" if still.snr >= least else "fail", f"{still.snr:.1f}; at least {least:g}"
    )


def _tsnr(run: Run, found: float | None) -> Check:
    least = run.config.get("min-tsnr", 10)
    if found is None:
        return Check("temporal-signal-to-noise", "note", "too few volumes, or they do not differ")
    return Check(
        "temporal-signal-to-noise", "pass" if found >= least else "fail", f"{found:.1f}; at least {least:g}"
    )


def _motion(run: Run, moved: Sequence[float], figures: dict[str, Any]) -> Check:
    threshold, most = run.config.get("fd-threshold", 0.5), run.config.get("max-mean-fd", 0.5)
    mean, outliers = float(np.mean(moved[1:])), int(np.sum(np.array(moved) > threshold))
    figures |= {"fd_mean": mean, "fd_max": float(np.max(moved)), "fd_moved": outliers}
    part = outliers / len(moved)
    bad = mean > most or part > run.config.get("max-moved", 0.25)
    said = f"mean displacement {mean:.2f} mm, largest {max(moved):.2f} mm; {outliers} of {len(moved)} volumes moved"
    return Check("motion", "fail" if bad else "pass", f"{said} more than {threshold:g} mm")


def _table(
    run: Run, given: Input, parameters: Sequence[Any], moved: Sequence[float], dvars: Sequence[float]
) -> None:
    rows = ["\t".join(COLUMNS)]
    for six, displacement, change in zip(parameters, moved, dvars, strict=True):
        cells = [*six, displacement, change]
        rows.append("\t".join("n/a" if np.isnan(cell) else f"{cell:.6f}" for cell in cells))
    run.output(f"{given.stem}.motion.tsv").write_text("\n".join(rows) + "\n", "utf-8")


def _tell(
    run: Run,
    given: Input,
    image: Image,
    checks: list[Check],
    figures: dict[str, Any],
    shown: report.Shown | None,
) -> None:
    passed = is_passed(checks)
    found = plain(
        {"passed": passed, "figures": figures, "checks": {one.name: one.document() for one in checks}}
    )
    run.tell_verdict(given, GEAR, passed, found)
    run.output(f"{given.stem}.{GEAR}.qa.json").write_text(json.dumps(found, indent=1), "utf-8")
    page = report.page(given.name, image, checks, figures, shown)
    page.write(run.output(f"{given.stem}.{GEAR}.qa.html"))
    for one in checks:
        print(f"{one.state:5} {one.name}: {one.why}")


if __name__ == "__main__":
    main(measure)
