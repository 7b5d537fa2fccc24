"""Turn the bytes of a page into text, whatever the header claims.

Servers of this kind send UTF-8 under an iso-8859-1 header and cp1252 under a utf-8 header, so the
bytes are tried first: strict UTF-8, then a declared charset of another family, then UTF-8 with
each byte that is none read as cp1252, which is right for cp1252 and for a mixture of both.
"""

import codecs
import re

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

# The other families that browsers know (WHATWG Encoding), by Python's names. Pages that say
# latin-1 or ASCII mean cp1252.
_OTHER_CHARSETS = frozenset(
    """big5hkscs cp866 cp874 cp932 cp949 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
    euc_jp gb18030 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10
    iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman""".split()
)
# A quote or dash of cp1252 that something decoded as latin-1 and encoded as UTF-8.
_MISTAKEN_FOR_LATIN_1 = re.compile(rb"\xc2([\x80-\x9f])")
_SAMPLE = 1024


def decode(body: bytes, content_type: str = "") -> str:
    """Return `body` as text, without NUL characters; never raises.

    `content_type` is the HTTP header's value, or empty. A multi-byte character that the end of
    the body cuts in two is dropped: a cut page is still UTF-8.
    """
    text = _decode(body, content_type)
    # Of all charsets only UTF-16 has zero bytes in other characters; it is decoded by now.
    return text.replace("\0", "") if b"\0" in body else text


def _decode(body: bytes, content_type: str) -> str:
    bom_encoding, bom = read_bom(body)
    if bom_encoding and bom:
        return body[len(bom) :].decode(bom_encoding, "replace")
    if utf_16 := _looks_like_utf_16(body):
        return body.decode(utf_16, "replace")
    if _MISTAKEN_FOR_LATIN_1.search(body):
        body = _MISTAKEN_FOR_LATIN_1.sub(lambda match: _cp1252(match[1]).encode(), body)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        pass
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    if declared and codecs.lookup(declared).name in _OTHER_CHARSETS:
        try:
            return body.decode(declared)
        except UnicodeDecodeError:
            pass
    return body.decode("utf-8", _BAD_BYTES_AS_CP1252)


def _looks_like_utf_16(body: bytes) -> str | None:
    """Return which UTF-16 a body without a byte order mark is: half of its bytes are NUL."""
    sample = body[:_SAMPLE]
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if 3 * sample[high::2].count(0) > len(sample) and not sample[low::2].count(0):
            return encoding
    return None


def _cp1252(char: bytes) -> str:
    return char.decode("cp1252", "replace")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _cp1252(error.object[error.start : error.end]), error.end


_BAD_BYTES_AS_CP1252 = "newsbot.cp1252"
codecs.register_error(_BAD_BYTES_AS_CP1252, _as_cp1252)
