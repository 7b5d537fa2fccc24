"""Prints the tables of README.md: `python -m benchmarks.dedup CLONE`."""

import argparse
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from random import Random

from benchmarks.dedup import methods, pairs
from benchmarks.dedup.scores import Share, score
from benchmarks.dedup.templated import KINDS
from benchmarks.scale.news import Newsroom
from newsbot.text import (
    SIMILARITY_THRESHOLD,
    SKETCH_SIZE,
    fingerprint_of,
    jaccard,
    shingles,
)

THRESHOLDS = sorted({*(number / 100 for number in range(50, 96, 5)), SIMILARITY_THRESHOLD})
SKETCH_SIZES = (2, 4, 6, 8, 12, 16)
EDITS, BULLETINS = 10_000, 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dedup", description=__doc__)
    parser.add_argument("clone", type=Path, nargs="?", help="see README.md; without it, no pairs")
    arguments = parser.parse_args()
    if arguments.clone:
        judged = pairs.load(arguments.clone)
        by_threshold(judged)
        by_method(judged)
    by_sketch_size()
    of_templates()
    times()


def by_threshold(judged: list[pairs.Pair]) -> None:
    print(f"\n{len(judged)} judged pairs, {sum(each.is_duplicate for each in judged)} duplicates\n")
    print("| Jaccard from | precision | recall | F1 | F0.5 | web P / R | terabyte P / R |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    likeness = [methods.exact_jaccard(each.one, each.other) for each in judged]
    for threshold in THRESHOLDS:
        cells = []
        for corpora in (pairs.CORPORA, *([corpus] for corpus in pairs.CORPORA)):
            some = [at for at, each in enumerate(judged) if each.corpus in corpora]
            cells.append(
                score(
                    [likeness[at] >= threshold for at in some],
                    [judged[at].is_duplicate for at in some],
                )
            )
        both, *each_corpus = cells
        apart = (f"{each.precision.value:.2f} / {each.recall.value:.2f}" for each in each_corpus)
        scores = (both.precision, both.recall, f"{both.f1:.3f}", f"{both.f_half:.3f}", *apart)
        print(f"| {threshold} | {' | '.join(map(str, scores))} |")


def by_method(judged: list[pairs.Pair]) -> None:
    truth = [each.is_duplicate for each in judged]
    print("\n| method | threshold | precision | recall | F1 |")
    print("| --- | --- | --- | --- | --- |")

    def row(name: str, threshold: str, chosen: list[bool]) -> None:
        found = score(chosen, truth)
        print(f"| {name} | {threshold} | {found.precision} | {found.recall} | {found.f1:.3f} |")

    ours = SIMILARITY_THRESHOLD
    for name, likeness in methods.METHODS.items():
        values = [likeness(each.one, each.other) for each in judged]
        best = max(sorted(set(values)), key=lambda t: score([v >= t for v in values], truth).f1)
        row(name, f"{best:.3f}, best F1", [value >= best for value in values])
        if "Jaccard" in name or "MinHash" in name:
            row(name, f"{ours}", [value >= ours for value in values])
        else:
            near = 1 - 3 / methods.BITS
            row(name, "3 bits, as usual", [value >= near for value in values])
    found = [methods.lsh_candidates(each.one, each.other, ours) for each in judged]
    row("MinHash-LSH's candidates (datasketch)", f"{ours}", found)
    row("our index and exact Jaccard", f"{ours}", [_found(each, ours) for each in judged])


def _found(pair: pairs.Pair, threshold: float) -> bool:
    one, other = (fingerprint_of("", "", text) for text in (pair.one, pair.other))
    shares = bool(set(one.sketch) & set(other.sketch))
    return shares and jaccard(one.shingles, other.shingles) >= threshold


def by_sketch_size() -> None:
    """How many edited copies share no hash: for these, no judgment is needed."""
    random, newsroom = Random(1), Newsroom()
    missed = dict.fromkeys(SKETCH_SIZES, 0)
    copies = 0
    while copies < EDITS:
        text = newsroom.article().article_body
        words = text.split(" ")
        for place in random.sample(range(len(words)), int(len(words) * random.uniform(0, 0.04))):
            words[place] = random.choice(newsroom.words)
        one, other = shingles(text), shingles(" ".join(words))
        if jaccard(one, other) < SIMILARITY_THRESHOLD:
            continue
        copies += 1
        smallest_one, smallest_other = sorted(one), sorted(other)
        for size in SKETCH_SIZES:
            missed[size] += not set(smallest_one[:size]) & set(smallest_other[:size])
    print(f"\n{copies} edited copies, Jaccard {SIMILARITY_THRESHOLD} to 1\n")
    print("| hashes an article | copies that share none |\n| --- | --- |")
    for size, number in missed.items():
        print(f"| {size}{' (ours)' if size == SKETCH_SIZE else ''} | {number} |")


def of_templates() -> None:
    print(f"\n{BULLETINS} bulletins of each template, all pairs\n")
    print("| template | words | median Jaccard | highest | taken for duplicates |")
    print("| --- | --- | --- | --- | --- |")
    for kind in KINDS:
        texts = [kind(Random(seed)) for seed in range(BULLETINS)]
        found = [shingles(text) for text in texts]
        values = sorted(jaccard(one, other) for one, other in combinations(found, 2))
        flagged = sum(value >= SIMILARITY_THRESHOLD for value in values)
        print(
            f"| {kind.__name__.replace('_', ' ')} | {len(texts[0].split())} "
            f"| {values[len(values) // 2]:.2f} | {values[-1]:.2f} "
            f"| {Share(flagged, len(values))} |"
        )


def times() -> None:
    newsroom = Newsroom()
    texts = [newsroom.article().article_body for _ in range(500)]
    print(f"\n{sum(len(text.split()) for text in texts) // len(texts)} words an article\n")
    print("| for one article | CPU, ms |\n| --- | --- |")
    works: dict[str, Callable[[str], object]] = {
        "our fingerprint: shingles, sketch, hash": lambda text: fingerprint_of("", "", text),
        "MinHash, 128 permutations (datasketch)": methods.minhash,
        "SimHash of 5-word shingles": lambda text: methods.simhash(list(shingles(text))),
    }
    for name, work in works.items():
        began = time.process_time()
        for text in texts:
            work(text)
        print(f"| {name} | {(time.process_time() - began) / len(texts) * 1000:.2f} |")


if __name__ == "__main__":
    main()
