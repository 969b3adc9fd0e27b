"""Write the DICOM data dictionary that the header table shows: keyword -> tag digits and VR."""

from __future__ import annotations

import json
from pathlib import Path

from pydicom._dicom_dict import DicomDictionary

TARGET = Path(__file__).parents[1] / "src/features/catalog/dicomTags.gen.json"


def main() -> None:
    """Write the file."""
    rows = {
        keyword: f"{tag:08x}{vr.split(' or ')[0]}"
        for tag, (vr, _vm, _name, _retired, keyword) in sorted(DicomDictionary.items())
        if keyword
    }
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in rows.items())
    TARGET.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
