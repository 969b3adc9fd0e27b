"""A report as one HTML file that needs nothing beside it: no script, no address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Literal

Verdict = Literal["pass", "fail", "note"]

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--dim:#5b6675;--paper:#fff;--edge:#d8dde4;--pass:#15803d;--fail:#b91c1c;
--note:#92610a;--soft:#f5f7f9}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--dim:#9aa6b5;--paper:#12171e;--edge:#2c3542;--pass:#4ade80;
--fail:#f87171;--note:#fbbf24;--soft:#1a212b}}
body{margin:0 auto;max-width:960px;padding:28px 24px 48px;font:15px/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--paper)}
h1{font-size:22px;margin:0;overflow-wrap:anywhere}h2{font-size:16px;margin:32px 0 8px}
.sub{color:var(--dim);margin:2px 0 16px}.verdict{display:inline-block;font-weight:600;padding:3px 12px;
border-radius:99px;border:1.5px solid}.pass{color:var(--pass)}.fail{color:var(--fail)}.note{color:var(--note)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 12px 6px 0;
border-bottom:1px solid var(--edge);vertical-align:top}th{font-weight:600;color:var(--dim);font-size:13px}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.v{font-weight:600;white-space:nowrap}td:first-child{white-space:nowrap}td:last-child{width:99%}
img{display:block;max-width:100%;background:#000;border-radius:6px}svg{width:100%;height:auto;display:block}
svg text{font-size:11px;fill:var(--dim)}svg .grid{stroke:var(--edge)}svg .limit{stroke:var(--fail);
stroke-dasharray:5 4}.legend{font-size:13px;color:var(--dim);margin:4px 0 0 52px}.legend span{margin-right:16px}
.legend i{display:inline-block;width:14px;height:3px;margin-right:6px;vertical-align:middle}
.hint{color:var(--dim);font-size:13px}
"""
_WORDS: dict[Verdict, str] = {"pass": "pass", "fail": "fail", "note": "note"}


@dataclass
class Page:
    """A report that grows from top to bottom."""

    title: str
    subtitle: str
    verdict: Verdict | None = None
    _parts: list[str] = field(default_factory=list)

    def heading(self, text: str, hint: str = "") -> None:
        """Begin a section."""
        self._parts.append(f"<h2>{escape(text)}</h2>")
        if hint:
            self._parts.append(f'<p class="hint">{escape(hint)}</p>')

    def checks(self, rows: Iterable[tuple[str, Verdict, str]]) -> None:
        """A table of checks: what, the verdict, why."""
        body = "".join(
            f'<tr><td class="v">{escape(name.replace("-", " "))}</td><td class="v {state}">{_WORDS[state]}</td>'
            f"<td>{escape(why)}</td></tr>"
            for name, state, why in rows
        )
        self._parts.append(
            f"<table><tr><th>Check</th><th>Result</th><th>What was found</th></tr>{body}</table>"
        )

    def figures(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """A table of figures: what, the number with its unit, what it means."""
        body = "".join(
            f'<tr><td>{escape(name)}</td><td class="n">{escape(value)}</td><td class="hint">{escape(why)}</td></tr>'
            for name, value, why in rows
        )
        self._parts.append(f"<table>{body}</table>")

    def picture(self, data_uri: str, alt: str) -> None:
        """A picture."""
        self._parts.append(f'<img src="{data_uri}" alt="{escape(alt)}">')

    def drawing(self, svg: str) -> None:
        """A chart, as `chart` draws it."""
        self._parts.append(svg)

    def write(self, path: Path) -> None:
        """Write the file."""
        badge = f'<p class="verdict {self.verdict}">{_WORDS[self.verdict]}</p>' if self.verdict else ""
        path.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style>"
            f'<h1>{escape(self.title)}</h1><p class="sub">{escape(self.subtitle)}</p>{badge}'
            f"{''.join(self._parts)}</html>",
            "utf-8",
        )
