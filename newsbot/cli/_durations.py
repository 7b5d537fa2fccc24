"""Spans of time as people type and read them: `2h`, `1d12h`."""

import re
from datetime import timedelta

import click

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", re.ASCII)


class Duration(click.ParamType[timedelta]):
    """`90m`, `2h`, `1d12h`: days, hours, minutes and seconds, as a timedelta."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the span, or fail with a sentence."""
        match = _DURATION.fullmatch(value)
        numbers = [int(number or 0) for number in match.groups()] if match else []
        if not any(numbers):
            self.fail(f"{value!r} is no span of time; write 2h, 90m or 1d12h.", param, ctx)
        return timedelta(**dict(zip(_UNITS.values(), numbers, strict=True)))


def in_words(span: timedelta) -> str:
    """Return a span by its two greatest units: `1 d 12 h`, `5 min`; less than a second is `0 s`."""
    seconds = int(span.total_seconds())
    parts = [
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    ]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number) or "0 s"
