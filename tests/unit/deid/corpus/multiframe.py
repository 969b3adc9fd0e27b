"""Enhanced, segmented and tiled pictures, and everything that is no picture."""

from __future__ import annotations

import struct
from collections.abc import Callable

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from .classes import code, frame, header, reference, set_all
from .ledger import Ledger


def dimensions(ledger: Ledger, made: Dataset) -> None:
    organization = ledger.uid()
    made.DimensionOrganizationSequence = Sequence([set_all(Dataset(), DimensionOrganizationUID=organization)])
    index = set_all(Dataset(), DimensionIndexPointer=0x00209057, FunctionalGroupPointer=0x00209111)
    index.DimensionOrganizationUID = organization
    made.DimensionIndexSequence = Sequence([index])


def enhanced(sop_class: str, modality: str) -> Callable[[Ledger], Dataset]:
    """Enhanced CT and MR: functional groups with dates, comments, references."""

    def make(ledger: Ledger) -> Dataset:
        made = frame(ledger, header(ledger, sop_class, modality), frames=2)
        set_all(made, FrameOfReferenceUID=ledger.uid(), ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])
        set_all(made, AcquisitionDateTime=ledger.date_time(), AcquisitionNumber=1, AcquisitionDuration=1.5)
        set_all(made, BurnedInAnnotation="NO", LossyImageCompression="00", PresentationLUTShape="IDENTITY")
        dimensions(ledger, made)
        shared, frames = Dataset(), []
        measures = set_all(Dataset(), SliceThickness="2.5", PixelSpacing=["0.5", "0.5"])
        shared.PixelMeasuresSequence = Sequence([measures])
        anatomy = set_all(Dataset(), FrameLaterality="U")
        anatomy.AnatomicRegionSequence = Sequence([code("T-A0100", "SRT", "Brain")])
        shared.FrameAnatomySequence = Sequence([anatomy])
        for number in (1, 2):
            ledger.place = "functional group"
            content = set_all(
                Dataset(), FrameAcquisitionDateTime=ledger.date_time(), DimensionIndexValues=[number]
            )
            set_all(
                content, FrameReferenceDateTime=ledger.date_time(), StackID="1", InStackPositionNumber=number
            )
            set_all(content, FrameComments=ledger.note_text(), FrameLabel=made.PatientID)
            position = set_all(Dataset(), ImagePositionPatient=["0", "0", str(2.5 * number)])
            image = reference("2", ledger.uid())
            image.PurposeOfReferenceCodeSequence = Sequence([code("121311", "DCM", "Localizer")])
            one = Dataset()
            one.FrameContentSequence, one.PlanePositionSequence = Sequence([content]), Sequence([position])
            one.ReferencedImageSequence = Sequence([image])
            frames.append(one)
        made.SharedFunctionalGroupsSequence = Sequence([shared])
        made.PerFrameFunctionalGroupsSequence = Sequence(frames)
        ledger.kept |= dict.fromkeys(("NumberOfFrames", "DimensionIndexSequence.0.DimensionIndexPointer"))
        return made

    return make


def segmentation(ledger: Ledger) -> Dataset:
    made = enhanced("66.4", "SEG")(ledger)
    set_all(
        made,
        SegmentationType="FRACTIONAL",
        SegmentationFractionalType="PROBABILITY",
        MaximumFractionalValue=255,
    )
    set_all(
        made, ContentLabel="BRAIN", ContentDescription=ledger.note_text(), ContentCreatorName=ledger.name()
    )
    segment = set_all(Dataset(), SegmentNumber=1, SegmentLabel="Brain", SegmentAlgorithmType="AUTOMATIC")
    set_all(
        segment, SegmentAlgorithmName="watershed", SegmentDescription=ledger.word(), TrackingUID=ledger.uid()
    )
    segment.SegmentedPropertyCategoryCodeSequence = Sequence([code("T-D0050", "SRT", "Tissue")])
    segment.SegmentedPropertyTypeCodeSequence = Sequence([code("T-A0100", "SRT", "Brain")])
    made.SegmentSequence = Sequence([segment])
    ledger.kept |= dict.fromkeys(("SegmentationType", "MaximumFractionalValue"))
    return made


