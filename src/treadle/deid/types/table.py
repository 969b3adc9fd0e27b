"""CSV, TSV and other tables with delimiters: fields are columns. Cells that no rule changes keep their very bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.actions import as_text
from treadle.deid.fields.model import Rule, Section
from treadle.deid.run import Run
from treadle.deid.types.finish import changed, named, nothing

_BOM = "\ufeff"


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One table in, one out."""
    try:
        text, encoding = data.decode(), "utf-8"
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "latin-1"
    record = Table(text, section.own["delimiter"])
    scope = changed(record, record.read, data, section, run)
    out = record.text().encode(encoding, "xmlcharrefreplace")
    return [(named(name, section, nothing, scope), out)]


class Table:
    """Cells as they are written; the first row names the columns."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.delimiter = delimiter
        self.mark = _BOM if text.startswith(_BOM) else ""
        self.rows = list(_rows(text.removeprefix(_BOM), delimiter))
        if not self.rows or "\0" in text:
            raise Rejected(Code.TRUNCATED)
        self.columns = [_plain(cell) for cell in self.rows[0][0]]
        if any(len(cells) > len(self.columns) for cells, _ in self.rows):
            raise Rejected(Code.TRUNCATED)
        self.row = 0

    def places(self, rule: Rule) -> Iterator[tuple[int, int]]:
        """Cells of the columns with the name; row 0 stands for the column as a whole. Only `replace-with` fills empty
        ones."""
        for column in [at for at, title in enumerate(self.columns) if title == rule.name][::-1]:
            if rule.action == "remove":
                yield 0, column
            else:
                every = rule.action == "replace-with"
                yield from ((row, column) for row in self._lines() if every or self._cell(row, column))

    def _lines(self) -> Iterator[int]:
        return (
            row for row in range(1, len(self.rows)) if self.rows[row][0] != [""] or len(self.columns) == 1
        )

    def get(self, place: tuple[int, int]) -> str:
        """What is in a cell."""
        self.row = place[0]
        return self._cell(*place)

    def put(self, place: tuple[int, int], value: Any) -> None:
        """Write a cell."""
        text = as_text(value)
        if re.search(f'["\r\n{re.escape(self.delimiter)}]', text):
            text = '"' + text.replace('"', '""') + '"'
        cells = self.rows[place[0]][0]
        cells.extend([""] * (place[1] + 1 - len(cells)))
        cells[place[1]] = text

    def remove(self, place: tuple[int, int]) -> None:
        """Drop a column."""
        del self.columns[place[1]]
        for cells, _ in self.rows:
            del cells[place[1] : place[1] + 1]

    def read(self, name: str) -> str | None:
        """Another cell of the row that a rule is at."""
        return self._cell(self.row, self.columns.index(name)) or None if name in self.columns else None

    def text(self) -> str:
        """The table."""
        return self.mark + "".join(self.delimiter.join(cells) + end for cells, end in self.rows)

    def _cell(self, row: int, column: int) -> str:
        cells = self.rows[row][0]
        return _plain(cells[column]) if column < len(cells) else ""


def _plain(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _rows(text: str, delimiter: str) -> Iterator[tuple[list[str], str]]:
    """Cells as written, and the line end, of every row."""
    mark = re.escape(delimiter)
    cell = re.compile(rf'("(?:[^"]|"")*"(?=[{mark}\r\n]|\Z)|[^{mark}\r\n]*)({mark}|\r\n|\n|\r|\Z)')
    cells: list[str] = []
    position = 0
    while position < len(text) or cells:
        found = cell.match(text, position)
        if found is None:
            raise Rejected(Code.TRUNCATED)
        cells.append(found[1])
        position = found.end()
        if found[2] != delimiter:
            yield cells, found[2]
            cells = []
