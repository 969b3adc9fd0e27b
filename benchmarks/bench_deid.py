"""De-identification beside other tools: CPU seconds per CT slice of 0.5 MB, one process each, the same files in turn.

    benchmarks/bench_deid.py [--slices 200] [--spread 1200]

The others are installed into a virtual environment of their own in a temporary folder, which goes afterwards. Each tool
reads every file and writes the result. Treadle runs preset `research`; dicognito and dicom-anonymizer their defaults,
`deid` its packaged recipe, flywheel-migration a profile of 17 rules. At the end the command runs with one and with two
processes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

# numpy below 2.4 and setuptools: what flywheel-migration was made with still imports from them.
OTHERS = ("dicognito", "dicom-anonymizer", "deid", "flywheel-migration", "setuptools<80")
TIMES_FASTER, CPU_AIM = 3.0, 0.010

TREADLE = """
from treadle.deid import Engine, Profile, Secrets
engine = Engine(Profile.load({"name": "research", "treadle": {"preset": "research"}}), Secrets(bytes(32)))
from treadle.cli.deid_files import Job, work
from treadle.deid import Context
job = Job(engine.profile, engine.secrets, Context(), out)
def one(path):
    assert work(job, engine, 0, path).report.status == "ok"
"""
DICOGNITO = """
import pydicom
from dicognito.anonymizer import Anonymizer
anonymizer = Anonymizer()
def one(path):
    with pydicom.dcmread(path) as dataset:
        anonymizer.anonymize(dataset)
        dataset.save_as(out / path.name)
"""
DICOM_ANONYMIZER = """
from dicomanonymizer import anonymize_dicom_file
def one(path):
    anonymize_dicom_file(str(path), str(out / path.name))
"""
DEID = """
from deid.config import DeidRecipe
from deid.dicom import get_identifiers, replace_identifiers
recipe = DeidRecipe()
def one(path):
    ids = get_identifiers([str(path)])
    replace_identifiers([str(path)], deid=recipe, ids=ids, save=True, output_folder=str(out), overwrite=True)
"""
FLYWHEEL = """
import os
from flywheel_migration import deidentify
names = ("PatientName PatientBirthDate PatientAddress PatientComments OtherPatientIDs ReferringPhysicianName "
  "OperatorsName PerformingPhysicianName InstitutionName InstitutionAddress StationName").split()
uids = "StudyInstanceUID SeriesInstanceUID SOPInstanceUID FrameOfReferenceUID".split()
fields = [{"name": n, "remove": True} for n in names] + [{"name": n, "hashuid": True} for n in uids]
fields += [{"name": "PatientID", "hash": True}, {"name": "StudyDate", "increment-date": True}]
profile = deidentify.DeIdProfile()
profile.load_config({"name": "bench", "dicom": {"date-increment": -17, "fields": fields}})
dicom = profile.get_file_profile("dicom")
from fs.osfs import OSFS
def one(path):
    with OSFS(str(path.parent)) as source, OSFS(str(out)) as target:
        dicom.process_files(source, target, [path.name])
"""
RUNNER = """
import json, logging, os, sys, time, warnings
from pathlib import Path
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
real = sys.stdout; sys.stdout = open(os.devnull, "w")
files, out = sorted(Path(sys.argv[1]).iterdir()), Path(sys.argv[2])
exec(sys.stdin.read())
one(files[0])
cpu, wall = time.process_time(), time.perf_counter()
for path in files:
    one(path)
