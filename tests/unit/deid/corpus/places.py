"""Places that a data set has by right: attributes of people, visits and devices, nested and private ones, texts."""

from __future__ import annotations

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from .ledger import Ledger

# Written down from the Safe Harbor list and from what modalities fill in, not taken from the engine's table.
WRITTEN = """
PatientAddress PatientTelephoneNumbers PatientBirthName PatientMotherBirthName OtherPatientNames OtherPatientIDs
PatientReligiousPreference MilitaryRank BranchOfService CountryOfResidence RegionOfResidence Occupation
PatientComments AdditionalPatientHistory MedicalAlerts Allergies SpecialNeeds PatientState ResponsiblePerson
ResponsibleOrganization InsurancePlanIdentification MedicalRecordLocator IssuerOfPatientID
PatientInstitutionResidence ConfidentialityConstraintOnPatientDataDescription AdmissionID IssuerOfAdmissionID
ServiceEpisodeID ServiceEpisodeDescription CurrentPatientLocation AdmittingDate VisitComments
AdmittingDiagnosesDescription ReferringPhysicianName ReferringPhysicianAddress ReferringPhysicianTelephoneNumbers
PhysiciansOfRecord PerformingPhysicianName NameOfPhysiciansReadingStudy OperatorsName ConsultingPhysicianName
RequestingPhysician RequestingService ScheduledPerformingPhysicianName NamesOfIntendedRecipientsOfResults
InstitutionName InstitutionAddress InstitutionalDepartmentName StationName DeviceSerialNumber GantryID DetectorID
PlateID CassetteID DeviceUID AcquisitionDeviceProcessingDescription GeneratorID PerformedStationName
PerformedStationAETitle PerformedLocation ScheduledStationAETitle ScheduledStationName
ScheduledProcedureStepLocation RetrieveAETitle StudyDescription SeriesDescription ProtocolName DerivationDescription
ContributionDescription AcquisitionComments ImageComments RequestedProcedureDescription RequestedProcedureComments
RequestedProcedureID PerformedProcedureStepDescription PerformedProcedureStepID CommentsOnThePerformedProcedureStep
ScheduledProcedureStepDescription ScheduledProcedureStepID ReasonForTheRequestedProcedure
RequestAttributesSequence.0.RequestedProcedureDescription RequestAttributesSequence.0.ScheduledProcedureStepID
FillerOrderNumberImagingServiceRequest PlacerOrderNumberImagingServiceRequest ImagingServiceRequestComments
OrderEnteredBy OrderEntererLocation OrderCallbackPhoneNumber AccessionNumber StudyID PersonAddress
PersonTelephoneNumbers TextComments TextString InterpretationText InterpretationAuthor InterpretationTranscriber
ResultsComments DistributionName DistributionAddress Arbitrary IdentifyingComments StudyComments
DischargeDiagnosisDescription ContrastBolusAgent ContentCreatorName ReviewerName ClinicalTrialSiteID
ClinicalTrialSiteName ClinicalTrialSubjectID ClinicalTrialSubjectReadingID ClinicalTrialSponsorName
ClinicalTrialProtocolID ClinicalTrialProtocolName ClinicalTrialCoordinatingCenterName PatientSexNeutered
SecondaryCaptureDeviceID ReviewDate SourceOfPreviousValues ModifyingSystem ContainerIdentifier SpecimenIdentifier
SpecimenShortDescription SpecimenDetailedDescription TreatmentMachineName RTPlanLabel RTPlanName RTPlanDescription
StructureSetDescription OperatorIdentificationSequence.0.InstitutionName LastMenstrualDate StudyVerifiedDate
ScheduledAdmissionDate DischargeDate PatientBirthTime IssueDateOfImagingServiceRequest
ScheduledProcedureStepStartDate PerformedProcedureStepStartDate InstanceCreationDate AcquisitionDate
AcquisitionDateTime CurveDate OverlayDate ContentDate DateOfSecondaryCapture DateOfLastCalibration
InstanceCoercionDateTime StartAcquisitionDateTime EndAcquisitionDateTime FrameAcquisitionDateTime
RadiopharmaceuticalStartDateTime StorageMediaFileSetUID ReferencedFrameOfReferenceUID
SynchronizationFrameOfReferenceUID RequestedSOPInstanceUID InstanceCreatorUID CreatorVersionUID ConcatenationUID
DimensionOrganizationUID PaletteColorLookupTableUID LargePaletteColorLookupTableUID RelatedFrameOfReferenceUID
FailedSOPInstanceUIDList TransactionUID UID DoseReferenceUID TargetUID TrackingUID RetrieveURL RetrieveURI
ReferencedPixelDataProviderURL PixelDataProviderURL LabelText
"""
ATTRIBUTES = WRITTEN.split()
# Sequences to nest in: some of the table, some outside of it.
NESTS = (
    "ReferencedStudySequence", "SharedFunctionalGroupsSequence", "PatientSetupSequence", "SourceImageSequence",
    "RequestAttributesSequence", "ReferencedImageSequence", "MRTransmitCoilSequence", "DerivationImageSequence",
    "ProcedureCodeSequence", "AcquisitionContextSequence", "RadiopharmaceuticalInformationSequence",
)  # fmt: skip


def value(ledger: Ledger, vr: str) -> object:
    """Something that identifies, of a type."""
    made = {
        "PN": ledger.name, "DA": ledger.date, "DT": ledger.date_time, "TM": lambda: "101112.5", "UI": ledger.uid,
        "UR": lambda: f"http://{ledger.word().lower()}.example/{ledger.code()}",
        "AE": lambda: ledger.word().upper(), "CS": lambda: ledger.word().upper(), "SH": ledger.code,
        "ST": ledger.note_text, "LT": ledger.note_text, "UT": ledger.note_text,
        "LO": ledger.random.choice((ledger.word, ledger.code, ledger.digits)),
    }  # fmt: skip
    return made.get(vr, ledger.word)()


