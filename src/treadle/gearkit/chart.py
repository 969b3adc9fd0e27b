"""A line per volume as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 860, 170, 52, 26, 8
_COLOURS = ("#0f766e", "#b45309", "#4338ca", "#be123c", "#15803d", "#7e22ce")


def chart(lines: Mapping[str, Sequence[float]], *, unit: str, limit: float | None = None) -> str:
    """The lines over the number of the volume, with a dashed one where the limit is; gaps where a value is missing."""
    values = [value for line in lines.values() for value in line if math.isfinite(value)]
    if limit is not None:
        values.append(limit)
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 1e-6)
    step = _step(high - low)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    count = max(len(line) for line in lines.values())

    def x(number: int) -> float:
        return _LEFT + number / max(count - 1, 1) * (_WIDTH - _LEFT - 8)

    def y(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(", ".join(lines))}">']
    for mark in range(round((high - low) / step) + 1):
        at = low + mark * step
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{y(at):.1f}" y2="{y(at):.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y(at) + 4:.1f}" text-anchor="end">{at:g}</text>')
    for number in sorted({0, count // 4, count // 2, 3 * count // 4, count - 1}):
        parts.append(f'<text x="{x(number):.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{number}</text>')
    parts.append(f'<text x="{_LEFT + 4}" y="{_TOP + 12}">{escape(unit)}</text>')
    if limit is not None:
        parts.append(
            f'<line class="limit" x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{y(limit):.1f}" y2="{y(limit):.1f}"/>'
        )
    for colour, line in zip(_COLOURS, lines.values(), strict=False):
        points = [f"{x(n):.1f},{y(v):.1f}" for n, v in enumerate(line) if math.isfinite(v)]
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{" ".join(points)}"/>'
        )
    parts.append("</svg>")
    return "".join(parts) + _legend(lines)


def _step(span: float) -> float:
    """Distance of the marks: 1, 2 or 5 times a power of ten, so that there are three to seven."""
    rough = span / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _legend(lines: Mapping[str, Sequence[float]]) -> str:
    if len(lines) < 2:
        return ""
    said = (
        f'<span><i style="background:{colour}"></i>{escape(name)}</span>'
        for colour, name in zip(_COLOURS, lines, strict=False)
    )
    return f'<p class="legend">{"".join(said)}</p>'
