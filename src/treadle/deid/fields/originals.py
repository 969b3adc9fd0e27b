"""Original values kept in the file, encrypted: EncryptedAttributesSequence (PS3.15, annex E; deid.md, 2.7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.model import Section

ENCRYPTED, SYNTAX, CONTENT = 0x04000500, 0x04000510, 0x04000520
MODIFIED = 0x04000550
EXPLICIT = "1.2.840.10008.1.2.1"
_CHARACTER_SET = 0x00080005
ACTIONS = ("encrypt", "decrypt")


@dataclass(frozen=True, slots=True)
class Originals:
    """The keys that a `dicom` section names."""

    key: bytes
    certificates: Sequence[str]
    private: str

    @classmethod
    def of(cls, section: Section) -> Originals:
        """Keys of a checked section."""
        if section.own["asymmetric-encryption"]:
            return cls(b"", section.own["public-key"] or (), section.own["private-key"] or "")
        return cls(bytes.fromhex(section.secret_key or ""), (), "")

    def sealed(self, values: Dataset) -> bytes:
        """What EncryptedContent holds: the values as one item of ModifiedAttributesSequence."""
        from treadle.deid.fields import cms  # noqa: PLC0415 an extra

        envelope = Dataset()
        envelope.add_new(MODIFIED, "SQ", [values])
        written = DicomBytesIO()
        written.is_implicit_VR, written.is_little_endian = False, True
        write_dataset(written, envelope)
        content = written.getvalue()
        return (
            cms.sealed_to(self.certificates, content)
            if self.certificates
            else cms.sealed_by(self.key, content)
        )

    def opened(self, dataset: Dataset) -> Dataset:
        """The values that a file holds under these keys; Rejected when it holds none."""
        from treadle.deid.fields import cms  # noqa: PLC0415 an extra

        found = dataset.get(ENCRYPTED)
        for item in found.value if found is not None and found.VR == "SQ" else ():
            try:
                content = cms.opened(item[CONTENT].value, key=self.key, private=self.private)
                envelope = read_dataset(BytesIO(content), is_implicit_VR=False, is_little_endian=True)
                return envelope[MODIFIED].value[0]  # type: ignore[no-any-return]
            except (cms.CmsError, KeyError, IndexError):
                continue
        raise Rejected(Code.BAD_VALUE, f"{ENCRYPTED:08X}")


def changed(before: Dataset, after: Dataset) -> Dataset:
    """Elements of a data set that another does not have, or has otherwise."""
    found = Dataset()
    for tag in before.keys():  # noqa: SIM118 - a data set iterates over elements
        if tag not in after or before[tag] != after[tag]:
            found.add(before[tag])
    return with_character_set(found, before)


def with_character_set(values: Dataset, source: Any) -> Dataset:
    """Texts can be read without the file that they come from."""
    if _CHARACTER_SET in source and len(values):
        values.add(source[_CHARACTER_SET])
    return values