def whole_slide(ledger: Ledger) -> Dataset:
    made = frame(ledger, header(ledger, "77.1.6", "SM"), samples=3, bits=8, frames=4)
    set_all(made, ContainerIdentifier=ledger.code(), TotalPixelMatrixColumns=32, TotalPixelMatrixRows=32)
    specimen = set_all(Dataset(), SpecimenIdentifier=ledger.code(), SpecimenUID=ledger.uid())
    step = set_all(Dataset(), ValueType="TEXT", TextValue=ledger.note_text())
    step.ConceptNameCodeSequence = Sequence([code("111703", "DCM", "Processing step description")])
    preparation = Dataset()
    preparation.SpecimenPreparationStepContentItemSequence = Sequence([step])
    specimen.SpecimenPreparationSequence = Sequence([preparation])
    made.SpecimenDescriptionSequence = Sequence([specimen])
    set_all(made, LabelText=ledger.note_text(), BarcodeValue=ledger.digits(), SpecimenLabelInImage="NO")
    set_all(made, BurnedInAnnotation="NO", AcquisitionDateTime=ledger.date_time(), FocusMethod="AUTO")
    ledger.kept |= dict.fromkeys(("TotalPixelMatrixColumns", "FocusMethod"))
    return made


def structure_set(ledger: Ledger) -> Dataset:
    made = header(ledger, "481.3", "RTSTRUCT")
    set_all(made, StructureSetLabel=ledger.word(), StructureSetDate=ledger.date(), StructureSetTime="101112")
    contour_image, frame_uid = reference("2", ledger.uid()), ledger.uid()
    series = set_all(
        Dataset(), SeriesInstanceUID=ledger.uid(), ContourImageSequence=Sequence([contour_image])
    )
    study = set_all(reference("2", ledger.uid()), RTReferencedSeriesSequence=Sequence([series]))
    frame_of = set_all(Dataset(), FrameOfReferenceUID=frame_uid, RTReferencedStudySequence=Sequence([study]))
    made.ReferencedFrameOfReferenceSequence = Sequence([frame_of])
    region = set_all(Dataset(), ROINumber=1, ReferencedFrameOfReferenceUID=frame_uid, ROIName=ledger.word())
    set_all(region, ROIGenerationAlgorithm="", ROIDescription=ledger.note_text())
    made.StructureSetROISequence = Sequence([region])
    contour = set_all(
        Dataset(), ContourGeometricType="POINT", NumberOfContourPoints=1, ContourData=["1.5", "2", "3"]
    )
    contour.ContourImageSequence = Sequence([reference("2", ledger.uid())])
    drawn = set_all(
        Dataset(), ReferencedROINumber=1, ROIDisplayColor=[255, 0, 0], ContourSequence=Sequence([contour])
    )
    made.ROIContourSequence = Sequence([drawn])
    seen = set_all(Dataset(), ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="ORGAN")
    set_all(seen, ROIInterpreter=ledger.name(), ROIObservationLabel=ledger.word())
    made.RTROIObservationsSequence = Sequence([seen])
    set_all(
        made,
        ApprovalStatus="APPROVED",
        ReviewDate=ledger.date(),
        ReviewTime="1011",
        ReviewerName=ledger.name(),
    )
    ledger.kept |= dict.fromkeys(("ROIContourSequence.0.ContourSequence.0.ContourData",))
    return made


def plan(ledger: Ledger) -> Dataset:
    made = header(ledger, "481.5", "RTPLAN")
    set_all(
        made,
        RTPlanLabel=ledger.word(),
        RTPlanDate=ledger.date(),
        RTPlanTime="101112",
        RTPlanGeometry="PATIENT",
    )
    made.ReferencedStructureSetSequence = Sequence([reference("481.3", ledger.uid())])
    made.FrameOfReferenceUID = ledger.uid()
    beam = set_all(
        Dataset(), BeamNumber=1, BeamName=f"AP {made.PatientID}", BeamType="STATIC", RadiationType="PHOTON"
    )
    set_all(beam, TreatmentMachineName=ledger.word(), BeamDescription=ledger.note_text(), NumberOfWedges=0)
    made.BeamSequence = Sequence([beam])
    setup = set_all(
        Dataset(), PatientSetupNumber=1, PatientPosition="HFS", SetupTechniqueDescription=ledger.note_text()
    )
    made.PatientSetupSequence = Sequence([setup])
    ledger.kept |= dict.fromkeys(("RTPlanGeometry", "BeamSequence.0.BeamType"))
    return made