print(json.dumps([(time.process_time() - cpu) / len(files), (time.perf_counter() - wall) / len(files)]), file=real)
"""


def make_slices(folder: Path, count: int) -> None:
    """CT slices of 512 x 512 with the header of a scanner: about a hundred elements, private ones among them."""
    import random

    pixels = random.Random(1).randbytes(512 * 512 * 2)
    study, series = generate_uid(), generate_uid()
    for number in range(count):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
        made = FileDataset("", {}, preamble=bytes(128), file_meta=meta)
        made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, generate_uid()
        meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
        made.StudyInstanceUID, made.SeriesInstanceUID, made.FrameOfReferenceUID = (
            study,
            series,
            generate_uid(),
        )
        made.PatientName, made.PatientID, made.PatientBirthDate = "Quexbury^Thomasin", "K4711081", "19610203"
        made.PatientSex, made.PatientAge, made.Modality, made.Manufacturer = "F", "058Y", "CT", "SIEMENS"
        for word in ("Study", "Series", "Acquisition", "Content"):
            setattr(made, f"{word}Date", "20190304")
            setattr(made, f"{word}Time", "101112.130000")
        made.AccessionNumber, made.StudyID, made.InstitutionName = "A99381", "S77", "General"
        made.ReferringPhysicianName, made.OperatorsName = "Dox^R", "Nurq^O"
        made.StudyDescription, made.SeriesDescription = "CT Thorax Quexbury", "Thorax 2.0 B30f"
        made.ProtocolName, made.BodyPartExamined, made.StationName = "ThoraxRoutine", "CHEST", "CT01"
        made.ImageType, made.InstanceNumber = ["ORIGINAL", "PRIMARY", "AXIAL"], number
        made.KVP, made.ExposureTime, made.SliceThickness = "120", 500, "2.0"
        made.ImagePositionPatient, made.PixelSpacing = ["-250", "-250", str(number)], ["0.9", "0.9"]
        made.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
        for at in range(40):
            made.add_new(0x00291000 + at, "LO", f"private {at}")
        made.add_new(0x00290010, "LO", "SIEMENS CSA HEADER")
        made.Rows = made.Columns = 512
        made.SamplesPerPixel, made.PhotometricInterpretation, made.PixelRepresentation = 1, "MONOCHROME2", 0
        made.BitsAllocated, made.BitsStored, made.HighBit = 16, 12, 11
        made.PixelData = pixels
        made.save_as(folder / f"{number:04}.dcm", enforce_file_format=True)


def measure(python: str, script: str, slices: Path, base: Path) -> tuple[float, float] | str:
    """(CPU, wall) seconds per file, or why there are none."""
    out = Path(tempfile.mkdtemp(dir=base))
    told = subprocess.run(
        [python, "-c", RUNNER, str(slices), str(out)],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(out)
    if told.returncode:
        return (told.stderr.strip().splitlines() or ["failed"])[-1][:100]
    cpu, wall = json.loads(told.stdout)
    return cpu, wall


def main() -> None:
    """Measure, print a table, say whether the aims are met."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--slices", type=int, default=200)
    options.add_argument("--spread", type=int, default=1200, help="slices for the command on two cores")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        slices = base / "slices"
        slices.mkdir()
        make_slices(slices, given.slices)
        theirs = str(base / "others" / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", str(base / "others")], check=True)
        subprocess.run([theirs, "-m", "pip", "install", "--quiet", *OTHERS], check=True)
        results = {}
        for tool, python, script in (
            ("treadle", sys.executable, TREADLE),
            ("dicognito", theirs, DICOGNITO),
            ("dicom-anonymizer", theirs, DICOM_ANONYMIZER),
            ("deid", theirs, DEID),
            ("flywheel-migration", theirs, FLYWHEEL),
        ):
            results[tool] = found = measure(python, script, slices, base)
            text = found if isinstance(found, str) else f"{found[0]:.4f} CPU s, {found[1]:.4f} s per file"
            print(f"{tool:20} {text}", flush=True)
        mine = results["treadle"]
        others = [
            found[0] for tool, found in results.items() if tool != "treadle" and not isinstance(found, str)
        ]
        if isinstance(mine, tuple) and others:
            print(f"fastest other / treadle: {min(others) / mine[0]:.1f} (aim {TIMES_FASTER})")
            print(f"CPU per slice: {mine[0]:.4f} s (aim {CPU_AIM})")
        spread(given.spread, base)


def spread(count: int, disk: Path) -> None:
    """The command with one process and with two, its start left out, in memory and on the disk.

    A slice costs little more than writing it, so on a disk the disk decides: `cp` of the same files tells how much.
    """
    memory = Path("/dev/shm")
    for place, where in (("memory", memory), ("disk", disk)):
        if not where.is_dir():
            continue
        with tempfile.TemporaryDirectory(dir=where) as name:
            base = Path(name)
            slices, few = base / "slices", base / "few"
            slices.mkdir()
            few.mkdir()
            make_slices(slices, count)
            shutil.copy(next(slices.iterdir()), few)
            start = min(_seconds(few, base, 1) for _ in range(3))
            one, two = (min(_seconds(slices, base, jobs) - start for _ in range(3)) for jobs in (1, 2))
            copied = min(_copied(slices, base) for _ in range(3))
        print(
            f"command in {place}, {count} slices: start {start:.2f} s, then 1 process {one:.2f} s, "
            f"2 processes {two:.2f} s: {one / two:.2f} times; cp {copied:.2f} s",
            flush=True,
        )


def _seconds(folder: Path, base: Path, jobs: int) -> float:
    out = base / "out"
    command = [sys.executable, "-m", "treadle", "deid", str(folder), "--profile", "research"]
    began = time.perf_counter()
    subprocess.run([*command, "--out", str(out), "--jobs", str(jobs)], check=True, capture_output=True)
    took = time.perf_counter() - began
    shutil.rmtree(out)
    shutil.rmtree(base / "out-report")
    return took


def _copied(folder: Path, base: Path) -> float:
    began = time.perf_counter()
    subprocess.run(["cp", "-r", str(folder), str(base / "copy")], check=True)
    took = time.perf_counter() - began
    shutil.rmtree(base / "copy")
    return took


if __name__ == "__main__":
    main()
