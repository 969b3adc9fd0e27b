"""One DICOM file: the profile's rules, the preset, the pixels, the second net, the name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from treadle import __version__
from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom import fields, jpeg
from treadle.deid.dicom.elements import PIXELS, Element, Span, path_name
from treadle.deid.dicom.part10 import DicomFile, assemble, read
from treadle.deid.dicom.reader import Buffer, in_order
from treadle.deid.dicom.writer import Piece
from treadle.deid.fields.filenames import sanitized
from treadle.deid.fields.originals import (
    CONTENT,
    ENCRYPTED,
    EXPLICIT,
    SYNTAX,
    Originals,
    with_character_set,
)
from treadle.deid.mapping import STANDARD_UID, Subject, UidMap, subject_of
from treadle.deid.pixels.blank import blank, blank_text
from treadle.deid.pixels.decide import boxes, decide, suspicion
from treadle.deid.pixels.facts import Facts
from treadle.deid.presets import minimal
from treadle.deid.presets.apply import Pass
from treadle.deid.presets.documents import settle
from treadle.deid.presets.marks import marks
from treadle.deid.presets.options import PresetOptions
from treadle.deid.presets.plan import Plan
from treadle.deid.presets.touched import Trie, as_trie
from treadle.deid.presets.treat import Case
from treadle.deid.residual import INSTITUTION, UIDS, Identifiers, identifiers_of, residue
from treadle.deid.result import Link
from treadle.deid.run import Run

_SOP_CLASS, _SOP_INSTANCE, _MODALITY = 0x00080016, 0x00080018, 0x00080060
_BIRTH_DATE = 0x00100030
_ICON, _DOCUMENT, _PIXEL_DATA = 0x00880200, 0x00420011, 0x7FE00010


@dataclass(frozen=True, slots=True)
class DicomOutput:
    """A name, what to write, and the buffer that spans of it refer to."""

    name: str
    pieces: list[Piece]
    data: Buffer
    sop_instance: bytes
    link: Link | None = field(default=None, repr=False)
    held: bool = False  # somebody has to look at the picture first


class DicomWorker:
    """What stays the same from file to file: the compiled preset and the mapping of UIDs."""

    def __init__(self, run: Run) -> None:
        self._secrets = run.secrets
        self._profile = run.profile
        self._rules = run.profile.dicom
        self._retains = self._rules is not None and bool(self._rules.section.own["retain"])
        self._options: PresetOptions | None = run.profile.preset
        strong = (
            self._options if self._options and self._options.preset in {"ps315-basic", "research"} else None
        )
        self._plan = Plan(strong) if strong else None
        self._kept = _purposely_kept(self._plan)
        self._hides_dates = self._plan is not None and not self._plan.keeps_dates
        self._uids = UidMap(run.secrets, strong.uid_root if strong else "2.25")
        self.edition = self._plan.edition if self._plan is not None else ""

    def process(self, name: str, data: Buffer, run: Run) -> DicomOutput:
        """De-identify one file; Rejected when that cannot be done."""
        file = read(data)
        report = run.report
        if file.trailing:
            report.warn("TRAILING_DATA")
        facts = Facts.of(file)
        report.sop_class = _standard(facts.text(_SOP_CLASS))
        _complete(file, facts)
        found = identifiers_of(file.elements, self._kept, dates=self._hides_dates)
        if self._plan is not None:
            file.elements = settle(file.elements, self._plan)
            _trim(file, facts, run)
        cleared = facts.pixels is None or suspicion(facts) is None
        blanked, held = self._pixels(file, facts, run)
        subject = self._subject(facts, run)
        link = self._link(facts, subject, self._plan) if run.links and self._plan is not None else None
        before = fields.as_dataset(file, file.elements) if self._retains else None
        touched, originals = self._own_rules(file, run)
        if self._plan is not None:
            self._preset(file, subject, found, touched, run)
        elif self._options and self._options.preset == "minimal":
            minimal.empty(file, touched, run.report)
        self._seal(file, originals if before is None else fields.changed(file, before))
        self._mark(file, cleared=cleared or blanked, blanked=blanked)
        pieces = assemble(file, file.elements)
        if self._plan is not None:
            self._check(pieces, file, found, touched, run)
        sop = Facts.of(file).raw(_SOP_INSTANCE)
        return DicomOutput(self._name(name, file, sop, found, run), pieces, file.data, sop, link, held)

    def _pixels(self, file: DicomFile, facts: Facts, run: Run) -> tuple[bool, bool]:
        """Whether something was blanked, and whether somebody has to look at the picture."""
        rules, then = decide(facts, self._rules.pixel_rules if self._rules else None, self._options)
        where = [box for rule in rules for box in boxes(rule, facts)]
        if where:
            blank(file, where)
        elif then == "ocr":
            where = blank_text(file)
        if where:
            file.elements = [element for element in file.elements if element.tag != _ICON]
            run.report.pixels = "blanked"
        elif self._plan is not None and file.encapsulated:
            for element in file.elements:
                if element.tag in PIXELS and isinstance(element.value, Span):
                    new = jpeg.without_text(file.data, element.value)
                    if new is not None:
                        element.value = new
                        file.elements = [e for e in file.elements if e.tag not in {0x7FE00001, 0x7FE00002}]
                        run.report.pixels = "comments removed"
                    break
        return bool(where), then == "review"

    def _subject(self, facts: Facts, run: Run) -> Subject:
        options = self._options or PresetOptions(preset="none")
        context = run.context
        patient, issuer = facts.text(0x00100020), facts.text(0x00100021)
        if context.identity is not None:
            patient, issuer = context.identity, ""
        if not patient.strip() and self._plan is not None:
            run.report.warn("NO_PATIENT_ID")
        study = facts.raw(0x0020000D)
        if context.code is not None:
            label: str | None = context.code(facts.field)
        else:
            label = context.subject if options.patient_id == "subject-label" else None
        return subject_of(patient, issuer, study, options, self._secrets, label)

    def _link(self, facts: Facts, subject: Subject, plan: Plan) -> Link:
        study = facts.raw(0x0020000D)
        return Link(
            subject.code,
            facts.text(0x00100020),
            facts.text(0x00100010),
            facts.text(_BIRTH_DATE),
            study.decode("latin-1"),
            (study if plan.keeps_uids else self._uids(study)).decode("latin-1"),
            subject.days if plan.moves_dates else 0,
        )

    def _own_rules(self, file: DicomFile, run: Run) -> tuple[Trie | None, Dataset | None]:
        if self._rules is None:
            return None, None
        dataset = fields.as_dataset(file, file.elements)
        touched = self._rules.apply(dataset, run)
        file.elements = fields.from_dataset(file, dataset, file.elements, touched.written)
        return as_trie(touched.paths), with_character_set(touched.originals, dataset)

    def _seal(self, file: DicomFile, values: Dataset | None) -> None:
        """Originals as one more item of the encrypted attributes."""
        if not values or self._rules is None:
            return
        content = Originals.of(self._rules.section).sealed(values)
        item = [Element(SYNTAX, "UI", EXPLICIT.encode()), Element(CONTENT, "OB", content)]
        before = [e.value for e in file.elements if e.tag == ENCRYPTED and isinstance(e.value, list)]
        file.elements = in_order(
            [*file.elements, Element(ENCRYPTED, "SQ", [*(before[0] if before else ()), item])]
        )

    def _preset(
        self, file: DicomFile, subject: Subject, found: Identifiers, touched: Trie | None, run: Run
    ) -> None:
        assert self._plan is not None  # noqa: S101 - only called with a preset
        case = Case(self._plan, self._uids, subject, found, run.report, file)
        file.elements = Pass(case).data_set(file.elements, touched)
        for element in file.elements:  # a file without an instance UID gets one
            if element.tag == _SOP_INSTANCE and element.value:
                return
        new = self._uids(hashlib.sha256(file.writer().encoded(file.elements[:50])).hexdigest().encode())
        file.elements = in_order([*file.elements, Element(_SOP_INSTANCE, "UI", new)])

    def _mark(self, file: DicomFile, *, cleared: bool, blanked: bool) -> None:
        wanted = self._options.mark if self._options else None
        if not (self._plan is not None if wanted is None else wanted):
            return
        method = f"Treadle {__version__} {self._profile.name}"[:54] + f"@{self._profile.sha256[:8]}"
        added = marks(method, self._options, cleared=cleared, blanked=blanked)
        file.elements = in_order([*file.elements, *added])

    def _check(
        self, pieces: list[Piece], file: DicomFile, found: Identifiers, touched: Trie | None, run: Run
    ) -> None:
        """The second net. What the profile's own rules keep on purpose is not held against the file."""
        purposely = set(touched or ())
        if self._plan is not None and self._plan.options.documents == "allow":
            purposely.add(_DOCUMENT)
        kept = [e for e in file.elements if e.tag not in purposely]
        if len(kept) < len(file.elements):
            written = file.writer().encoded(e for e in kept if not isinstance(e.value, Span))
        else:
            written = b"".join(piece for piece in pieces if isinstance(piece, bytes))
        hits = residue(written, kept, found)
        if hits:
            run.report.residual = hits
            raise Rejected(Code.RESIDUAL)

    def _name(self, name: str, file: DicomFile, sop: bytes, found: Identifiers, run: Run) -> str:
        given = None
        if self._rules is not None and self._rules.section.filenames:
            given = self._rules.output_name(name, fields.as_dataset(file, file.elements), run)
        if given is None and sop:
            modality = Facts.of(file).text(_MODALITY) or "NA"
            given = sanitized(f"{sop.decode('latin-1')}.{modality}.dcm")
        if not given or found.in_name(given):
            given = f"{self._secrets.digest('name', name.encode()).hex()[:32]}.dcm"
        return given