def presentation(ledger: Ledger) -> Dataset:
    made = header(ledger, "11.1", "PR")
    set_all(
        made, PresentationCreationDate=ledger.date(), PresentationCreationTime="101112", ContentLabel="KEYS"
    )
    set_all(
        made,
        ContentDescription=ledger.note_text(),
        ContentCreatorName=ledger.name(),
        PresentationLUTShape="IDENTITY",
    )
    text = set_all(
        Dataset(), UnformattedTextValue=ledger.note_text(), AnchorPoint=[1.0, 2.0], AnchorPointVisibility="N"
    )
    text.AnchorPointAnnotationUnits = "PIXEL"
    drawn = set_all(Dataset(), GraphicLayer="LAYER1", TextObjectSequence=Sequence([text]))
    made.GraphicAnnotationSequence = Sequence([drawn])
    layer = set_all(
        Dataset(), GraphicLayer="LAYER1", GraphicLayerOrder=1, GraphicLayerDescription=ledger.word()
    )
    made.GraphicLayerSequence = Sequence([layer])
    series = set_all(
        Dataset(),
        SeriesInstanceUID=ledger.uid(),
        ReferencedImageSequence=Sequence([reference("2", ledger.uid())]),
    )
    made.ReferencedSeriesSequence = Sequence([series])
    area = set_all(
        Dataset(), DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[16, 16]
    )
    area.PresentationSizeMode = "SCALE TO FIT"
    made.DisplayedAreaSelectionSequence = Sequence([area])
    return made


def waveform(ledger: Ledger) -> Dataset:
    made = header(ledger, "9.1.1", "ECG")
    set_all(made, ContentDate=ledger.date(), ContentTime="101112", AcquisitionDateTime=ledger.date_time())
    made.AcquisitionContextSequence = Sequence([])
    channel = set_all(Dataset(), WaveformBitsStored=16, ChannelSampleSkew="0", ChannelLabel="I")
    channel.ChannelSourceSequence = Sequence([code("5.6.3-9-1", "SCPECG", "Lead I")])
    group = set_all(
        Dataset(), WaveformOriginality="ORIGINAL", NumberOfWaveformChannels=1, NumberOfWaveformSamples=8
    )
    set_all(
        group,
        SamplingFrequency="500",
        ChannelDefinitionSequence=Sequence([channel]),
        WaveformBitsAllocated=16,
    )
    group.WaveformSampleInterpretation = "SS"
    group.add_new(0x54001010, "OW", ledger.random.randbytes(16))
    made.WaveformSequence = Sequence([group])
    mark = set_all(Dataset(), UnformattedTextValue=ledger.note_text(), AnnotationGroupNumber=1)
    mark.ReferencedWaveformChannels = [1, 0]
    made.WaveformAnnotationSequence = Sequence([mark])
    ledger.kept |= dict.fromkeys(("WaveformSequence.0.SamplingFrequency", "WaveformSequence.0.WaveformData"))
    return made


def registration(ledger: Ledger) -> Dataset:
    made = header(ledger, "66.1", "REG")
    set_all(
        made,
        ContentDate=ledger.date(),
        ContentTime="101112",
        ContentLabel="REG",
        ContentDescription=ledger.word(),
    )
    set_all(made, ContentCreatorName=ledger.name(), FrameOfReferenceUID=ledger.uid())
    matrix = set_all(Dataset(), FrameOfReferenceTransformationMatrixType="RIGID")
    matrix.FrameOfReferenceTransformationMatrix = [
        "1",
        "0",
        "0",
        "1.5",
        "0",
        "1",
        "0",
        "2",
        "0",
        "0",
        "1",
        "3",
        "0",
        "0",
        "0",
        "1",
    ]
    moved = set_all(
        Dataset(), MatrixSequence=Sequence([matrix]), FrameOfReferenceTransformationComment=ledger.note_text()
    )
    item = set_all(Dataset(), FrameOfReferenceUID=ledger.uid(), MatrixRegistrationSequence=Sequence([moved]))
    made.RegistrationSequence = Sequence([item])
    return made


