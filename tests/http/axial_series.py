"""A small CT series of which every place in pixels and in the patient is known."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

ROWS, COLUMNS, SPACING, SLICES = 120, 100, 0.7, 3


def slices() -> list[Dataset]:
    """A small axial series of 0.7 mm pixels, 2 mm apart, its first pixel at (-35, -42, z)."""
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    made = []
    for number in range(SLICES):
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality = CTImageStorage, generate_uid(), "CT"
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = study, series, frame
        ds.PatientID, ds.PatientName, ds.SeriesNumber, ds.InstanceNumber = "p", "P^Q", 1, number + 1
        ds.PatientBirthDate = ds.PatientSex = ds.AccessionNumber = ds.StudyID = ""
        ds.StudyDate, ds.StudyTime = "20200101", "120000"
        ds.ImagePositionPatient, ds.ImageOrientationPatient = [-35, -42, 2 * number], [1, 0, 0, 0, 1, 0]
        ds.PixelSpacing, ds.SliceThickness, ds.Rows, ds.Columns = [SPACING, SPACING], 2, ROWS, COLUMNS
        ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
        ds.BitsAllocated = ds.BitsStored = 16
        ds.HighBit, ds.PixelData = 15, bytes(ROWS * COLUMNS * 2)
        ds["PixelData"].VR = "OW"
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.append(ds)
    return made


def mm(column: float, row: float, z: float) -> list[float]:
    """A place in image coordinates (whole numbers are corners of pixels) as patient coordinates."""
    return [-35 + (column - 0.5) * SPACING, -42 + (row - 0.5) * SPACING, z]
