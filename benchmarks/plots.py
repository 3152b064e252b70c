"""Figures as pictures: small SVG files that can be read on light and dark ground. Pure: figures in, text out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from .tables import number

_WIDTH, _BAR, _GAP, _LEFT, _TOP = 680, 18, 12, 150, 34
_STYLE = """\
<style>
text { font: 13px sans-serif; fill: #24292f }
.title { font-weight: bold }
.ours { fill: #1a7f37 } .other { fill: #8c959f } .floor { fill: #54aeff }
.grid { stroke: #d0d7de }
line.ours { stroke: #1a7f37 } line.other { stroke: #8c959f }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .grid { stroke: #484f58 }
  .ours { fill: #3fb950 } .floor { fill: #388bfd } .other { fill: #768390 }
}
</style>"""


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        name: at its left.
        value: how long it is.
        lowest: the smallest of its runs.
        highest: the largest of its runs.
        kind: ``ours``, ``floor`` or ``other``: its colour.
    """

    name: str
    value: float
    lowest: float
    highest: float
    kind: str = "other"


@dataclass(frozen=True)
class Group:
    """Bars with a heading."""

    name: str
    bars: Sequence[Bar]


def bars(title: str, groups: Sequence[Group], *, one_scale: bool = True) -> str:
    """Return a chart of lying bars, with the range of the runs as a line through the end of each.

    Args:
        title: of the picture, with the unit.
        groups: from top to bottom.
        one_scale: for all groups; otherwise the longest bar of each group is as long as there is room.
    """
    longest = [max((bar.highest for bar in group.bars), default=0) or 1 for group in groups]
    if one_scale:
        longest = [max(longest, default=1)] * len(groups)
    parts, y = [], _TOP
    for group, full in zip(groups, longest, strict=True):
        parts.append(_text(8, y + 13, group.name, anchor="start", css="title"))
        y += _BAR + 6
        for bar in group.bars:
            parts.append(_bar(bar, y, (_WIDTH - _LEFT - 70) / full))
            y += _BAR + 4
        y += _GAP
    return _picture(title, parts, y)


def _bar(bar: Bar, y: int, scale: float) -> str:
    middle = y + _BAR // 2
    low, high = (_LEFT + value * scale for value in (bar.lowest, bar.highest))
    return "\n".join(
        [
            _text(_LEFT - 8, y + 14, bar.name, anchor="end"),
            f'<rect class="{bar.kind}" x="{_LEFT}" y="{y}" width="{bar.value * scale:.1f}" height="{_BAR}" rx="2"/>',
            f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="#cf222e" stroke-width="2"/>',
            _text(max(high, _LEFT + bar.value * scale) + 6, y + 14, number(bar.value), anchor="start"),
        ]
    )


@dataclass(frozen=True)
class Line:
    """Points that belong together.

    Attributes:
        name: at its right end.
        points: x and y of each.
        kind: ``ours``, ``floor`` or ``other``: its colour.
    """

    name: str
    points: Sequence[tuple[float, float]]
    kind: str = "other"


def lines(title: str, across: str, unit: str, drawn: Sequence[Line]) -> str:
    """Return a chart of lines with both scales in powers of ten.

    Args:
        title: of the picture.
        across: what the lower scale is.
        unit: of the upright scale.
        drawn: the lines.
    """
    xs = [x for line in drawn for x, _ in line.points] or [1, 10]
    ys = [y for line in drawn for _, y in line.points] or [1, 10]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)) + 1e-9)
    left, right, top, bottom = 70.0, _WIDTH - 170.0, _TOP + 10.0, 280.0
    spread = (math.log10(max(xs)) - math.log10(min(xs))) or 1
    step = (bottom - top) / max(high - low, 1)

    def at(x: float, y: float) -> tuple[float, float]:
        along = (math.log10(x) - math.log10(min(xs))) / spread
        return left + along * (right - left), bottom - (math.log10(y) - low) * step

    parts = []
    for power in range(low, high + 1):
        _, y = at(min(xs), 10.0**power)
        parts.append(f'<path class="grid" d="M{left:.0f} {y:.1f}H{right:.0f}"/>')
        parts.append(_text(left - 8, y + 4, number(10.0**power), anchor="end"))
    parts += [_text(at(x, ys[0])[0], bottom + 20, number(x), anchor="middle") for x in sorted(set(xs))]
    parts.append(_text((left + right) / 2, bottom + 40, across, anchor="middle"))
    parts += [_line(line, [at(x, y) for x, y in line.points]) for line in drawn]
    return _picture(f"{title} ({unit})", parts, int(bottom) + 52)


def _line(line: Line, places: Sequence[tuple[float, float]]) -> str:
    dots = [f'<circle class="{line.kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in places]
    links = [
        f'<line class="{line.kind}" stroke-width="2" x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        for (x, y), (x2, y2) in pairwise(places)
    ]
    x, y = places[-1]
    return "\n".join([*links, *dots, _text(x + 10, y + 4, line.name, anchor="start")])


def _picture(title: str, parts: Sequence[str], height: int) -> str:
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
    heading = _text(8, 20, title, anchor="start", css="title")
    return "\n".join([opening, f"<title>{escape(title)}</title>", _STYLE, heading, *parts, "</svg>\n"])


def _text(x: float, y: float, text: str, *, anchor: str, css: str = "") -> str:
    css = f' class="{css}"' if css else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{css}>{escape(text)}</text>'
