"""The second net: words that identify, taken from a file before it is changed, looked for in what goes out (4.3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import TEXT, Element, entry
from treadle.deid.dicom.reader import MAX_DEPTH, sequence_in
from treadle.deid.dicom.text import CharacterSet, character_set
from treadle.deid.presets.vocabulary import words

_CODES = frozenset(
    (0x00080050, 0x00100020, 0x00101000, 0x00101090, 0x00200010, 0x00380010, 0x00402016, 0x00402017)
)
_CONTACTS = frozenset((0x00102154, 0x00102155, 0x00101040))
_BIRTH_DATE = 0x00100030
UIDS = frozenset((0x00080018, 0x0020000D, 0x0020000E, 0x00200052))
INSTITUTION = frozenset((0x00080080, 0x00080081))  # name and address
_CHARACTER_SET = 0x00080005

# Dates as numbers, in the orders in which people write them.
_DATES = re.compile(
    r"(?<!\d)(?:(?P<year>(?:19|20)\d\d)(?P<sign>[-./]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)"
    r"|(?P<first>\d\d?)(?P<other>[-./])(?P<second>\d\d?)(?P=other)(?P<last>(?:19|20)\d\d))(?!\d)"
)
_SEPARATED = re.compile(r"[^\W_]+")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")
_TITLES = frozenset(
    ("dr", "prof", "mr", "mrs", "ms", "md", "phd", "jr", "sr", "med", "the", "von", "van", "der", "and")
)
_NOBODY = frozenset(
    (
        "anonymous",
        "anonymized",
        "anon",
        "unknown",
        "none",
        "removed",
        "patient",
        "test",
        "name",
        "null",
        "phantom",
    )
) | {"deidentified", "de-identified", "subject", "male", "female", "yes", "not"}
_MANY = 200  # identifiers of one file; more come from a file that is made to be slow
SHORT, WORD = 3, 5  # letters: from 3 a word of its own counts, from 5 anywhere in a text
SHORT_RAW = 4  # bytes of a name that is not ASCII
LONG_UID = 20  # characters; shorter ones begin others
DAY = 8  # digits of a date
LONG_NUMBER = 6  # digits: a number may stand for itself from here on


def folded(text: str) -> str:
    """Without case and diacritics."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


