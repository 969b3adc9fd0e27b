"""Labels and group ids made safe for names, paths and archives (step 3 of the flow)."""

from __future__ import annotations

import re
from collections.abc import Sequence

LABEL_LENGTH = 64
ACQUISITION_LABEL_LENGTH = 128

_SPACE = re.compile(r"\s+")
# Separators and wildcards of file systems, control characters, and lone surrogates (no UTF-8 form).
_UNSAFE = re.compile(r"[/:<>?\\|\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_GROUP_ID = re.compile(r"[0-9a-z](?:[0-9a-z.@_-]{0,62}[0-9a-z])?")


def clean_space(text: str) -> str:
    """Text with every white-space run as one space and none at the ends.

    >>> clean_space("  sub \\t 1 ")
    'sub 1'
    """
    return _SPACE.sub(" ", text).strip()


def safe_label(text: str, *, length: int = LABEL_LENGTH) -> str:
    """Label usable as a container label and as a path part; empty when nothing is left.

    >>> safe_label("T2* map: EPI/GRE")
    'T2star map_ EPI_GRE'
    >>> safe_label("..")
    ''
    """
    starred = clean_space(text).replace("*", "star")
    return _UNSAFE.sub("_", starred)[:length].rstrip(" .")


def is_group_id(text: str) -> bool:
    """Whether text is a legal group id (lower case, 1 to 64 characters).

    >>> is_group_id("g"), is_group_id("Psych Lab")
    (True, False)
    """
    return _GROUP_ID.fullmatch(text) is not None


def join_values(values: Sequence[str]) -> str:
    r"""Several values as the one text they are on the wire, without NULs and outer white space.

    >>> join_values(["fw:", "", "psych"])
    'fw:\\\\psych'
    """
    return "\\".join(values).replace("\0", "").strip()
