"""The gear: the brain in an image of a head."""

from __future__ import annotations

import numpy as np
from surface import brightness, fill, grow

from treadle.gearkit.page import Page
from treadle.gearkit.picture import data_uri, montage
from treadle.gearkit.run import Run, main
from treadle.gearkit.volume import open_image

GEAR = "brain-mask"
PLAUSIBLE_ML = (700, 2200)  # human brains from two years on


def extract(run: Run) -> None:
    """Grow the surface, write mask and brain, tell the volume."""
    given = run.need("nifti")
    image = open_image(given.path, run.work("image"))
    volume, spacing = image.mean(), image.spacing
    light = brightness(volume, spacing, run.config.get("radius"))
    points, triangles = grow(volume, spacing, light, run.config.get("fraction", 0.5))
    mask = fill(points, triangles, volume.shape, spacing)
    size_ml = float(mask.sum() * np.prod(spacing) / 1000)
    about = {key: given.about.get(key) for key in ("modality", "classification")}
    info = {"brain_mask": {"volume_ml": round(size_ml, 2), "source": given.name}}
    for name, data in (("brain_mask", mask.astype(np.uint8)), ("brain", np.where(mask, volume, 0))):
        output = f"{given.stem}.{name}.nii.gz"
        image.save_like(data, run.output(output))
        run.tell_output(output, type="nifti", info=info, **about)
    low, high = PLAUSIBLE_ML
    likely = low <= size_ml <= high
    why = f"{size_ml:.0f} ml" + (
        "" if likely else f"; a human brain has {low} to {high}: look at the outline"
    )
    page = Page(given.name, "Brain mask")
    page.checks([("volume", "pass" if likely else "note", why)])
    page.heading("Outline", "From the top, the front and the side; the patient's right is on the left.")
    page.picture(data_uri(montage(volume, spacing, mask=mask)), "Slices with the outline of the brain")
    page.write(run.output(f"{given.stem}.{GEAR}.qa.html"))
    print(f"brain of {why}")


if __name__ == "__main__":
    main(extract)
