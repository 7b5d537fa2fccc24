"""A plot of attention as SVG, made here: the page that shows it runs no script."""

from math import ceil

from markupsafe import Markup

from newsbot.store.attention import Attention

COLOURS = ("#2f6db3", "#d1602b", "#3b8f5a", "#8a4fa3", "#a37b00")

_WIDTH, _HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 24, 12, 26
_LABELS = 5
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)


def plot(found: Attention) -> Markup:
    """Return a line for each of the words: their share of the stories over time."""
    shares = {words: found.share(words) for words in found.found}
    highest = max((each or 0.0 for line in shares.values() for each in line), default=0.0)
    step = next((each for each in _STEPS if highest <= 4 * each), _STEPS[-1])
    top = step * max(1, ceil(highest / step - 1e-9))
    last = max(1, len(found.starts) - 1)

    def x(number: int) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * number / last, 1)

    def y(share: float) -> float:
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share / top, 1)

    parts = [
        Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            _WIDTH, _HEIGHT, f"Share of stories with {', '.join(found.found)}"
        )
    ]
    for number in range(round(top / step) + 1):
        at = y(number * step)
        parts.append(
            Markup(
                '<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" class="y">{}</text>'
            ).format(_LEFT, at, _WIDTH - _RIGHT, _LEFT - 5, at + 4, f"{number * step:.0%}")
        )
    every = max(1, ceil(len(found.starts) / _LABELS))
    parts += [
        Markup('<text x="{}" y="{}" class="x">{}</text>').format(
            x(number), _HEIGHT - 8, f"{found.starts[number]:%-d %b}"
        )
        for number in range(0, len(found.starts), every)
    ]
    for colour, (words, line) in zip(COLOURS, shares.items(), strict=False):
        points = [(x(number), y(share)) for number, share in enumerate(line) if share is not None]
        path = " ".join(f"{px},{py}" for px, py in points)
        parts.append(
            Markup('<polyline fill="none" stroke="{}" stroke-width="2" points="{}"/>').format(
                colour, path
            )
        )
        for number, share in enumerate(line):
            if share is not None:
                parts.append(
                    Markup(
                        '<circle cx="{}" cy="{}" r="2.5" fill="{}"><title>{}</title></circle>'
                    ).format(
                        x(number),
                        y(share),
                        colour,
                        f"{words}, {found.starts[number]}: {share:.1%}, "
                        f"{found.found[words][number]} of {found.stories[number]} stories",
                    )
                )
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)
