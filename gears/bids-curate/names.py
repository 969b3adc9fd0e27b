"""BIDS names of images (BIDS 1.10, MR): folder and suffix by classification, the rest by labels and sidecar."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scans import Scan

from treadle.gearkit.run import Refused

ORDER = ("sub", "ses", "task", "acq", "dir", "run", "echo")
LEFT_OUT = {"Localizer", "Shim", "Calibration", "Screenshot", "Non-Image", "Spectroscopy"}
MADE_LATER = {"Derived", "FA", "TRACE", "MIP"}
ANATOMY = {"T1": "T1w", "T2": "T2w", "PD": "PDw", "T2*": "T2starw", "MRA": "angio"}
FOLDERS = {
    **dict.fromkeys(("T1w", "T2w", "PDw", "T2starw", "FLAIR", "angio"), "anat"),
    **dict.fromkeys(("bold", "sbref"), "func"),
    "dwi": "dwi",
    **dict.fromkeys(("epi", "fieldmap", "magnitude", "magnitude1", "magnitude2", "phasediff"), "fmap"),
}
DIRECTIONS = {"j": "PA", "j-": "AP", "i": "LR", "i-": "RL"}
MODALITY_WORDS = re.compile(r"bold|fmri|func(tional)?|epi|task|mr|\W|_", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """Where an image goes; the entities in the order of the standard."""

    folder: str
    suffix: str
    entities: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Folders of the data set down to the image's."""
        levels = [f"{key}-{self.entities[key]}" for key in ("sub", "ses") if key in self.entities]
        return "/".join([*levels, self.folder])

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        parts = [f"{key}-{self.entities[key]}" for key in ORDER if key in self.entities]
        return "_".join([*parts, self.suffix])

    def numbered(self, run: int) -> Name:
        """The same, told from others by a number."""
        return Name(self.folder, self.suffix, {**self.entities, "run": str(run)})


@dataclass(frozen=True)
class Verdict:
    """An image and its name, or why it has none."""

    scan: Scan
    name: Name | None
    why: str = ""


def assign(scans: Iterable[Scan], sessions: str = "auto") -> list[Verdict]:
    """Names of the images, given in the order they were taken; no two are alike."""
    known = list(scans)
    _refuse_alike({scan.subject for scan in known}, "subjects")
    for subject in {scan.subject for scan in known}:
        _refuse_alike({scan.session for scan in known if scan.subject == subject}, f"sessions of {subject}")
    several = len({(scan.subject, scan.session) for scan in known}) > len({scan.subject for scan in known})
    shown = sessions == "yes" or (sessions == "auto" and several)
    found = [_verdict(scan, shown) for scan in known]
    echoes = _echoes(found)
    return _numbered([_with_echo(one, echoes) for one in found])


def clean(label: str) -> str:
    """The letters and digits of a label.

    >>> clean("sub 01_b")
    'sub01b'
    """
    return re.sub(r"[^A-Za-z0-9]", "", label)


def _verdict(scan: Scan, shown: bool) -> Verdict:
    told = scan.info.get("BIDS")
    if isinstance(told, dict) and told.get("ignore"):
        return Verdict(scan, None, "somebody set BIDS.ignore")
    if why := _why_not(scan):
        return Verdict(scan, None, why)
    suffix = _suffix(scan)
    if suffix is None:
        return Verdict(scan, None, "neither classification nor sidecar says what it is")
    entities = {"sub": clean(scan.subject)} | ({"ses": clean(scan.session)} if shown else {})
    if FOLDERS[suffix] == "func":
        entities["task"] = _task(scan)
    if said := _label_entity(scan, "acq"):
        entities["acq"] = said
    if FOLDERS[suffix] != "anat" and (direction := _direction(scan, suffix)):
        entities["dir"] = direction
    if said := _label_entity(scan, "run"):
        entities["run"] = said
    return Verdict(scan, Name(FOLDERS[suffix], suffix, entities))


def _why_not(scan: Scan) -> str | None:
    """Why an image is left out, whatever its name could be."""
    intent, measured = scan.says("Intent"), scan.says("Measurement")
    if left_out := LEFT_OUT.intersection(intent):
        return f"{min(left_out)}: BIDS has no place for it"
    if MADE_LATER.intersection(scan.says("Features")) or "DERIVED" in scan.info.get("ImageType", ()):
        return "a derived image"
    if _is_diffusion(scan) and not {".bval", ".bvec"} <= scan.beside.keys():
        return "diffusion without b-values and directions"
    if "Functional" in intent and measured and "T2*" not in measured:
        return f"{measured[0]} needs files that a scanner does not write"
    return None


