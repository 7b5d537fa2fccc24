"""Input made of sound input by a few changes."""

from collections.abc import Sequence

from hypothesis import strategies as st

_MOST = 6
_LONGEST = 2_000


@st.composite
def mutated(draw: st.DrawFn, sound: Sequence[bytes], pieces: Sequence[bytes]) -> bytes:
    """Return one of `sound` after a few changes: pieces cut out, repeated, moved, put in."""
    data = bytearray(draw(st.sampled_from(sound)))
    inserted = st.sampled_from(pieces) | st.binary(max_size=8)
    for _ in range(draw(st.integers(0, _MOST))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.integers(0, 12) | st.integers(0, _LONGEST)))
        change = draw(st.sampled_from(("cut", "repeat", "move", "insert", "replace", "end")))
        part = bytes(data[start:stop])
        if change == "cut":
            del data[start:stop]
        elif change == "repeat":
            data[start:start] = part * draw(st.integers(1, 40))
        elif change == "move":
            del data[start:stop]
            place = draw(st.integers(0, len(data)))
            data[place:place] = part
        elif change == "insert":
            data[start:start] = draw(inserted) * draw(st.integers(1, 3) | st.integers(1, 3000))
        elif change == "replace":
            data[start:stop] = draw(inserted)
        else:
            del data[start:]
    return bytes(data)
