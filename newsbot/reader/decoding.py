"""Bytes of a page to text, whatever the header claims.

Servers of this kind send UTF-8 under an iso-8859-1 header and cp1252 under a utf-8 header, so the
bytes are believed first: strict UTF-8, then a declared charset of another family, then UTF-8 with
each byte that is none read as cp1252, which is right for cp1252 and for a mixture of both.
"""

import codecs

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

# WHATWG: pages that say latin-1 or ASCII mean cp1252.
_CP1252_FAMILY = {"cp1252", "iso8859-1", "ascii", "utf-8"}


def decode(body: bytes, content_type: str = "") -> str:
    """Return `body` as text, without NUL characters; never raises.

    `content_type` is the HTTP header's value, or empty. A multi-byte character that the end of
    the body cuts in two is dropped: a cut page is still UTF-8.
    """
    return _decode(body, content_type).replace("\0", "")


def _decode(body: bytes, content_type: str) -> str:
    bom_encoding, bom = read_bom(body)
    if bom_encoding and bom:
        return body[len(bom) :].decode(bom_encoding, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        pass
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    if declared and codecs.lookup(declared).name not in _CP1252_FAMILY:
        try:
            return body.decode(declared)
        except UnicodeDecodeError:
            pass
    return body.decode("utf-8", _BAD_BYTES_AS_CP1252)


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_BAD_BYTES_AS_CP1252 = "newsbot.cp1252"
codecs.register_error(_BAD_BYTES_AS_CP1252, _as_cp1252)
