"""Prints the tables of README.md: `python -m benchmarks.reader [--fields]`."""

import argparse
import math
import time

from benchmarks.reader import fundus_engine
from benchmarks.reader.extractors import (
    EXTRACTORS,
    is_exact,
    is_exact_but_for_its_frame,
    parse_alone,
)
from benchmarks.reader.fields import right_and_asked
from benchmarks.reader.pages import PAGE_SIZE, Sample, padded, samples
from tests.outlines import section_pages
from tests.outlines.scores import Score, article_score, section_page_score
from tests.pages.markups import MARKUPS

EVERY = 22
SLOW, SLOW_ROUNDS = "newspaper4k", 2
PARSING = "parsel, parsing alone"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reader", description=__doc__)
    parser.add_argument("--fields", action="store_true", help="only count right fields")
    parser.add_argument("--rounds", type=int, default=20, help="the best of so many counts")
    arguments = parser.parse_args()
    print("Pages of the replica\n")
    print_fields(right_and_asked(samples()))
    print("\nOutlines of real article pages\n")
    print_fields({markup: article_score(markup) for markup in MARKUPS})
    print("\nOutlines of real section pages\n")
    print_fields({markup: section_page_score(markup) for markup in section_pages.MARKUPS})
    if not arguments.fields:
        print_paces(arguments.rounds)


def print_fields(table: dict[str, Score]) -> None:
    print(f"| field, right / asked | {' | '.join(table)} |\n| ---{' | ---' * len(table)} |")
    for field in next(iter(table.values())):
        cells = (f"{right} / {asked}" for right, asked in (row[field] for row in table.values()))
        print(f"| {field} | {' | '.join(cells)} |")


def print_paces(rounds: int) -> None:
    sample = samples(every=EVERY)
    pages = [padded(each.html) for each in sample]
    print(f"\n{len(pages)} pages of {PAGE_SIZE:,} bytes, CPU time of one core\n")
    print("| extractor | pages/s | of newsbot's | bodies exactly right | but for the frame |")
    print("| --- | --- | --- | --- | --- |")
    paces = measured(pages, rounds)
    for name, extract in EXTRACTORS.items():
        bodies = [extract(page) for page in pages]
        print_row(name, paces[name], paces["newsbot"], sample, bodies)
    share = paces[PARSING] / paces["newsbot"]
    print(f"| {PARSING} | {paces[PARSING]:.0f} | {share:.2f} | – | – |")
    with_selectors = [each for each in sample if each.markup in fundus_engine.SELECTORS]
    try:
        pace, bodies = fundus_engine.measured(with_selectors, rounds)
    except fundus_engine.Unavailable as problem:
        print(f"\nfundus is left out, it can't be installed: {problem}")
    else:
        print_row("fundus, selectors by hand", pace, paces["newsbot"], with_selectors, bodies)


def measured(pages: list[str], rounds: int) -> dict[str, float]:
    """Return pages per second of CPU for each extractor, by the best of some rounds for each page.

    The extractors take turns, so that whatever else the machine does slows all of them.
    """
    extractors = EXTRACTORS | {PARSING: parse_alone}
    best = {name: [math.inf] * len(pages) for name in extractors}
    for number in range(rounds):
        for name, extract in extractors.items():
            if name == SLOW and number >= SLOW_ROUNDS:
                continue
            for place, page in enumerate(pages):
                start = time.process_time()
                extract(page)
                best[name][place] = min(best[name][place], time.process_time() - start)
    return {name: len(pages) / sum(times) for name, times in best.items()}


def print_row(
    name: str, pace: float, ours: float, sample: list[Sample], bodies: list[str | None]
) -> None:
    articles = [each.truth["article"] for each in sample]
    pairs = list(zip(bodies, articles, strict=True))
    exact = sum(is_exact(body, article["article_body"]) for body, article in pairs)
    forgiving = sum(is_exact_but_for_its_frame(body, article) for body, article in pairs)
    share = f"{pace / ours:.2f}"
    print(
        f"| {name} | {pace:.0f} | {share} | {exact} / {len(pairs)} | {forgiving} / {len(pairs)} |"
    )


if __name__ == "__main__":
    main()