def attributes(ledger: Ledger, dataset: Dataset, count: int) -> None:
    """Attributes that say who, where and when, each with a value nobody else has."""
    for keyword in ledger.random.sample(ATTRIBUTES, count):
        ledger.place = keyword
        at = dataset
        *outer, last = keyword.split(".0.")
        for step in outer:
            if step not in at:
                setattr(at, step, Sequence([Dataset()]))
            at = at[step].value[0]
        tag = tag_for_keyword(last)
        if tag is None or last in at:
            continue
        at.add_new(tag, dictionary_VR(tag), value(ledger, dictionary_VR(tag)))


def nested(ledger: Ledger, dataset: Dataset, depth: int = 8) -> None:
    """People, numbers, dates and texts at the bottom of sequences in each other."""
    ledger.place = f"nested {depth} deep"
    inner = Dataset()
    inner.PatientName, inner.PatientID = ledger.name(), ledger.digits()
    inner.InstitutionName, inner.PatientComments = ledger.word(), ledger.note_text()
    inner.StudyDate, inner.AcquisitionDateTime = ledger.date(), ledger.date_time()
    inner.ReferencedSOPClassUID, inner.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", ledger.uid()
    block = inner.private_block(0x0011, ledger.word(), create=True)
    block.add_new(1, "LO", ledger.name())
    for _ in range(depth):
        outer = Dataset()
        setattr(outer, ledger.random.choice(NESTS), Sequence([inner]))
        inner = outer
    for element in inner:
        if element.tag in dataset:
            dataset[element.tag].value.append(element.value[0])
        else:
            dataset.add(element)


def other_charset(ledger: Ledger, dataset: Dataset) -> None:
    """An item with a character set of its own."""
    ledger.place = "item in another character set"
    item = Dataset()
    item.SpecificCharacterSet = "ISO_IR 144"
    for word in ("Добролюбовский", "Святославна"):
        ledger.note("word", word)
    item.PatientName = "Добролюбовский^Святославна"
    item.PatientComments = "Добролюбовский"
    dataset.ReferencedPatientSequence = Sequence([item])


def private(ledger: Ledger, dataset: Dataset) -> None:
    """Private groups before and after the pixel data: texts, bytes, sequences, creators that are names."""
    ledger.place = "private"
    for group, creator in (
        (0x0009, "GEMS_IDEN_01"),
        (0x0021, ledger.word()),
        (0x7FE1, "ACME 1.1"),
        (0x7FE3, ledger.word()),
    ):
        block = dataset.private_block(group, creator, create=True)
        for offset, vr in enumerate(("LO", "PN", "DA", "UI", "LT", "DT", "SH"), 1):
            block.add_new(offset, vr, value(ledger, vr))
        block.add_new(0x20, "OB", f"raw {ledger.word()} {ledger.written_date()} ".encode())
        block.add_new(0x21, "UN", f"{ledger.code()} ".encode())
        item = Dataset()
        item.PatientName, item.PatientID = ledger.name(), ledger.code()
        block.add_new(0x22, "SQ", Sequence([item]))
    csa = dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    csa.add_new(0x10, "OB", b"SV10\4\3\2\1" + f"tPatientName {ledger.word()}".encode().ljust(64, b"\0"))
    csa.add_new(0x20, "OB", b"SV10\4\3\2\1" + f"tUID {ledger.uid()}".encode().ljust(64, b"\0"))
    safe = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    safe.add_new(0x0D, "CS", ledger.word().upper())  # not what the safe list says that it holds
    safe.add_new(0x0C, "IS", "1000")


def known_in_texts(ledger: Ledger, dataset: Dataset) -> None:
    """The patient's own name, number, birth date, studies in texts that no table knows."""
    ledger.place = "known, in a text that stays"
    family, given = ledger.script[2:]
    number, study = str(dataset.PatientID), str(dataset.StudyInstanceUID)
    for keyword, text in (
        ("ManufacturerModelName", f"Model {number}"),
        ("WindowCenterWidthExplanation", [f"WIN {family}", "NORMAL"]),
        ("ScanOptions", ["FS", f"X_{number}"]),
        (
            "CommentsOnRadiationDose",
            f"{given} {family} moved, born {ledger.birth:%d.%m.%Y} {ledger.birth:%Y-%m-%d}",
        ),
        ("FilterType", f"{family}"[:16]),
        ("SoftwareVersions", [f"VB17 {study}"[:64], "syngo"]),
        ("PixelPaddingRangeLimitDescription", number),
        ("LUTExplanation", f"{family.upper()} {given.lower()} {ledger.birth:%Y%m%d}"),
        ("FrameComments", f"{family}, {given}: {ledger.mail()}"),
    ):
        tag = tag_for_keyword(keyword)
        if tag is not None:
            dataset.add_new(tag, dictionary_VR(tag), text)


def old_person(ledger: Ledger, dataset: Dataset) -> None:
    """Somebody over 89, said in several places."""
    ledger.place = "age over 89"
    age = ledger.random.randrange(91, 108)
    dataset.PatientAge = f"{age:03}Y"
    ledger.note("age", f"{age:03}Y")
    item = Dataset()
    item.PatientAge = f"{age:03}Y"
    dataset.ReferencedStudySequence = Sequence([item])


PLACES = (nested, other_charset, private, known_in_texts, old_person)