def _standard(uid: str) -> str:
    """A UID of DICOM's own; another may say anything, and reports say nothing of the input."""
    return uid if STANDARD_UID.fullmatch(uid) else ""


def _purposely_kept(plan: Plan | None) -> frozenset[int]:
    """Attributes that the second net must not look for: an option keeps them, or there is no preset at all."""
    if plan is None:
        return INSTITUTION | UIDS
    kept = INSTITUTION if "retain-institution" in plan.chosen else frozenset()
    return kept | (UIDS if plan.keeps_uids else frozenset())


def _complete(file: DicomFile, facts: Facts) -> None:
    """Native pixel data must be as long as the file says; an image must have them."""
    pixels = facts.pixels
    if pixels is None:
        if file.trailing and facts.number(0x00280010) and facts.number(0x00280011):
            raise Rejected(Code.TRUNCATED, "7FE00010")
        return
    if (
        not file.encapsulated
        and not isinstance(pixels.value, list)
        and len(pixels.value) < facts.expected_bytes()
    ):
        raise Rejected(Code.TRUNCATED, path_name(pixels.tag))


def _trim(file: DicomFile, facts: Facts, run: Run) -> None:
    """What follows the last frame inside native pixel data belongs to no picture."""
    pixels, size = facts.pixels, facts.expected_bytes()
    if pixels is None or file.encapsulated or not size or pixels.tag != _PIXEL_DATA:
        return
    value = pixels.value
    if isinstance(value, Span | bytes) and len(value) > size + size % 2:
        pixels.value = Span(value.start, value.start + size) if isinstance(value, Span) else value[:size]
        run.report.warn("PIXEL_PADDING")
