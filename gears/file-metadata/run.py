"""The gear: what a file says of itself, put on the file."""

from __future__ import annotations

from collections.abc import Callable

import dicom
import eeg
import generic
import nifti
import parrec
from facts import Facts, Files

from treadle.gearkit.archive import unpack
from treadle.gearkit.run import Input, Run, main

READERS: tuple[Callable[[Files, Input], Facts | None], ...] = (
    nifti.read,
    parrec.read,
    eeg.read,
    dicom.read,
    generic.read,
)
ABOVE = {
    "acquisition": ("acquisition", "session", "subject"),
    "session": ("session", "subject"),
    "subject": ("subject",),
}


def describe(run: Run) -> None:
    """The first reader that knows the file says what it is."""
    given = run.need("file")
    files = unpack(given.path, run.work("file"))
    found = next((said for reader in READERS if (said := reader(files, given))), Facts("unknown"))
    print(f"{given.name}: {found.kind}")
    has = given.about
    replace = run.config.get("overwrite", False)
    tag, tags = run.config.get("tag", ""), list(has.get("tags", ()))
    run.tell_file(
        given.level,
        given.name,
        type=found.type,
        modality=found.modality if replace or not has.get("modality") else None,
        classification=(found.classification or None) if replace or not has.get("classification") else None,
        tags=[*tags, tag] if tag and tag not in tags else tags,
        info={"header": {found.kind: dict(found.header)}} if found.header else None,
    )
    if run.config.get("containers", True):
        for level in ABOVE.get(given.level, ()):
            if fields := found.containers.get(level):
                run.tell_container(level, **fields)


if __name__ == "__main__":
    main(describe)
