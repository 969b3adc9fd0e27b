"""One file in, none or some out. Whatever goes wrong, nothing of the input gets out (deid.md, sections 1 and 7)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from treadle import __version__
from treadle.deid import types
from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.part10 import joined
from treadle.deid.dicom.process import DicomOutput, DicomWorker
from treadle.deid.dicom.reader import Buffer
from treadle.deid.report import FileReport
from treadle.deid.result import Result
from treadle.deid.run import Run
from treadle.deid.secrets import Context, Secrets

MAX_DEPTH = 3  # archives in archives
_HEAD = 256
_DICOM_SUFFIXES = (".dcm", ".ima")


@dataclass(frozen=True, slots=True)
class Parts:
    """A result whose large values still lie in the input: `pieces` are bytes, or spans of `data`.

    `held` is a file that is rejected until somebody has looked at its picture; all but that is de-identified.
    """

    result: Result
    output: DicomOutput | None = None
    held: DicomOutput | None = None


class Engine:
    """De-identifies files by one profile under one secret. Never touches the disk."""

    def __init__(
        self, profile: Any, secrets: Secrets, context: Context | None = None, *, links: bool = False
    ) -> None:
        """`links`: outputs of `parts` tell who the patient was, for whoever keeps a vault."""
        self.profile = profile
        self.secrets = secrets
        self.context = context or Context()
        self.links = links
        self._dicom: DicomWorker | None = None

    def process(self, name: str, data: bytes | BinaryIO, index: int = 0) -> Result:
        """De-identify one file held in memory."""
        content = data if isinstance(data, bytes) else data.read()
        parts = self.parts(name, content, index)
        if parts.output is None:
            return parts.result
        report = parts.result.report
        return Result("ok", report, [(parts.output.name, joined(parts.output.pieces, parts.output.data))])

    def process_series(self, items: Iterable[tuple[str, bytes | BinaryIO]]) -> Iterator[Result]:
        """As `process`, for the files of one series: of two with one SOP instance UID the second is rejected."""
        seen: set[bytes] = set()
        for index, (name, data) in enumerate(items):
            content = data if isinstance(data, bytes) else data.read()
            parts = self.parts(name, content, index)
            output = parts.output
            if output is None:
                yield parts.result
            elif output.sop_instance and output.sop_instance in seen:
                yield rejected(parts.result.report, Rejected(Code.DUPLICATE_SOP))
            else:
                seen.add(output.sop_instance)
                yield Result("ok", parts.result.report, [(output.name, joined(output.pieces, output.data))])

    def parts(self, name: str, data: Buffer, index: int = 0) -> Parts:
        """De-identify one file without copying its pixel data: DICOM comes back in pieces."""
        return self._parts(name, data, FileReport(index=index, size=len(data)), 0)

    def _parts(self, name: str, data: Buffer, report: FileReport, depth: int) -> Parts:
        report.profile, report.engine = self.profile.sha256, __version__
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom quotes what it warns of
            try:
                return self._dispatch(name, data, report, depth)
            except Rejected as error:
                return Parts(rejected(report, error))
            except (RecursionError, MemoryError):
                return Parts(rejected(report, Rejected(Code.LIMIT)))
            except Exception:  # noqa: BLE001 - a bug must not let a file through, nor its values into a log
                return Parts(rejected(report, Rejected(Code.BAD_VALUE, "engine")))

    def _dispatch(self, name: str, data: Buffer, report: FileReport, depth: int) -> Parts:
        if self.profile.subject_map and self.context.code is None:
            raise Rejected(Code.NOT_SUPPORTED, "map-subjects")
        if self.profile.unchanged:
            return Parts(Result("ok", report, [(name, bytes(data))]))
        head = data[:_HEAD]
        kind = self.profile.kind_of(name, head)
        if kind is None and self._takes_dicom and looks_like_dicom(name, head):
            kind = "dicom"
        if kind is None:
            if self.profile.only_config_profiles:
                report.status = "skipped"
                return Parts(Result("skipped", report))
            raise Rejected(Code.UNSUPPORTED_TYPE)
        report.kind = kind
        run = Run(
            self.profile, self.secrets, self.context, report, self._nested(report, depth), depth, self.links
        )
        if kind == "dicom":
            if self._dicom is None:
                self._dicom = DicomWorker(run)
            report.edition = self._dicom.edition
            output = self._dicom.process(name, data, run)
            if output.held:
                return Parts(rejected(report, Rejected(Code.REVIEW, "7FE00010")), held=output)
            report.out = [output.name]
            return Parts(Result("ok", report), output)
        handler = types.load(kind)
        outputs = handler(name, bytes(data), self.profile.section(kind), run)
        report.out = [out for out, _ in outputs]
        return Parts(Result("ok", report, outputs))

    @property
    def _takes_dicom(self) -> bool:
        preset = self.profile.preset
        return self.profile.dicom is not None or (preset is not None and preset.preset != "none")

    def _nested(self, parent: FileReport, depth: int) -> Callable[[str, bytes], Result]:
        def nested(name: str, data: bytes) -> Result:
            report = FileReport(index=len(parent.members), size=len(data))
            if depth + 1 > MAX_DEPTH:
                return rejected(report, Rejected(Code.LIMIT))
            parts = self._parts(name, data, report, depth + 1)
            output = parts.output
            if output is None:
                return parts.result
            return Result("ok", report, [(output.name, joined(output.pieces, output.data))])

        return nested


def looks_like_dicom(name: str, head: bytes) -> bool:
    """By suffix, by the mark after the preamble, or as a bare data set."""
    return head[128:132] == b"DICM" or head[:2] == b"\x08\x00" or name.lower().endswith(_DICOM_SUFFIXES)


def rejected(report: FileReport, error: Rejected) -> Result:
    """A result without outputs; the report keeps nothing of what was half done."""
    report.status, report.error, report.where = "rejected", error.code.value, error.path
    report.out, report.elements, report.changes, report.members = [], {}, {}, []
    return Result("rejected", report, error=error.code)
