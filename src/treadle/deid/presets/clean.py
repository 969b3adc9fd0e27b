"""Clean Descriptors: of a description only words remain that say nothing about a person (deid.md, section 3.4)."""

from __future__ import annotations

import re

from treadle.deid.presets.vocabulary import words
from treadle.deid.residual import Identifiers

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_FORMS = re.compile(
    r"[\w.+-]+@[\w.-]+"  # e-mail
    r"|\b[0-2](?:\.\d+){5,}\b"  # UIDs
    r"|\b(?:https?|ftp)://\S+|\bwww\.\S+"
    r"|\b\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b"  # dates
    rf"|\b\d{{1,2}}[ .-]*{_MONTH}[ .,-]*\d{{2,4}}\b|\b{_MONTH}[ .-]*\d{{1,2}}[ .,-]+\d{{2,4}}\b"
    r"|\b\d{1,2}:\d\d(?::\d\d)?\b"  # times
    r"|(?<!\w)\+?\(?\d[\d ()/.-]{5,}\d",  # telephone
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+")
_MIXED = re.compile(r"(\d{0,4})([a-z]+)(\d{0,4})")
_MAX_DIGITS = 4


def clean(text: str, found: Identifiers, extra: frozenset[str] = frozenset()) -> str:
    """What may stay, in order; the text itself when that is all of it."""
    rest = _FORMS.sub(_form, text)
    kept, dropped = [], rest != text
    for token in _TOKEN.findall(rest):
        if _stays(token, extra) and not found.in_text(token):
            kept.append(token)
        else:
            dropped = True
    cleaned = " ".join(kept) if dropped else text.strip()
    return "" if found.in_text(cleaned) else cleaned


def _form(match: re.Match[str]) -> str:
    """Forms go, unless what looks like a telephone number has too few digits for one."""
    hit = match[0]
    is_number = set(hit) <= set("0123456789 ()/.-+")
    if is_number and sum(map(str.isdigit, hit)) < 6:
        return hit
    return " "


def _stays(token: str, extra: frozenset[str]) -> bool:
    low = token.lower()
    if not low.isascii():
        return low in extra
    if low.isdigit():
        return len(low) <= _MAX_DIGITS
    if low in words() or low in extra or len(low) == 1:
        return True
    mixed = _MIXED.fullmatch(low)
    if not mixed:
        return False
    before, word, after = mixed.groups()
    digits = len(before) + len(after)
    if len(word) == 1:  # p2, 3d; longer ones look like codes of people
        return digits <= 2
    return digits <= _MAX_DIGITS and (word in words() or word in extra)
