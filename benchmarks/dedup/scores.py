"""Precision and recall, with Wilson's 95 % intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

_Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval: the true share lies in it 95 times of 100."""
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.value
        middle = p + _Z**2 / (2 * n)
        spread = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return (middle - spread) / (1 + _Z**2 / n), (middle + spread) / (1 + _Z**2 / n)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} ({low:.2f}–{high:.2f})"


@dataclass(frozen=True, slots=True)
class Score:
    """How well a choice agrees with the judgments."""

    precision: Share
    recall: Share

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return self._f(1.0)

    @property
    def f_half(self) -> float:
        """The same with precision weighing twice as much as recall."""
        return self._f(0.5)

    def _f(self, beta: float) -> float:
        p, r = self.precision.value, self.recall.value
        return (1 + beta**2) * p * r / (beta**2 * p + r) if p + r else 0.0


def score(chosen: Sequence[bool], truth: Sequence[bool]) -> Score:
    """Compare what was chosen with what is true."""
    right = sum(each and true for each, true in zip(chosen, truth, strict=True))
    return Score(Share(right, sum(chosen)), Share(right, sum(truth)))
