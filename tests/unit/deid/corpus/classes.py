"""Files of many SOP classes, as their makers write them: what type 1 and 2 ask for is there."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from .ledger import Ledger

STORAGE = "1.2.840.10008.5.1.4.1.1."
CT = STORAGE + "2"


def code(value: str, scheme: str, meaning: str) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


def set_all(dataset: Dataset, **values: object) -> Dataset:
    for keyword, found in values.items():
        setattr(dataset, keyword, found)
    return dataset


def header(ledger: Ledger, sop_class: str, modality: str) -> Dataset:
    """Patient, study, series, equipment."""
    ledger.place = "header"
    term, _, family, given = ledger.script
    made = Dataset()
    if term:
        made.SpecificCharacterSet = term.split("\\") if "\\" in term else term
    set_all(made, SOPClassUID=STORAGE + sop_class, SOPInstanceUID=ledger.uid(), Modality=modality)
    ledger.note("word", family)
    ledger.note("word", given)
    name = f"{family}^{given}"
    made.PatientName = f"{ledger.word()}^{ledger.word()}={name}" if term.startswith("\\") else name
    number = ledger.digits() if ledger.number % 3 else ledger.code()
    made.PatientID, made.PatientSex, made.PatientAge = number, "F", "045Y"
    made.PatientBirthDate = f"{ledger.birth:%Y%m%d}"
    ledger.note("birth", ledger.birth.isoformat())
    set_all(
        made,
        PatientWeight="71.5",
        PatientSize="1.7",
        StudyInstanceUID=ledger.uid(),
        SeriesInstanceUID=ledger.uid(),
    )
    set_all(made, StudyDate=ledger.date(), SeriesDate=ledger.date(), StudyTime="101112", SeriesTime="101500")
    set_all(made, AccessionNumber=ledger.code(), StudyID=ledger.code(), ReferringPhysicianName=ledger.name())
    set_all(made, SeriesNumber=3, InstanceNumber=7, Manufacturer="ACME", BodyPartExamined="HEAD")
    set_all(made, PositionReferenceIndicator="", Laterality="")
    ledger.kept |= dict.fromkeys(("Modality", "Manufacturer", "SOPClassUID"))
    return made


def frame(ledger: Ledger, dataset: Dataset, samples: int = 1, bits: int = 16, frames: int = 0) -> Dataset:
    """A picture of 16 x 16."""
    colours = "RGB" if samples == 3 else "MONOCHROME2"
    set_all(dataset, SamplesPerPixel=samples, PhotometricInterpretation=colours, Rows=16, Columns=16)
    set_all(dataset, BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1, PixelRepresentation=0)
    if samples == 3:
        dataset.PlanarConfiguration = 0
    if frames:
        dataset.NumberOfFrames = frames
    dataset.PixelData = ledger.random.randbytes(256 * samples * max(1, frames) * bits // 8)
    dataset["PixelData"].VR = "OW" if bits > 8 else "OB"
    set_all(
        dataset, ContentDate=ledger.date(), ContentTime="101700", ImageType=["ORIGINAL", "PRIMARY", "AXIAL"]
    )
    ledger.kept |= dict.fromkeys(("Rows", "Columns", "BitsStored", "ImageType", "PhotometricInterpretation"))
    return dataset


def plane(ledger: Ledger, dataset: Dataset) -> Dataset:
    """Where the picture lies in the patient."""
    set_all(dataset, FrameOfReferenceUID=ledger.uid(), SliceThickness="2.5", PixelSpacing=["0.5", "0.5"])
    set_all(
        dataset,
        ImagePositionPatient=["-10.5", "20.25", "1234.5"],
        ImageOrientationPatient=["1", "0", "0", "0", "1", "0"],
    )
    set_all(dataset, SliceLocation="1234.5", PatientPosition="HFS")
    spatial = (
        "SliceThickness",
        "PixelSpacing",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "SliceLocation",
    )
    ledger.kept |= dict.fromkeys((*spatial, "PatientPosition"))
    return dataset


def ct(ledger: Ledger) -> Dataset:
    made = plane(ledger, frame(ledger, header(ledger, "2", "CT")))
    set_all(
        made,
        KVP="120",
        XRayTubeCurrent=200,
        ExposureTime=500,
        ConvolutionKernel="B30f",
        RescaleIntercept="-1024",
    )
    set_all(
        made, RescaleSlope="1", RescaleType="HU", WindowCenter="40", WindowWidth="400", AcquisitionNumber=1
    )
    set_all(
        made,
        DataCollectionDiameter="500",
        FilterType="FLAT",
        GantryDetectorTilt="0",
        ReconstructionDiameter="250",
    )
    ledger.kept |= dict.fromkeys(
        ("KVP", "ConvolutionKernel", "RescaleIntercept", "WindowCenter", "ExposureTime")
    )
    return made


def mr(ledger: Ledger) -> Dataset:
    made = plane(ledger, frame(ledger, header(ledger, "4", "MR")))
    set_all(
        made,
        ScanningSequence="SE",
        SequenceVariant="SK",
        ScanOptions="FS",
        MRAcquisitionType="2D",
        EchoTime="90",
    )
    set_all(
        made,
        RepetitionTime="5000",
        EchoTrainLength=9,
        FlipAngle="150",
        MagneticFieldStrength="3",
        SequenceName="*tse2d1_9",
    )
    set_all(made, ImagingFrequency="123.2", ImagedNucleus="1H", NumberOfAverages="2", PercentSampling="100")
    kept = (
        "EchoTime",
        "RepetitionTime",
        "FlipAngle",
        "MagneticFieldStrength",
        "SequenceName",
        "ScanningSequence",
    )
    ledger.kept |= dict.fromkeys(kept)
    return made


def pet(ledger: Ledger) -> Dataset:
    made = plane(ledger, frame(ledger, header(ledger, "128", "PT")))
    set_all(
        made,
        Units="BQML",
        CountsSource="EMISSION",
        SeriesType=["STATIC", "IMAGE"],
        NumberOfSlices=1,
        DecayCorrection="START",
    )
    set_all(
        made,
        CorrectedImage=["DECY", "ATTN"],
        AcquisitionDate=ledger.date(),
        AcquisitionTime="101112",
        RescaleIntercept="0",
    )
    set_all(
        made,
        RescaleSlope="1.5",
        FrameReferenceTime="0",
        ImageIndex=1,
        ActualFrameDuration=1000,
        CollimatorType="NONE",
    )
    tracer = set_all(Dataset(), RadiopharmaceuticalStartTime="090000", RadionuclideTotalDose="370000000")
    tracer.RadionuclideHalfLife, tracer.RadiopharmaceuticalStartDateTime = "6586", ledger.date_time()
    tracer.RadionuclideCodeSequence = Sequence([code("C-111A1", "SRT", "18^Fluorine")])
    made.RadiopharmaceuticalInformationSequence = Sequence([tracer])
    ledger.kept |= dict.fromkeys(("Units", "DecayCorrection", "RescaleSlope", "ActualFrameDuration"))
    return made


def projection(sop_class: str, modality: str) -> Callable[[Ledger], Dataset]:
    """Digital radiography, mammography, computed radiography."""

    def make(ledger: Ledger) -> Dataset:
        made = frame(ledger, header(ledger, sop_class, modality))
        set_all(
            made,
            PresentationIntentType="FOR PRESENTATION",
            PixelIntensityRelationship="LIN",
            ViewPosition="AP",
        )
        set_all(
            made, PixelIntensityRelationshipSign=1, RescaleIntercept="0", RescaleSlope="1", RescaleType="US"
        )
        set_all(made, PresentationLUTShape="IDENTITY", BurnedInAnnotation="NO", LossyImageCompression="00")
        set_all(made, ImagerPixelSpacing=["0.1", "0.1"], KVP="28", Exposure=60, ImageLaterality="R")
        set_all(made, AcquisitionContextSequence=Sequence([]), PatientOrientation=["P", "L"])
        made.AnatomicRegionSequence = Sequence([code("T-04000", "SRT", "Breast")])
        ledger.kept |= dict.fromkeys(("ViewPosition", "ImageLaterality", "KVP", "ImagerPixelSpacing"))
        return made

    return make


def ultrasound(ledger: Ledger) -> Dataset:
    made = frame(ledger, header(ledger, "6.1", "US"), samples=3, bits=8)
    region = set_all(Dataset(), RegionSpatialFormat=1, RegionDataType=1, RegionFlags=0, RegionLocationMinX0=2)
    set_all(
        region,
        RegionLocationMinY0=4,
        RegionLocationMaxX1=13,
        RegionLocationMaxY1=14,
        PhysicalUnitsXDirection=3,
    )
    set_all(region, PhysicalUnitsYDirection=3, PhysicalDeltaX=0.01, PhysicalDeltaY=0.01)
    made.SequenceOfUltrasoundRegions = Sequence([region])
    ledger.kept |= dict.fromkeys(("SequenceOfUltrasoundRegions",))
    return made


def capture(ledger: Ledger) -> Dataset:
    made = frame(ledger, header(ledger, "7", "OT"), samples=3, bits=8)
    made.ConversionType = "WSD"
    return made


def angiography(ledger: Ledger) -> Dataset:
    made = frame(ledger, header(ledger, "12.1", "XA"), frames=3)
    set_all(
        made,
        PixelIntensityRelationship="LIN",
        FrameTime="33",
        FrameIncrementPointer=0x00181063,
        RadiationSetting="GR",
    )
    set_all(made, KVP="80", Exposure=10, PositionerMotion="STATIC", PositionerPrimaryAngle="30")
    ledger.kept |= dict.fromkeys(("FrameTime", "PositionerPrimaryAngle"))
    return made


def nuclear(ledger: Ledger) -> Dataset:
    made = frame(ledger, header(ledger, "20", "NM"), frames=2)
    set_all(
        made, FrameIncrementPointer=[0x00540010, 0x00540020], EnergyWindowVector=[1, 1], DetectorVector=[1, 2]
    )
    set_all(
        made,
        NumberOfEnergyWindows=1,
        NumberOfDetectors=2,
        PixelSpacing=["4", "4"],
        PatientOrientationCodeSequence=Sequence([]),
    )
    ledger.kept |= dict.fromkeys(("NumberOfDetectors", "DetectorVector", "PixelSpacing"))
    return made


def dose(ledger: Ledger) -> Dataset:
    made = plane(ledger, frame(ledger, header(ledger, "481.2", "RTDOSE"), frames=2))
    set_all(made, DoseUnits="GY", DoseType="PHYSICAL", DoseSummationType="PLAN", DoseGridScaling="0.001")
    set_all(made, GridFrameOffsetVector=["0", "2.5"], FrameIncrementPointer=0x3004000C)
    made.ReferencedRTPlanSequence = Sequence([reference("481.5", ledger.uid())])
    ledger.kept |= dict.fromkeys(("DoseUnits", "DoseGridScaling", "GridFrameOffsetVector"))
    return made


def photo(ledger: Ledger) -> Dataset:
    made = frame(ledger, header(ledger, "77.1.4", "XC"), samples=3, bits=8)
    set_all(
        made,
        LossyImageCompression="00",
        AcquisitionContextSequence=Sequence([]),
        PatientOrientation=["L", "F"],
    )
    return made


def reference(sop_class: str, uid: str) -> Dataset:
    made = Dataset()
    made.ReferencedSOPClassUID, made.ReferencedSOPInstanceUID = STORAGE + sop_class, uid
    return made


SINGLE: dict[str, Callable[[Ledger], Dataset]] = {
    "CT": ct, "MR": mr, "PT": pet, "DX": projection("1.1", "DX"), "MG": projection("1.2", "MG"),
    "CR": projection("1", "CR"), "US": ultrasound, "SC": capture, "XA": angiography, "NM": nuclear,
    "RTDOSE": dose, "XC": photo,
}  # fmt: skip