class Identifiers:
    """What identifies the patient of one file, and the people around."""

    def __init__(self) -> None:
        self.words: set[str] = set()  # count as words of their own
        self.parts: set[str] = set()  # count anywhere in a text
        self.raw: set[bytes] = set()  # as bytes, in the encoding of the file
        self.days: set[str] = set()  # YYYYMMDD; found in texts however they are written

    def add_name(self, text: str, raw: bytes = b"") -> None:
        """A person name in all its groups."""
        for group in text.split("="):
            for word in _SEPARATED.findall(group):
                self._add_word(word)
        for part in re.split(rb"[=^ ,.\\]", raw):
            if len(part) >= SHORT_RAW and not part.isascii():
                self.raw.add(part)

    def add_code(self, text: str) -> None:
        """A number or code given to a person or visit."""
        for value in text.split("\\"):
            code = folded(value.strip())
            if len(code) >= SHORT and code not in _NOBODY and code not in words():
                (self.parts if len(code) >= WORD else self.words).add(code)

    def add_contact(self, text: str) -> None:
        """E-mail, telephone, address: as a whole, and each part that stands alone."""
        value = folded(text.strip())
        if len(value) >= WORD:
            self.parts.add(value)
        self.parts.update(_MAIL.findall(value))
        for number in re.findall(r"[\d ()/+.-]{6,}", value):
            if sum(map(str.isdigit, number)) >= LONG_NUMBER:
                self.parts.add(number.strip())

    def add_birth_date(self, text: str) -> None:
        """A birth date in the ways people write it."""
        value = text.strip()
        if re.fullmatch(r"\d{8}", value) and value > "1800":
            year, month, day = value[:4], value[4:6], value[6:]
            self.parts.update(
                (value, f"{year}-{month}-{day}", f"{day}.{month}.{year}", f"{year}.{month}.{day}")
            )
            self.parts.update((f"{month}/{day}/{year}", f"{day}/{month}/{year}", f"{year}/{month}/{day}"))

    def add_day(self, value: bytes) -> None:
        """The date of a study, a picture, an event, before it is moved or removed."""
        day = value[:8]
        if len(day) == DAY and day.isdigit():
            self.days.add(day.decode())

    def _add_word(self, word: str) -> None:
        forms = {folded(word)}
        if not word.isascii():
            low = word.casefold()
            forms.add(low)
            forms.add(folded(low.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")))
        for form in forms:
            wide = not form.isascii()
            if (len(form) < SHORT and not (wide and len(form) > 1)) or form in _TITLES or form in _NOBODY:
                continue
            if form in words() or (form.isdigit() and len(form) < LONG_NUMBER):
                continue
            (self.parts if wide or len(form) >= WORD else self.words).add(form)

    def add_uid(self, text: str) -> None:
        """The UID of a study, series, instance or frame of reference."""
        if len(text) >= LONG_UID and not text.startswith("1.2.840.10008."):
            self.parts.add(text)
            self.raw.add(text.encode("ascii", "replace"))

    def finish(self) -> None:
        """Bound the work that a hostile file can make."""
        for kept in (self.words, self.parts, self.raw, self.days):
            while len(kept) > _MANY:
                kept.pop()

    def in_text(self, text: str) -> bool:
        """Does a text hold one of them?"""
        low = folded(text)
        if any(part in low for part in self.parts) or (self.days and self._dated(low)):
            return True
        return bool(self.words) and not self.words.isdisjoint(_SEPARATED.findall(low))

    def _dated(self, text: str) -> bool:
        for found in _DATES.finditer(text):
            year, month, day, first, second, last = found.group(
                "year", "month", "day", "first", "second", "last"
            )
            if year:
                meant = {year + month + day}
            else:
                meant = {f"{last}{first:0>2}{second:0>2}", f"{last}{second:0>2}{first:0>2}"}
            if not meant.isdisjoint(self.days):
                return True
        return False

    in_name = in_text

    def without(self, text: str) -> str:
        """A text whose words with a hit are gone; all of it when a hit spans words."""
        kept = " ".join(word for word in text.split() if not self.in_text(word))
        return "" if self.in_text(kept) else kept


# Attributes that name somebody, apart from all of VR PN, and what their values are.
_TELLS: dict[int, Callable[[Identifiers, str], None]] = {
    **dict.fromkeys(_CODES, Identifiers.add_code),
    **dict.fromkeys(_CONTACTS, Identifiers.add_contact),
    _BIRTH_DATE: Identifiers.add_birth_date,
}


def identifiers_of(
    elements: list[Element], kept: frozenset[int] = frozenset(), *, dates: bool = True
) -> Identifiers:
    """What a data set says of people, places and `dates`, at every depth; `kept` names attributes that may stay."""
    found = Identifiers()
    _gather(elements, character_set(b""), found)
    if not dates:
        found.days.clear()
    for element in elements:
        value = element.value
        if element.tag in kept or not isinstance(value, bytes):
            continue
        if element.tag in UIDS:
            found.add_uid(value.strip(b"\0 ").decode("latin-1"))
        elif element.tag in INSTITUTION and folded(value.strip(b"\0 ").decode("latin-1")) not in words():
            found.add_contact(_charset_of(elements).decode(value))
    found.finish()
    return found


def _charset_of(elements: list[Element]) -> CharacterSet:
    named = [e.value for e in elements if e.tag == _CHARACTER_SET and isinstance(e.value, bytes)]
    return character_set(named[0] if named else b"")


def _gather(elements: list[Element], charset: CharacterSet, found: Identifiers, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise Rejected(Code.LIMIT)
    for element in elements:
        tag, value = element.tag, element.value
        if isinstance(value, list):
            for item in value:
                _gather(item, charset, found, depth + 1)
        elif tag == _CHARACTER_SET and isinstance(value, bytes):
            charset = character_set(value)
        elif not isinstance(value, bytes) or not value or tag & 0x10000:
            continue
        elif add := _TELLS.get(tag):
            add(found, charset.decode(value))
        elif element.vr in {"DA", "DT"}:
            found.add_day(value)
        elif ((known := entry(tag)) and known.vr == "PN") or element.vr == "PN":
            found.add_name(charset.decode(value), value)
        elif known and known.vr == "SQ" and (items := sequence_in(value)):
            for item in items:
                _gather(item, charset, found, depth + 1)


def residue(written: bytes, elements: list[Element], found: Identifiers) -> int:
    """How many identifiers are in what goes out: as bytes anywhere in the header, as words in texts.

    Numbers are looked for in texts alone: UIDs and measurements hold every short number by chance.
    """
    hits = 0
    low = written.lower()
    for part in found.parts:
        if any(map(str.isalpha, part)):
            plain = part.encode()
            hits += plain in low or (part.isascii() and part.encode("utf-16-le") in low)
    hits += sum(raw in written for raw in found.raw)
    if found.words or found.parts:
        texts: list[str] = []
        _texts(elements, character_set(b""), texts)
        hits += found.in_text("\n".join(texts))
    return hits


def _texts(elements: Iterable[Element], charset: CharacterSet, found: list[str]) -> None:
    for element in elements:
        value = element.value
        if isinstance(value, list):
            for item in value:
                _texts(item, charset, found)
        elif isinstance(value, bytes) and value:
            if element.tag == _CHARACTER_SET:
                charset = character_set(value)
            vr = element.vr
            if vr in {"", "UN"}:
                known = entry(element.tag)
                vr = known.vr if known else "LO"
            if vr in TEXT:
                found.append(charset.decode(value))
