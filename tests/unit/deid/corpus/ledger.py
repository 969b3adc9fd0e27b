"""Identifiers that occur nowhere else, and where they were planted."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

# Character set term, Python codec, family and given name.
SCRIPTS = (
    ("", "ascii", "Quexbury", "Thomasin"),
    ("ISO_IR 100", "latin-1", "Müßnerström", "Zoëline"),
    ("ISO_IR 144", "iso8859_5", "Люксембургов", "Ярополк"),
    ("ISO_IR 192", "utf8", "Нгуен陳大文", "Sørensine"),
    ("GB18030", "gb18030", "欧阳诸葛", "小东明"),
    ("\\ISO 2022 IR 87", "iso2022_jp", "山田太", "太郎丸"),
    ("\\ISO 2022 IR 149", "iso2022_kr", "김희중남", "박영수길"),
    ("\\ISO 2022 IR 159", "iso2022_jp_2", "丂丄丅丌", "丒丟丣两"),
    ("ISO_IR 13", "shift_jis", "ﾔﾏﾀﾞｸﾞﾁ", "ﾀﾛｳﾏﾙ"),
    ("ISO_IR 166", "iso8859_11", "สมศักดิ์", "ประเสริฐ"),
)
ROOT = "1.2.826.0.1.3680043.8.4711."
WINDOW = 28  # days all dates of one file lie within: less than the least a date is moved by


@dataclass(frozen=True)
class Plant:
    """One identifier: what it is, and where it was put."""

    kind: str  # word, code, uid, date, birth
    value: str
    place: str


@dataclass
class Ledger:
    """What is known of one file."""

    number: int
    script: tuple[str, str, str, str]
    random: random.Random
    plants: list[Plant] = field(default_factory=list)
    kept: dict[str, object] = field(default_factory=dict)
    place: str = ""

    @classmethod
    def of(cls, number: int) -> Ledger:
        """All of it follows from the number."""
        return cls(number, SCRIPTS[number % len(SCRIPTS)], random.Random(number))

    def __post_init__(self) -> None:
        self.first = date(2021, 1, 1) + timedelta(self.random.randrange(700))
        self.birth = date(1931, 1, 1) + timedelta(self.random.randrange(12000))

    def note(self, kind: str, value: str) -> str:
        self.plants.append(Plant(kind, value, self.place))
        return value

    def word(self) -> str:
        """A name nobody else has."""
        return self.note("word", self._letters().capitalize())

    def _letters(self) -> str:
        pairs = (self.random.choice("bcdfghjklmnpqrstvwxz") + self.random.choice("aeiou") for _ in range(4))
        return "".join(pairs) + "q"

    def name(self) -> str:
        return f"{self.word()}^{self.word()}"

    def code(self) -> str:
        return self.note("code", f"{self.random.choice('KXZQ')}{self.random.randrange(10**7, 10**8)}")

    def digits(self) -> str:
        return self.note("code", str(self.random.randrange(10**8, 10**9)))

    def uid(self) -> str:
        return self.note("uid", f"{ROOT}{self.random.randrange(10**11, 10**12)}")

    def day(self) -> date:
        made = self.first + timedelta(self.random.randrange(WINDOW))
        self.note("date", made.isoformat())
        return made

    def date(self) -> str:
        return f"{self.day():%Y%m%d}"

    def date_time(self) -> str:
        return self.date() + self.random.choice(("101112", "101112.123456", "1011", "101112+0100", ""))

    def written_date(self) -> str:
        """A date as people write it."""
        form = self.random.choice(("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d %b %Y", "%B %d, %Y"))
        return self.day().strftime(form)

    def mail(self) -> str:
        return f"{self.word().lower()}@{self.word().lower()}.example"

    def phone(self) -> str:
        digits = str(self.random.randrange(10**6, 10**7))
        self.note("code", digits)
        return self.random.choice(("+49 171 ", "(0171) ", "+1-617-")) + digits

    def address(self) -> str:
        return f"{self.random.randrange(1, 99)} {self.word()} Street, {self.word()}"

    def note_text(self) -> str:
        """What somebody would type."""
        return self.random.choice(
            (
                f"MRI of the brain for {self.word()} on {self.written_date()}, call {self.phone()}",
                f"seen by Dr. {self.word()}, {self.mail()}, MRN {self.digits()}",
                f"compare with {self.uid()} of {self.written_date()}; {self.address()}",
                f"AX T2 FLAIR {self.word()} {self.code()}",
            )
        )