def report(sop_class: str) -> Callable[[Ledger], Dataset]:
    """A structured report, a key object selection."""

    def make(ledger: Ledger) -> Dataset:
        made = header(ledger, sop_class, "KO" if sop_class.endswith("59") else "SR")
        set_all(
            made,
            ContentDate=ledger.date(),
            ContentTime="101112",
            CompletionFlag="COMPLETE",
            VerificationFlag="VERIFIED",
        )
        set_all(
            made,
            ValueType="CONTAINER",
            ContinuityOfContent="SEPARATE",
            PerformedProcedureCodeSequence=Sequence([]),
        )
        made.ConceptNameCodeSequence = Sequence([code("126000", "DCM", "Imaging Measurement Report")])
        observer = set_all(
            Dataset(), VerifyingOrganization=ledger.word(), VerificationDateTime=ledger.date_time()
        )
        set_all(
            observer,
            VerifyingObserverName=ledger.name(),
            VerifyingObserverIdentificationCodeSequence=Sequence([]),
        )
        made.VerifyingObserverSequence = Sequence([observer])
        made.ReferencedPerformedProcedureStepSequence = Sequence([reference("2", ledger.uid())])
        content = []
        for kind, keyword, value in (
            ("TEXT", "TextValue", ledger.note_text()),
            ("PNAME", "PersonName", ledger.name()),
            ("DATE", "Date", ledger.date()),
            ("DATETIME", "DateTime", ledger.date_time()),
            ("TIME", "Time", "101112"),
            ("UIDREF", "UID", ledger.uid()),
        ):
            item = set_all(Dataset(), RelationshipType="CONTAINS", ValueType=kind, **{keyword: value})
            item.ConceptNameCodeSequence = Sequence([code("121106", "DCM", "Comment")])
            item.ObservationDateTime = ledger.date_time()
            content.append(item)
        measured = set_all(Dataset(), NumericValue="12.5")
        measured.MeasurementUnitsCodeSequence = Sequence([code("mm", "UCUM", "mm")])
        number = set_all(
            Dataset(),
            RelationshipType="CONTAINS",
            ValueType="NUM",
            MeasuredValueSequence=Sequence([measured]),
        )
        number.ConceptNameCodeSequence = Sequence([code("103339001", "SCT", "Long Axis")])
        picture = set_all(Dataset(), RelationshipType="CONTAINS", ValueType="IMAGE")
        picture.ReferencedSOPSequence = Sequence([reference("2", ledger.uid())])
        made.ContentSequence = Sequence([number, *content, picture])
        return made

    return make


def document(sop_class: str, kind: str, body: bytes) -> Callable[[Ledger], Dataset]:
    """A document in an envelope."""

    def make(ledger: Ledger) -> Dataset:
        made = header(ledger, sop_class, "DOC")
        set_all(made, ContentDate=ledger.date(), ContentTime="101112", AcquisitionDateTime=ledger.date_time())
        set_all(
            made,
            BurnedInAnnotation="YES",
            DocumentTitle=ledger.note_text(),
            MIMETypeOfEncapsulatedDocument=kind,
        )
        made.ConceptNameCodeSequence = Sequence([])
        held = body.replace(b"NAME", ledger.word().encode()).replace(b"TEXT", ledger.note_text().encode())
        made.EncapsulatedDocument = held + b" " * (len(held) % 2)
        return made

    return make


def raw_data(ledger: Ledger) -> Dataset:
    made = header(ledger, "66", "MR")
    set_all(made, ContentDate=ledger.date(), ContentTime="101112", CreatorVersionUID=ledger.uid())
    made.AcquisitionContextSequence = Sequence([])
    made.FrameOfReferenceUID = ledger.uid()
    block = made.private_block(0x7FE1, "SIEMENS MED NM", create=True)
    block.add_new(0x10, "OB", struct.pack("<I", 3) + f"{ledger.word()} ".encode())
    return made


PDF = b"%PDF-1.4\n% report of NAME\n1 0 obj<</Author(NAME)/Title(TEXT)>>endobj\n%%EOF\n"
OTHER: dict[str, Callable[[Ledger], Dataset]] = {
    "ECT": enhanced("2.1", "CT"), "EMR": enhanced("4.1", "MR"), "SEG": segmentation, "SM": whole_slide,
    "RTSTRUCT": structure_set, "RTPLAN": plan, "PR": presentation, "ECG": waveform, "REG": registration,
    "SR": report("88.33"), "KO": report("88.59"), "RAW": raw_data,
    "PDF": document("104.1", "application/pdf", PDF),
    "CDA": document("104.2", "text/XML", b"<ClinicalDocument><title>NAME TEXT</title></ClinicalDocument>"),
    "STL": document("104.3", "model/stl", b"solid NAME TEXT endsolid"),
}  # fmt: skip
