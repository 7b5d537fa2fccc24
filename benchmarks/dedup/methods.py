"""Ways to tell how alike two texts are, each on the same shingles or words."""

import re
from collections.abc import Callable
from zlib import crc32

import numpy as np
from datasketch import MinHash, MinHashLSH

from newsbot.text import jaccard, shingles

BITS = 64
PERMUTATIONS = 128

Likeness = Callable[[str, str], float]


def exact_jaccard(one: str, other: str) -> float:
    """Ours: the share of 5-word shingles that both have."""
    return jaccard(shingles(one), shingles(other))


def minhash_jaccard(one: str, other: str) -> float:
    """datasketch's estimate of the same from 128 permutations."""
    return float(minhash(one).jaccard(minhash(other)))


def minhash(text: str) -> MinHash:
    """The sketch of a text's 5-word shingles."""
    sketch = MinHash(PERMUTATIONS, hashfunc=lambda value: value)
    sketch.update_batch([shingle & 0xFFFFFFFF for shingle in shingles(text)])
    return sketch


def lsh_candidates(one: str, other: str, threshold: float) -> bool:
    """Whether datasketch's index finds one text by the other."""
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    index.insert("one", minhash(one))
    return bool(index.query(minhash(other)))


def simhash_of_shingles(one: str, other: str) -> float:
    """The share of equal bits in the SimHashes of the 5-word shingles."""
    return _equal_bits(simhash(list(shingles(one))), simhash(list(shingles(other))))


def simhash_of_words(one: str, other: str) -> float:
    """The same of single words, as often used for web pages."""
    return _equal_bits(simhash(_words(one)), simhash(_words(other)))


def simhash(hashes: list[int]) -> int:
    """Charikar's hash: each bit is what most of the hashes have there."""
    values = np.array(hashes, dtype=np.uint64)
    bits = (values[:, None] >> np.arange(BITS, dtype=np.uint64)) & np.uint64(1)
    majority = bits.mean(axis=0) > 0.5 if len(hashes) else np.zeros(BITS, bool)
    return int(sum(1 << place for place in range(BITS) if majority[place]))


def _words(text: str) -> list[int]:
    # Two checksums side by side, since 32 bits are half of what is needed.
    words = (word.encode() for word in re.findall(r"\w+", text.casefold()))
    return [crc32(word) << 32 | crc32(word[::-1] + b"#") for word in words]


def _equal_bits(one: int, other: int) -> float:
    return 1 - (one ^ other).bit_count() / BITS


METHODS: dict[str, Likeness] = {
    "exact Jaccard, 5-word shingles": exact_jaccard,
    "MinHash, 128 permutations (datasketch)": minhash_jaccard,
    "SimHash of 5-word shingles, 64 bits": simhash_of_shingles,
    "SimHash of words, 64 bits": simhash_of_words,
}
