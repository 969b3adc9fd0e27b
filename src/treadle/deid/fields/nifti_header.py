"""Fields of NIfTI-1 and NIfTI-2 headers: name, `struct` code, offset (nifti1.h, nifti2.h)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_NIFTI1 = """
sizeof_hdr i; data_type 10s; db_name 18s; extents i; session_error h; regular c; dim_info B; dim 8h; intent_p1 f;
intent_p2 f; intent_p3 f; intent_code h; datatype h; bitpix h; slice_start h; pixdim 8f; vox_offset f; scl_slope f;
scl_inter f; slice_end h; slice_code B; xyzt_units B; cal_max f; cal_min f; slice_duration f; toffset f; glmax i;
glmin i; descrip 80s; aux_file 24s; qform_code h; sform_code h; quatern_b f; quatern_c f; quatern_d f; qoffset_x f;
qoffset_y f; qoffset_z f; srow_x 4f; srow_y 4f; srow_z 4f; intent_name 16s; magic 4s
"""
_NIFTI2 = """
sizeof_hdr i; magic 4s; eol_check 4b; datatype h; bitpix h; dim 8q; intent_p1 d; intent_p2 d; intent_p3 d; pixdim 8d;
vox_offset q; scl_slope d; scl_inter d; cal_max d; cal_min d; slice_duration d; toffset d; slice_start q; slice_end q;
descrip 80s; aux_file 24s; qform_code i; sform_code i; quatern_b d; quatern_c d; quatern_d d; qoffset_x d; qoffset_y d;
qoffset_z d; srow_x 4d; srow_y 4d; srow_z 4d; slice_code i; xyzt_units i; intent_code i; intent_name 16s; dim_info B;
unused_str 15s
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `code` is what `struct` calls its type, with a count when there are several."""

    code: str
    offset: int

    @property
    def text(self) -> bool:
        """Whether it holds text."""
        return self.code[-1] in "sc"


def _laid_out(text: str) -> dict[str, Field]:
    fields, offset = {}, 0
    for entry in text.replace("\n", " ").split(";"):
        name, code = entry.split()
        fields[name] = Field(code, offset)
        offset += struct.calcsize(f"<{code}")
    return fields


NIFTI1 = _laid_out(_NIFTI1)
NIFTI2 = _laid_out(_NIFTI2)
NAMES = sorted(NIFTI1.keys() | NIFTI2.keys())