def _suffix(scan: Scan) -> str | None:
    intent, features = scan.says("Intent"), scan.says("Features")
    if _is_diffusion(scan):
        return "dwi"
    if "Fieldmap" in intent or _guess(scan)[0] == "fmap":
        return _field_map(scan)
    if "Functional" in intent:
        return "sbref" if "SBRef" in features else "bold"
    if "Structural" in intent:
        contrast = next((ANATOMY[one] for one in scan.says("Measurement") if one in ANATOMY), None)
        return "FLAIR" if "FLAIR" in features else contrast
    folder, suffix = _guess(scan)
    return suffix if FOLDERS.get(suffix) == folder else None


def _is_diffusion(scan: Scan) -> bool:
    return "Diffusion" in (*scan.says("Intent"), *scan.says("Measurement"))


def _guess(scan: Scan) -> tuple[str, str]:
    """What dcm2niix takes it for: folder and suffix."""
    said = scan.info.get("BidsGuess")
    if isinstance(said, list) and len(said) == 2:
        return str(said[0]), str(said[1]).rpartition("_")[2]
    return "", ""


def _field_map(scan: Scan) -> str | None:
    info, kinds = scan.info, set(scan.info.get("ImageType", ()))
    if "EchoTime1" in info and "EchoTime2" in info:
        return "phasediff"
    if kinds & {"FIELDMAPHZ"} or scan.file.removesuffix(scan.ending).endswith("_fieldmaphz"):
        return "fieldmap"
    if "EPI" in scan.says("Features") or info.get("ScanningSequence") == "EP":
        return "epi"
    if not kinds & {"P", "PHASE"} and (folder_suffix := _guess(scan))[0] == "fmap":
        return folder_suffix[1] if folder_suffix[1] in FOLDERS else None
    number = info.get("EchoNumber")
    return f"magnitude{number}" if number in (1, 2) and not kinds & {"P", "PHASE"} else None


def _task(scan: Scan) -> str:
    if said := _label_entity(scan, "task"):
        return said
    if "Resting-State" in scan.says("Features") or re.search(r"rest", scan.acquisition, re.IGNORECASE):
        return "rest"
    return clean(MODALITY_WORDS.sub("", scan.acquisition)).lower() or "unknown"


def _direction(scan: Scan, suffix: str) -> str | None:
    if said := _label_entity(scan, "dir"):
        return said
    return (
        DIRECTIONS.get(str(scan.info.get("PhaseEncodingDirection")), "unknown") if suffix == "epi" else None
    )


def _label_entity(scan: Scan, key: str) -> str | None:
    """What the label of the acquisition says outright: `task-nback_run-2`."""
    said = re.search(rf"(?:^|[^A-Za-z0-9]){key}-([A-Za-z0-9]+)", scan.acquisition)
    return said[1] if said else None


def _echoes(found: Iterable[Verdict]) -> dict[str, set[float]]:
    times: dict[str, set[float]] = defaultdict(set)
    for one in found:
        if one.name and one.name.suffix == "bold" and isinstance(one.scan.info.get("EchoTime"), (int, float)):
            times[one.scan.place].add(float(one.scan.info["EchoTime"]))
    return times


def _with_echo(one: Verdict, times: Mapping[str, set[float]]) -> Verdict:
    """Images of one acquisition that differ in echo time are told apart by it."""
    here = sorted(times.get(one.scan.place, ()))
    if one.name is None or one.name.suffix != "bold" or len(here) < 2 or "EchoTime" not in one.scan.info:
        return one
    echo = str(here.index(float(one.scan.info["EchoTime"])) + 1)
    return Verdict(one.scan, Name(one.name.folder, one.name.suffix, {**one.name.entities, "echo": echo}))


def _numbered(found: list[Verdict]) -> list[Verdict]:
    """What would be called alike is numbered in the order it was taken."""
    alike = Counter((one.name.path, one.name.stem) for one in found if one.name)
    seen: Counter[tuple[str, str]] = Counter()
    numbered = []
    for one in found:
        if one.name is None or alike[key := (one.name.path, one.name.stem)] == 1:
            numbered.append(one)
            continue
        seen[key] += 1
        numbered.append(Verdict(one.scan, one.name.numbered(seen[key])))
    return numbered


def _refuse_alike(labels: Iterable[str], what: str) -> None:
    kept: dict[str, str] = {}
    for label in sorted(labels):
        if not clean(label):
            raise Refused(
                f"the label '{label}' among the {what} has neither letter nor digit, and makes no BIDS name"
            )
        if (other := kept.setdefault(clean(label), label)) != label:
            raise Refused(f"the {what} '{other}' and '{label}' would have one BIDS name: rename one of them")
