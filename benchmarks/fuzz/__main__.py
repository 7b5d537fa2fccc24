"""Tries made-up input on a part of newsbot: `python -m benchmarks.fuzz TARGET --minutes 10`.

Hypothesis makes the input, in rounds with different seeds, and shrinks what fails. Each fault is
told once, and its input is written to a file in `--to`. It ends with 1 if there was one.
"""

import argparse
import importlib
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

TARGETS = ("addresses", "dates", "reader", "searches", "warc")
ROUND = settings(
    max_examples=500,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.target, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


@dataclass
class Search:
    """Looks for input that fails `check`; what fails in the same place is one fault."""

    check: Callable[[Any], None]
    folder: Path
    until: float
    examples: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def round(self, strategy: st.SearchStrategy[Any], number: int) -> None:
        last: Any = None

        @seed(number)
        @ROUND
        @given(strategy)
        def try_one(example: Any) -> None:
            nonlocal last
            if time.monotonic() > self.until:
                return
            self.examples += 1
            try:
                self.check(example)
            except Exception as error:
                if (where := place(error)) in self.faults:
                    self.faults[where] += 1
                    return
                last = example
                raise

        try:
            try_one()
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self.tell(error, last)

    def tell(self, error: Exception, example: Any) -> None:
        if isinstance(error, ExceptionGroup):
            for each in error.exceptions:
                self.tell(each, example)
            return
        self.faults[place(error)] += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{len(self.faults)}.txt"
        file.write_text(f"{example!r}\n\n{''.join(traceback.format_exception(error))}", "utf-8")
        print(f"{place(error)}: {str(error)[:300]}\n  input: {file}", flush=True)


def place(error: BaseException) -> str:
    """Return the kind of an error and the line that raised it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the first round; default: 0")
    parser.add_argument("--to", type=Path, default=Path("data/fuzz"), help="default: data/fuzz")
    options = parser.parse_args()
    target = importlib.import_module(f"benchmarks.fuzz.{options.target}")
    began = time.monotonic()
    number = options.seed
    with target.checking() as check:
        search = Search(check, options.to / options.target, began + 60 * options.minutes)
        while time.monotonic() < search.until:
            search.round(target.INPUT, number)
            number += 1
    print(
        f"{options.target}: {search.examples:,} examples in {time.monotonic() - began:.0f} s "
        f"(seeds {options.seed} to {number - 1}), {len(search.faults)} faults"
    )
    sys.exit(bool(search.faults))


main()
