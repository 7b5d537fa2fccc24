"""A plot as SVG, drawn on the server, since the page that shows it runs no script."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil, floor, log10

from markupsafe import Markup

_COLOURS = ("#2f6db3", "#d1602b", "#3b8f5a", "#8a4fa3", "#a37b00")

_WIDTH, _HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 24, 12, 26
_LABELS = 5


def plot(days: Sequence[date], lines: Mapping[str, Sequence[float | None]], form: str) -> Markup:
    """Return a plot with a line for each name in `lines`: a value, or None, for each of `days`.

    `form` is the format of the values, as in a format string: `.0%`.
    """
    highest = max((value or 0.0 for line in lines.values() for value in line), default=0.0)
    step = _step(highest)
    top = step * max(1, ceil(highest / step - 1e-9))
    last = max(1, len(days) - 1)

    def x(number: int) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * number / last, 1)

    def y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top, 1)

    parts = [
        Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            _WIDTH, _HEIGHT, ", ".join(lines)
        )
    ]
    for number in range(round(top / step) + 1):
        at, text = y(number * step), format(number * step, form)
        grid = Markup('<path class="grid" d="M{} {}H{}"/>').format(_LEFT, at, _WIDTH - _RIGHT)
        label = Markup('<text x="{}" y="{}" class="y">{}</text>').format(_LEFT - 5, at + 4, text)
        parts += [grid, label]
    for number in range(0, len(days), max(1, ceil(len(days) / _LABELS))):
        text = f"{days[number]:%-d %b}"
        label = Markup('<text x="{}" y="{}" class="x">{}</text>')
        parts.append(label.format(x(number), _HEIGHT - 8, text))
    for colour, (name, line) in zip(_COLOURS, lines.items(), strict=False):
        points = [(number, value) for number, value in enumerate(line) if value is not None]
        path = " ".join(f"{x(number)},{y(value)}" for number, value in points)
        polyline = Markup('<polyline fill="none" stroke="{}" stroke-width="2" points="{}"/>')
        parts.append(polyline.format(colour, path))
        dot = Markup('<circle cx="{}" cy="{}" r="2.5" fill="{}"><title>{}</title></circle>')
        parts += [
            dot.format(
                x(number), y(value), colour, f"{name}, {days[number]}: {format(value, form)}"
            )
            for number, value in points
        ]
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _step(highest: float) -> float:
    """Return a round distance that gives about four grid lines up to the highest value."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(highest / 4))
    return next(each * power for each in (1, 2, 5, 10) if highest <= 4.5 * each * power)
